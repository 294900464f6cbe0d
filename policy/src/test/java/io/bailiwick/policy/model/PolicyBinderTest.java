package io.bailiwick.policy.model;

import static io.bailiwick.policy.model.PolicySample.A;
import static io.bailiwick.policy.model.PolicySample.collection;
import static io.bailiwick.policy.model.PolicySample.deny;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyBinderTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 3, 1);
  private static final List<CollectionRule> COLLECTIONS =
      List.of(
          collection("campaigns", CollectionClass.SHARED),
          collection("currencies", CollectionClass.REFERENCE),
          collection("tmp_${tenant}", CollectionClass.PRIVATE));

  private static BoundPolicy bind(String entry, LocalDate today, EffectRule... rules) {
    Policy policy = PolicySample.of(TenantType.OBJECT_ID, List.of(), COLLECTIONS, List.of(rules));
    return policy.bind(new Principal(entry, "u", "admin", PolicySample.tenant(A)), today);
  }

  private static CollectionAccess access(BoundPolicy bound, String collection) {
    return Objects.requireNonNull(bound.access("ads", collection));
  }

  @Test
  void knowsSharedReferenceAndTheTenantsOwnCollections() {
    BoundPolicy bound = bind("app", TODAY);
    assertTrue(access(bound, "campaigns").isShared());
    assertEquals(CollectionClass.REFERENCE, access(bound, "currencies").collectionClass());
    assertEquals(CollectionClass.PRIVATE, access(bound, "tmp_" + A).collectionClass());
    assertEquals(Set.of("ads"), Set.copyOf(bound.databases()));
  }

  @Test
  void knowsNothingOfOtherNames() {
    BoundPolicy bound = bind("app", TODAY);
    assertNull(bound.access("ads", "tmp_" + PolicySample.B));
    assertNull(bound.access("ads", "tmp_${tenant}"));
    assertNull(bound.access("ads", "Campaigns"));
    assertNull(bound.access("Ads", "campaigns"));
    assertNull(bound.access("ads", "tmp_" + A.toUpperCase(Locale.ROOT)));
  }

  @Test
  void deniesTheEffectsOfARuleOnItsCollectionsOnly() {
    BoundPolicy bound =
        bind("app", TODAY, deny("r", Set.of("ads.campaigns"), Set.of(), Effect.DELETE));
    assertEquals("r", access(bound, "campaigns").deniedBy(Effect.DELETE));
    assertNull(access(bound, "campaigns").deniedBy(Effect.UPDATE));
    assertNull(access(bound, "tmp_" + A).deniedBy(Effect.DELETE));
  }

  @Test
  void appliesARuleWithoutCollectionsToAll() {
    BoundPolicy bound = bind("app", TODAY, deny("r", Set.of(), Set.of(), Effect.INSERT));
    assertEquals("r", access(bound, "campaigns").deniedBy(Effect.INSERT));
    assertEquals("r", access(bound, "tmp_" + A).deniedBy(Effect.INSERT));
  }

  @Test
  void findsThePrivateCollectionOfARuleByItsSpelling() {
    BoundPolicy bound =
        bind("app", TODAY, deny("r", Set.of("ads.tmp_${tenant}"), Set.of(), Effect.DDL));
    assertEquals("r", access(bound, "tmp_" + A).deniedBy(Effect.DDL));
    assertNull(access(bound, "campaigns").deniedBy(Effect.DDL));
  }

  @Test
  void appliesARuleToItsPrincipalsOnly() {
    EffectRule rule = deny("r", Set.of(), Set.of("billing"), Effect.INSERT);
    assertEquals("r", access(bind("billing", TODAY, rule), "campaigns").deniedBy(Effect.INSERT));
    assertNull(access(bind("app", TODAY, rule), "campaigns").deniedBy(Effect.INSERT));
    assertNull(access(bind("listener/billing", TODAY, rule), "campaigns").deniedBy(Effect.INSERT));
  }

  @Test
  void namesTheFirstOfSeveralRulesThatDeny() {
    BoundPolicy bound =
        bind(
            "app",
            TODAY,
            deny("first", Set.of(), Set.of(), Effect.INSERT),
            deny("second", Set.of(), Set.of(), Effect.INSERT, Effect.UPDATE));
    assertEquals("first", access(bound, "campaigns").deniedBy(Effect.INSERT));
    assertEquals("second", access(bound, "campaigns").deniedBy(Effect.UPDATE));
  }

  @Test
  void countsAShadowRuleUntilItsDayAndEnforcesItFromThenOn() {
    EffectRule shadow =
        new EffectRule(
            "r", Set.of(), Set.of(), Set.of(Effect.INSERT), true, TODAY, PolicySample.PLACE);
    CollectionAccess before = access(bind("app", TODAY.minusDays(1), shadow), "campaigns");
    assertNull(before.deniedBy(Effect.INSERT));
    assertEquals(Map.of(Effect.INSERT, "r"), before.shadowed());
    CollectionAccess from = access(bind("app", TODAY, shadow), "campaigns");
    assertEquals("r", from.deniedBy(Effect.INSERT));
    assertTrue(from.shadowed().isEmpty());
  }

  @Test
  void doesNotServeATemplateThatATenantCompletesToAReservedName() {
    CollectionRule template = collection("${tenant}_.esc", CollectionClass.PRIVATE);
    Policy policy = PolicySample.of(TenantType.STRING, List.of(), List.of(template), List.of());
    TenantValue sly = TenantValue.parse(TenantType.STRING, "enxcol");
    assertTrue(policy.bind(new Principal("app", "u", "admin", sly), TODAY).collections().isEmpty());
    TenantValue plain = TenantValue.parse(TenantType.STRING, "acme");
    assertNotNull(
        policy.bind(new Principal("app", "u", "admin", plain), TODAY).access("ads", "acme_.esc"));
  }
}
