package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads bailiwick.yaml: every mistake at once, each with its place; nothing passed over. */
public final class ConfigParser {
  private static final List<String> KEYS =
      List.of(
          "apiVersion",
          "kind",
          "listeners",
          "upstream",
          "keyFile",
          "policies",
          "metrics",
          "admin",
          "audit",
          "traces",
          "drain",
          "survey",
          "limits",
          "deadlines",
          "issuers");
  private static final InetSocketAddress METRICS = new InetSocketAddress("127.0.0.1", 9216);
  private static final InetSocketAddress ADMIN = new InetSocketAddress("127.0.0.1", 9217);
  private static final int MOST_DOCUMENTS = 1_000_000_000;
  private static final Duration LONGEST_SURVEY = Duration.ofSeconds(50);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Settings settings;
  private final Problems problems;

  private ConfigParser(Settings settings, Problems problems) {
    this.settings = settings;
    this.problems = problems;
  }

  /**
   * What was read.
   *
   * @param settings every value in force and its origin, in the order of the file
   */
  public record Result(ProxyConfig config, List<Setting> settings) {}

  /**
   * Reads a file.
   *
   * @throws InvalidPolicyException with everything that is wrong
   */
  public static Result parse(Path file, Overrides overrides) {
    Problems problems = new Problems();
    byte[] bytes = bytes(file, problems);
    YamlMap root = bytes == null ? null : YamlFile.readMap(file.toString(), bytes, problems);
    if (root == null) {
      throw new InvalidPolicyException(problems.all());
    }
    Path base = file.toAbsolutePath().normalize().getParent();
    Settings settings = new Settings(base == null ? file : base, overrides, problems);
    return new ConfigParser(settings, problems).read(root);
  }

  private static byte @Nullable [] bytes(Path file, Problems problems) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      problems.add(
          ProblemCode.UNREADABLE,
          file.toString(),
          "cannot be read: " + e.getClass().getSimpleName() + " (expected: a bailiwick.yaml)");
      return null;
    }
  }

  private Result read(YamlMap root) {
    root.allow(KEYS);
    root.field("apiVersion").required().word("", new TreeMap<>(Map.of("bailiwick.io/v1", "")));
    root.field("kind").required().word("", new TreeMap<>(Map.of("Proxy", "")));
    List<IssuerConfig> issuers = new IssuersParser(settings).read(root);
    List<ProxyConfig.Listener> listeners = new ListenerParser(settings, issuers).read(root);
    ProxyConfig.Upstream upstream = new UpstreamParser(settings).read(root);
    refusePooledRelay(root, listeners, upstream);
    Path keyFile = settings.path(root, "keyFile");
    ProxyConfig.Policies policies = policies(root);
    InetSocketAddress metrics =
        settings.listenAddress(section(root, "metrics"), "address", METRICS);
    InetSocketAddress admin = admin(root);
    ProxyConfig.Audit audit = new AuditParser(settings).read(root);
    TraceDelivery traces = new TracesParser(settings).read(root);
    ProxyConfig.Drain drain = drain(root);
    ProxyConfig.Survey survey = survey(root);
    LimitsParser roofs = new LimitsParser(settings);
    OwnershipLimits limits = roofs.read(root);
    ConnectionLimits connections = roofs.readConnections(root);
    ClientDeadlines deadlines = new DeadlinesParser(settings).read(root);
    problems.throwIfErrors();
    if (upstream == null) {
      throw new IllegalStateException("no upstream although nothing was wrong");
    }
    ProxyConfig config =
        new ProxyConfig(
            listeners,
            issuers,
            upstream,
            keyFile,
            policies,
            metrics,
            admin,
            audit,
            traces,
            drain,
            survey,
            limits,
            connections,
            deadlines);
    return new Result(config, settings.inForce());
  }

  /** A relayed login belongs to one connection, which nobody else may have. */
  private static void refusePooledRelay(
      YamlMap root, List<ProxyConfig.Listener> listeners, ProxyConfig.@Nullable Upstream upstream) {
    boolean relayed =
        listeners.stream().anyMatch(one -> one.login() instanceof ProxyConfig.Login.Relay);
    if (relayed && upstream != null && upstream.pooled() != null) {
      root.field("upstream")
          .map()
          .field("connections")
          .fail(
              ProblemCode.BAD_VALUE, "paired: a relayed login belongs to one client's connection");
    }
  }

  private static YamlMap section(YamlMap root, String key) {
    YamlMap section = root.field(key).map();
    section.allow(List.of("address"));
    return section;
  }

  private ProxyConfig.Policies policies(YamlMap root) {
    YamlMap section = root.field("policies").map();
    section.allow(List.of("files", "ignore", "poll"));
    List<String> files =
        settings.read(
            section, "files", f -> f.isPresent() ? f.texts() : List.of("policies/*.yaml"));
    List<String> ignore =
        settings.read(section, "ignore", f -> f.isPresent() ? f.texts() : List.of("*_test.yaml"));
    Duration poll =
        settings.duration(section, "poll", Duration.ofSeconds(10), Duration.ZERO, LONGEST);
    if (files.isEmpty()) {
      section
          .field("files")
          .fail(ProblemCode.BAD_VALUE, "at least one file or pattern such as policies/*.yaml");
    }
    return new ProxyConfig.Policies(files, ignore, settings.base(), poll);
  }

  private @Nullable InetSocketAddress admin(YamlMap root) {
    YamlMap section = section(root, "admin");
    YamlField written = settings.field(section, "address");
    if (written.isScalar() && "off".equals(written.text())) {
      return settings.<@Nullable InetSocketAddress>read(section, "address", field -> null);
    }
    InetSocketAddress address = settings.listenAddress(section, "address", ADMIN);
    if (address.getAddress() != null && !address.getAddress().isLoopbackAddress()) {
      written.fail(ProblemCode.BAD_VALUE, "a loopback address such as 127.0.0.1:9217, or off");
    }
    return address;
  }

  private ProxyConfig.Survey survey(YamlMap root) {
    YamlMap section = root.field("survey").map();
    section.allow(List.of("documents", "time"));
    ProxyConfig.Survey fallback = ProxyConfig.Survey.DEFAULT;
    return new ProxyConfig.Survey(
        settings.read(
            section, "documents", field -> field.integer(fallback.documents(), 0, MOST_DOCUMENTS)),
        settings.duration(section, "time", fallback.time(), Duration.ofMillis(1), LONGEST_SURVEY));
  }

  private ProxyConfig.Drain drain(YamlMap root) {
    YamlMap section = root.field("drain").map();
    section.allow(List.of("delay", "timeout"));
    ProxyConfig.Drain fallback = ProxyConfig.Drain.DEFAULT;
    return new ProxyConfig.Drain(
        settings.duration(section, "delay", fallback.delay(), Duration.ZERO, LONGEST),
        settings.duration(section, "timeout", fallback.timeout(), Duration.ZERO, LONGEST));
  }
}
