package io.bailiwick.bench;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;

/** Requests as drivers send them, and the policy that judges them. */
final class Requests {
  private static final int BODY = 0;
  private static final int SEQUENCE = 1;

  private Requests() {}

  /** One tenant, one shared collection {@code bench.documents}. */
  static BoundPolicy policy() {
    Place place = new Place("bench.yaml", 1, 1);
    TenantValue tenant = TenantValue.parse(TenantType.OBJECT_ID, "665f1c2ab8e4d3a1f0c9e001");
    Policy policy =
        new Policy(
            "bench",
            "00",
            "organization_id",
            TenantType.OBJECT_ID,
            List.of(),
            List.of(
                new CollectionRule("bench", "documents", CollectionClass.SHARED, List.of(), place)),
            List.of(),
            Limits.DEFAULT,
            DdlMode.DENY,
            TripwireMode.FIRST,
            List.of());
    return policy.bind(new Principal("app", "org-a", "admin", tenant), LocalDate.of(2026, 11, 25));
  }

  /** A find by _id. */
  static byte[] find() {
    BsonWriter body = new BsonWriter().startDocument().string("find", "documents");
    body.startDocument("filter").int64("_id", 7).end();
    body.int32("limit", 1).bool("singleBatch", true);
    return message(closed(body), new byte[0]);
  }

  /** An insert of documents of about 1 KiB in a document sequence. */
  static byte[] insert(int documents) {
    BsonWriter body = new BsonWriter().startDocument().string("insert", "documents");
    body.bool("ordered", true);
    BsonWriter sequence = new BsonWriter();
    for (int i = 0; i < documents; i++) {
      sequence.startDocument().int64("_id", i).string("status", "active");
      for (int field = 0; field < 20; field++) {
        sequence.int32("field" + field, field);
      }
      sequence.string("text", "x".repeat(700)).end();
    }
    return message(closed(body), sequence.toBytes());
  }

  private static byte[] closed(BsonWriter body) {
    body.startDocument("lsid").binary("id", (byte) 4, new byte[16]).end();
    return body.string("$db", "bench").end().toBytes();
  }

  /** An OP_MSG of one body and, unless empty, one sequence of documents. */
  static byte[] message(byte[] body, byte[] documents) {
    ByteArrayOutputStream sections = new ByteArrayOutputStream();
    sections.write(BODY);
    sections.writeBytes(body);
    if (documents.length > 0) {
      byte[] identifier = "documents\0".getBytes(StandardCharsets.UTF_8);
      sections.write(SEQUENCE);
      sections.writeBytes(int32(4 + identifier.length + documents.length));
      sections.writeBytes(identifier);
      sections.writeBytes(documents);
    }
    ByteBuffer message = ByteBuffer.allocate(20 + sections.size()).order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(20 + sections.size()).putInt(1).putInt(0).putInt(OpCode.OP_MSG).putInt(0);
    return message.put(sections.toByteArray()).array();
  }

  /** The next message of a connection, whole. */
  static byte[] read(DataInputStream in) throws IOException {
    byte[] length = new byte[4];
    in.readFully(length);
    byte[] message = Arrays.copyOf(length, Bytes.int32(length, 0));
    in.readFully(message, 4, message.length - 4);
    return message;
  }

  /**
   * @throws IllegalStateException if the OP_MSG is an error: then something else was measured
   */
  static void requireOk(byte[] reply) {
    Elements ok = RawDocument.at(reply, Frame.HEADER_SIZE + 5).find("ok");
    if (ok == null || ok.float64() != 1) {
      throw new IllegalStateException("the proxy answered with an error");
    }
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
