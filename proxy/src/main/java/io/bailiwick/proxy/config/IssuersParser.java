package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code issuers:}. */
final class IssuersParser {
  static final List<String> ALGORITHMS =
      List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  private static final List<String> KEYS =
      List.of(
          "name",
          "issuer",
          "audience",
          "algorithms",
          "jwks",
          "refresh",
          "keys",
          "clientId",
          "scopes");
  private static final Duration REFRESH = Duration.ofMinutes(10);
  private static final Duration OFTENEST = Duration.ofSeconds(30);
  private static final Duration SELDOMEST = Duration.ofHours(24);
  private static final String URL = "a URL such as https://id.example/jwks; http on loopback only";

  private final Settings settings;
  private final Set<String> names = new HashSet<>();

  IssuersParser(Settings settings) {
    this.settings = settings;
  }

  List<IssuerConfig> read(YamlMap root) {
    List<IssuerConfig> issuers = new ArrayList<>();
    for (YamlField item : root.field("issuers").items()) {
      issuers.add(issuer(item.map()));
    }
    return issuers;
  }

  private IssuerConfig issuer(YamlMap section) {
    section.allow(KEYS);
    section.exactlyOne(List.of("jwks", "keys"));
    String name = settings.read(section, "name", this::name);
    String issuer = settings.<@Nullable String>read(section, "issuer", YamlField::text);
    String audience = settings.read(section, "audience", field -> field.required().text(""));
    List<String> algorithms = settings.read(section, "algorithms", IssuersParser::algorithms);
    URI jwks = settings.<@Nullable URI>read(section, "jwks", IssuersParser::url);
    Duration refresh = settings.duration(section, "refresh", REFRESH, OFTENEST, SELDOMEST);
    Path keys = settings.path(section, "keys");
    String clientId = settings.<@Nullable String>read(section, "clientId", YamlField::text);
    List<String> scopes = settings.read(section, "scopes", YamlField::texts);
    if (clientId == null && !scopes.isEmpty()) {
      section.field("scopes").fail(ProblemCode.CONFLICT, "only together with clientId");
    }
    return new IssuerConfig(
        name, issuer, audience, algorithms, jwks, refresh, keys, clientId, scopes);
  }

  private String name(YamlField field) {
    String name = field.required().parsed("issuer", IssuersParser::checkedName);
    if (!names.add(name) && field.isPresent()) {
      field.fail(ProblemCode.DUPLICATE_NAME, "another name");
    }
    return name;
  }

  private static String checkedName(String text) {
    if (!text.matches("[a-z0-9][a-z0-9_-]{0,31}")) {
      throw new IllegalArgumentException("1 to 32 of a-z 0-9 _ -");
    }
    return text;
  }

  private static List<String> algorithms(YamlField field) {
    if (!field.isPresent()) {
      return ALGORITHMS;
    }
    List<String> named = field.texts();
    if (named.isEmpty() || !ALGORITHMS.containsAll(named)) {
      field.fail(ProblemCode.BAD_VALUE, "algorithms with a public key", ALGORITHMS);
      return ALGORITHMS;
    }
    return named;
  }

  private static @Nullable URI url(YamlField field) {
    String text = field.text();
    if (text != null && text.indexOf('@') >= 0) {
      // It may hold a password.
      field.failHidden(ProblemCode.BAD_VALUE, URL);
      return null;
    }
    return field.parsed(IssuersParser::checkedUrl);
  }

  private static URI checkedUrl(String text) {
    try {
      URI uri = new URI(text);
      boolean sound =
          uri.getHost() != null
              && uri.getUserInfo() == null
              && uri.getFragment() == null
              && ("https".equals(uri.getScheme())
                  || "http".equals(uri.getScheme()) && isLoopback(uri.getHost()));
      if (sound) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(URL, e);
    }
    throw new IllegalArgumentException(URL);
  }

  /** Literals and localhost only, so that reading the file asks no name server. */
  private static boolean isLoopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    if (!host.matches("[0-9.]+|\\[[0-9a-fA-F:]+\\]")) {
      return false;
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
