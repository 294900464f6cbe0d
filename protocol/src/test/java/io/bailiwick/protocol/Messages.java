package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** Builds messages for tests, well-formed or not. */
final class Messages {
  private Messages() {}

  static byte[] bson(String json) {
    return BsonOracle.bson(json);
  }

  static byte[] document(Consumer<BsonWriter> content) {
    BsonWriter out = new BsonWriter().startDocument();
    content.accept(out);
    return out.end().toBytes();
  }

  /** A section of kind 0. */
  static byte[] body(byte[] document) {
    return join(new byte[] {0}, document);
  }

  /** A section of kind 1. */
  static byte[] sequence(String identifier, byte[]... documents) {
    byte[] rest = join(join(Bytes.utf8(identifier), new byte[1]), join(documents));
    return join(new byte[] {1}, int32(rest.length + 4), rest);
  }

  static byte[] opMsg(int requestId, int flags, byte[]... sections) {
    byte[] all = join(sections);
    return message(requestId, 0, OpCode.OP_MSG, join(int32(flags), all));
  }

  static byte[] opMsg(String json) {
    return opMsg(1, 0, body(bson(json)));
  }

  /** The same message with its checksum behind it. */
  static byte[] withChecksum(byte[] opMsg) {
    byte[] message = join(opMsg, new byte[4]);
    Bytes.putInt32(message, 0, message.length);
    Bytes.putInt32(message, 16, Bytes.int32(message, 16) | OpMsg.CHECKSUM_PRESENT);
    CRC32C crc = new CRC32C();
    crc.update(message, 0, message.length - 4);
    Bytes.putInt32(message, message.length - 4, (int) crc.getValue());
    return message;
  }

  static byte[] message(int requestId, int responseTo, int opCode, byte[] rest) {
    return join(int32(16 + rest.length), int32(requestId), int32(responseTo), int32(opCode), rest);
  }

  static Frame frame(byte[] message) {
    return new Frame(message, 0, message.length);
  }

  static byte[] int32(int value) {
    byte[] bytes = new byte[4];
    Bytes.putInt32(bytes, 0, value);
    return bytes;
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
