package io.bailiwick.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ReplyWriterTest {
  private static final byte[] DOCUMENT = Messages.bson("{ok: 1.0}");

  @Test
  void answersAnOpMsgWithAnOpMsg() {
    byte[] reply = write(OpCode.OP_MSG);
    assertArrayEquals(
        Messages.message(11, 22, OpCode.OP_MSG, Messages.join(new byte[5], DOCUMENT)), reply);
    OpMsg parsed = new OpMsg().parse(Messages.frame(reply));
    assertArrayEquals(DOCUMENT, parsed.body().toBytes());
  }

  @Test
  void answersAnOpQueryWithAnOpReply() {
    byte[] prefix = HexFormat.of().parseHex("0800000000000000000000000000000001000000");
    assertArrayEquals(
        Messages.message(11, 22, OpCode.OP_REPLY, Messages.join(prefix, DOCUMENT)),
        write(OpCode.OP_QUERY));
  }

  @Test
  void takesADocumentOutOfALargerArray() {
    byte[] larger = Messages.join(new byte[3], DOCUMENT, new byte[9]);
    ByteBuf out =
        ReplyWriter.write(
            UnpooledByteBufAllocator.DEFAULT, OpCode.OP_MSG, 11, 22, larger, 3, DOCUMENT.length);
    assertArrayEquals(write(OpCode.OP_MSG), bytes(out));
  }

  private static byte[] write(int opCode) {
    return bytes(ReplyWriter.write(UnpooledByteBufAllocator.DEFAULT, opCode, 11, 22, DOCUMENT));
  }

  private static byte[] bytes(ByteBuf out) {
    byte[] bytes = ByteBufUtil.getBytes(out);
    assertEquals(out.capacity(), out.readableBytes(), "one allocation of the right size");
    out.release();
    return bytes;
  }
}
