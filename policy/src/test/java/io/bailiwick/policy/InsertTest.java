package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InsertTest {
  private final Judge judge = Judge.ofSample();

  private static String insert(String... documents) {
    return "{insert: 'orders', documents: [" + String.join(", ", documents) + "], $db: 'app'}";
  }

  private static Command sequence(String... documents) {
    return Command.of("{insert: 'orders', ordered: true, $db: 'app'}").with("documents", documents);
  }

  @Test
  void stampsDocumentsOfTheBody() {
    judge.forwards(
        insert("{_id: 9}", "{}"),
        insert("{_id: 9, organization_id: %A%}", "{organization_id: %A%}"));
  }

  @Test
  void stampsDocumentsOfASequence() {
    BsonDocument sent = judge.forwarded(sequence("{_id: 9}", "{_id: 10, organization_id: %A%}"));

    assertEquals(
        Command.json(
            "{insert: 'orders', ordered: true, $db: 'app', documents: ["
                + "{_id: 9, organization_id: %A%}, {_id: 10, organization_id: %A%}]}"),
        sent);
  }

  @Test
  void stampsDocumentsOfASequenceInFrontOfTheBody() {
    BsonDocument sent = judge.forwarded(sequence("{_id: 9}").sequencesFirst());

    assertEquals(Command.json("{_id: 9, organization_id: %A%}"), sent.getArray("documents").get(0));
  }

  @Test
  void keepsTheTenantsOwnValue() {
    String own = insert("{organization_id: %A%, x: 1}");

    judge.forwards(own, own);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{organization_id: %B%}",
        "{organization_id: '665f1c2ab8e4d3a1f0c9e001'}",
        "{organization_id: [%A%]}",
        "{organization_id: null}",
        "{organization_id: {$eq: %A%}}",
        "{organization_id: {$ref: 'x', $id: %A%}}",
        "{x: 1, 'organization_id.x': %A%}",
        "{'organization_id.': %A%}",
        "{'organization_id.0': 1, organization_id: %A%}",
      })
  void deniesWhatIsNotTheTenant(String document) {
    judge.denies(insert(document), RuleId.TENANT_FIELD);
    judge.denies(sequence("{_id: 1}", document), RuleId.TENANT_FIELD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{Organization_id: %B%}",
        "{'organization_id\\u200b': %B%}",
        "{'organization_idx': %B%}",
        "{nested: {organization_id: %B%}}",
        "{'a.organization_id': %B%}",
        "{'': 1, '$set': {x: 1}, 'a.b': 2}",
        "{code: {$code: 'function() {}'}, note: {$where: 'x'}}",
      })
  void storesOtherNamesUntouched(String document) {
    BsonDocument expected = Command.json(document);
    expected.putAll(Command.json("{organization_id: %A%}"));

    assertEquals(expected, judge.forwarded(insert(document)).getArray("documents").get(0));
  }

  @Test
  void comparesNumbersByTypeAndBytes() {
    Judge numbers = Sample.policy().forNumber("7").judge();

    String own = insert("{organization_id: {$numberLong: '7'}}");
    numbers.forwards(own, own);
    numbers.denies(insert("{organization_id: 7.0}"), RuleId.TENANT_FIELD);
    numbers.denies(insert("{organization_id: {$numberInt: '7'}}"), RuleId.TENANT_FIELD);
    numbers.denies(insert("{organization_id: {$numberDecimal: '7'}}"), RuleId.TENANT_FIELD);
  }

  @Test
  void neitherStampsNorChecksAPrivateCollection() {
    String command =
        "{insert: 'scratch_" + Sample.A + "', documents: [{organization_id: 1}], $db: 'app'}";

    judge.forwards(command, command);
  }

  @Test
  void deniesAnotherTenantsPrivateCollection() {
    judge.denies(
        "{insert: 'scratch_" + Sample.B + "', documents: [{}], $db: 'app'}", RuleId.NAMESPACE);
  }

  @Test
  void deniesWritesToReferenceData() {
    judge.denies("{insert: 'plans', documents: [{x: 1}], $db: 'app'}", RuleId.READ_ONLY_COLLECTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "system.views",
        "system.js",
        "system.indexes",
        "$cmd",
        "Orders",
        "orders.",
        " orders",
        ""
      })
  void deniesUnlistedCollections(String name) {
    judge.denies("{insert: '" + name + "', documents: [{x: 1}], $db: 'app'}", RuleId.NAMESPACE);
  }

  @Test
  void deniesANameThatIsNoString() {
    judge.denies(
        "{insert: {$symbol: 'orders'}, documents: [{x: 1}], $db: 'app'}", RuleId.NAMESPACE);
    judge.denies(
        "{insert: {$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}, documents: [{}], $db: 'app'}",
        RuleId.NAMESPACE);
  }

  @Test
  void appliesTheRulesOfThePolicy() {
    Judge ruled =
        Sample.policy()
            .deny("no-orders", "app.orders", Effect.INSERT)
            .shadow("no-users", "app.users", Effect.INSERT)
            .judge();

    ruled.denies(insert("{x: 1}"), "no-orders");
    Verdict users = ruled.verdict("{insert: 'users', documents: [{x: 1}], $db: 'app'}");
    assertEquals(
        java.util.List.of("no-users"), assertInstanceOf(Verdict.Forward.class, users).shadowedBy());
  }

  @Test
  void deniesADocumentThatOutgrowsTheLimitOnceStamped() {
    String filler = "x".repeat((16 << 20) - 40);

    judge.denies(insert("{x: '" + filler + "'}"), RuleId.LIMIT);
    judge.forwarded(insert("{x: '" + filler.substring(100) + "'}"));
  }

  /** A document of one string has 13 bytes beside its own, the stamp 29 more. */
  @Test
  void takesADocumentAsLargeAsMongodbStores() {
    String most = "x".repeat((16 << 20) - 13);
    String stamped = most.substring(29);

    judge.forwarded(insert("{x: '" + stamped + "'}"));
    judge.denies(insert("{x: '" + stamped + "x'}"), RuleId.LIMIT);
    judge.forwarded(insert("{organization_id: %A%, x: '" + stamped + "'}"));
    judge.denies(insert("{organization_id: %A%, x: '" + stamped + "x'}"), RuleId.LIMIT);
  }

  @Test
  void deniesABatchWithoutDocuments() {
    judge.denies("{insert: 'orders', $db: 'app'}", RuleId.FIELD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"updates", "deletes", "ops", "nsInfo"})
  void closesOnASequenceThatIsNotTaken(String identifier) {
    Command command = Command.of("{insert: 'orders', $db: 'app'}").with(identifier, "{x: 1}");

    assertTrue(judge.denies(command, RuleId.PROTOCOL).closes());
  }

  @Test
  void keepsTheConnectionOnAPolicyDenial() {
    assertFalse(judge.denies(insert("{organization_id: %B%}"), RuleId.TENANT_FIELD).closes());
  }

  @Test
  void plansTheReplyOfAWrite() {
    Verdict verdict = judge.verdict(insert("{x: 1}"));

    ReplyPlan plan = assertInstanceOf(Verdict.Forward.class, verdict).replyPlan();
    assertEquals(ReplyPlan.Kind.WRITE, plan.kind());
    assertEquals("app.orders", plan.touched().get(0).namespace().toString());
    assertTrue(plan.acknowledged());
  }
}
