package io.bailiwick.policy.reply;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bailiwick.policy.Command;
import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.model.Namespace;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.ReplyPlan.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/** Puts replies through the rules and looks at what comes out. */
final class Reply {
  private static final List<String> SECRETS =
      List.of("B-SECRET", "mongo-7.internal", "other_tenant", "47DEQpj8", "serverInfo", "keyValue");

  private Reply() {}

  static final CollectionAccess ORDERS =
      new CollectionAccess(
          new Namespace("app", "orders"),
          CollectionClass.SHARED,
          List.of(
              new IndexSpec("tenant_sku", Map.of("organization_id", 1)),
              new IndexSpec("tenant_text", Map.of("organization_id", "text"))),
          Map.of(),
          Map.of(),
          List.of(),
          new Place("policy.yaml", 1, 1));

  static BsonDocument rebuilt(Kind kind, String reply) {
    return rebuilt(kind, false, reply);
  }

  static BsonDocument rebuilt(Kind kind, boolean retryableWrite, String reply) {
    return decode(rebuild(kind, retryableWrite, encode(reply)));
  }

  static ReplyRules.Rebuilt rebuild(Kind kind, boolean retryableWrite, byte[] reply) {
    return rebuild(kind, new Asked(retryableWrite, false, false), reply);
  }

  static BsonDocument rebuilt(Kind kind, Asked asked, String reply) {
    return decode(rebuild(kind, asked, encode(reply)));
  }

  private static ReplyRules.Rebuilt rebuild(Kind kind, Asked asked, byte[] reply) {
    ReplyPlan plan = ReplyPlan.of(kind, ORDERS);
    return new ReplyRules().rebuild(plan, asked, reply, 0, reply.length, id -> id == 0 ? 0 : 4711);
  }

  static void assertRebuilt(Kind kind, String reply, String expected) {
    byte[] out = rebuild(kind, false, encode(reply)).body().toBytes();
    String text = new String(out, StandardCharsets.ISO_8859_1);
    SECRETS.forEach(secret -> assertFalse(text.contains(secret), secret));
    assertEquals(BsonDocument.parse(expected), decode(out));
    assertArrayEquals(Command.encode(decode(out)), out, "keys of arrays are not 0, 1, 2");
  }

  static BsonDocument decode(ReplyRules.Rebuilt rebuilt) {
    return decode(rebuilt.body().toBytes());
  }

  static BsonDocument decode(byte[] bytes) {
    try (BsonBinaryReader reader = new BsonBinaryReader(ByteBuffer.wrap(bytes))) {
      return new BsonDocumentCodec().decode(reader, DecoderContext.builder().build());
    }
  }

  static byte[] encode(String json) {
    try (BasicOutputBuffer out = new BasicOutputBuffer();
        BsonBinaryWriter writer = new BsonBinaryWriter(out)) {
      EncoderContext context = EncoderContext.builder().build();
      new BsonDocumentCodec().encode(writer, BsonDocument.parse(json), context);
      return out.toByteArray();
    }
  }
}
