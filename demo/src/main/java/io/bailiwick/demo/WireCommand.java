package io.bailiwick.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/** Decodes the command of an OP_MSG with the official BSON library, for people to read. */
final class WireCommand {
  private static final int OP_MSG = 2013;

  private WireCommand() {}

  /** The command with its document sequences as arrays; empty for other opcodes. */
  static Optional<BsonDocument> decode(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(12) != OP_MSG) {
      return Optional.empty();
    }
    in.position(20);
    BsonDocument body = new BsonDocument();
    BsonDocument sequences = new BsonDocument();
    while (in.hasRemaining()) {
      if (in.get() == 0) {
        body = document(in);
      } else {
        sequence(in, sequences);
      }
    }
    body.putAll(sequences);
    return Optional.of(body);
  }

  static int int32(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
  }

  private static void sequence(ByteBuffer in, BsonDocument into) {
    int end = in.position() + in.getInt(in.position());
    in.getInt();
    StringBuilder name = new StringBuilder();
    for (byte b = in.get(); b != 0; b = in.get()) {
      name.append((char) b);
    }
    BsonArray documents = new BsonArray();
    while (in.position() < end) {
      documents.add(document(in));
    }
    into.put(name.toString(), documents);
  }

  private static BsonDocument document(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt(in.position())];
    in.get(bytes);
    return new RawBsonDocument(bytes).decode(new org.bson.codecs.BsonDocumentCodec());
  }
}
