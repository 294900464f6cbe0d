package io.bailiwick.protocol.bson;

import java.util.Arrays;

/**
 * Writes BSON into a byte array that grows; lengths are patched when a document ends. Reusable
 * after {@link #reset()}; not thread-safe.
 */
public final class BsonWriter {
  private static final int MAX_DEPTH = 200;

  private byte[] bytes;
  private int size;
  private int[] starts = new int[8];
  private int depth;

  public BsonWriter() {
    this(256);
  }

  public BsonWriter(int initialCapacity) {
    bytes = new byte[initialCapacity];
  }

  public BsonWriter reset() {
    size = 0;
    depth = 0;
    return this;
  }

  /** Starts a document that is no element: the root, or one of a sequence. */
  public BsonWriter startDocument() {
    if (depth == MAX_DEPTH) {
      throw new IllegalStateException("documents nest deeper than " + MAX_DEPTH);
    }
    if (depth == starts.length) {
      starts = Arrays.copyOf(starts, depth * 2);
    }
    starts[depth++] = size;
    ensure(4);
    size += 4;
    return this;
  }

  public BsonWriter startDocument(String name) {
    return head(BsonType.DOCUMENT, name).startDocument();
  }

  public BsonWriter startArray(String name) {
    return head(BsonType.ARRAY, name).startDocument();
  }

  /** Ends the innermost open document or array. */
  public BsonWriter end() {
    writeByte(0);
    int start = starts[--depth];
    Bytes.putInt32(bytes, start, size - start);
    return this;
  }

  public BsonWriter string(String name, String value) {
    head(BsonType.STRING, name);
    byte[] text = Bytes.utf8(value);
    writeInt32(text.length + 1);
    raw(text, 0, text.length);
    return writeByte(0);
  }

  public BsonWriter int32(String name, int value) {
    return head(BsonType.INT32, name).writeInt32(value);
  }

  public BsonWriter int64(String name, long value) {
    return head(BsonType.INT64, name).writeInt64(value);
  }

  public BsonWriter float64(String name, double value) {
    return head(BsonType.DOUBLE, name).writeInt64(Double.doubleToRawLongBits(value));
  }

  public BsonWriter bool(String name, boolean value) {
    return head(BsonType.BOOLEAN, name).writeByte(value ? 1 : 0);
  }

  public BsonWriter nullValue(String name) {
    return head(BsonType.NULL, name);
  }

  /** Milliseconds since 1970-01-01 UTC. */
  public BsonWriter dateTime(String name, long epochMillis) {
    return head(BsonType.DATE_TIME, name).writeInt64(epochMillis);
  }

  public BsonWriter objectId(String name, byte[] twelve) {
    if (twelve.length != 12) {
      throw new IllegalStateException("an ObjectId has 12 bytes, not " + twelve.length);
    }
    return head(BsonType.OBJECT_ID, name).raw(twelve, 0, 12);
  }

  public BsonWriter binary(String name, byte subtype, byte[] value) {
    head(BsonType.BINARY, name).writeInt32(value.length);
    writeByte(subtype);
    return raw(value, 0, value.length);
  }

  /** An element under a new name, its value copied byte for byte. */
  public BsonWriter value(String name, byte type, byte[] source, int from, int to) {
    return head(type, name).raw(source, from, to - from);
  }

  /** The element that {@code elements} stands on, copied with its name. */
  public BsonWriter element(Elements elements) {
    return raw(
        elements.bytes(), elements.elementStart(), elements.valueEnd() - elements.elementStart());
  }

  /** A whole document or array as the value of an element. */
  public BsonWriter document(String name, RawDocument document) {
    return value(name, BsonType.DOCUMENT, document.bytes(), document.start(), document.end());
  }

  /** Bytes as they are. */
  public BsonWriter raw(byte[] source, int from, int length) {
    ensure(length);
    System.arraycopy(source, from, bytes, size, length);
    size += length;
    return this;
  }

  public int size() {
    return size;
  }

  /** The array written into; valid until the next write. */
  public byte[] array() {
    return bytes;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    if (depth != 0) {
      throw new IllegalStateException(depth + " documents are still open");
    }
    return Arrays.copyOf(bytes, size);
  }

  /** Type byte and name, with no value. */
  public BsonWriter head(byte type, String name) {
    writeByte(type);
    byte[] text = Bytes.utf8(name);
    raw(text, 0, text.length);
    return writeByte(0);
  }

  private BsonWriter writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  private BsonWriter writeInt32(int value) {
    ensure(4);
    Bytes.putInt32(bytes, size, value);
    size += 4;
    return this;
  }

  private BsonWriter writeInt64(long value) {
    ensure(8);
    Bytes.putInt64(bytes, size, value);
    size += 8;
    return this;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }
}
