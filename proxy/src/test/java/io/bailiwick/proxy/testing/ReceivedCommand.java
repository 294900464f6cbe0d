package io.bailiwick.proxy.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/**
 * One OP_MSG as it arrived at a {@link ScriptedUpstream}: the exact bytes and what they say, read
 * by the driver's own BSON library.
 *
 * @param connection number of the connection it came on, from 0
 * @param bytes the whole message, header included, as it was before it was compressed
 * @param body the body section
 * @param sequences document sequences by identifier, in order
 * @param compressor id of what it came compressed with, or 0
 */
public record ReceivedCommand(
    int connection,
    byte[] bytes,
    BsonDocument body,
    Map<String, List<BsonDocument>> sequences,
    int compressor) {
  private static final int OP_MSG = 2013;
  private static final int OP_QUERY = 2004;

  /** Reads a message. */
  public static ReceivedCommand of(int connection, byte[] arrived) {
    boolean packed = Packed.isPacked(arrived);
    ReceivedCommand plain = plain(connection, packed ? Packed.open(arrived) : arrived);
    return new ReceivedCommand(
        connection,
        plain.bytes(),
        plain.body(),
        plain.sequences(),
        packed ? Packed.compressor(arrived) : 0);
  }

  private ReceivedCommand(
      int connection, byte[] bytes, BsonDocument body, Map<String, List<BsonDocument>> sequences) {
    this(connection, bytes, body, sequences, 0);
  }

  private static ReceivedCommand plain(int connection, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(12) == OP_QUERY) {
      in.position(20);
      cstring(in);
      in.position(in.position() + 8);
      return new ReceivedCommand(connection, bytes, document(in), Map.of());
    }
    if (in.getInt(12) != OP_MSG) {
      throw new AssertionError("opcode " + in.getInt(12) + " (expected: OP_MSG)");
    }
    in.position(20);
    BsonDocument body = null;
    Map<String, List<BsonDocument>> sequences = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      if (in.get() == 0) {
        body = document(in);
      } else {
        int end = in.position() + in.getInt(in.position());
        in.position(in.position() + 4);
        String identifier = cstring(in);
        List<BsonDocument> documents = new ArrayList<>();
        while (in.position() < end) {
          documents.add(document(in));
        }
        sequences.put(identifier, documents);
      }
    }
    if (body == null) {
      throw new AssertionError("a message without a body");
    }
    return new ReceivedCommand(connection, bytes, body, sequences);
  }

  /** The whole command, its document sequences folded in as arrays. */
  BsonDocument command() {
    BsonDocument command = new BsonDocument();
    command.putAll(body);
    sequences.forEach((identifier, documents) -> command.put(identifier, new BsonArray(documents)));
    return command;
  }

  /** The command's name: the first key of the body. */
  public String name() {
    return body.getFirstKey();
  }

  /** True for a greeting of the old form, which is answered in the old form. */
  boolean isQuery() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(12) == OP_QUERY;
  }

  public int requestId() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  public int flags() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(16);
  }

  private static BsonDocument document(ByteBuffer in) {
    int length = in.getInt(in.position());
    byte[] document = Arrays.copyOfRange(in.array(), in.position(), in.position() + length);
    in.position(in.position() + length);
    return new RawBsonDocument(document);
  }

  private static String cstring(ByteBuffer in) {
    StringBuilder text = new StringBuilder();
    for (byte next = in.get(); next != 0; next = in.get()) {
      text.append((char) next);
    }
    return text.toString();
  }
}
