package io.bailiwick.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageEditsTest {
  private final MessageEdits edits = new MessageEdits();

  @Test
  void copiesWhatIsNotMentioned() {
    byte[] source = Messages.bson("{a: 1}");
    assertArrayEquals(source, render(source));
    assertTrue(edits.isEmpty());
  }

  @Test
  void wrapsAFilterAndStillEditsInsideIt() {
    byte[] source = Messages.bson("{find: 'c', filter: {x: {y: 1}}, limit: 1}");
    Elements filter = Objects.requireNonNull(RawDocument.of(source).find("filter"));
    Elements x = Objects.requireNonNull(filter.document().find("x"));
    int from = filter.valueStart();
    int to = filter.valueEnd();
    edits.enter(0);
    edits.open(from, new byte[0]);
    edits.open(from, Bytes.utf8("\4$and\0"));
    edits.insert(from, Messages.join(Bytes.utf8("\0030\0"), Messages.bson("{tenant: 7}")));
    edits.insert(from, Bytes.utf8("\0031\0"));
    edits.enter(from);
    edits.enter(x.valueStart());
    edits.insert(x.valueStart() + 4, Messages.join(Bytes.utf8("\020z\0"), Messages.int32(2)));
    edits.leave(x.valueEnd());
    edits.leave(to);
    edits.close(to);
    edits.close(to);
    edits.leave(source.length);
    assertEquals(
        BsonDocument.parse(
            "{find: 'c', filter: {$and: [{tenant: 7}, {x: {z: 2, y: 1}}]}, limit: 1}"),
        BsonOracle.decode(render(source)));
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void rendersWhatDecodingEditingAndEncodingGives(long seed) {
    Random random = new Random(seed);
    RandomBson documents = new RandomBson(random);
    for (int i = 0; i < 1000; i++) {
      byte[] source = BsonOracle.encode(documents.document(3));
      edits.reset();
      BsonDocument expected =
          new RandomEdits(random::nextInt, edits).edit(source, 0, BsonOracle.decode(source));
      byte[] rendered = render(source);
      assertArrayEquals(BsonOracle.encode(expected), rendered);
      assertTrue(rendered.length <= source.length + edits.growth());
    }
  }

  @Test
  void rendersSectionsInTheOrderOfTheBytes() {
    byte[] source = {1, 2, 3, 4, 5, 6};
    edits.section(4);
    edits.insert(5, new byte[] {50});
    edits.section(0);
    edits.insert(1, new byte[] {10});
    edits.section(2);
    edits.remove(2, 3);
    assertArrayEquals(new byte[] {1, 10, 2, 4, 5, 50, 6}, render(source));
  }

  @Test
  void startsAgainAfterReset() {
    edits.section(0);
    edits.remove(0, 3);
    edits.reset();
    assertTrue(edits.isEmpty());
    assertEquals(0, edits.growth());
    assertArrayEquals(new byte[] {1, 2, 3}, render(new byte[] {1, 2, 3}));
  }

  @Test
  void takesManyEdits() {
    byte[] source = new byte[20_000];
    for (int i = 0; i < source.length; i++) {
      edits.insert(i, new byte[] {1});
    }
    assertEquals(2 * source.length, render(source).length);
    edits.reset();
    assertEquals(source.length, render(source).length);
  }

  @Test
  void removesWhatTouchesAndInsertsAtTheEdges() {
    byte[] source = {1, 2, 3, 4};
    edits.insert(1, new byte[] {10});
    edits.remove(1, 2);
    edits.remove(2, 3);
    edits.insert(3, new byte[] {11});
    assertArrayEquals(new byte[] {1, 10, 11, 4}, render(source));
  }

  @Test
  void noticesAnEditInsideARemovedRange() {
    edits.remove(1, 4);
    edits.insert(2, new byte[] {9});
    assertDefect(new byte[6]);
  }

  @Test
  void noticesARemovedRangeInsideAnother() {
    edits.remove(1, 4);
    edits.remove(2, 3);
    assertDefect(new byte[6]);
  }

  @Test
  void noticesEditsOutOfOrder() {
    edits.insert(4, new byte[] {9});
    edits.insert(2, new byte[] {9});
    assertDefect(new byte[6]);
  }

  @Test
  void noticesAnEditOfALength() {
    byte[] source = Messages.bson("{a: 1}");
    edits.enter(0);
    edits.insert(2, new byte[] {9});
    edits.leave(source.length);
    assertDefect(source);
  }

  @Test
  void noticesContainersLeftOpen() {
    edits.enter(0);
    assertDefect(Messages.bson("{}"));
    edits.reset();
    edits.open(0, new byte[0]);
    assertDefect(Messages.bson("{}"));
  }

  @Test
  void noticesContainersNeverBegun() {
    edits.leave(5);
    assertDefect(Messages.bson("{}"));
    edits.reset();
    edits.close(5);
    assertDefect(Messages.bson("{}"));
  }

  @Test
  void noticesContainersEndedCrosswise() {
    edits.open(0, new byte[0]);
    edits.enter(0);
    edits.close(5);
    edits.leave(5);
    assertDefect(Messages.bson("{}"));
  }

  @Test
  void noticesAContainerLeftElsewhereThanAtItsEnd() {
    byte[] source = Messages.bson("{a: 1}");
    edits.enter(0);
    edits.leave(source.length - 1);
    assertDefect(source);
  }

  @Test
  void noticesAnEditBeyondTheEnd() {
    edits.insert(7, new byte[] {9});
    assertDefect(new byte[6]);
  }

  @Test
  void noticesEndlessNesting() {
    byte[] source = Messages.bson("{}");
    for (int i = 0; i < 300; i++) {
      edits.open(0, new byte[0]);
    }
    assertDefect(source);
  }

  @Test
  void refusesARangeThatEndsBeforeItStarts() {
    assertThrows(IllegalStateException.class, () -> edits.remove(4, 3));
  }

  @Test
  void refusesASectionNamedTwice() {
    edits.section(0);
    edits.section(9);
    assertThrows(IllegalStateException.class, () -> edits.section(0));
    edits.section(10);
    edits.section(11);
    assertThrows(IllegalStateException.class, () -> edits.section(12));
  }

  private void assertDefect(byte[] source) {
    assertThrows(IllegalStateException.class, () -> render(source));
  }

  private byte[] render(byte[] source) {
    ByteBuf out = Unpooled.buffer();
    try {
      edits.render(source, 0, source.length, out);
      return ByteBufUtil.getBytes(out);
    } finally {
      out.release();
    }
  }
}
