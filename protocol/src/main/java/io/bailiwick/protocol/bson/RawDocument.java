package io.bailiwick.protocol.bson;

/**
 * A document or array inside a byte array that somebody else owns: valid only as long as those
 * bytes are. The strict walk ({@link BsonValidator}) has covered it before anyone reads it.
 *
 * @param bytes the array the document lies in; borrowed
 * @param start offset of the int32 length
 * @param end offset behind the terminating zero
 */
public record RawDocument(byte[] bytes, int start, int end) {

  /** The whole of an array that holds exactly one document. */
  public static RawDocument of(byte[] bytes) {
    return new RawDocument(bytes, 0, bytes.length);
  }

  /** The document whose length stands at {@code start}. */
  public static RawDocument at(byte[] bytes, int start) {
    return new RawDocument(bytes, start, start + Bytes.int32(bytes, start));
  }

  public int size() {
    return end - start;
  }

  public boolean isEmpty() {
    return end - start == 5;
  }

  /** A new walk over the elements, standing before the first. */
  public Elements elements() {
    return new Elements(bytes, start);
  }

  /** A walk that stands on the element of that name, or null if there is none. */
  public @org.jspecify.annotations.Nullable Elements find(String name) {
    Elements elements = elements();
    while (elements.next()) {
      if (elements.nameIs(name)) {
        return elements;
      }
    }
    return null;
  }

  /** A copy that the caller owns. */
  public byte[] toBytes() {
    return java.util.Arrays.copyOfRange(bytes, start, end);
  }
}
