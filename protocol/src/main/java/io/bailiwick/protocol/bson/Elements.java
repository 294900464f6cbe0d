package io.bailiwick.protocol.bson;

/**
 * Walks the elements of one validated document or array, in order, without building objects. Not
 * thread-safe; the bytes are borrowed.
 */
public final class Elements {
  private final byte[] bytes;
  private int elementStart;
  private int nameEnd;
  private int valueStart;
  private int valueEnd;

  /** A walk over the document whose int32 length stands at {@code documentStart}. */
  public Elements(byte[] bytes, int documentStart) {
    this.bytes = bytes;
    this.valueEnd = documentStart + 4;
  }

  /** Steps to the next element; false at the end. */
  public boolean next() {
    elementStart = valueEnd;
    if (bytes[elementStart] == 0) {
      return false;
    }
    int at = elementStart + 1;
    while (bytes[at] != 0) {
      at++;
    }
    nameEnd = at;
    valueStart = at + 1;
    valueEnd = BsonSizes.valueEnd(bytes, type(), valueStart);
    return true;
  }

  public byte[] bytes() {
    return bytes;
  }

  public byte type() {
    return bytes[elementStart];
  }

  /**
   * Offset of the type byte; behind the last element, offset of the document's terminating zero.
   */
  public int elementStart() {
    return elementStart;
  }

  public int nameStart() {
    return elementStart + 1;
  }

  /** Offset of the zero behind the name. */
  public int nameEnd() {
    return nameEnd;
  }

  public int valueStart() {
    return valueStart;
  }

  /** Offset behind the value, which is where the next element starts. */
  public int valueEnd() {
    return valueEnd;
  }

  public String name() {
    return Bytes.utf8(bytes, nameStart(), nameEnd);
  }

  /** True if the name is exactly that ASCII text. */
  public boolean nameIs(String ascii) {
    int length = ascii.length();
    if (nameEnd - nameStart() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[nameStart() + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** What the table holds for this name, or null. */
  public <V> @org.jspecify.annotations.Nullable V lookUp(NameTable<V> table) {
    return table.get(bytes, nameStart(), nameEnd);
  }

  /** The name's first byte, or 0 for the empty name. */
  public byte nameFirstByte() {
    return bytes[nameStart()];
  }

  /** The value as a document or array; only for those two types. */
  public RawDocument document() {
    return new RawDocument(bytes, valueStart, valueEnd);
  }

  /** Offset of the first byte of a string, JavaScript or symbol value. */
  public int stringStart() {
    return valueStart + 4;
  }

  /** Offset of the zero behind a string, JavaScript or symbol value. */
  public int stringEnd() {
    return valueEnd - 1;
  }

  /** The value as text; only for string, JavaScript and symbol. */
  public String string() {
    return Bytes.utf8(bytes, stringStart(), stringEnd());
  }

  public int int32() {
    return Bytes.int32(bytes, valueStart);
  }

  public long int64() {
    return Bytes.int64(bytes, valueStart);
  }

  public double float64() {
    return Bytes.float64(bytes, valueStart);
  }

  public boolean bool() {
    return bytes[valueStart] != 0;
  }
}
