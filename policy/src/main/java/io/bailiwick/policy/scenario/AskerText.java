package io.bailiwick.policy.scenario;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code as:} of a test: who logged in, or {@code nobody}. */
final class AskerText {
  static final List<String> KEYS =
      List.of(
          "user", "authSource", "subject", "sanUris", "sanDnsNames", "issuer", "claims", "tenant");

  private static final List<String> PARTIES = List.of("user", "subject", "issuer", "tenant");

  private AskerText() {}

  static Asker read(YamlField field) {
    if (field.isScalar()) {
      field.word(true, Map.of("nobody", true));
      return new Asker.Nobody();
    }
    YamlMap map = field.required().map();
    map.allow(KEYS);
    String party = map.exactlyOne(PARTIES);
    if ("tenant".equals(party)) {
      return new Asker.Listener(map.field("tenant").text(""));
    }
    YamlField authSource = map.field("authSource");
    return new Asker.Login(
        new Identity(
            party == null ? "" : mechanism(party),
            map.field("user").text(),
            ("user".equals(party) ? authSource.required() : authSource).text(),
            map.field("subject").text(),
            map.field("sanUris").texts(),
            map.field("sanDnsNames").texts(),
            map.field("issuer").text(),
            claims(map.field("claims"))));
  }

  private static String mechanism(String party) {
    return switch (party) {
      case "subject" -> "MONGODB-X509";
      case "issuer" -> "MONGODB-OIDC";
      default -> "SCRAM-SHA-256";
    };
  }

  private static Map<String, String> claims(YamlField field) {
    Map<String, String> claims = new LinkedHashMap<>();
    field.map().entries().forEach(e -> claims.put(e.key().text(), e.value().field().text("")));
    return claims;
  }
}
