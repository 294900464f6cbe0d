package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.protocol.BsonOracle;
import java.util.Objects;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

class BsonWriterTest {
  private static final byte[] TWELVE = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

  @Test
  void writesWhatTheOracleWrites() {
    BsonDocument nested =
        new BsonDocument("a", new BsonArray(java.util.List.of(new BsonInt32(-1))))
            .append("d", new BsonDocument());
    BsonDocument expected =
        new BsonDocument("s", new BsonString("h\u00e4\u20ac"))
            .append("i", new BsonInt32(7))
            .append("l", new BsonInt64(Long.MIN_VALUE))
            .append("f", new BsonDouble(-0.0))
            .append("t", BsonBoolean.TRUE)
            .append("n", BsonNull.VALUE)
            .append("c", new BsonDateTime(123_456_789_012L))
            .append("o", new BsonObjectId(new ObjectId(TWELVE)))
            .append("b", new BsonBinary((byte) 4, new byte[16]))
            .append("nested", nested);
    BsonWriter out = new BsonWriter(1).startDocument();
    out.string("s", "h\u00e4\u20ac").int32("i", 7).int64("l", Long.MIN_VALUE).float64("f", -0.0);
    out.bool("t", true).nullValue("n").dateTime("c", 123_456_789_012L).objectId("o", TWELVE);
    out.binary("b", (byte) 4, new byte[16]).startDocument("nested").startArray("a").int32("0", -1);
    out.end().startDocument("d").end().end().end();
    assertArrayEquals(BsonOracle.encode(expected), out.toBytes());
  }

  @Test
  void copiesElementsAndValues() {
    RawDocument source = RawDocument.of(BsonOracle.bson("{a: 1, b: {c: 'x'}}"));
    Elements b = Objects.requireNonNull(source.find("b"));
    BsonWriter out = new BsonWriter().startDocument().element(b).document("copy", b.document());
    out.value("renamed", b.type(), b.bytes(), b.valueStart(), b.valueEnd()).end();
    assertEquals(
        BsonDocument.parse("{b: {c: 'x'}, copy: {c: 'x'}, renamed: {c: 'x'}}"),
        BsonOracle.decode(out.toBytes()));
  }

  @Test
  void startsAgainAfterReset() {
    BsonWriter out = new BsonWriter().startDocument().int32("a", 1);
    out.reset().startDocument().end();
    assertArrayEquals(BsonOracle.bson("{}"), out.toBytes());
    assertEquals(5, out.size());
  }

  @Test
  void noticesDocumentsLeftOpen() {
    assertThrows(IllegalStateException.class, () -> new BsonWriter().startDocument().toBytes());
  }

  @Test
  void noticesEndlessNesting() {
    BsonWriter out = new BsonWriter().startDocument();
    assertThrows(
        IllegalStateException.class,
        () -> {
          while (true) {
            out.startDocument("a");
          }
        });
  }

  @Test
  void refusesAnObjectIdOfAnotherLength() {
    BsonWriter out = new BsonWriter().startDocument();
    assertThrows(IllegalStateException.class, () -> out.objectId("o", new byte[11]));
  }
}
