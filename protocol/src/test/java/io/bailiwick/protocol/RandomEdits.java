package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Edits a document at random, twice: as bytes, and as a decoded document. */
final class RandomEdits {
  private final IntUnaryOperator choose;
  private final MessageEdits edits;
  private int fresh;

  /**
   * @param choose gives a number from 0 to one less than its argument
   * @param edits takes the edits
   */
  RandomEdits(IntUnaryOperator choose, MessageEdits edits) {
    this.choose = choose;
    this.edits = edits;
  }

  /** Notes edits of the document at {@code start}; returns what must come out. */
  BsonDocument edit(byte[] source, int start, BsonDocument decoded) {
    BsonDocument expected = new BsonDocument();
    edits.enter(start);
    Elements elements = new Elements(source, start);
    while (elements.next()) {
      maybeInsert(elements.elementStart(), expected);
      String name = elements.name();
      BsonValue value = Objects.requireNonNull(decoded.get(name));
      switch (choose.applyAsInt(6)) {
        case 0 -> edits.remove(elements.elementStart(), elements.valueEnd());
        case 1 -> replace(elements, expected);
        case 2 -> wrap(elements, value, expected);
        case 3 -> {
          if (elements.type() == BsonType.DOCUMENT) {
            expected.append(name, edit(source, elements.valueStart(), value.asDocument()));
          } else {
            expected.append(name, value);
          }
        }
        default -> expected.append(name, value);
      }
    }
    maybeInsert(elements.elementStart(), expected);
    edits.leave(start + Bytes.int32(source, start));
    return expected;
  }

  private void maybeInsert(int at, BsonDocument expected) {
    if (choose.applyAsInt(5) == 0) {
      String name = "fresh" + fresh++;
      edits.insert(at, element(out -> out.string(name, "new")));
      expected.append(name, new BsonString("new"));
    }
  }

  private void replace(Elements elements, BsonDocument expected) {
    String name = elements.name();
    byte[] other = element(out -> out.int32(name, 42));
    edits.replace(elements.elementStart(), elements.valueEnd(), other);
    expected.append(name, new BsonInt32(42));
  }

  /** The element moves into a new document: {@code name: {inner: value}}. */
  private void wrap(Elements elements, BsonValue value, BsonDocument expected) {
    String name = elements.name();
    edits.open(elements.elementStart(), element(out -> out.head(BsonType.DOCUMENT, name)));
    edits.insert(elements.elementStart(), element(out -> out.head(elements.type(), "inner")));
    edits.remove(elements.elementStart(), elements.valueStart());
    edits.close(elements.valueEnd());
    expected.append(name, new BsonDocument("inner", value));
  }

  private static byte[] element(java.util.function.Consumer<BsonWriter> content) {
    BsonWriter out = new BsonWriter();
    content.accept(out);
    return Arrays.copyOf(out.array(), out.size());
  }
}
