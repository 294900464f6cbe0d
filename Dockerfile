# syntax=docker/dockerfile:1
# Bailiwick's image: a trimmed JVM, the jars, an AOT cache trained under load, and the system's libraries
# these are linked against. No shell, nothing written at run time: read-only root, user 65532.
FROM maven:3.9-eclipse-temurin-25 AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev python3 && rm -rf /var/lib/apt/lists/*
COPY . /source
WORKDIR /source
# Made where it will run: the cache is bound to these paths.
RUN deploy/image-root /app --system /system

FROM scratch
COPY --from=build /system /
COPY --from=build /app /app
USER 65532:65532
EXPOSE 27017 9216
ENTRYPOINT ["/app/jre/bin/java", "@/app/jvm.args", "io.bailiwick.proxy.Main"]
CMD ["serve", "--config", "/etc/bailiwick/bailiwick.yaml"]
