package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientReplyTest {
  private static final long CURSOR_ID = 0x0123456789ABCDEFL;

  /** The two orders of a cursor's fields that are in use. */
  enum Order {
    ID_FIRST,
    ID_LAST;

    BsonDocument reply(int documents, int size) {
      BsonArray batch = new BsonArray();
      for (int i = 0; i < documents; i++) {
        batch.add(
            new BsonDocument("_id", new BsonInt32(i))
                .append("cursor", new BsonDocument("id", new BsonInt64(CURSOR_ID)))
                .append("text", new BsonString("x".repeat(size)))
                .append("nan", new BsonDouble(-0.0))
                .append("ok", new BsonInt32(0)));
      }
      BsonDocument cursor = new BsonDocument();
      if (this == ID_FIRST) {
        cursor.append("id", new BsonInt64(CURSOR_ID)).append("ns", new BsonString("ads.campaigns"));
      }
      cursor.append("firstBatch", batch);
      cursor.append("postBatchResumeToken", new BsonDocument("_data", new BsonString("82")));
      if (this == ID_LAST) {
        cursor.append("id", new BsonInt64(CURSOR_ID)).append("ns", new BsonString("ads.campaigns"));
      }
      return new BsonDocument("cursor", cursor)
          .append("ok", new BsonDouble(1))
          .append("$clusterTime", new BsonDocument("clusterTime", new BsonInt64(7)));
    }

    /** The cursor's own id is the first or the last one in the message, its decoys aside. */
    UnaryOperator<byte[]> translated() {
      return message -> {
        byte[] id =
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(CURSOR_ID).array();
        int[] found =
            IntStream.range(0, message.length - 8)
                .filter(at -> Arrays.equals(message, at, at + 8, id, 0, 8))
                .toArray();
        int at = this == ID_FIRST ? found[0] : found[found.length - 1];
        ByteBuffer.wrap(message)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(at, RecordingProof.clientId(CURSOR_ID));
        return message;
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void changesNothingButIdsInAShortBatchHoweverItIsCut(Order order) {
    byte[] body = ScriptedReply.bytes(order.reply(3, 20));
    for (int cut = 0; cut <= 21 + body.length; cut++) {
      ReplyHarness harness = cursorHarness(TripwireMode.FIRST);
      byte[] reply = harness.reply(body);

      harness.arrives(reply, cut);

      assertArrayEquals(harness.forClient(reply, order.translated()), harness.sink.bytes());
      assertTrue(harness.sink.outcome().ok());
      assertEquals(1, harness.sink.chunks());
      assertEquals(List.of(CURSOR_ID), harness.proof.upstreamIds());
      harness.finish();
    }
  }

  @ParameterizedTest
  @EnumSource
  void changesNothingButIdsInALongBatchHoweverItIsCut(Order order) {
    byte[] body = ScriptedReply.bytes(order.reply(70, 1000));
    IntStream head = IntStream.range(0, 150);
    IntStream tail = IntStream.range(body.length - 200, body.length + 21);
    IntStream.concat(head, tail).forEach(cut -> streams(order, body, cut));
    Random random = new Random(17);
    for (int round = 0; round < 50; round++) {
      streams(order, body, random.ints(random.nextInt(40), 0, body.length).sorted().toArray());
    }
  }

  @ParameterizedTest
  @EnumSource
  void changesNothingButIdsInALongBatchWhoseEndsComeByteByByte(Order order) {
    byte[] body = ScriptedReply.bytes(order.reply(66, 1000));
    IntStream head = IntStream.range(1, 2000);
    IntStream tail = IntStream.range(body.length - 2000, body.length + 21);
    streams(order, body, IntStream.concat(head, tail).toArray());
  }

  private static void streams(Order order, byte[] body, int... cuts) {
    ReplyHarness harness = cursorHarness(TripwireMode.FIRST);
    byte[] reply = harness.reply(body);

    harness.arrives(reply, cuts);

    assertArrayEquals(harness.forClient(reply, order.translated()), harness.sink.bytes());
    assertTrue(harness.sink.outcome().ok());
    assertFalse(harness.connection.isBusy());
    assertTrue(harness.connection.isOpen());
    harness.finish();
  }

  @Test
  void passesALongBatchOnBeforeItIsWhole() {
    ReplyHarness harness = cursorHarness(TripwireMode.FIRST);
    byte[] reply = harness.reply(ScriptedReply.bytes(Order.ID_LAST.reply(70, 1000)));

    harness.arrives(Arrays.copyOf(reply, 2000));

    assertEquals(2000, harness.sink.bytes().length);
    harness.finish();
  }

  @Test
  void holdsAShortBatchUntilItIsWhole() {
    ReplyHarness harness = cursorHarness(TripwireMode.FIRST);
    byte[] reply = harness.reply(ScriptedReply.bytes(Order.ID_LAST.reply(50, 1000)));

    harness.arrives(Arrays.copyOf(reply, reply.length - 1));

    assertEquals(0, harness.sink.bytes().length);
    harness.finish();
  }

  @Test
  void collectsALongReplyThatDoesNotBeginWithItsCursor() {
    BsonDocument body = new BsonDocument("ok", new BsonInt32(1));
    body.append("cursor", Order.ID_LAST.reply(70, 1000).get("cursor"));
    ReplyHarness harness = cursorHarness(TripwireMode.FIRST);
    byte[] reply = harness.reply(ScriptedReply.bytes(body));

    harness.arrives(reply, 500, reply.length - 1);

    assertArrayEquals(harness.forClient(reply, Order.ID_LAST.translated()), harness.sink.bytes());
    assertEquals(1, harness.sink.chunks());
    harness.finish();
  }

  @Test
  void givesNoIdToAnExhaustedCursor() {
    ReplyHarness harness = cursorHarness(TripwireMode.FIRST);

    harness.arrives(
        harness.reply(json("{cursor: {firstBatch: [], id: {$numberLong: '0'}}, ok: 1}")));

    assertEquals(0, harness.sink.document().getDocument("cursor").getInt64("id").getValue());
    harness.finish();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{cursor: {firstBatch: [], id: {$numberLong: '1'}, id: {$numberLong: '2'}}, ok: 1}",
        "{cursor: {firstBatch: [], id: 1, ns: 'a.b'}, ok: 1}",
        "{cursor: {firstBatch: [], id: 1.0}, ok: 1}",
        "{cursor: {firstBatch: []}, ok: 1}",
        "{cursor: {id: {$numberLong: '1'}}, ok: 1}",
        "{cursor: {firstBatch: [], nextBatch: [], id: {$numberLong: '1'}}, ok: 1}",
        "{cursor: {firstBatch: {}, id: {$numberLong: '1'}}, ok: 1}",
        "{cursor: [], ok: 1}",
        "{ok: 1}",
        "{cursor: {firstBatch: [], id: {$numberLong: '1'}}}",
        "{cursor: {firstBatch: [], id: {$numberLong: '1'}}, ok: 'yes'}",
        "{cursor: {firstBatch: [], id: {$numberLong: '1'}}, ok: 1, errmsg: 'of another tenant'}",
        "{cursor: {firstBatch: [], id: {$numberLong: '1'}}, ok: 1, writeErrors: []}",
      })
  void refusesABatchThatIsNotSound(String body) {
    ReplyHarness harness = cursorHarness(TripwireMode.FIRST);

    harness.arrives(harness.reply(rawJson(body)));

    failedBeforeAnyByte(harness, Kind.PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ok: 0.0, errmsg: 'of another tenant', code: 2}",
        "{ok: 1.0, errmsg: 'of another tenant'}",
        "{ok: 1.0, cursor: {}}",
        "{operationTime: 1}",
      })
  void endsTheReplyIfAnErrorStandsBehindALongBatch(String tail) {
    BsonDocument body = new BsonDocument("cursor", Order.ID_LAST.reply(70, 1000).get("cursor"));
    body.putAll(BsonDocument.parse(tail.replace("cursor", "kursor")));
    byte[] bytes = ScriptedReply.bytes(body);
    if (tail.contains("cursor")) {
      replace(bytes, "kursor", "cursor");
    }
    ReplyHarness harness = cursorHarness(TripwireMode.FIRST);
    byte[] reply = harness.reply(bytes);

    harness.arrives(reply, 70_000);

    assertEquals(Kind.PROTOCOL, harness.sink.failure().kind());
    assertTrue(harness.sink.failure().started());
    assertFalse(new String(harness.sink.bytes(), StandardCharsets.ISO_8859_1).contains("tenant"));
    assertFalse(harness.connection.isOpen());
    assertEquals(1, harness.proof.lost());
    harness.finish();
  }

  /** The lengths of the body, of {@code cursor} and of {@code firstBatch}. */
  @ParameterizedTest
  @ValueSource(ints = {21, 21 + 4 + 8, 21 + 4 + 8 + 4 + 12})
  void refusesALengthThatPromisesMoreThanThereIs(int lengthAt) {
    for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, 4, 80_000}) {
      ReplyHarness harness = cursorHarness(TripwireMode.FIRST);
      byte[] reply = harness.reply(ScriptedReply.bytes(Order.ID_LAST.reply(70, 1000)));
      ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).putInt(lengthAt, length);

      harness.arrives(reply);

      failedBeforeAnyByte(harness, Kind.PROTOCOL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void letsOwnDocumentsPassTheTripwire(TripwireMode mode) {
    byte[] body = ScriptedReply.bytes(batch(stamped("A"), stamped("A"), stamped("A")));
    for (int cut = 0; cut <= body.length; cut++) {
      ReplyHarness harness = new ReplyHarness(ReplyHarness.guarded(), mode);
      byte[] reply = harness.reply(body);

      harness.arrives(reply, cut);

      assertArrayEquals(harness.forClient(reply, Order.ID_LAST.translated()), harness.sink.bytes());
      harness.finish();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{organization_id: {$oid: '665f1c2ab8e4d3a1f0c9e002'}}",
        "{organization_id: '665f1c2ab8e4d3a1f0c9e001'}",
        "{organization_id: [{$oid: '665f1c2ab8e4d3a1f0c9e001'}]}",
        "{organization: {organization_id: {$oid: '665f1c2ab8e4d3a1f0c9e001'}}}",
        "{}",
      })
  void tripsOverAFirstDocumentThatIsNotTheTenants(String document) {
    ReplyHarness harness = new ReplyHarness(ReplyHarness.guarded(), TripwireMode.FIRST);

    harness.arrives(harness.reply(ScriptedReply.bytes(batch(BsonDocument.parse(document)))));

    failedBeforeAnyByte(harness, Kind.TRIPWIRE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "B"})
  void tripsOverADocumentOfFindAndModifyThatIsNotTheTenants(String tenant) {
    ReplyPlan plan = new ReplyPlan(ReplyPlan.Kind.FIND_AND_MODIFY, true, List.of(), true);
    ReplyHarness harness = new ReplyHarness(plan, TripwireMode.FIRST);
    BsonDocument reply = new BsonDocument("value", stamped(tenant)).append("ok", new BsonInt32(1));

    harness.arrives(harness.reply(ScriptedReply.bytes(reply)));

    if (tenant.equals("B")) {
      failedBeforeAnyByte(harness, Kind.TRIPWIRE);
    } else {
      assertTrue(harness.sink.outcome().ok());
      harness.finish();
    }
  }

  @Test
  void tripsOverALaterDocumentOnlyIfAllAreChecked() {
    byte[] body = ScriptedReply.bytes(batch(stamped("A"), stamped("B")));
    ReplyHarness all = new ReplyHarness(ReplyHarness.guarded(), TripwireMode.ALL);
    ReplyHarness first = new ReplyHarness(ReplyHarness.guarded(), TripwireMode.FIRST);

    all.arrives(all.reply(body));
    first.arrives(first.reply(body));

    failedBeforeAnyByte(all, Kind.TRIPWIRE);
    assertTrue(first.sink.outcome().ok());
    first.finish();
  }

  @Test
  void continuesTheTripwireOfACursorThatWasOpenedUnderIt() {
    ReplyHarness harness =
        new ReplyHarness(
            ReplyHarness.plan(ReplyPlan.Kind.CURSOR),
            TripwireMode.FIRST,
            new RecordingProof(ReplyHarness.SERVER, true));

    harness.arrives(harness.reply(ScriptedReply.bytes(batch(stamped("B")))));

    failedBeforeAnyByte(harness, Kind.TRIPWIRE);
  }

  @Test
  void passesNoByteOfAForeignDocumentInALongBatch() {
    BsonDocument[] documents = new BsonDocument[80];
    Arrays.setAll(documents, i -> stamped(i == 75 ? "B" : "A"));
    byte[] body = ScriptedReply.bytes(batch(documents));
    for (int cut : new int[] {100, 1000, 70_000, 75_000, 78_000, body.length}) {
      ReplyHarness harness = new ReplyHarness(ReplyHarness.guarded(), TripwireMode.ALL);

      harness.arrives(harness.reply(body), cut);

      assertEquals(Kind.TRIPWIRE, harness.sink.failure().kind());
      String passed = new String(harness.sink.bytes(), StandardCharsets.ISO_8859_1);
      assertFalse(passed.contains("secret of B"));
      assertFalse(harness.connection.isOpen());
      harness.finish();
    }
  }

  private static BsonDocument stamped(String tenant) {
    String id = "A".equals(tenant) ? "665f1c2ab8e4d3a1f0c9e001" : "665f1c2ab8e4d3a1f0c9e002";
    BsonDocument document = new BsonDocument("secret", new BsonString("secret of " + tenant));
    document.append("pattern", new BsonRegularExpression("^a", "i"));
    document.append("padding", new BsonBinary(new byte[1000]));
    document.putAll(BsonDocument.parse("{organization_id: {$oid: '" + id + "'}, more: [1]}"));
    return document;
  }

  private static BsonDocument batch(BsonValue... documents) {
    BsonDocument cursor =
        new BsonDocument("firstBatch", new BsonArray(Arrays.asList(documents)))
            .append("id", new BsonInt64(CURSOR_ID))
            .append("ns", new BsonString("ads.campaigns"));
    return new BsonDocument("cursor", cursor).append("ok", new BsonDouble(1));
  }

  private static ReplyHarness cursorHarness(TripwireMode mode) {
    return new ReplyHarness(ReplyHarness.plan(ReplyPlan.Kind.CURSOR), mode);
  }

  private static byte[] json(String text) {
    return ScriptedReply.bytes(BsonDocument.parse(text));
  }

  /** JSON in which {@code id} may come twice: the second is renamed while it is parsed. */
  private static byte[] rawJson(String text) {
    int second = text.indexOf(", id:");
    int again = text.indexOf(" id:", second + 3);
    boolean twice = again > 0;
    String parsed = twice ? text.substring(0, again) + " ix:" + text.substring(again + 4) : text;
    byte[] bytes = json(parsed);
    if (twice) {
      replace(bytes, "\u0012ix", "\u0012id");
    }
    return bytes;
  }

  private static void replace(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.lastIndexOf(from);
    for (int i = 0; i < to.length(); i++) {
      bytes[at + i] = (byte) to.charAt(i);
    }
  }

  private static void failedBeforeAnyByte(ReplyHarness harness, Kind kind) {
    assertEquals(kind, harness.sink.failure().kind());
    assertTrue(harness.sink.failure().sent());
    assertFalse(harness.sink.failure().started());
    assertEquals(0, harness.sink.bytes().length);
    assertFalse(harness.connection.isOpen());
    assertEquals(1, harness.proof.lost());
    harness.finish();
  }
}
