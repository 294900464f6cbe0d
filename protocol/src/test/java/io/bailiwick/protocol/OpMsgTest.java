package io.bailiwick.protocol;

import static io.bailiwick.protocol.Messages.body;
import static io.bailiwick.protocol.Messages.bson;
import static io.bailiwick.protocol.Messages.join;
import static io.bailiwick.protocol.Messages.opMsg;
import static io.bailiwick.protocol.Messages.sequence;
import static io.bailiwick.protocol.Messages.withChecksum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.MalformedMessageException.Severity;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpMsgTest {
  private static final byte[] PING = bson("{ping: 1, $db: 'app'}");
  private static final byte[] DOCUMENT = bson("{_id: 1}");

  private final OpMsg message = new OpMsg();

  @Test
  void readsABody() {
    parse(opMsg(77, 0, body(PING)));
    assertArrayEquals(PING, message.body().toBytes());
    assertEquals(77, message.requestId());
    assertEquals(21, message.bodyStart());
    assertEquals(0, message.sequenceCount());
    assertEquals(0, message.findings());
    assertFalse(message.moreToCome());
  }

  @Test
  void readsAMessageInsideALargerArray() {
    byte[] bytes = opMsg(77, 0, body(PING));
    message.parse(new Frame(join(new byte[9], bytes, new byte[9]), 9, 9 + bytes.length));
    assertArrayEquals(PING, message.body().toBytes());
    assertEquals(9, message.start());
    assertEquals(9 + bytes.length, message.end());
  }

  @Test
  void readsSequencesInAnyOrder() {
    byte[] ops = sequence("ops", DOCUMENT, DOCUMENT);
    byte[] namespaces = sequence("nsInfo", DOCUMENT);
    byte[] body = body(PING);
    byte[][][] orders = {{body, ops, namespaces}, {ops, body, namespaces}, {namespaces, ops, body}};
    for (byte[][] sections : orders) {
      parse(opMsg(1, 0, sections));
      assertArrayEquals(PING, message.body().toBytes());
      assertEquals(2, message.sequenceCount());
      int i = message.sequenceIs(0, "ops") ? 0 : 1;
      assertTrue(message.sequenceIs(i, "ops"));
      assertTrue(message.sequenceIs(1 - i, "nsInfo"));
      assertFalse(message.sequenceIs(i, "op"));
      assertFalse(message.sequenceIs(i, "opt"));
      assertEquals(2 * DOCUMENT.length, message.sequenceEnd(i) - message.sequenceDocumentsAt(i));
      assertEquals(1, message.bytes()[message.sequenceStart(i)]);
      assertEquals(ops.length - 1, Bytes.int32(message.bytes(), message.sequenceSizeAt(i)));
    }
  }

  @Test
  void readsAnEmptySequence() {
    parse(opMsg(1, 0, body(PING), sequence("documents")));
    assertEquals(message.sequenceEnd(0), message.sequenceDocumentsAt(0));
  }

  @Test
  void gathersFindingsOfBodyAndSequences() {
    byte[] undefined = Messages.document(out -> out.head((byte) 6, "u"));
    parse(opMsg(1, 0, body(PING), sequence("documents", DOCUMENT, undefined, DOCUMENT)));
    assertEquals(BsonValidator.DEPRECATED_TYPES, message.findings());
    parse(opMsg(1, 0, body(PING)));
    assertEquals(0, message.findings());
  }

  @Test
  void readsFlags() {
    parse(opMsg(1, OpMsg.MORE_TO_COME | OpMsg.EXHAUST_ALLOWED | 1 << 31 | 1 << 20, body(PING)));
    assertTrue(message.moreToCome());
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 2, 1 << 7, 1 << 15, 1 << 3 | OpMsg.MORE_TO_COME})
  void refusesUnknownFlagsThatMustBeUnderstood(int flags) {
    assertCloses(opMsg(1, flags, body(PING)));
  }

  @Test
  void verifiesAChecksum() {
    byte[] sound = withChecksum(opMsg(1, 0, sequence("documents", DOCUMENT), body(PING)));
    parse(sound);
    assertEquals(sound.length - 4, message.end());
    for (int at = 4; at < sound.length; at++) {
      byte[] damaged = sound.clone();
      damaged[at] ^= 0x40;
      assertThrows(MalformedMessageException.class, () -> parse(damaged), "byte " + at);
    }
  }

  @Test
  void refusesAChecksumThatLeavesNoBody() {
    assertCloses(withChecksum(opMsg(1, 0, new byte[5])));
    assertCloses(opMsg(1, OpMsg.CHECKSUM_PRESENT, body(bson("{}"))));
  }

  @Test
  void refusesNoneAndTwoBodies() {
    assertCloses(opMsg(1, 0, sequence("documents", DOCUMENT)));
    assertCloses(opMsg(1, 0, body(PING), body(PING)));
    assertCloses(opMsg(1, 0));
  }

  @ParameterizedTest
  @ValueSource(bytes = {2, 3, -1, 127})
  void refusesUnknownSections(byte kind) {
    assertCloses(opMsg(1, 0, body(PING), join(new byte[] {kind}, DOCUMENT)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, -1, Integer.MAX_VALUE, 23, 25})
  void refusesASequenceOfAnotherSize(int size) {
    byte[] sequence = sequence("documents", DOCUMENT);
    assertEquals(28, sequence.length - 1);
    Bytes.putInt32(sequence, 1, size);
    assertCloses(opMsg(1, 0, body(PING), sequence));
  }

  @Test
  void refusesASequenceCutOff() {
    byte[] sequence = sequence("documents", DOCUMENT);
    for (int length = 1; length < sequence.length; length++) {
      assertCloses(opMsg(1, 0, body(PING), Arrays.copyOf(sequence, length)));
    }
  }

  @Test
  void refusesASequenceWhoseDocumentsRunOver() {
    byte[] document = DOCUMENT.clone();
    Bytes.putInt32(document, 0, document.length + 1);
    assertCloses(opMsg(1, 0, sequence("documents", document), body(PING)));
    assertCloses(opMsg(1, 0, sequence("documents", DOCUMENT, new byte[3]), body(PING)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "document",
        "Documents",
        "documents.0",
        "documents\0",
        "filter",
        "pipeline",
        "a.b"
      })
  void refusesSequencesThatNoCommandTakes(String identifier) {
    assertCloses(opMsg(1, 0, body(PING), sequence(identifier, DOCUMENT)));
  }

  @Test
  void refusesASequenceGivenTwiceOrMoreThanTwo() {
    byte[] documents = sequence("documents", DOCUMENT);
    assertCloses(opMsg(1, 0, body(PING), documents, documents));
    assertCloses(
        opMsg(1, 0, body(PING), documents, sequence("ops", DOCUMENT), sequence("updates")));
  }

  @Test
  void refusesAFieldThatStandsInTheBodyAndInASequence() {
    byte[] body = body(bson("{insert: 'orders', documents: []}"));
    assertCloses(opMsg(1, 0, body, sequence("documents", DOCUMENT)));
    assertCloses(opMsg(1, 0, sequence("documents", DOCUMENT), body));
    parse(opMsg(1, 0, body, sequence("ops", DOCUMENT)));
  }

  @Test
  void refusesABodyWhoseLengthDoesNotFit() {
    for (int length : new int[] {0, 4, -1, PING.length + 1, Integer.MAX_VALUE}) {
      byte[] body = PING.clone();
      Bytes.putInt32(body, 0, length);
      assertCloses(opMsg(1, 0, body(body)));
    }
  }

  @Test
  void answersToBrokenBsonInSoundFraming() {
    byte[] twice = Messages.document(out -> out.int32("ping", 1).int32("ping", 2));
    assertAnswers(opMsg(5, OpMsg.MORE_TO_COME, body(twice)));
    assertEquals(5, message.requestId());
    assertTrue(message.moreToCome());
    assertAnswers(opMsg(1, 0, body(twice), sequence("documents", DOCUMENT)));
    assertAnswers(opMsg(1, 0, sequence("documents", DOCUMENT, twice, DOCUMENT), body(PING)));
  }

  @Test
  void stillSeesBrokenFramingBehindBrokenBson() {
    byte[] twice = Messages.document(out -> out.int32("ping", 1).int32("ping", 2));
    assertCloses(opMsg(1, 0, body(twice), body(PING)));
    assertCloses(opMsg(1, 0, body(twice), new byte[] {9}));
    assertCloses(opMsg(1, 0, sequence("documents", twice)));
  }

  @Test
  void givesTheSameAfterAFault() {
    byte[] sound = opMsg(1, 0, body(PING), sequence("documents", DOCUMENT));
    assertCloses(opMsg(1, 0, body(PING), sequence("ops"), sequence("nsInfo"), new byte[] {9}));
    parse(sound);
    assertEquals(1, message.sequenceCount());
    assertArrayEquals(PING, message.body().toBytes());
  }

  @Test
  void refusesEveryCutMessage() {
    byte[] sound = opMsg(1, 0, sequence("documents", DOCUMENT, DOCUMENT), body(PING));
    for (int length = 16; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      Bytes.putInt32(cut, 0, length);
      assertThrows(MalformedMessageException.class, () -> parse(cut), "length " + length);
    }
  }

  private void parse(byte[] bytes) {
    message.parse(Messages.frame(bytes));
  }

  private void assertCloses(byte[] bytes) {
    assertEquals(Severity.FRAMING, fault(bytes));
  }

  private void assertAnswers(byte[] bytes) {
    assertEquals(Severity.DOCUMENT, fault(bytes));
  }

  private Severity fault(byte[] bytes) {
    return assertThrows(MalformedMessageException.class, () -> parse(bytes)).severity();
  }
}
