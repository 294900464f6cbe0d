package io.bailiwick.proxy.trace;

import io.bailiwick.policy.model.Namespace;
import io.bailiwick.proxy.observe.Build;
import io.bailiwick.proxy.observe.JsonLine;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Renders spans as one ExportTraceServiceRequest in the JSON form of OTLP, named by OpenTelemetry's
 * conventions for databases.
 */
final class OtlpFormat {
  private static final int CLIENT = 3;
  private static final int FAILED = 2;
  private static final long NANOS_IN_MICRO = 1000;

  private final RandomGenerator random;

  /**
   * @param random for ids
   */
  OtlpFormat(RandomGenerator random) {
    this.random = random;
  }

  String render(List<Span> spans) {
    JsonLine out = new JsonLine();
    out.openArray("resourceSpans").openElement().open("resource").openArray("attributes");
    attribute(out, "service.name", "bailiwick");
    attribute(out, "service.version", Build.current().version());
    out.closeArray().close().openArray("scopeSpans").openElement();
    out.open("scope").put("name", "io.bailiwick").close().openArray("spans");
    spans.forEach(span -> span(out, span));
    return out.closeArray().close().closeArray().close().closeArray().end();
  }

  private void span(JsonLine out, Span span) {
    Namespace namespace = span.about().namespace();
    String name = span.about().command();
    long start = nanos(span.start());
    out.openElement()
        .put("traceId", span.parent().traceId())
        .put("spanId", newId())
        .put("parentSpanId", span.parent().parentId())
        .put("name", namespace == null ? name : name + " " + namespace.collection())
        .put("kind", CLIENT)
        .put("startTimeUnixNano", Long.toString(start))
        .put("endTimeUnixNano", Long.toString(start + span.nanos()))
        .openArray("attributes");
    attribute(out, "db.system.name", "mongodb");
    attribute(out, "db.operation.name", name);
    attribute(out, "db.namespace", namespace == null ? null : namespace.database());
    attribute(out, "db.collection.name", namespace == null ? null : namespace.collection());
    attribute(out, "bailiwick.decision_id", span.about().decisionId());
    result(out, span.result());
    out.closeArray().open("status");
    if (span.result().failed()) {
      out.put("code", FAILED);
    }
    out.close().close();
  }

  private static void result(JsonLine out, Span.Result result) {
    Integer code = result.code();
    String told = code == null || code == 0 ? null : code.toString();
    attribute(out, "db.response.status_code", told);
    if (result.failed()) {
      attribute(out, "error.type", told == null ? result.outcome() : told);
    }
    attribute(out, "bailiwick.outcome", result.outcome());
    if (result.upstreamNanos() >= 0) {
      out.openElement()
          .put("key", "bailiwick.upstream_duration_us")
          .open("value")
          .put("intValue", Long.toString(result.upstreamNanos() / NANOS_IN_MICRO))
          .close()
          .close();
    }
  }

  private static void attribute(JsonLine out, String key, @Nullable String value) {
    if (value != null) {
      out.openElement().put("key", key).open("value").put("stringValue", value).close().close();
    }
  }

  private static long nanos(Instant at) {
    return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
  }

  /** Sixteen digits, not all zero. */
  private String newId() {
    long id = random.nextLong();
    return String.format("%016x", id == 0 ? 1 : id);
  }
}
