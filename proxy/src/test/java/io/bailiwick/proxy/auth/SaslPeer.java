package io.bailiwick.proxy.auth;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import io.bailiwick.protocol.bson.RawDocument;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * A SASL client for tests, with a SCRAM implementation that is not ours: it makes the commands a
 * driver sends and reads the replies.
 */
public final class SaslPeer {
  private final Mechanism mechanism;
  private final ScramClient scram;
  private final String database;
  private final boolean skipEmptyExchange;
  private final String first;

  public SaslPeer(
      Mechanism mechanism, String user, String password, String database, boolean skip) {
    this.mechanism = mechanism;
    this.database = database;
    this.skipEmptyExchange = skip;
    boolean sha1 = mechanism == Mechanism.SCRAM_SHA_1;
    this.scram =
        ScramClient.builder()
            .advertisedMechanisms(List.of(mechanism.word()))
            .username(user)
            .password((sha1 ? digest(user, password) : password).toCharArray())
            .stringPreparation(
                sha1 ? StringPreparation.NO_PREPARATION : StringPreparation.SASL_PREPARATION)
            .build();
    this.first = scram.clientFirstMessage().toString();
  }

  private static String digest(String user, String password) {
    try {
      byte[] text = (user + ":mongo:" + password).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public BsonDocument start() {
    return start(mechanism.word(), first);
  }

  public BsonDocument start(String mechanismName, String payload) {
    return new BsonDocument("saslStart", new BsonInt32(1))
        .append("mechanism", new BsonString(mechanismName))
        .append("payload", binary(payload))
        .append("autoAuthorize", new BsonInt32(1))
        .append(
            "options",
            new BsonDocument("skipEmptyExchange", BsonBoolean.valueOf(skipEmptyExchange)))
        .append("$db", new BsonString(database));
  }

  public BsonDocument speculative() {
    BsonDocument start = start();
    start.remove("$db");
    return start.append("db", new BsonString(database));
  }

  /** The proof, in answer to the server's first message. */
  public BsonDocument proof(BsonDocument serverFirst) throws Exception {
    scram.serverFirstMessage(text(serverFirst));
    return proceed(
        serverFirst.getInt32("conversationId").getValue(), scram.clientFinalMessage().toString());
  }

  public BsonDocument proceed(int conversationId, String payload) {
    return new BsonDocument("saslContinue", new BsonInt32(1))
        .append("conversationId", new BsonInt32(conversationId))
        .append("payload", binary(payload))
        .append("$db", new BsonString(database));
  }

  /** Fails unless the server has shown that it knows the password too. */
  public void checkServer(BsonDocument serverFinal) throws Exception {
    scram.serverFinalMessage(text(serverFinal));
  }

  public static String text(BsonDocument reply) {
    return new String(reply.getBinary("payload").getData(), StandardCharsets.UTF_8);
  }

  public static BsonBinary binary(String text) {
    return new BsonBinary(text.getBytes(StandardCharsets.UTF_8));
  }

  public static RawDocument raw(BsonDocument document) {
    RawBsonDocument raw = new RawBsonDocument(document, new BsonDocumentCodec());
    byte[] bytes = new byte[raw.getByteBuffer().remaining()];
    raw.getByteBuffer().get(bytes);
    return RawDocument.of(bytes);
  }

  public static BsonDocument decode(byte[] document) {
    return new BsonDocument(
        new RawBsonDocument(document)
            .entrySet().stream()
                .map(e -> new org.bson.BsonElement(e.getKey(), e.getValue()))
                .toList());
  }
}
