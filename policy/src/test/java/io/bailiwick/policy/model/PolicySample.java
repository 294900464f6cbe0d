package io.bailiwick.policy.model;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Policies put together by hand, so that tests of the model need no YAML. */
final class PolicySample {
  static final String A = "665f1c2ab8e4d3a1f0c9e001";
  static final String B = "665f1c2ab8e4d3a1f0c9e002";
  static final Place PLACE = new Place("p.yaml", 1, 1);

  private PolicySample() {}

  static Policy of(
      TenantType type,
      List<PrincipalRule> principals,
      List<CollectionRule> collections,
      List<EffectRule> rules) {
    return new Policy(
        "sample",
        "00",
        "organization_id",
        type,
        principals,
        collections,
        rules,
        Limits.DEFAULT,
        DdlMode.DENY,
        TripwireMode.FIRST,
        List.of());
  }

  static Policy ofPrincipals(TenantType type, PrincipalRule... principals) {
    return of(type, List.of(principals), List.of(), List.of());
  }

  static TenantValue tenant(String text) {
    return TenantValue.parse(TenantType.OBJECT_ID, text);
  }

  static PrincipalRule user(String name, String user, String authSource, @Nullable String tenant) {
    return new PrincipalRule(
        name,
        Pattern.of(user),
        authSource,
        null,
        null,
        null,
        null,
        null,
        tenant == null ? null : tenant(tenant),
        null,
        PLACE);
  }

  static PrincipalRule certificate(String name, @Nullable String uri, @Nullable String subject) {
    return new PrincipalRule(
        name,
        null,
        null,
        uri == null ? null : Pattern.of(uri),
        null,
        subject == null ? null : Pattern.of(subject),
        null,
        null,
        null,
        null,
        PLACE);
  }

  static PrincipalRule claim(String name, String issuer, String claim) {
    return new PrincipalRule(name, null, null, null, null, null, issuer, claim, null, null, PLACE);
  }

  static CollectionRule collection(String collection, CollectionClass collectionClass) {
    return new CollectionRule("ads", collection, collectionClass, List.of(), PLACE);
  }

  static EffectRule deny(
      String name, Set<String> collections, Set<String> principals, Effect... effects) {
    return new EffectRule(name, collections, principals, Set.of(effects), false, null, PLACE);
  }
}
