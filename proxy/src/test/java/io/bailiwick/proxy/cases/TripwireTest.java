package io.bailiwick.proxy.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ScriptedReply;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A MongoDB that lies: whatever it was asked, it hands out documents of another organization. The
 * reply is stopped, and metric and audit say so.
 */
@Timeout(60)
final class TripwireTest extends ThroughWholeProxy {
  private static final String OWN = "{_id: 1, organization_id: {$oid: '" + WholeProxy.A + "'}}";
  private static final String FOREIGN = "{_id: 2, organization_id: {$oid: '" + WholeProxy.B + "'}}";
  private static final String NOBODYS = "{_id: 3}";
  private static final String BOTHS = "{_id: 4, organization_id: [{$oid: '" + WholeProxy.A + "'}]}";
  private static final String FIND = "{find: 'orders', $db: 'app'}";
  private static final String LIVE =
      "{aggregate: 'orders', pipeline: [{$match: {n: 1}}, {$sort: {n: 1}}, {$addFields: {m: 2}}],"
          + " cursor: {}, $db: 'app'}";
  private static final String TAKE =
      "{findAndModify: 'orders', query: {n: 1}, remove: true, $db: 'app'}";

  private void checkAll() throws IOException {
    Files.writeString(whole.policyFile(), Files.readString(whole.policyFile()) + "tripwire: all\n");
    assertEquals(null, whole.proxy.reload());
  }

  private static ScriptedReply first(long id, String... documents) {
    return WholeProxy.cursor(id, String.join(", ", documents));
  }

  private static ScriptedReply next(String... documents) {
    return ScriptedReply.json(
        "{cursor: {nextBatch: [%s], id: {$numberLong: '0'}, ns: 'app.orders'}, ok: 1.0}"
            .formatted(String.join(", ", documents)));
  }

  private static ScriptedReply value(String document) {
    return ScriptedReply.json("{lastErrorObject: {n: 1}, value: " + document + ", ok: 1.0}");
  }

  /** Not a byte comes back, and everybody who should know knows. */
  private void stopped(String label, String command) throws Exception {
    try (RawClient client = whole.a()) {
      client.send(BsonDocument.parse(command));
      client.awaitEnd();
    }
    assertAlarmed(label);
  }

  private void assertAlarmed(String label) throws IOException {
    assertTrue(alarms().contains("{command=\"" + label + "\",} 1.0"), alarms());
    whole.close();
    BsonDocument line = BsonDocument.parse(Files.readAllLines(whole.auditFile()).get(0));
    assertEquals("alarm", line.getString("decision").getValue());
    assertEquals("tripwire", line.getString("rule").getValue());
    assertEquals(label, line.getString("command").getValue());
    assertEquals(WholeProxy.A, line.getString("tenant").getValue());
    assertEquals(26, line.getString("decision_id").getValue().length());
    assertTrue(!line.toJson().contains(WholeProxy.B), line.toJson());
  }

  private String alarms() throws IOException {
    return Http.get(whole.proxy.metricsAddress(), "/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("bailiwick_tripwire_alarms_total"))
        .reduce("", String::concat);
  }

  private void passed(String command, int documents) throws Exception {
    try (RawClient client = whole.a()) {
      BsonDocument reply = client.call(command).document();
      assertEquals(
          documents, reply.getDocument("cursor").getArray("firstBatch").size(), reply::toJson);
    }
    assertEquals("", alarms());
  }

  @ParameterizedTest
  @ValueSource(strings = {FOREIGN, NOBODYS, BOTHS})
  void aFirstBatchThatBeginsWithAnythingElseIsStopped(String document) throws Exception {
    upstream.next("find", first(0, document, OWN));

    stopped("find", FIND);
  }

  @Test
  void anAggregateWhoseDocumentsStillCarryTheFieldIsStopped() throws Exception {
    upstream.next("aggregate", first(0, FOREIGN));

    stopped("aggregate", LIVE);
  }

  @Test
  void aDocumentThatWasTakenOutIsStopped() throws Exception {
    upstream.next("findAndModify", value(FOREIGN));

    stopped("findAndModify", TAKE);
  }

  @Test
  void aLaterBatchIsStopped() throws Exception {
    upstream.next("find", first(77, OWN)).next("getMore", next(FOREIGN));
    try (RawClient client = whole.a()) {
      long cursor = client.call(FIND).document().getDocument("cursor").getInt64("id").getValue();
      BsonDocument more = BsonDocument.parse("{collection: 'orders', $db: 'app'}");
      BsonDocument getMore = new BsonDocument("getMore", new BsonInt64(cursor));
      getMore.putAll(more);
      client.send(getMore);
      client.awaitEnd();
    }

    assertAlarmed("getMore");
  }

  @Test
  void oneInALongBatchIsStoppedWhereAllAreChecked() throws Exception {
    checkAll();
    String padded = OWN.replace("{_id: 1,", "{_id: 1, pad: '" + "x".repeat(50_000) + "',");
    upstream.next("find", first(0, padded, padded, padded, FOREIGN));
    try (RawClient client = whole.a()) {
      client.send(BsonDocument.parse(FIND));
      // What came before the foreign document may have passed; the message never becomes whole.
      assertThrows(IOException.class, client::receive);
    }

    assertAlarmed("find");
  }

  @Test
  void theSecondOfABatchIsStoppedWhereAllAreChecked() throws Exception {
    checkAll();
    upstream.next("find", first(0, OWN, FOREIGN));

    stopped("find", FIND);
  }

  @Test
  void theSecondOfABatchIsNotLookedAtWhereTheFirstIs() throws Exception {
    upstream.next("find", first(0, OWN, FOREIGN));

    passed(FIND, 2);
  }

  @Test
  void ownDocumentsPassWhereAllAreChecked() throws Exception {
    checkAll();
    upstream.next("find", first(0, OWN, OWN, OWN));

    passed(FIND, 3);
  }

  @Test
  void anEmptyBatchPasses() throws Exception {
    passed(FIND, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{find: 'orders', projection: {_id: 1}, $db: 'app'}",
        "{find: 'plans', $db: 'app'}"
      })
  void documentsThatNeedNotCarryTheFieldPass(String command) throws Exception {
    upstream.next("find", first(0, NOBODYS));

    passed(command, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{$project: {_id: 1}}", "{$group: {_id: '$n'}}", "{$unset: 'organization_id'}"})
  void whatAPipelineMadeAnewPasses(String stage) throws Exception {
    upstream.next("aggregate", first(0, NOBODYS));

    passed("{aggregate: 'orders', pipeline: [" + stage + "], cursor: {}, $db: 'app'}", 1);
  }

  @Test
  void anOwnDocumentThatWasTakenOutPassesAndSoDoesNone() throws Exception {
    upstream.next("findAndModify", value(OWN)).next("findAndModify", value("null"));
    try (RawClient client = whole.a()) {
      for (int i = 0; i < 2; i++) {
        assertTrue(client.call(TAKE).ok());
      }
    }
    assertEquals(List.of(), alarms().lines().toList());
  }
}
