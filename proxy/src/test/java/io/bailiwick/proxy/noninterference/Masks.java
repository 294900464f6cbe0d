package io.bailiwick.proxy.noninterference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.ByteBufNIO;
import org.bson.io.ByteBufferBsonInput;
import org.bson.types.ObjectId;

/**
 * Overwrites in replies, byte by byte in their places, what differs from run to run by nature:
 * times ({@code $clusterTime}, {@code operationTime}, {@code localTime}, {@code opTime}), ids of
 * cursors, ids that the server generated (numbered in the order in which they appear), and ids of
 * decisions. Nothing else. Keeps what it learned: one per world and run.
 */
final class Masks {
  private static final Set<String> TIMES =
      Set.of("$clusterTime", "operationTime", "localTime", "opTime");
  private static final Set<String> CURSORS =
      Set.of("cursor.id", "cursorsKilled.", "cursorsNotFound.", "cursorsAlive.", "cursorsUnknown.");
  private static final int DECISION_ID = 26;

  private final Map<ObjectId, Integer> generated = new LinkedHashMap<>();

  /** The reply's bytes, masked. */
  byte[] mask(byte[] reply) {
    byte[] masked = reply.clone();
    ByteBuffer in = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
    try (BsonBinaryReader reader =
        new BsonBinaryReader(new ByteBufferBsonInput(new ByteBufNIO(in)))) {
      reader.readStartDocument();
      members(reader, masked, "");
    }
    return masked;
  }

  /** The members of a document or array of which the start was read; its end is read, too. */
  private void members(BsonBinaryReader reader, byte[] masked, String path) {
    boolean array = reader.getCurrentBsonType() == BsonType.ARRAY;
    for (BsonType type = reader.readBsonType(); type != BsonType.END_OF_DOCUMENT; ) {
      String name = array ? "" : reader.readName();
      member(reader, type, masked, path.isEmpty() ? name : path + "." + name);
      type = reader.readBsonType();
    }
    if (array) {
      reader.readEndArray();
    } else {
      reader.readEndDocument();
    }
  }

  private void member(BsonBinaryReader reader, BsonType type, byte[] masked, String path) {
    int start = at(reader);
    if (TIMES.contains(path)) {
      reader.skipValue();
      Arrays.fill(masked, start, at(reader), (byte) 0);
      return;
    }
    switch (type) {
      case DOCUMENT -> {
        reader.readStartDocument();
        members(reader, masked, path);
      }
      case ARRAY -> {
        reader.readStartArray();
        members(reader, masked, path);
      }
      case OBJECT_ID -> generatedId(reader.readObjectId(), masked, start);
      case INT64 -> cursor(reader, masked, path, start);
      case STRING -> text(reader, masked, path, start);
      default -> reader.skipValue();
    }
  }

  private void generatedId(ObjectId id, byte[] masked, int start) {
    if (!Organizations.CONSTANT_IDS.contains(id) && !id.equals(Organizations.FOREIGN)) {
      int number = generated.computeIfAbsent(id, ignored -> generated.size());
      ByteBuffer.wrap(masked, start, 12).putLong(0).putInt(number);
    }
  }

  private static void cursor(BsonReader reader, byte[] masked, String path, int start) {
    if (reader.readInt64() != 0 && CURSORS.contains(path)) {
      ByteBuffer.wrap(masked, start, 8).putLong(1);
    }
  }

  /** An error's text ends in {@code [bailiwick RULE DECISION-ID]}. */
  private static void text(BsonBinaryReader reader, byte[] masked, String path, int start) {
    String text = reader.readString();
    if (path.equals("errmsg") && text.contains("[bailiwick ") && text.endsWith("]")) {
      int end = start + 4 + text.getBytes(StandardCharsets.UTF_8).length - 1;
      Arrays.fill(masked, end - DECISION_ID, end, (byte) '*');
    }
  }

  private static int at(BsonBinaryReader reader) {
    return reader.getBsonInput().getPosition();
  }
}
