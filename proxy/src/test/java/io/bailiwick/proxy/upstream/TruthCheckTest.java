package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TruthCheckTest {
  private static final CollectionRule SHARED =
      new CollectionRule(
          "ads",
          "campaigns",
          CollectionClass.SHARED,
          List.of(new IndexSpec("org_status", Map.of("organization_id", 1))),
          new Place("p.yaml", 3, 3));
  private static final CollectionRule REFERENCE =
      Policies.collection("ads", "currencies", CollectionClass.REFERENCE);
  private static final CollectionRule PRIVATE =
      Policies.collection("ads", "tmp_${tenant}", CollectionClass.PRIVATE);

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always("listCollections", any -> batch("firstBatch", "0", ""));
    upstream.always("listIndexes", any -> batch("firstBatch", "0", ""));
    upstream.always("find", any -> batch("firstBatch", "0", ""));
    fixture = new GateFixture(upstream.address());
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  private static ScriptedReply batch(String field, String id, String members) {
    return ScriptedReply.json(
        "{cursor: {"
            + field
            + ": ["
            + members
            + "], id: {$numberLong: '"
            + id
            + "'},"
            + " ns: 'ads.$cmd.listCollections'}, ok: 1.0}");
  }

  private void lists(String member) {
    upstream.next("listCollections", batch("firstBatch", "0", member));
  }

  private static Policy policy(TenantType type, CollectionRule... rules) {
    return new Policy(
        "p",
        "h",
        "organization_id",
        type,
        List.of(),
        List.of(rules),
        List.of(),
        Limits.DEFAULT,
        DdlMode.DENY,
        TripwireMode.FIRST,
        List.of());
  }

  private TruthReport check(TenantType type, CollectionRule... rules) throws Exception {
    return new TruthCheck(fixture.gate)
        .run(policy(type, rules))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({"campaigns, view", "campaigns, timeseries", "currencies, view", "tmp_acme, view"})
  void withholdsWhatIsNoPlainCollection(String name, String type) throws Exception {
    lists("{name: '" + name + "', type: '" + type + "', options: {}}");

    TruthReport report = check(TenantType.STRING, SHARED, REFERENCE, PRIVATE);

    assertEquals(1, report.withheld().size());
    assertTrue(report.findings().get(0).what().contains("is of type " + type));
  }

  @Test
  void servesASharedTimeSeriesWhoseMetadataIsTheTenant() throws Exception {
    lists(series("{timeField: 't', metaField: 'organization_id'}"));

    assertEquals(List.of(), check(TenantType.OBJECT_ID, SHARED).findings());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      value = {
        "campaigns  | {timeField: 't'}",
        "campaigns  | {timeField: 't', metaField: 'source'}",
        "campaigns  | {timeField: 't', metaField: {organization_id: 1}}",
        "campaigns  | 'organization_id'",
        "currencies | {timeField: 't', metaField: 'organization_id'}",
        "tmp_acme   | {timeField: 't', metaField: 'organization_id'}"
      })
  void withholdsAnyOtherTimeSeries(String name, String options) throws Exception {
    lists(series(options).replace("campaigns", name));

    TruthReport report = check(TenantType.STRING, SHARED, REFERENCE, PRIVATE);

    assertEquals(1, report.withheld().size());
    assertTrue(report.findings().get(0).what().contains("metaField organization_id"));
  }

  @Test
  void withholdsATimeSeriesWithACollationIfTenantsAreStrings() throws Exception {
    String options =
        "{timeField: 't', metaField: 'organization_id'}, collation: {locale: 'en', strength: 1}";
    lists(series(options));
    lists(series(options));

    assertEquals(Set.of(SHARED), check(TenantType.STRING, SHARED).withheld());
    assertEquals(Set.of(), check(TenantType.OBJECT_ID, SHARED).withheld());
  }

  private static String series(String options) {
    return "{name: 'campaigns', type: 'timeseries', options: {timeseries: " + options + "}}";
  }

  @Test
  void withholdsACollectionWithACollationIfTenantsAreStrings() throws Exception {
    String member =
        "{name: 'campaigns', type: 'collection', options: {collation: {locale: 'en', strength: 2}}}";
    lists(member);
    lists(member);

    assertEquals(Set.of(SHARED), check(TenantType.STRING, SHARED).withheld());
    assertEquals(Set.of(), check(TenantType.OBJECT_ID, SHARED).withheld());
  }

  @Test
  void letsTheSimpleCollationPass() throws Exception {
    lists("{name: 'campaigns', type: 'collection', options: {collation: {locale: 'simple'}}}");

    assertEquals(List.of(), check(TenantType.STRING, SHARED).findings());
  }

  @Test
  void readsListsToTheirEnd() throws Exception {
    upstream.next("listCollections", batch("firstBatch", "7", "{name: 'a', type: 'collection'}"));
    upstream.next("getMore", batch("nextBatch", "7", "{name: 'b', type: 'collection'}"));
    upstream.next("getMore", batch("nextBatch", "0", "{name: 'campaigns', type: 'view'}"));

    assertEquals(Set.of(SHARED), check(TenantType.OBJECT_ID, SHARED).withheld());

    assertEquals(
        "$cmd.listCollections", upstream.take("getMore").body().getString("collection").getValue());
  }

  @Test
  void withholdsEverythingItMayNotLookAt() throws Exception {
    upstream.next("listCollections", ScriptedReply.json("{ok: 0.0, code: 13, errmsg: 'no'}"));

    assertEquals(
        Set.of(SHARED, REFERENCE), check(TenantType.OBJECT_ID, SHARED, REFERENCE).withheld());
  }

  @Test
  void withholdsAReferenceCollectionItCannotSearchInTime() throws Exception {
    lists("{name: 'currencies', type: 'collection'}");
    upstream.next("find", ScriptedReply.json("{ok: 0.0, code: 50, errmsg: 'too slow'}"));

    TruthReport report = check(TenantType.OBJECT_ID, REFERENCE);

    assertEquals(Set.of(REFERENCE), report.withheld());
    assertTrue(upstream.take("find").body().containsKey("maxTimeMS"));
  }

  @Test
  void reportsAListedIndexWithAnotherKey() throws Exception {
    lists("{name: 'campaigns', type: 'collection'}");
    upstream.next(
        "listIndexes", batch("firstBatch", "0", "{name: 'org_status', key: {status: 1}}"));

    TruthReport report = check(TenantType.OBJECT_ID, SHARED);

    assertEquals(
        List.of("p.yaml:3:3: ads.campaigns: index org_status has another key than listed"),
        report.findings().stream().map(Object::toString).toList());
  }

  @Test
  void failsIfNothingCanBeKnown() throws Exception {
    upstream.always("listCollections", any -> ScriptedReply.silence().thenResets());

    assertThrows(ExecutionException.class, () -> check(TenantType.OBJECT_ID, SHARED));
  }

  /** What a server says that is no longer the primary is nothing about the collections. */
  @Test
  void failsDuringAnElection() throws Exception {
    for (int code : new int[] {10107, 13435, 189, 91}) {
      String error = "{ok: 0.0, errmsg: 'not primary', code: " + code + "}";
      upstream.next("listCollections", ScriptedReply.json(error));
      upstream.next("listCollections", ScriptedReply.json(error));

      assertThrows(ExecutionException.class, () -> check(TenantType.OBJECT_ID, SHARED));
    }
  }

  /** A MongoDB that is unwell for a moment has not said anything about its collections either. */
  @Test
  void failsWhileMongoDbIsUnwell() throws Exception {
    for (int code : new int[] {6, 7, 89, 133, 262, 462, 9001, 11601}) {
      ScriptedReply unwell = ScriptedReply.json("{ok: 0.0, errmsg: 'x', code: " + code + "}");
      upstream.next("listCollections", unwell);
      assertThrows(ExecutionException.class, () -> check(TenantType.OBJECT_ID, SHARED));

      lists("{name: 'currencies', type: 'collection'}");
      upstream.next("find", unwell);
      assertThrows(ExecutionException.class, () -> check(TenantType.OBJECT_ID, REFERENCE));
    }
  }

  @Test
  void failsIfAListIsLostOnTheWay() throws Exception {
    upstream.next("listCollections", batch("firstBatch", "7", "{name: 'a', type: 'collection'}"));
    upstream.next("getMore", ScriptedReply.json("{ok: 0.0, code: 43, errmsg: 'no cursor'}"));

    assertThrows(ExecutionException.class, () -> check(TenantType.OBJECT_ID, SHARED));
  }
}
