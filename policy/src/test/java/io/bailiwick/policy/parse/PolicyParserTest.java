package io.bailiwick.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.ActsForTenants;
import io.bailiwick.policy.model.BusinessMetric;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PolicyParserTest {
  static final String WHOLE =
      """
      apiVersion: bailiwick.io/v1
      kind: Policy
      metadata: { name: ads }
      tenancy:
        field: organization_id
        type: objectId
      principals:
        - { name: app, user: "org-${tenant}", authSource: admin }
        - { name: billing, user: billing, authSource: admin, tenant: 507e11111111111111111111 }
        - { name: mesh, sanUri: "spiffe://prod/org/${tenant}" }
        - { name: sso, issuer: corporate, claim: organization_id }
        - { name: api, user: api, authSource: admin, actsForTenants: { issuer: api-tokens } }
      collections:
        ads.campaigns:
          class: shared
          indexes: [{ name: org_status, key: { organization_id: 1, status: -1, name: text } }]
        ads.daily_stats: shared
        ads.currencies: reference
        "ads.tmp_${tenant}": private
      rules:
        - { name: append-only, collections: [ads.daily_stats], deny: [update, delete] }
        - name: billing-reads-only
          principals: [billing]
          deny: [insert, update, delete]
          mode: shadow
          until: 2027-01-31
      limits: { maxTime: 20s, filterDepth: 40, inMembers: 500, stages: 20, inFlightBytes: 32MiB, ratePerTenant: 2000/s, operationsPerTenant: 30, connectionsPerTenant: 40 }
      applicationDdl: acknowledge
      tripwire: all
      businessMetrics:
        - { name: roas, ratio: [ad_revenue, ad_spend], window: 1h }
        - { name: campaigns_created, collection: ads.campaigns, when: insert, count: documents }
        - { name: ad_spend, collection: ads.daily_stats, when: insert, sum: spend, by: { platform: [google, meta] } }
        - { name: ad_revenue, collection: ads.daily_stats, when: insert, sum: revenue, by: { platform: [meta, google] } }
      """;

  private static PolicyFile file(String name, String text) {
    return new PolicyFile(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Policy whole() {
    return PolicyParser.parse(List.of(file("ads.yaml", WHOLE)));
  }

  @Test
  void readsTenancyAndPrincipals() {
    Policy policy = whole();
    assertEquals("ads", policy.name());
    assertEquals("organization_id", policy.tenantField());
    assertEquals(TenantType.OBJECT_ID, policy.tenantType());
    assertEquals(
        List.of("app", "billing", "mesh", "sso", "api"),
        policy.principals().stream().map(rule -> rule.name()).toList());
    assertEquals(
        "507e11111111111111111111",
        Objects.requireNonNull(policy.principals().get(1).tenant()).text());
    assertEquals("ads.yaml:10:5", policy.principals().get(2).place().toString());
    assertEquals(
        new ActsForTenants("api-tokens", "tenant"), policy.principals().get(4).actsForTenants());
  }

  @Test
  void readsCollectionsInTheLongAndTheShortForm() {
    Policy policy = whole();
    assertEquals(
        List.of("ads.campaigns", "ads.daily_stats", "ads.currencies", "ads.tmp_${tenant}"),
        policy.collections().stream().map(rule -> rule.spelling()).toList());
    assertEquals(CollectionClass.PRIVATE, policy.collections().get(3).collectionClass());
    assertEquals(
        List.of(
            Map.entry("organization_id", 1), Map.entry("status", -1), Map.entry("name", "text")),
        List.copyOf(policy.collections().get(0).indexes().get(0).key().entrySet()));
  }

  @Test
  void readsRulesAndSettings() {
    Policy policy = whole();
    EffectRule rule = policy.rules().get(0);
    assertEquals(Set.of(Effect.UPDATE, Effect.DELETE), rule.deny());
    assertEquals(Set.of("ads.daily_stats"), rule.collections());
    EffectRule shadow = policy.rules().get(1);
    assertTrue(shadow.shadow());
    assertEquals(LocalDate.of(2027, 1, 31), shadow.until());
    assertEquals(
        new Limits(Duration.ofSeconds(20), 40, 500, 20, 32L << 20, 2000, 30, 40), policy.limits());
    assertEquals(DdlMode.ACKNOWLEDGE, policy.applicationDdl());
    assertEquals(TripwireMode.ALL, policy.tripwire());
  }

  @Test
  void readsBusinessMetrics() {
    List<BusinessMetric> metrics = whole().businessMetrics();
    assertEquals(List.of("ad_revenue", "ad_spend"), metrics.get(0).ratio());
    assertEquals(Duration.ofHours(1), metrics.get(0).window());
    assertEquals(Effect.INSERT, metrics.get(1).when());
    assertEquals("spend", metrics.get(2).sum());
    assertEquals("platform", metrics.get(2).by());
    assertEquals(List.of("google", "meta"), metrics.get(2).byValues());
  }

  @Test
  void takesSafeDefaultsForWhatIsNotSaid() {
    Policy policy = PolicyParser.parse(List.of(new PolicyText().file("p.yaml")));
    assertEquals(Limits.DEFAULT, policy.limits());
    assertEquals(DdlMode.DENY, policy.applicationDdl());
    assertEquals(TripwireMode.FIRST, policy.tripwire());
    assertTrue(policy.rules().isEmpty());
  }

  @Test
  void readsAllFilesOfAGenerationTogether() {
    PolicyFile rules =
        new PolicyText()
            .without("tenancy")
            .without("principals")
            .with("collections", "{ crm.leads: shared }")
            .with("rules", "[ { name: r, collections: [ads.stats, crm.leads], deny: [ddl] } ]")
            .file("b.yaml");
    PolicyFile base = new PolicyText().file("a.yaml");
    Policy policy = PolicyParser.parse(List.of(rules, base));
    assertEquals(4, policy.collections().size());
    assertEquals(Set.of("ads.stats", "crm.leads"), policy.rules().get(0).collections());
    assertEquals("ads", policy.name());
  }

  @Test
  void refusesAGenerationWithTwoTenanciesOrNone() {
    PolicyFile a = new PolicyText().file("a.yaml");
    PolicyFile b =
        new PolicyText()
            .without("principals")
            .with("collections", "{ x.y: shared }")
            .file("b.yaml");
    assertEquals(
        List.of(
            "b.yaml:4:10: error[P010] tenancy: a map (expected: once in all files; tenancy stands"
                + " at a.yaml:4:10)"),
        PolicyText.checkAll(a, b));
    assertEquals(
        List.of("p.yaml:1:1: error[P006] tenancy: missing (expected: in exactly one file)"),
        new PolicyText().without("tenancy").check());
    assertEquals(
        List.of("policy:1:1: error[P006] tenancy: missing (expected: in exactly one file)"),
        PolicyText.checkAll());
  }

  @Test
  void hashesEveryByteButNotTheOrderOfFiles() {
    PolicyFile a = new PolicyText().file("a.yaml");
    PolicyFile b =
        new PolicyText().without("tenancy").without("principals").without("collections").file("b");
    String hash = PolicyParser.parse(List.of(a, b)).hash();
    assertEquals(64, hash.length());
    assertEquals(hash, PolicyParser.parse(List.of(b, a)).hash());
    PolicyFile comment = file("b", new String(b.content(), StandardCharsets.UTF_8) + "#\n");
    assertNotEquals(hash, PolicyParser.parse(List.of(a, comment)).hash());
  }

  @Test
  void saysEverythingThatIsWrongAtOnce() {
    String text =
        """
        apiVersion: bailiwick.io/v1
        kind: Policy
        metadata: { name: ads }
        tenancy:
          feild: organization_id
          type: objectid
        collections:
          ads.campaigns: shraed
          ads.campaigns: shared
        limits: 5
        rulez: []
        """;
    InvalidPolicyException refused =
        assertThrows(
            InvalidPolicyException.class,
            () -> PolicyParser.parse(List.of(file("ads.yaml", text))));
    assertEquals(
        List.of(
            "ads.yaml:5:3: error[P005] tenancy.feild: unknown key (expected: field, type) — did you"
                + " mean 'field'?",
            "ads.yaml:5:3: error[P006] tenancy.field: missing",
            "ads.yaml:6:9: error[P008] tenancy.type: \"objectid\" (expected: objectId, uuid, int64,"
                + " string) — did you mean 'objectId'?",
            "ads.yaml:8:18: error[P008] collections.ads.campaigns: \"shraed\" (expected: shared,"
                + " reference, private) — did you mean 'shared'?",
            "ads.yaml:9:3: error[P004] collections.ads.campaigns: duplicate key (expected: once;"
                + " first at line 8)",
            "ads.yaml:10:9: error[P007] limits: \"5\" (expected: a map)",
            "ads.yaml:11:1: error[P005] rulez: unknown key (expected: apiVersion, kind, metadata,"
                + " tenancy, principals, collections, rules, limits, applicationDdl, tripwire,"
                + " businessMetrics) — did you mean 'rules'?"),
        refused.problems().stream().map(Problem::headline).toList());
    assertTrue(
        String.valueOf(refused.getMessage()).contains("\n      feild: organization_id\n      ^\n"),
        refused.getMessage());
  }

  @Test
  void servesAShadowRuleWhoseDayHasComeAndFailsTheCheck() {
    PolicyText text =
        new PolicyText()
            .with("rules", "[ { name: r, deny: [ddl], mode: shadow, until: 2026-03-01 } ]");
    assertEquals(
        List.of(
            "p.yaml:7:55: error[P016] rules[0].until: \"2026-03-01\" (expected: a day to come; the"
                + " rule is enforced since then, so remove mode and until)"),
        text.check());
    Policy policy = PolicyParser.parse(List.of(text.file("p.yaml")));
    assertTrue(policy.rules().get(0).isEnforcedOn(PolicyText.TODAY));
    text.with("rules", "[ { name: r, deny: [ddl], mode: shadow, until: 2026-03-02 } ]");
    assertEquals(List.of(), text.check());
  }

  @Test
  void warnsAboutStringTenantsAndServesThem() {
    PolicyText text = new PolicyText().with("tenancy", "{ field: org, type: string }");
    assertEquals(1, text.check().size());
    assertTrue(text.check().get(0).startsWith("p.yaml:4:30: warning[W001] tenancy.type"));
    assertEquals(TenantType.STRING, PolicyParser.parse(List.of(text.file("p.yaml"))).tenantType());
  }

  @Tag("exhaustive")
  @Test
  void givesNothingButInvalidPolicyForBrokenBytes() {
    Random random = new Random(11);
    byte[] sound = WHOLE.getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = sound.clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] =
            random.nextBoolean() ? (byte) random.nextInt(256) : sound[random.nextInt(sound.length)];
      }
      try {
        PolicyParser.parse(List.of(new PolicyFile("p.yaml", bytes)));
      } catch (InvalidPolicyException e) {
        assertTrue(e.problems().stream().anyMatch(problem -> !problem.isWarning()));
      }
    }
  }
}
