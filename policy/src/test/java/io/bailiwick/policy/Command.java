package io.bailiwick.policy;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.RawDocument;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/** An OP_MSG as a client would send it, and its way there and back. */
public final class Command {
  private final byte[] body;
  private final Map<String, byte[]> sequences = new LinkedHashMap<>();
  private int flags;
  private boolean sequencesFirst;

  private Command(byte[] body) {
    this.body = body;
  }

  public static Command of(String json) {
    return of(encode(json(json)));
  }

  /** A command of raw BSON. */
  public static Command of(byte[] body) {
    return new Command(body);
  }

  /** Extended JSON, with the sample tenants' values for {@code %A%} and {@code %B%}. */
  public static BsonDocument json(String json) {
    return BsonDocument.parse(
        json.replace("%A%", "{$oid: '" + Sample.A + "'}")
            .replace("%B%", "{$oid: '" + Sample.B + "'}"));
  }

  /** The same with a document sequence beside the body. */
  public Command with(String identifier, String... documents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String document : documents) {
      out.writeBytes(encode(json(document)));
    }
    sequences.put(identifier, out.toByteArray());
    return this;
  }

  /** The same with a document sequence of what an array holds. */
  public Command with(String identifier, BsonArray documents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    documents.forEach(document -> out.writeBytes(encode(document.asDocument())));
    sequences.put(identifier, out.toByteArray());
    return this;
  }

  /** The same with the sequences in front of the body. */
  public Command sequencesFirst() {
    sequencesFirst = true;
    return this;
  }

  public Command moreToCome() {
    flags |= OpMsg.MORE_TO_COME;
    return this;
  }

  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[16]);
    out.writeBytes(int32(flags));
    if (sequencesFirst) {
      sequences.forEach((name, documents) -> sequence(out, name, documents));
    }
    out.write(0);
    out.writeBytes(body);
    if (!sequencesFirst) {
      sequences.forEach((name, documents) -> sequence(out, name, documents));
    }
    byte[] message = out.toByteArray();
    Bytes.putInt32(message, 0, message.length);
    Bytes.putInt32(message, 12, 2013);
    return message;
  }

  private static void sequence(ByteArrayOutputStream out, String name, byte[] documents) {
    byte[] identifier = Bytes.utf8(name);
    out.write(1);
    out.writeBytes(int32(4 + identifier.length + 1 + documents.length));
    out.writeBytes(identifier);
    out.write(0);
    out.writeBytes(documents);
  }

  private static byte[] int32(int value) {
    byte[] bytes = new byte[4];
    Bytes.putInt32(bytes, 0, value);
    return bytes;
  }

  public static Frame frame(byte[] message) {
    return new Frame(message, 0, message.length);
  }

  /** The message with its edits as MongoDB gets it, sequences folded in as arrays. */
  public static BsonDocument render(OpMsg message, MessageEdits edits) {
    ByteBuf out =
        MessageWriter.write(UnpooledByteBufAllocator.DEFAULT, message, edits, 7, new byte[0]);
    byte[] bytes = ByteBufUtil.getBytes(out);
    out.release();
    return decode(new OpMsg().parse(frame(bytes)));
  }

  /** A command as one document, sequences folded in as arrays. */
  public static BsonDocument decode(OpMsg sent) {
    BsonDocument command = decode(sent.body().toBytes());
    for (int i = 0; i < sent.sequenceCount(); i++) {
      command.put(identifier(sent, i), documents(sent, i));
    }
    return command;
  }

  private static String identifier(OpMsg message, int i) {
    return Bytes.utf8(
        message.bytes(), message.sequenceStart(i) + 5, message.sequenceDocumentsAt(i) - 1);
  }

  private static BsonArray documents(OpMsg message, int i) {
    BsonArray documents = new BsonArray();
    int at = message.sequenceDocumentsAt(i);
    while (at < message.sequenceEnd(i)) {
      RawDocument document = RawDocument.at(message.bytes(), at);
      documents.add(decode(document.toBytes()));
      at = document.end();
    }
    return documents;
  }

  public static byte[] encode(BsonDocument document) {
    try (BasicOutputBuffer out = new BasicOutputBuffer();
        BsonBinaryWriter writer = new BsonBinaryWriter(out)) {
      new BsonDocumentCodec().encode(writer, document, EncoderContext.builder().build());
      return out.toByteArray();
    }
  }

  public static BsonDocument decode(byte[] bytes) {
    try (BsonBinaryReader reader = new BsonBinaryReader(ByteBuffer.wrap(bytes))) {
      return new BsonDocumentCodec().decode(reader, DecoderContext.builder().build());
    }
  }

  @Override
  public String toString() {
    return decode(body) + " " + sequences.keySet();
  }
}
