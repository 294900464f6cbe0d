package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BulkWriteTest {
  private static final String CONFINED = "{$and: [{organization_id: {$eq: %A%}}, {s: 1}]}";
  private static final String[] OPS = {
    "{insert: 0, document: {x: 1}}",
    "{update: 1, filter: {s: 1}, updateMods: {$set: {x: 1}}, multi: true}",
    "{update: 0, filter: {s: 1}, updateMods: {x: 1}, upsert: true}",
    "{update: 0, filter: {s: 1}, updateMods: [{$set: {x: '$$v'}}], constants: {v: 1}}",
    "{delete: 0, filter: {s: 1}, multi: false}",
  };
  private static final String EXPECTED_OPS =
      "[{insert: 0, document: {x: 1, organization_id: %A%}},"
          + " {update: 1, filter: "
          + CONFINED
          + ", updateMods: {$set: {x: 1}}, multi: true},"
          + " {update: 0, filter: "
          + CONFINED
          + ", updateMods: {x: 1, organization_id: %A%}, upsert: true},"
          + " {update: 0, filter: "
          + CONFINED
          + ", updateMods: [{$set: {x: '$$v'}},"
          + " {$set: {organization_id: {$literal: %A%}}}], constants: {v: 1}},"
          + " {delete: 0, filter: "
          + CONFINED
          + ", multi: false}]";
  private static final String[] NAMESPACES = {"{ns: 'app.orders'}", "{ns: 'billing.invoices'}"};

  private final Judge judge = Judge.ofSample();

  private static String bulk(String ops, String namespaces, String rest) {
    return "{bulkWrite: 1, ops: ["
        + ops
        + "], nsInfo: ["
        + namespaces
        + "], $db: 'admin'"
        + rest
        + "}";
  }

  private static String bulk(String op) {
    return bulk(op, String.join(", ", NAMESPACES), "");
  }

  private void assertJudged(BsonDocument sent) {
    assertEquals(Command.json("{o: " + EXPECTED_OPS + "}").get("o"), sent.get("ops"));
    assertEquals(2, sent.getArray("nsInfo").size());
  }

  @Test
  void judgesOperationsAndNamespacesOfTheBody() {
    assertJudged(judge.forwarded(bulk(String.join(", ", OPS))));
  }

  @Test
  void judgesThemInSequences() {
    Command command =
        Command.of("{bulkWrite: 1, ordered: true, errorsOnly: true, $db: 'admin'}")
            .with("ops", OPS)
            .with("nsInfo", NAMESPACES);

    assertJudged(judge.forwarded(command));
    assertJudged(judge.forwarded(command.sequencesFirst()));
  }

  @Test
  void judgesThemInSequencesTheOtherWayRound() {
    assertJudged(
        judge.forwarded(
            Command.of("{bulkWrite: 1, $db: 'admin'}")
                .with("nsInfo", NAMESPACES)
                .with("ops", OPS)));
  }

  @Test
  void judgesAMixture() {
    assertJudged(
        judge.forwarded(
            Command.of(
                    "{bulkWrite: 1, nsInfo: [" + String.join(", ", NAMESPACES) + "], $db: 'admin'}")
                .with("ops", OPS)));
    assertJudged(
        judge.forwarded(
            Command.of("{bulkWrite: 1, ops: [" + String.join(", ", OPS) + "], $db: 'admin'}")
                .with("nsInfo", NAMESPACES)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{insert: 0, document: {organization_id: %B%}} | tenant-field",
        "{update: 0, filter: {}, updateMods: {organization_id: %B%}} | tenant-field",
        "{update: 0, filter: {}, updateMods: {$set: {organization_id: %B%}}} | tenant-field",
        "{update: 0, filter: {organization_id: %B%}, updateMods: {x: 1}, upsert: true}"
            + " | tenant-field",
        "{update: 0, filter: {}, updateMods: [{$set: {x: 1}}], constants: {new: {}}} | variable",
        "{update: 0, filter: {}, updateMods: {x: 1}, upsertSupplied: true} | field",
        "{update: 0, filter: {}, updateMods: {x: 1}, constants: {x: 1}} | field",
        "{update: 0, filter: {}, document: {x: 1}, updateMods: {x: 1}} | field",
        "{update: 0, filter: {}, updateMods: {x: 1}, delete: 1} | field",
        "{delete: 0, filter: {$where: '1'}} | server-side-javascript",
        "{delete: 0, filter: {}, limit: 1} | field",
        "{delete: 0} | field",
        "{insert: 0} | field",
        "{update: 0, filter: {}} | field",
        "{filter: {}, delete: 0} | field",
        "{replace: 0, filter: {}} | field",
        "{} | field",
        "{delete: 2, filter: {}} | namespace",
        "{delete: -1, filter: {}} | namespace",
        "{delete: 99, filter: {}} | namespace",
        "{delete: 0.0, filter: {}} | namespace",
        "{delete: {$numberLong: '0'}, filter: {}} | namespace",
        "{delete: 'app.orders', filter: {}} | namespace",
        "{delete: 0, filter: {}, hint: '_id_'} | hint",
        "{delete: 0, filter: {}, sampleId: 1} | field",
        "1 | option-value",
      })
  void deniesUnsoundOperations(String op, String rule) {
    judge.denies(bulk("{delete: 0, filter: {}}, " + op), rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ns: 'app.orders'}, {ns: 'other.orders'} | namespace",
        "{ns: 'app.orders'}, {ns: 'app.system.views'} | namespace",
        "{ns: 'orders'} | namespace",
        "{ns: ''} | namespace",
        "{ns: '.orders'} | namespace",
        "{ns: 'app.'} | namespace",
        "{ns: 'app.orders.'} | namespace",
        "{ns: 'app.orders\\u0000x'} | namespace",
        "{ns: 1} | field",
        "{x: 'app.orders'} | field",
        "{} | field",
        "{ns: 'app.orders', collectionUUID: 1} | field",
        "{ns: 'app.orders', encryptionInformation: {}} | field",
        "7 | option-value",
      })
  void judgesEveryNamespaceAlsoWhereNothingRefersToIt(String namespaces, String rule) {
    judge.denies(bulk("{delete: 0, filter: {}}", namespaces, ""), rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ", bypassDocumentValidation: true | option-value",
        ", cursor: {batchSize: 'x'} | field",
        ", cursor: {x: 1} | field",
        ", returnFields: {} | field",
        ", let: {CURRENT: 1} | variable",
      })
  void deniesUnlistedArguments(String rest, String rule) {
    judge.denies(bulk("{delete: 0, filter: {}}", NAMESPACES[0], rest), rule);
  }

  @Test
  void deniesItWithoutStatementsOrNamespaces() {
    judge.denies("{bulkWrite: 1, nsInfo: [{ns: 'app.orders'}], $db: 'admin'}", RuleId.FIELD);
    judge.denies("{bulkWrite: 1, ops: [{delete: 0, filter: {}}], $db: 'admin'}", RuleId.FIELD);
    judge.denies(bulk("{delete: 0, filter: {}}", "", ""), RuleId.FIELD);
  }

  @Test
  void isACommandOfAdmin() {
    judge.denies(
        "{bulkWrite: 1, ops: [], nsInfo: [{ns: 'app.orders'}], $db: 'app'}", RuleId.NAMESPACE);
  }

  @Test
  void needsAServerThatKnowsIt() {
    new Judge(Sample.policy().bind(), 24)
        .denies(bulk("{delete: 0, filter: {}}"), RuleId.UPSTREAM_TOO_OLD);
  }

  @Test
  void appliesTheRulesOfEachNamespace() {
    Judge ruled = Sample.policy().deny("no", "billing.invoices", Effect.DELETE).judge();

    ruled.forwarded(bulk("{delete: 0, filter: {}}"));
    ruled.denies(bulk("{delete: 1, filter: {}}"), "no");
    ruled.forwarded(bulk("{insert: 1, document: {}}"));
    judge.denies(
        bulk("{insert: 0, document: {}}", "{ns: 'app.plans'}", ""), RuleId.READ_ONLY_COLLECTION);
  }

  @Test
  void claimsTheCursorOfItsReply() {
    Verdict.Forward forward =
        assertInstanceOf(Verdict.Forward.class, judge.verdict(bulk("{delete: 0, filter: {}}")));

    assertEquals(
        List.of(new Claim.OpensCursor("admin", "$cmd.bulkWrite", List.of())), forward.claims());
    assertEquals(ReplyPlan.Kind.BULK_WRITE, forward.replyPlan().kind());
    assertEquals(2, forward.replyPlan().touched().size());
  }

  @Test
  void looksForIndexesInEachNamespaceOnceHoweverOftenItIsListed() {
    String orders = "{ns: 'app.orders'}";
    Verdict verdict =
        judge.verdict(
            "{bulkWrite: 1, ops: [{delete: 2, filter: {}}], nsInfo: ["
                + String.join(", ", orders, "{ns: 'app.users'}", orders, orders)
                + "], $db: 'admin'}");

    assertEquals(
        List.of("app.orders", "app.users"),
        ((Verdict.Forward) verdict)
            .replyPlan().touched().stream().map(access -> access.namespace().toString()).toList());
  }
}
