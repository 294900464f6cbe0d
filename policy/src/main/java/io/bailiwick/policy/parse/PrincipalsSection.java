package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.ActsForTenants;
import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.PrincipalRule;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code principals:}. Each entry names one kind of party and one source of the tenant. */
final class PrincipalsSection {
  static final List<String> KEYS =
      List.of(
          "name",
          "user",
          "authSource",
          "sanUri",
          "sanDns",
          "subject",
          "issuer",
          "claim",
          "tenant",
          "actsForTenants");
  static final List<String> ACTS_FOR_TENANTS_KEYS = List.of("issuer", "claim");

  private static final List<String> CERTIFICATE_KEYS = List.of("sanUri", "sanDns", "subject");

  private PrincipalsSection() {}

  static void read(YamlField principals, Generation generation) {
    for (YamlField item : principals.items()) {
      YamlMap map = item.map();
      map.allow(KEYS);
      PrincipalRule rule = rule(map, generation);
      checkParty(map);
      checkSource(map, rule);
      if (!rule.name().isEmpty()
          && generation.isFirst("principal " + rule.name(), map.field("name"))) {
        PrincipalOverlaps.check(rule, item, generation);
        generation.principals().put(rule.name(), rule);
      }
    }
  }

  private static PrincipalRule rule(YamlMap map, Generation generation) {
    return new PrincipalRule(
        Words.name(map.field("name")),
        pattern(map.field("user")),
        map.field("authSource").text(),
        pattern(map.field("sanUri")),
        pattern(map.field("sanDns")),
        pattern(map.field("subject")),
        map.field("issuer").text(),
        map.field("claim").text(),
        tenant(map.field("tenant"), generation.tenantType()),
        actsFor(map),
        map.place());
  }

  private static @Nullable Pattern pattern(YamlField field) {
    return field.parsed(PrincipalsSection::pattern);
  }

  private static Pattern pattern(String text) {
    Pattern pattern = Pattern.of(text);
    String fixed = pattern.prefix() + (pattern.suffix() == null ? "" : pattern.suffix());
    if (fixed.indexOf('$') >= 0 || fixed.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "printable text with at most one ${tenant} and no other dollar sign");
    }
    return pattern;
  }

  private static @Nullable TenantValue tenant(YamlField field, @Nullable TenantType type) {
    return type == null ? null : field.parsed(text -> Expected.tenant(type, text));
  }

  private static @Nullable ActsForTenants actsFor(YamlMap map) {
    YamlField field = map.field("actsForTenants");
    if (!field.isPresent()) {
      return null;
    }
    YamlMap acts = field.map();
    acts.allow(ACTS_FOR_TENANTS_KEYS);
    return new ActsForTenants(
        acts.field("issuer").required().text(""),
        acts.field("claim").text(ActsForTenants.USUAL_CLAIM));
  }

  private static void checkParty(YamlMap map) {
    List<String> parties = new ArrayList<>();
    Stream.of("user", "issuer").filter(map::has).forEach(parties::add);
    // A token has a subject as a certificate has, but no other names.
    Stream<String> certificate =
        CERTIFICATE_KEYS.stream().filter(key -> !key.equals("subject") || !map.has("issuer"));
    if (certificate.anyMatch(map::has)) {
      parties.add("a certificate");
    }
    if (parties.size() != 1) {
      map.field()
          .fail(
              parties.isEmpty() ? ProblemCode.MISSING_KEY : ProblemCode.CONFLICT,
              "one kind of party: user, or sanUri/sanDns/subject, or issuer");
    }
    if (map.has("user") && !map.has("authSource")) {
      map.field("authSource").fail(ProblemCode.MISSING_KEY, "the user's database, such as admin");
    }
    if (map.has("authSource") && !map.has("user")) {
      map.field("authSource").fail(ProblemCode.CONFLICT, "only together with user");
    }
    if (map.has("claim") && !map.has("issuer")) {
      map.field("claim").fail(ProblemCode.CONFLICT, "only together with issuer");
    }
  }

  private static void checkSource(YamlMap map, PrincipalRule rule) {
    long captures =
        Stream.of(rule.user(), rule.sanUri(), rule.sanDns(), rule.subject())
            .filter(Objects::nonNull)
            .filter(Pattern::captures)
            .count();
    long sources =
        captures + Stream.of("claim", "tenant", "actsForTenants").filter(map::has).count();
    if (sources != 1) {
      map.field()
          .fail(
              sources == 0 ? ProblemCode.MISSING_KEY : ProblemCode.CONFLICT,
              "exactly one source of the tenant: ${tenant} in a pattern, claim, tenant, or"
                  + " actsForTenants");
    }
  }
}
