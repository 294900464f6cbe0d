package io.bailiwick.proxy.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpMsg;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A traceparent is found in both forms of comment, and nothing else is taken for one. */
final class TraceContextTest {
  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String SOUND = "00-" + ID + "-" + PARENT + "-01";

  private static @Nullable TraceContext of(String command) {
    RawBsonDocument body =
        new RawBsonDocument(BsonDocument.parse(command), new BsonDocumentCodec());
    ByteBuffer document = body.getByteBuffer().asNIO();
    int length = 21 + document.remaining();
    ByteBuffer message = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(length).putInt(1).putInt(0).putInt(2013).putInt(0).put((byte) 0).put(document);
    return TraceContext.of(new OpMsg().parse(new Frame(message.array(), 0, length)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{traceparent: 'T', tracestate: 'a=b'}",
        "{text: 'x', traceparent: 'T'}",
        "'T'",
        "'{\"traceparent\":\"T\"}'",
        "'{\"a\": 1, \"traceparent\" : \"T\"}'",
        "\"dddbs='db',traceparent='T',ddps='s'\"",
        "'traceparent=T'"
      })
  void findsASoundOne(String comment) {
    assertEquals(
        new TraceContext(ID, PARENT, true),
        of("{find: 'a', comment: " + comment.replace("T", SOUND) + "}"));
  }

  @Test
  void readsWhetherItIsSampled() {
    assertEquals(
        new TraceContext(ID, PARENT, false),
        of("{find: 'a', comment: '00-" + ID + "-" + PARENT + "-02'}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff-" + ID + "-" + PARENT + "-01",
        "00-00000000000000000000000000000000-" + PARENT + "-01",
        "00-" + ID + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + PARENT + "-01",
        "00_" + ID + "-" + PARENT + "-01",
        "00-" + ID + "-" + PARENT + "-0g",
        "00-" + ID + "-" + PARENT + "-0",
        "00-" + ID + "-" + PARENT + "-01-",
        "",
        "traceparent",
        "traceparent=",
        "traceparent=  and far behind it 00-" + ID + "-" + PARENT + "-01",
      })
  void takesNothingElseForOne(String text) {
    assertNull(of("{find: 'a', comment: '" + text + "'}"));
    assertNull(of("{find: 'a', comment: {traceparent: '" + text + "'}}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{find: 'a'}", "{find: 'a', comment: 1}", "{find: 'a', comment: {}}"})
  void aCommandNeedNotHaveOne(String command) {
    assertNull(of(command));
    assertNull(of("{find: 'a', comment: {traceparent: 1}}"));
    assertNull(of("{find: 'a', filter: {comment: '" + SOUND + "'}}"));
  }
}
