package io.bailiwick.proxy.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes, cursors and replies that lie, through a whole proxy. */
@Timeout(120)
final class WireCasesTest extends ThroughWholeProxy {
  private static final int EXHAUST_ALLOWED = 1 << 16;
  private static final BsonDocument FIND = BsonDocument.parse("{find: 'orders', $db: 'app'}");

  @ParameterizedTest
  @CsvSource({"0", "1", "-1", "16", "1073741824", "2147483647"})
  @AdversarialCase({138, 139, 140, 141})
  void compressionEndsTheConnectionWhateverSizeItClaims(int uncompressedSize) throws Exception {
    for (int original : new int[] {2013, 2012, 2004}) {
      for (byte compressor = 0; compressor <= 4; compressor++) {
        try (RawClient client = whole.anonymous()) {
          byte[] inner = RawClient.message(1, 0, BsonDocument.parse("{saslStart: 1}"));
          ByteBuffer out = ByteBuffer.allocate(25 + inner.length).order(ByteOrder.LITTLE_ENDIAN);
          out.putInt(out.capacity()).putInt(1).putInt(0).putInt(2012);
          out.putInt(original).putInt(uncompressedSize).put(compressor).put(inner);
          client.write(out.array());
          client.awaitEnd();
        }
      }
    }
  }

  @Test
  @AdversarialCase(131)
  void aBodyShorterThanItsSectionIsFollowedByTheNextSection() throws Exception {
    try (RawClient client = whole.a()) {
      byte[] body = ScriptedReply.bytes(FIND);
      byte[] message = RawClient.message(1, 0, body);
      byte[] second = ScriptedReply.bytes(BsonDocument.parse("{filter: {}}"));
      byte[] longer = RawClient.join(message, new byte[] {0}, second);
      ByteBuffer.wrap(longer).order(ByteOrder.LITTLE_ENDIAN).putInt(0, longer.length);
      client.write(longer);
      client.awaitEnd();
    }
    assertNotReached("find");
  }

  @Test
  @AdversarialCase(136)
  void aGetMoreThatAllowsManyRepliesGetsOne() throws Exception {
    try (RawClient client = whole.a()) {
      long cursor = open(client);
      upstream.next("getMore", next(77));
      client.send(EXHAUST_ALLOWED, getMore(cursor, "orders"));
      assertTrue(client.receive().ok());
      assertEquals(0, upstream.take("getMore").flags());
      assertInStep(client);
    }
  }

  @Test
  @AdversarialCase({160, 163, 168})
  void aCursorOfTheOtherOrganizationIsNotFoundAndLivesOn() throws Exception {
    try (RawClient a = whole.a();
        RawClient b = whole.b()) {
      long cursor = open(b);
      for (String name : new String[] {"orders", "$cmd.aggregate"}) {
        assertEquals(43, a.call(getMore(cursor, name)).code());
      }
      assertFalse(a.call(getMore(cursor, "$cmd.listCollections")).ok());
      BsonDocument bulk = getMore(cursor, "$cmd.bulkWrite").append("$db", new BsonString("admin"));
      assertEquals(43, a.call(bulk).code());
      BsonDocument kill = BsonDocument.parse("{killCursors: 'orders', cursors: [], $db: 'app'}");
      kill.getArray("cursors").add(new BsonInt64(cursor));
      assertEquals(1, a.call(kill).document().getArray("cursorsNotFound").size());
      assertNotReached("getMore");
      assertNotReached("killCursors");
      upstream.next("getMore", next(77));
      assertTrue(b.call(getMore(cursor, "orders")).ok());
      assertInStep(a);
    }
  }

  @Test
  @AdversarialCase({90, 192, 195})
  void errorsTellNothingOfDocumentsOrHosts() throws Exception {
    String[] errors = {
      "{ok: 1.0, n: 0, writeErrors: [{index: 0, code: 121, errmsg: 'B-SECRET',"
          + " errInfo: {failingDocumentId: 'B-SECRET', details: {a: 'B-SECRET'}}}]}",
      "{ok: 1.0, n: 0, writeErrors: [{index: 0, code: 11000, errmsg: 'dup key: B-SECRET',"
          + " keyPattern: {ssn: 1}, keyValue: {ssn: 'B-SECRET'}}]}",
      "{ok: 1.0, n: 1, writeConcernError: {code: 64, errmsg: 'B-SECRET', errInfo: {h: 'B-SECRET'}}}",
      "{ok: 0.0, code: 10107, codeName: 'NotWritablePrimary', errmsg: 'not primary: B-SECRET:27017',"
          + " topologyVersion: {processId: {$oid: 'bbbbbbbbbbbbbbbbbbbbbbbb'}}}"
    };
    for (String error : errors) {
      try (RawClient client = whole.a()) {
        upstream.next("insert", ScriptedReply.json(error));
        BsonDocument reply =
            client.call("{insert: 'orders', documents: [{_id: 1}], $db: 'app'}").document();
        assertFalse(reply.toString().contains("B-SECRET"), reply::toString);
        assertFalse(reply.toString().contains(WholeProxy.B), reply::toString);
        assertInStep(client);
      }
    }
  }

  @Test
  @AdversarialCase(193)
  void aDocumentOfTheOtherOrganizationEndsTheConnection() throws Exception {
    try (RawClient client = whole.a()) {
      upstream.next(
          "find",
          WholeProxy.cursor(
              0, "{_id: 101, organization_id: {$oid: '" + WholeProxy.B + "'}, s: 'B-SECRET'}"));
      client.send(FIND);
      client.awaitEnd();
    }
  }

  @Test
  @AdversarialCase(194)
  void aReplyToSomethingElseBecomesAnErrorAndTheNextOneIsSound() throws Exception {
    ScriptedReply[] lies = {
      WholeProxy.cursor(0, "").responseTo(5),
      WholeProxy.cursor(0, "").followedBy(new byte[] {1, 2, 3}),
      WholeProxy.cursor(0, "").flags(2)
    };
    for (ScriptedReply lie : lies) {
      try (RawClient client = whole.a()) {
        upstream.next("find", lie);
        client.send(FIND);
        client.receive();
        assertInStep(client);
      }
    }
  }

  private long open(RawClient client) throws Exception {
    upstream.next("find", WholeProxy.cursor(77, ""));
    BsonDocument cursor = client.call(FIND).document().getDocument("cursor");
    return cursor.getInt64("id").getValue();
  }

  private static ScriptedReply next(long id) {
    return ScriptedReply.json(
        "{cursor: {id: {$numberLong: '%d'}, ns: 'app.orders', nextBatch: []}, ok: 1.0}"
            .formatted(id));
  }

  private static BsonDocument getMore(long cursor, String collection) {
    return new BsonDocument("getMore", new BsonInt64(cursor))
        .append("collection", new BsonString(collection))
        .append("$db", new BsonString("app"));
  }

  private static void assertInStep(RawClient client) throws Exception {
    assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
    assertTrue(client.call(FIND).ok());
  }

  private void assertNotReached(String command) {
    assertTrue(upstream.received().stream().map(ReceivedCommand::name).noneMatch(command::equals));
  }
}
