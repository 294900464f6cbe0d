package io.bailiwick.policy.scenario;

import io.bailiwick.policy.model.ClaimValue;
import io.bailiwick.policy.model.Identity;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.policy.yaml.YamlNode;
import io.bailiwick.policy.yaml.YamlScalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code as:} of a test: who logged in, or {@code nobody}. */
final class AskerText {
  static final List<String> KEYS =
      List.of(
          "user",
          "authSource",
          "subject",
          "sanUris",
          "sanDnsNames",
          "issuer",
          "claims",
          "tenant",
          "forTenant");

  private static final List<String> PARTIES = List.of("user", "subject", "issuer", "tenant");

  private static final List<String> PARTIES_BESIDE_TOKENS = List.of("user", "issuer", "tenant");

  private AskerText() {}

  static Asker read(YamlField field) {
    if (field.isScalar()) {
      field.word(true, Map.of("nobody", true));
      return new Asker.Nobody();
    }
    YamlMap map = field.required().map();
    map.allow(KEYS);
    // A token has a subject as well.
    String party = map.exactlyOne(map.has("issuer") ? PARTIES_BESIDE_TOKENS : PARTIES);
    if ("tenant".equals(party)) {
      return new Asker.Listener(map.field("tenant").text(""));
    }
    YamlField authSource = map.field("authSource");
    Identity identity =
        new Identity(
            party == null ? "" : mechanism(party),
            map.field("user").text(),
            ("user".equals(party) ? authSource.required() : authSource).text(),
            map.field("subject").text(),
            map.field("sanUris").texts(),
            map.field("sanDnsNames").texts(),
            map.field("issuer").text(),
            claims(map.field("claims")));
    return new Asker.Login(identity, map.field("forTenant").text());
  }

  private static String mechanism(String party) {
    return switch (party) {
      case "subject" -> "MONGODB-X509";
      case "issuer" -> "MONGODB-OIDC";
      default -> "SCRAM-SHA-256";
    };
  }

  private static Map<String, ClaimValue> claims(YamlField field) {
    Map<String, ClaimValue> claims = new LinkedHashMap<>();
    field.map().entries().forEach(e -> claims.put(e.key().text(), claim(e.value())));
    return claims;
  }

  /** A whole number, unless it stands in quotes or is longer than numbers of a token are. */
  private static ClaimValue claim(YamlNode value) {
    String text = value.field().text("");
    boolean plain = value instanceof YamlScalar scalar && scalar.plain();
    return new ClaimValue(text, plain && text.matches("-?[0-9]{1,19}"));
  }
}
