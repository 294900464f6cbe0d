package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonSerializationException;
import org.bson.RawBsonDocument;

/**
 * One reply to one request of any kind, cut anywhere. It ends once, whole or failed; what comes out
 * of a batch is what the library makes of it when it decodes, puts in the client's cursor id and
 * encodes again; what is rebuilt is sound BSON.
 */
final class AnyReply {
  private final IntUnaryOperator choose;
  private final ReplyPlan plan;
  private final ReplyHarness harness;

  /**
   * @param choose gives a number from 0 to one less than its argument
   */
  AnyReply(IntUnaryOperator choose) {
    this.choose = choose;
    ReplyPlan.Kind[] kinds = ReplyPlan.Kind.values();
    ReplyPlan.Kind kind = kinds[choose.applyAsInt(kinds.length)];
    boolean guarded = choose.applyAsInt(2) == 1;
    boolean canBeGuarded = kind == ReplyPlan.Kind.CURSOR || kind == ReplyPlan.Kind.FIND_AND_MODIFY;
    plan = new ReplyPlan(kind, guarded && canBeGuarded, java.util.List.of(), true);
    TripwireMode[] modes = TripwireMode.values();
    harness = new ReplyHarness(plan, modes[choose.applyAsInt(modes.length)]);
  }

  void arrives(byte[] body) {
    if (body.length > 0) {
      check(harness.reply(body));
    }
  }

  /** A reply whose every word that is not for this client is {@link DrawnReply#SECRET}. */
  void arrivesDrawn() {
    byte[] message = harness.reply(ScriptedReply.bytes(new DrawnReply(choose, plan.kind()).next()));
    byte[] passed = check(message);
    assertFalse(
        new String(passed, StandardCharsets.ISO_8859_1).contains(DrawnReply.SECRET),
        () -> plan.kind() + " " + new RawBsonDocument(body(message)));
  }

  private byte[] check(byte[] message) {
    harness.arrives(message, cuts(message.length));
    harness.channel.checkException();
    byte[] passed = harness.sink.bytes();
    if (harness.sink.hasEnded() && !hasFailed()) {
      complete(message, passed);
    }
    if (!harness.sink.hasEnded()) {
      // Only more bytes could say what this is; the message was cut short by its own lengths.
      harness.finish();
      assertTrue(harness.sink.hasEnded());
      return passed;
    }
    harness.finish();
    return passed;
  }

  private boolean hasFailed() {
    return !harness.connection.isOpen();
  }

  private int[] cuts(int length) {
    int count = choose.applyAsInt(4);
    return IntStream.range(0, count).map(i -> choose.applyAsInt(length)).sorted().toArray();
  }

  private void complete(byte[] message, byte[] passed) {
    BsonDocument out = decoded(body(passed));
    assertEquals(passed.length, ByteBuffer.wrap(passed).order(ByteOrder.LITTLE_ENDIAN).getInt());
    if (plan.kind() == ReplyPlan.Kind.CURSOR && harness.sink.outcome().ok()) {
      byte[] expected = harness.forClient(message, this::withClientId);
      assertArrayEquals(expected, passed, () -> "passed " + out);
    }
  }

  /** Decoded, edited and encoded again: the cursor's id is the last of that name in it. */
  private byte[] withClientId(byte[] message) {
    BsonDocument body = decoded(body(message));
    BsonDocument cursor = body.getDocument("cursor");
    long id = cursor.getInt64("id").getValue();
    cursor.put("id", new BsonInt64(RecordingProof.clientId(id)));
    return harness.reply(ScriptedReply.bytes(body));
  }

  private static BsonDocument decoded(byte[] body) {
    try {
      return new RawBsonDocument(body).decode(new org.bson.codecs.BsonDocumentCodec());
    } catch (BsonSerializationException e) {
      throw new AssertionError("passed what is no BSON", e);
    }
  }

  private static byte[] body(byte[] message) {
    return Arrays.copyOfRange(message, 21, message.length);
  }
}
