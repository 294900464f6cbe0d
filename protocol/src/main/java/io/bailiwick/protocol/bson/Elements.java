package io.bailiwick.protocol.bson;

/**
 * Walks the elements of one document or array, in order, without building objects. Not thread-safe;
 * the bytes are borrowed. Either the strict walk ({@link BsonValidator}) has covered the document,
 * or the walk is a {@link #checked} one, which trusts no length.
 */
public final class Elements {
  private static final int UNCHECKED = -1;

  private byte[] bytes;
  private final int last;
  private int elementStart;
  private int nameEnd;
  private int valueStart;
  private int valueEnd;

  /** A walk over the document whose int32 length stands at {@code documentStart}. */
  public Elements(byte[] bytes, int documentStart) {
    this(bytes, documentStart, UNCHECKED);
  }

  private Elements(byte[] bytes, int documentStart, int last) {
    this.bytes = bytes;
    this.last = last;
    this.valueEnd = documentStart + 4;
  }

  /**
   * A walk over a document that nobody has checked: every length is, before it is followed. What
   * lies inside a value is not looked at.
   *
   * @param limit offset behind the last byte that may be read
   * @throws MalformedMessageException here or in {@link #next()}
   */
  public static Elements checked(byte[] bytes, int documentStart, int limit) {
    if (limit - documentStart < 5) {
      throw MalformedMessageException.document("no room for a document", documentStart);
    }
    int length = Bytes.int32(bytes, documentStart);
    if (length < 5 || length > limit - documentStart) {
      throw MalformedMessageException.document("document length out of range", documentStart);
    }
    int last = documentStart + length - 1;
    if (bytes[last] != 0) {
      throw MalformedMessageException.document("document without its terminating zero", last);
    }
    return new Elements(bytes, documentStart, last);
  }

  /** A walk over the value, which is a document or an array; as careful as this one. */
  public Elements inside() {
    return last == UNCHECKED
        ? new Elements(bytes, valueStart)
        : checked(bytes, valueStart, valueEnd);
  }

  /** Starts over in front of another document, so that one walk serves for many. */
  public Elements restart(byte[] source, int documentStart) {
    bytes = source;
    elementStart = documentStart;
    nameEnd = documentStart;
    valueStart = documentStart;
    valueEnd = documentStart + 4;
    return this;
  }

  /** Steps to the next element; false at the end. */
  public boolean next() {
    elementStart = valueEnd;
    if (last != UNCHECKED) {
      return nextChecked();
    }
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

  private boolean nextChecked() {
    if (elementStart == last) {
      return false;
    }
    nameEnd = BsonSizes.cstringEnd(bytes, elementStart + 1, last);
    valueStart = nameEnd + 1;
    valueEnd = BsonSizes.checkedValueEnd(bytes, type(), valueStart, last);
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
