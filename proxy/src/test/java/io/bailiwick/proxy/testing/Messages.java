package io.bailiwick.proxy.testing;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpMsg;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bson.BsonDocument;

/** Commands as a client would send them. */
public final class Messages {
  private static final int MORE_TO_COME = 2;

  private Messages() {}

  /** A parsed OP_MSG with that body, given as extended JSON. */
  public static OpMsg command(int requestId, String json) {
    return parse(requestId, 0, json);
  }

  /** The same, but the client waits for no reply. */
  public static OpMsg unanswered(int requestId, String json) {
    return parse(requestId, MORE_TO_COME, json);
  }

  private static OpMsg parse(int requestId, int flags, String json) {
    byte[] body = ScriptedReply.bytes(BsonDocument.parse(json));
    ByteBuffer out = ByteBuffer.allocate(21 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(out.capacity()).putInt(requestId).putInt(0).putInt(2013).putInt(flags);
    byte[] message = out.put((byte) 0).put(body).array();
    return new OpMsg().parse(new Frame(message, 0, message.length));
  }
}
