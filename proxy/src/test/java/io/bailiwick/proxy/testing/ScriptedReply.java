package io.bailiwick.proxy.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScriptedUpstream} does once with a command: send a reply, soundly or not, in one
 * piece or several, and what it does to the connection afterwards. Immutable; every method gives a
 * changed copy.
 */
public final class ScriptedReply {
  /** From here on a document is sent as it is, undistorted and without being copied. */
  private static final int LARGE = 32 << 20;

  /** What becomes of the connection behind the last byte. */
  enum Then {
    GO_ON,
    CLOSE,
    RESET
  }

  private final byte @Nullable [] document;
  private final UnaryOperator<byte[]> distortion;
  private final @Nullable Integer responseTo;
  private final int[] splits;
  private final boolean everyByte;
  private final Then then;

  private ScriptedReply(
      byte @Nullable [] document,
      UnaryOperator<byte[]> distortion,
      @Nullable Integer responseTo,
      int[] splits,
      boolean everyByte,
      Then then) {
    this.document = document;
    this.distortion = distortion;
    this.responseTo = responseTo;
    this.splits = splits;
    this.everyByte = everyByte;
    this.then = then;
  }

  /** A sound OP_MSG whose body is this document, given as extended JSON. */
  public static ScriptedReply json(String document) {
    return document(BsonDocument.parse(document));
  }

  /** A sound OP_MSG whose body is this document. */
  public static ScriptedReply document(BsonDocument document) {
    return document(bytes(document));
  }

  /** A sound OP_MSG whose body is these bytes. */
  public static ScriptedReply document(byte[] document) {
    return new ScriptedReply(
        document, UnaryOperator.identity(), null, new int[0], false, Then.GO_ON);
  }

  /** No reply at all; the connection stays open. */
  public static ScriptedReply silence() {
    return new ScriptedReply(null, UnaryOperator.identity(), null, new int[0], false, Then.GO_ON);
  }

  /** Answers another request than the one that was asked. */
  public ScriptedReply responseTo(int requestId) {
    return new ScriptedReply(document, distortion, requestId, splits, everyByte, then);
  }

  /** The flag bits of the reply. */
  public ScriptedReply flags(int flags) {
    return distorted(message -> putInt32(message, 16, flags));
  }

  public ScriptedReply opCode(int opCode) {
    return distorted(message -> putInt32(message, 12, opCode));
  }

  /** Says another length than the message has. */
  public ScriptedReply claimedLength(int length) {
    return distorted(message -> putInt32(message, 0, length));
  }

  /** Sends only that many bytes of the message. */
  public ScriptedReply truncatedTo(int length) {
    return distorted(message -> Arrays.copyOf(message, length));
  }

  /** Sends bytes behind the message that nobody asked for. */
  public ScriptedReply followedBy(byte[] extra) {
    return distorted(
        message -> {
          byte[] longer = Arrays.copyOf(message, message.length + extra.length);
          System.arraycopy(extra, 0, longer, message.length, extra.length);
          return longer;
        });
  }

  /** Changes the whole message in any way. */
  public ScriptedReply distorted(UnaryOperator<byte[]> change) {
    return new ScriptedReply(
        document,
        message -> change.apply(distortion.apply(message)),
        responseTo,
        splits,
        everyByte,
        then);
  }

  /** Sends the message in pieces that end at these offsets. */
  public ScriptedReply splitAt(int... offsets) {
    return new ScriptedReply(document, distortion, responseTo, offsets.clone(), everyByte, then);
  }

  /** Sends the message byte by byte. */
  public ScriptedReply inSingleBytes() {
    return new ScriptedReply(document, distortion, responseTo, splits, true, then);
  }

  /** Ends the connection in order behind the last byte. */
  public ScriptedReply thenCloses() {
    return new ScriptedReply(document, distortion, responseTo, splits, everyByte, Then.CLOSE);
  }

  /** Resets the connection behind the last byte. */
  public ScriptedReply thenResets() {
    return new ScriptedReply(document, distortion, responseTo, splits, everyByte, Then.RESET);
  }

  Then then() {
    return then;
  }

  /** The pieces to be written one after the other. */
  public List<byte[]> pieces(ReceivedCommand command) {
    if (document == null) {
      return List.of();
    }
    int requestId = command.requestId();
    if (command.isQuery()) {
      return List.of(oldMessage(document, requestId));
    }
    if (document.length >= LARGE && splits.length == 0 && !everyByte) {
      return List.of(header(document.length, requestId), document); // Many may be on their way.
    }
    byte[] message = distortion.apply(message(document, requestId));
    List<byte[]> pieces = new ArrayList<>();
    int from = 0;
    for (int to : everyByte ? IntStream.range(1, message.length).toArray() : splits) {
      pieces.add(Arrays.copyOfRange(message, from, to));
      from = to;
    }
    pieces.add(Arrays.copyOfRange(message, from, message.length));
    return pieces;
  }

  private static byte[] oldMessage(byte[] body, int requestId) {
    ByteBuffer out = ByteBuffer.allocate(36 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(out.capacity()).putInt(77).putInt(requestId).putInt(1);
    return out.putInt(8).putLong(0).putInt(0).putInt(1).put(body).array();
  }

  private byte[] message(byte[] body, int requestId) {
    byte[] message = Arrays.copyOf(header(body.length, requestId), 21 + body.length);
    System.arraycopy(body, 0, message, 21, body.length);
    return message;
  }

  private byte[] header(int bodyLength, int requestId) {
    ByteBuffer out = ByteBuffer.allocate(21).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(21 + bodyLength).putInt(77).putInt(responseTo == null ? requestId : responseTo);
    return out.putInt(2013).putInt(0).put((byte) 0).array();
  }

  /** The document as BSON bytes. */
  public static byte[] bytes(BsonDocument document) {
    BasicOutputBuffer out = new BasicOutputBuffer();
    new BsonDocumentCodec()
        .encode(new BsonBinaryWriter(out), document, EncoderContext.builder().build());
    return out.toByteArray();
  }

  private static byte[] putInt32(byte[] message, int at, int value) {
    ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return message;
  }
}
