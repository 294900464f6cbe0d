package io.bailiwick.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MessageWriterTest {
  private static final byte[] NOTHING = {};
  private static final byte[] COMMENT = elements("{comment: 'd-1'}");

  private final MessageEdits edits = new MessageEdits();

  @Test
  void copiesAMessageUnderARequestIdOfOurs() {
    byte[] body = Messages.body(Messages.bson("{find: 'orders', $db: 'app'}"));
    assertArrayEquals(Messages.opMsg(99, 0, body), write(Messages.opMsg(5, 0, body), NOTHING));
  }

  @Test
  void clearsFlagsChecksumAndResponseTo() {
    byte[] body = Messages.body(Messages.bson("{find: 'orders', $db: 'app'}"));
    int flags = OpMsg.MORE_TO_COME | OpMsg.EXHAUST_ALLOWED | 1 << 30;
    byte[] message = Messages.opMsg(5, flags, body);
    Bytes.putInt32(message, 8, 1234);
    assertArrayEquals(Messages.opMsg(99, 0, body), write(Messages.withChecksum(message), NOTHING));
  }

  @Test
  void appendsElementsToTheBodyInFrontOfAndBehindSequences() {
    byte[] sequence = Messages.sequence("documents", Messages.bson("{_id: 1}"));
    byte[] body = Messages.body(Messages.bson("{insert: 'orders'}"));
    byte[] longer = Messages.body(Messages.bson("{insert: 'orders', comment: 'd-1'}"));
    assertArrayEquals(
        Messages.opMsg(99, 0, sequence, longer),
        write(Messages.opMsg(5, 0, sequence, body), COMMENT));
    assertArrayEquals(
        Messages.opMsg(99, 0, longer, sequence),
        write(Messages.opMsg(5, 0, body, sequence), COMMENT));
  }

  @Test
  void carriesOutEditsOfSeveralSections() {
    byte[] sequence = Messages.sequence("documents", Messages.bson("{_id: 1}"));
    byte[] body = Messages.body(Messages.bson("{insert: 'orders', x: 1}"));
    OpMsg message = parse(Messages.opMsg(5, 0, body, sequence));
    edits.section(message.sequenceStart(0));
    edits.enter(message.sequenceSizeAt(0));
    int document = message.sequenceDocumentsAt(0);
    edits.enter(document);
    edits.insert(message.sequenceEnd(0) - 1, elements("{organization_id: 7}"));
    edits.leave(message.sequenceEnd(0));
    edits.leave(message.sequenceEnd(0));
    Elements x = Objects.requireNonNull(message.body().find("x"));
    edits.section(message.bodyStart());
    edits.enter(message.bodyStart());
    edits.remove(x.elementStart(), x.valueEnd());
    edits.leave(message.body().end());
    byte[] expected =
        Messages.opMsg(
            99,
            0,
            Messages.body(Messages.bson("{insert: 'orders', comment: 'd-1'}")),
            Messages.sequence("documents", Messages.bson("{_id: 1, organization_id: 7}")));
    assertArrayEquals(expected, render(message, COMMENT));
  }

  @Test
  void noticesThatTheBodyWasNotEntered() {
    OpMsg message = parse(Messages.opMsg("{find: 'orders'}"));
    edits.section(message.bodyStart());
    edits.insert(message.body().end() - 1, COMMENT);
    assertThrows(IllegalStateException.class, () -> render(message, NOTHING));
  }

  @Test
  void noticesThatASequenceWasNotEntered() {
    OpMsg message =
        parse(
            Messages.opMsg(
                5,
                0,
                Messages.body(Messages.bson("{insert: 'orders'}")),
                Messages.sequence("documents", Messages.bson("{_id: 1}"))));
    int document = message.sequenceDocumentsAt(0);
    edits.section(message.sequenceStart(0));
    edits.enter(document);
    edits.insert(message.sequenceEnd(0) - 1, elements("{organization_id: 7}"));
    edits.leave(message.sequenceEnd(0));
    assertThrows(IllegalStateException.class, () -> render(message, NOTHING));
  }

  @Test
  void noticesAnEditThatLiesOutsideTheMessage() {
    OpMsg message = parse(Messages.opMsg("{find: 'orders'}"));
    edits.section(message.end() + 5);
    edits.insert(message.end() + 5, COMMENT);
    assertThrows(IllegalStateException.class, () -> render(message, NOTHING));
  }

  @Test
  void refusesAMessageThatBecomesTooLong() {
    OpMsg message = parse(Messages.opMsg("{find: 'orders'}"));
    byte[] large = Messages.document(out -> out.binary("b", (byte) 0, new byte[47_999_990]));
    byte[] element = java.util.Arrays.copyOfRange(large, 4, large.length - 1);
    assertEquals(
        MalformedMessageException.Severity.DOCUMENT,
        assertThrows(MalformedMessageException.class, () -> render(message, element)).severity());
  }

  private byte[] write(byte[] source, byte[] bodyElements) {
    return render(parse(source), bodyElements);
  }

  private byte[] render(OpMsg message, byte[] bodyElements) {
    ByteBuf out =
        MessageWriter.write(UnpooledByteBufAllocator.DEFAULT, message, edits, 99, bodyElements);
    byte[] bytes = ByteBufUtil.getBytes(out);
    out.release();
    parse(bytes);
    return bytes;
  }

  private static OpMsg parse(byte[] message) {
    return new OpMsg().parse(Messages.frame(message));
  }

  private static byte[] elements(String json) {
    byte[] document = Messages.bson(json);
    return java.util.Arrays.copyOfRange(document, 4, document.length - 1);
  }
}
