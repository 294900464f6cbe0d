package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlMap;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code tls:} of the upstream section. */
final class UpstreamTlsParser {
  private static final List<String> KEYS = List.of("ca", "certificate", "key", "serverName");

  private final Settings settings;

  UpstreamTlsParser(Settings settings) {
    this.settings = settings;
  }

  /**
   * Null if MongoDB is spoken to without TLS.
   *
   * @param uri null if it could not be read
   */
  @Nullable UpstreamTls read(YamlMap upstream, @Nullable UpstreamUri uri) {
    if (!upstream.has("tls")) {
      if (uri != null && uri.meansTls()) {
        upstream
            .field("tls")
            .fail(
                ProblemCode.MISSING_KEY,
                "tls: { ca: ca.crt }, or tls: {} for the CAs that Java trusts, because a service"
                    + " name means TLS; or mongodb+srv://NAME/?tls=false");
      }
      return null;
    }
    YamlMap section = upstream.field("tls").map();
    section.allow(KEYS);
    Path ca = settings.path(section, "ca");
    Path certificate = settings.path(section, "certificate");
    Path key = settings.path(section, "key");
    if ((certificate == null) != (key == null)) {
      section
          .field(certificate == null ? "certificate" : "key")
          .fail(ProblemCode.MISSING_KEY, "certificate and key together, both PEM");
    }
    String serverName =
        settings.<@Nullable String>read(
            section, "serverName", field -> field.parsed(UpstreamTlsParser::checkedName));
    if (serverName != null && uri != null && uri.cluster().isFollowed()) {
      section
          .field("serverName")
          .fail(ProblemCode.CONFLICT, "a single server in uri; members have names of their own");
    }
    KeyPairFiles pair =
        certificate == null || key == null ? null : new KeyPairFiles(certificate, key);
    return new UpstreamTls(ca, pair, serverName);
  }

  private static String checkedName(String text) {
    if (!TlsParser.isServerName(text) || text.startsWith("*")) {
      throw new IllegalArgumentException("the name in the servers' certificates");
    }
    return text;
  }
}
