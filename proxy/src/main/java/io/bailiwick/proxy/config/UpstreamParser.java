package io.bailiwick.proxy.config;

import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.protocol.compression.Compressor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code upstream:}. */
final class UpstreamParser {
  private static final List<String> KEYS =
      List.of(
          "uri",
          "username",
          "authSource",
          "passwordFile",
          "connections",
          "timeouts",
          "breaker",
          "retry",
          "tls",
          "accountPerTenant",
          "compression");
  private static final List<String> ACCOUNT_KEYS =
      List.of("username", "authSource", "passwordFile");
  private static final String NAME = "a name with one ${tenant} in it, such as svc-${tenant}";
  private static final String FILE =
      "a path with one ${tenant} in it, such as accounts/${tenant}.password";
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  private final Settings settings;

  UpstreamParser(Settings settings) {
    this.settings = settings;
  }

  /** Null if something was wrong with it, which has been reported. */
  ProxyConfig.@Nullable Upstream read(YamlMap root) {
    YamlMap section = root.field("upstream").map();
    section.allow(KEYS);
    UpstreamUri uri = uri(section);
    ProxyConfig.Credential credential = credential(section);
    AccountTemplate perTenant = perTenant(section);
    UpstreamTls tls = new UpstreamTlsParser(settings).read(section, uri);
    ProxyConfig.Timeouts timeouts = timeouts(section.field("timeouts").map());
    ProxyConfig.Retry retry = retry(section.field("retry").map());
    ProxyConfig.Breaker breaker = breaker(section.field("breaker").map());
    Integer pooled = pooled(section, perTenant != null);
    List<Compressor> compression = CompressionParser.read(settings, section, List.of());
    return uri == null
        ? null
        : new ProxyConfig.Upstream(
            uri.cluster(),
            credential,
            perTenant,
            tls,
            timeouts,
            retry,
            breaker,
            pooled,
            compression);
  }

  private @Nullable Integer pooled(YamlMap section, boolean perTenant) {
    YamlField connections = section.field("connections");
    if (!section.has("connections") || connections.isScalar()) {
      String word = settings.read(section, "connections", field -> field.text("paired"));
      if (!word.equals("paired")) {
        connections.fail(
            ProblemCode.BAD_VALUE,
            "paired, or { pooled: { perServer: 64 } }",
            List.of("paired", "pooled"));
      }
      return null;
    }
    YamlMap map = connections.map();
    map.allow(List.of("pooled"));
    YamlMap pool = map.field("pooled").map();
    pool.allow(List.of("perServer"));
    if (perTenant) {
      connections.fail(
          ProblemCode.BAD_VALUE, "paired: with accountPerTenant, clients do not share connections");
    }
    return settings.read(pool, "perServer", field -> field.integer(64, 1, 10_000));
  }

  private @Nullable UpstreamUri uri(YamlMap section) {
    return settings.<@Nullable UpstreamUri>read(
        section,
        "uri",
        field -> {
          if (!field.isPresent()) {
            field.fail(ProblemCode.MISSING_KEY, "a URI such as mongodb://127.0.0.1:27018");
            return null;
          }
          String text = field.text("");
          try {
            return UpstreamUri.parse(text);
          } catch (IllegalArgumentException e) {
            // The text may hold a password: it is never shown.
            String expected = e.getMessage();
            field.failHidden(ProblemCode.BAD_VALUE, expected == null ? "a URI" : expected);
            return null;
          }
        });
  }

  private ProxyConfig.@Nullable Credential credential(YamlMap section) {
    String username = settings.<@Nullable String>read(section, "username", field -> field.text());
    String authSource = settings.read(section, "authSource", field -> field.text("admin"));
    Path passwordFile = settings.path(section, "passwordFile");
    if (username == null && passwordFile == null) {
      return null;
    }
    if (username == null) {
      settings
          .field(section, "username")
          .fail(ProblemCode.MISSING_KEY, "the account that passwordFile belongs to");
    }
    if (passwordFile == null) {
      settings
          .field(section, "passwordFile")
          .fail(ProblemCode.MISSING_KEY, "a file that holds the account's password");
    }
    return username == null || passwordFile == null
        ? null
        : new ProxyConfig.Credential(username, authSource, passwordFile);
  }

  private @Nullable AccountTemplate perTenant(YamlMap section) {
    if (!section.has("accountPerTenant")) {
      return null;
    }
    YamlMap account = section.field("accountPerTenant").map();
    account.allow(ACCOUNT_KEYS);
    Pattern username =
        settings.read(account, "username", field -> captured(field, field.required().text(), NAME));
    String authSource = settings.read(account, "authSource", field -> field.text("admin"));
    Pattern passwordFile =
        settings.read(
            account,
            "passwordFile",
            field -> {
              String text = field.required().text();
              String path = text == null ? null : settings.pathOf(field, text).toString();
              return captured(field, path, FILE);
            });
    if (settings.field(section, "username").text() == null) {
      settings
          .field(section, "username")
          .fail(ProblemCode.MISSING_KEY, "the account of the proxy's own connections");
    }
    return username == null || passwordFile == null
        ? null
        : new AccountTemplate(username, authSource, passwordFile);
  }

  /** The text as a pattern; null, and reported, if it is the same for every tenant. */
  private static @Nullable Pattern captured(
      YamlField field, @Nullable String text, String expected) {
    if (text == null) {
      return null;
    }
    Pattern pattern = Pattern.of(text);
    String rest = pattern.suffix();
    if (rest == null || rest.contains(Pattern.CAPTURE)) {
      field.fail(ProblemCode.BAD_VALUE, expected);
      return null;
    }
    return pattern;
  }

  private ProxyConfig.Timeouts timeouts(YamlMap section) {
    section.allow(List.of("connect", "login", "selection", "idle", "keepAlive"));
    ProxyConfig.Timeouts fallback = ProxyConfig.Timeouts.DEFAULT;
    return new ProxyConfig.Timeouts(
        duration(section, "connect", fallback.connect()),
        duration(section, "login", fallback.login()),
        duration(section, "selection", fallback.selection()),
        duration(section, "idle", fallback.idle()),
        settings.keepAlive(section, fallback.keepAlive()));
  }

  private ProxyConfig.Retry retry(YamlMap section) {
    section.allow(List.of("attempts", "budget", "perSecond"));
    ProxyConfig.Retry fallback = ProxyConfig.Retry.DEFAULT;
    return new ProxyConfig.Retry(
        settings.read(section, "attempts", field -> field.integer(fallback.attempts(), 1, 10)),
        settings.read(section, "budget", field -> field.percent(fallback.budget())),
        settings.read(
            section, "perSecond", field -> field.integer(fallback.perSecond(), 0, 100_000)));
  }

  private ProxyConfig.Breaker breaker(YamlMap section) {
    section.allow(List.of("failureRate", "slowCall", "openFor"));
    ProxyConfig.Breaker fallback = ProxyConfig.Breaker.DEFAULT;
    return new ProxyConfig.Breaker(
        settings.read(section, "failureRate", field -> field.percent(fallback.failureRate())),
        duration(section, "slowCall", fallback.slowCall()),
        duration(section, "openFor", fallback.openFor()));
  }

  private Duration duration(YamlMap section, String key, Duration fallback) {
    return settings.duration(section, key, fallback, SHORTEST, LONGEST);
  }
}
