package io.bailiwick.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bailiwick.protocol.bson.BsonProperties;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import org.bson.BsonDocument;

/**
 * Any bytes at all, as a document, as a message, and as a document to be edited. An ordinary run
 * replays the committed inputs; {@code .ci/fuzz} looks for new ones.
 */
class MessageFuzzTest {
  @FuzzTest
  void readsADocumentAsTheLibraryDoesOrNotAtAll(byte[] bytes) {
    BsonProperties.hold(bytes);
  }

  @FuzzTest
  void readsAMessageAndRendersItWholeOrNotAtAll(byte[] sections) {
    byte[] bytes = Messages.message(1, 0, OpCode.OP_MSG, sections);
    OpMsg message = new OpMsg();
    try {
      message.parse(Messages.frame(bytes));
    } catch (MalformedMessageException e) {
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length);
      return;
    }
    ByteBuf out =
        MessageWriter.write(
            UnpooledByteBufAllocator.DEFAULT, message, new MessageEdits(), 7, new byte[0]);
    byte[] rendered = ByteBufUtil.getBytes(out);
    out.release();
    byte[] expected =
        Messages.message(7, 0, OpCode.OP_MSG, Arrays.copyOfRange(bytes, 16, message.end()));
    Arrays.fill(expected, 16, 20, (byte) 0);
    assertArrayEquals(expected, rendered);
  }

  @FuzzTest
  void readsALegacyQueryOrNot(byte[] content) {
    byte[] bytes = Messages.message(1, 0, OpCode.OP_QUERY, content);
    try {
      LegacyQuery query = LegacyQuery.parse(Messages.frame(bytes), new BsonValidator());
      assertEquals(bytes.length, query.command().end());
      assertTrue(query.database().length() > 0);
    } catch (MalformedMessageException e) {
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length);
    }
  }

  @FuzzTest
  void rendersWhatDecodingEditingAndEncodingGives(FuzzedDataProvider data) {
    RandomBson documents = new RandomBson(new java.util.Random(data.consumeLong()));
    byte[] source = BsonOracle.encode(documents.document(3));
    MessageEdits edits = new MessageEdits();
    RandomEdits random = new RandomEdits(bound -> data.consumeInt(0, bound - 1), edits);
    BsonDocument expected = random.edit(source, 0, BsonOracle.decode(source));
    ByteBuf out = Unpooled.buffer();
    edits.render(source, 0, source.length, out);
    byte[] rendered = ByteBufUtil.getBytes(out);
    out.release();
    assertArrayEquals(BsonOracle.encode(expected), rendered);
  }
}
