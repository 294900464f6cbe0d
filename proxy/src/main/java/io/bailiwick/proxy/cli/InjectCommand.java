package io.bailiwick.proxy.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bailiwick inject}: adds the sidecar to Kubernetes manifests, as text. */
@Command(
    name = "inject",
    header = "Adds the sidecar to Kubernetes manifests; everything else stays as it is.",
    description = {
      "  bailiwick inject -f deployment.yaml | kubectl apply -f -",
      "  bailiwick inject -f - --image registry.internal/bailiwick:0.1.0 < all.yaml > all-with-sidecar.yaml"
    },
    exitCodeList = {
      "0:every pod in it has the sidecar now, or had it",
      "2:the command line is wrong",
      "3:the manifests cannot be read, or there is no pod in them"
    })
final class InjectCommand implements Callable<Integer> {
  private static final Pattern KUBERNETES_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
  private static final Pattern IMAGE = Pattern.compile("[a-zA-Z0-9][-a-zA-Z0-9._:/@]{0,511}");

  private final Terminal terminal;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "manifests, one or more documents; - for standard input")
  private String file = "-";

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      defaultValue = "bailiwick:0.1.0",
      description = "image of the sidecar (default: ${DEFAULT-VALUE})")
  private String image = "";

  @Option(
      names = "--config-map",
      paramLabel = "NAME",
      defaultValue = "bailiwick",
      description = "ConfigMap with bailiwick.yaml and policies (default: ${DEFAULT-VALUE})")
  private String configMap = "";

  @Option(
      names = "--secret",
      paramLabel = "NAME",
      defaultValue = "bailiwick",
      description = "Secret with passwords, keys and users (default: ${DEFAULT-VALUE})")
  private String secret = "";

  InjectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    String name = "-".equals(file) ? "standard input" : file;
    Sidecar sidecar =
        Sidecar.of(
            Map.of(
                "image", valid("--image", image, IMAGE),
                "config", valid("--config-map", configMap, KUBERNETES_NAME),
                "secret", valid("--secret", secret, KUBERNETES_NAME)));
    Injection injection = Injection.of(name, content(), sidecar);
    if (injection.pods() == 0) {
      throw new CommandFailedException(
          ExitCode.INVALID,
          name
              + ": no pod in it (expected: a Pod, Deployment, StatefulSet, DaemonSet, Job, CronJob)");
    }
    injection.remarks().forEach(remark -> terminal.err().println("note: " + remark));
    terminal.out().print(injection.text());
    return ExitCode.OK;
  }

  private static String valid(String option, String value, Pattern pattern) {
    if (!pattern.matcher(value).matches()) {
      throw new CommandFailedException(
          ExitCode.USAGE, option + ": '" + value + "' (expected: a name as Kubernetes takes it)");
    }
    return value;
  }

  private String content() {
    try {
      byte[] bytes =
          "-".equals(file) ? terminal.in().readAllBytes() : Files.readAllBytes(Path.of(file));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CommandFailedException(
          ExitCode.INVALID,
          file + ": cannot be read: " + e.getClass().getSimpleName() + " (expected: a file)");
    }
  }
}
