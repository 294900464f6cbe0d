package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.verdict.RuleId;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What there is, told from the policy alone. */
class ListingTest {
  private final Judge judge = Judge.ofSample();

  private static List<String> names(BsonDocument answer) {
    return answer.getDocument("cursor").getArray("firstBatch").stream()
        .map(BsonValue::asDocument)
        .map(document -> document.getString("name").getValue())
        .toList();
  }

  @Test
  void listsTheCollectionsOfThePolicy() {
    BsonDocument answer = judge.answer("{listCollections: 1, cursor: {}, $db: 'app'}");

    assertEquals(List.of("orders", "users", "plans", "scratch_" + Sample.A), names(answer));
    assertEquals(
        Command.json(
            "{name: 'orders', type: 'collection', options: {}, info: {readOnly: false},"
                + " idIndex: {v: 2, key: {_id: 1}, name: '_id_'}}"),
        answer.getDocument("cursor").getArray("firstBatch").get(0));
    assertEquals(0, answer.getDocument("cursor").getInt64("id").getValue());
    assertEquals(
        "app.$cmd.listCollections", answer.getDocument("cursor").getString("ns").getValue());
    assertEquals(1.0, answer.getDouble("ok").getValue());
  }

  @Test
  void listsOneCollectionByName() {
    assertEquals(
        List.of("users"),
        names(judge.answer("{listCollections: 1, filter: {name: 'users'}, $db: 'app'}")));
    assertEquals(
        List.of(),
        names(judge.answer("{listCollections: 1, filter: {name: 'secrets'}, $db: 'app'}")));
    assertEquals(
        4,
        names(
                judge.answer(
                    "{listCollections: 1, filter: {}, nameOnly: true,"
                        + " authorizedCollections: true, $db: 'app'}"))
            .size());
  }

  @Test
  void listsNamesOnly() {
    BsonDocument first =
        judge
            .answer("{listCollections: 1, nameOnly: true, $db: 'app'}")
            .getDocument("cursor")
            .getArray("firstBatch")
            .get(0)
            .asDocument();

    assertEquals(Command.json("{name: 'orders', type: 'collection'}"), first);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'options.pipeline': {$exists: true}}",
        "{$expr: {$function: {body: 'x', args: [], lang: 'js'}}}",
        "{name: {$regex: '^s'}}",
        "{name: 'users', type: 'view'}",
      })
  void deniesOtherFilters(String filter) {
    judge.denies("{listCollections: 1, filter: " + filter + ", $db: 'app'}", RuleId.OPTION_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "config", "admin", "other"})
  void deniesDatabasesThatThePolicyDoesNotList(String database) {
    judge.denies("{listCollections: 1, $db: '" + database + "'}", RuleId.NAMESPACE);
  }

  @Test
  void listsTheDatabasesOfThePolicy() {
    BsonDocument all = judge.answer("{listDatabases: 1, $db: 'admin'}");
    BsonDocument names =
        judge.answer("{listDatabases: 1, nameOnly: true, filter: {name: 'app'}, $db: 'admin'}");

    assertEquals(2, all.getArray("databases").size());
    assertEquals(0, all.getInt64("totalSize").getValue());
    assertTrue(
        all.getArray("databases")
            .contains(Command.json("{name: 'app', sizeOnDisk: {$numberLong: '0'}, empty: false}")));
    assertEquals(Command.json("{databases: [{name: 'app'}], ok: 1.0}"), names);
  }

  @Test
  void listsDatabasesInAdminOnly() {
    judge.denies("{listDatabases: 1, $db: 'app'}", RuleId.NAMESPACE);
  }

  @Test
  void listsIndexesOfEveryKind() {
    Judge texts =
        Sample.policy()
            .collection(
                "app", "notes", CollectionClass.SHARED, new IndexSpec("org", Map.of("o", "text")))
            .judge();

    assertEquals(
        Command.json("{v: 2, key: {o: 'text'}, name: 'org'}"),
        texts
            .answer("{listIndexes: 'notes', $db: 'app'}")
            .getDocument("cursor")
            .getArray("firstBatch")
            .get(1));
  }

  @Test
  void listsTheIndexesOfThePolicy() {
    BsonDocument answer = judge.answer("{listIndexes: 'orders', cursor: {}, $db: 'app'}");

    assertEquals(
        Command.json(
                "{i: [{v: 2, key: {_id: 1}, name: '_id_'},"
                    + " {v: 2, key: {organization_id: 1, status: -1}, name: 'org_status'}]}")
            .get("i"),
        answer.getDocument("cursor").get("firstBatch"));
    assertEquals("app.orders", answer.getDocument("cursor").getString("ns").getValue());
    judge.denies("{listIndexes: 'secrets', $db: 'app'}", RuleId.NAMESPACE);
  }

  @Test
  void answersWhatShellsAskAtStart() {
    assertEquals(
        Command.json("{featureCompatibilityVersion: {version: '8.0'}, ok: 1.0}"),
        judge.answer("{getParameter: 1, featureCompatibilityVersion: 1, $db: 'admin'}"));
    assertInstanceOf(Verdict.Local.class, judge.verdict("{isdbgrid: 1, $db: 'admin'}"));
    BsonDocument commands = judge.answer("{listCommands: 1, $db: 'admin'}").getDocument("commands");
    assertTrue(commands.containsKey("find"));
    assertFalse(commands.containsKey("dropDatabase"));
    judge.denies(
        "{aggregate: 'atlascli', pipeline: [], cursor: {}, $db: 'admin'}", RuleId.NAMESPACE);
  }

  @ParameterizedTest
  @CsvSource({"9, 4.4", "13, 5.0", "17, 6.0", "21, 7.0", "27, 8.0"})
  void tellsTheVersionByTheWireVersionBehind(int wireVersion, String version) {
    BsonDocument answer =
        new Judge(Sample.policy().bind(), wireVersion)
            .answer("{getParameter: 1, featureCompatibilityVersion: 1, $db: 'admin'}");

    assertEquals(
        version, answer.getDocument("featureCompatibilityVersion").getString("version").getValue());
  }

  @Test
  void deniesOtherParameters() {
    judge.denies("{getParameter: '*', $db: 'admin'}", RuleId.COMMAND);
    judge.denies(
        "{getParameter: '*', featureCompatibilityVersion: 1, $db: 'admin'}", RuleId.COMMAND);
    judge.denies("{getParameter: 1, logLevel: 1, $db: 'admin'}", RuleId.FIELD);
  }
}
