package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.RawDocument;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One SCRAM conversation between a client and MongoDB, as far as the proxy follows it: that each
 * message has its form and its turn. MongoDB is told {@code skipEmptyExchange} always; a client
 * that does not know it gets its empty exchange here.
 *
 * <pre>
 * start ──▶ CHALLENGE ──▶ PROOF ──▶ EMPTY ──▶ OVER
 *          (MongoDB's)      └───────────────────▲    if the client skips the empty exchange
 * </pre>
 */
final class RelayedConversation {
  /** Databases that hold no users of applications. */
  private static final Set<String> FORBIDDEN_SOURCES = Set.of("", "local", "config", "$external");

  /** The account of MongoDB's own servers among each other. */
  private static final String FORBIDDEN_USER = "__system";

  private final int id;
  private final Mechanism mechanism;
  private final Users.Name name;
  private final boolean skipsEmptyExchange;
  private final byte[] clientFirst;
  private final String clientNonce;
  private byte[] serverFirst = new byte[0];
  private String nonce = "";
  private @Nullable Identity proven;

  private RelayedConversation(
      int id, Mechanism mechanism, Users.Name name, SaslCommand sasl, byte[] clientFirst) {
    ClientFirst first = ClientFirst.parse(clientFirst);
    this.id = id;
    this.mechanism = mechanism;
    this.name = name;
    this.skipsEmptyExchange = sasl.skipsEmptyExchange();
    this.clientFirst = clientFirst;
    this.clientNonce = first.nonce();
  }

  /**
   * @throws LoginRefusedException if the first message is not acceptable, or names a user or a
   *     database that no application logs in with
   */
  static RelayedConversation start(int id, RawDocument command, String database) {
    SaslCommand sasl = new SaslCommand(command);
    Mechanism mechanism = sasl.mechanism();
    byte[] payload = sasl.payload();
    Users.Name name = new Users.Name(ClientFirst.parse(payload).user(), database);
    if (!isApplications(name)) {
      throw new LoginRefusedException(LoginFault.NOT_AN_APPLICATION);
    }
    return new RelayedConversation(id, mechanism, name, sasl, payload);
  }

  /** False for the names that only MongoDB itself, or another mechanism, has a use for. */
  static boolean isApplications(Users.Name name) {
    return !FORBIDDEN_USER.equals(name.user()) && !FORBIDDEN_SOURCES.contains(name.authSource());
  }

  /** False if that is no answer to the client's first message. */
  boolean onChallenge(byte[] challenge) {
    serverFirst = challenge;
    String[] attributes = new String(serverFirst, StandardCharsets.UTF_8).split(",", -1);
    nonce = attributes[0].startsWith("r=") ? attributes[0].substring(2) : "";
    return attributes.length == 3
        && serverFirst.length <= SaslCommand.MAX_PAYLOAD
        && nonce.length() > clientNonce.length()
        && nonce.startsWith(clientNonce);
  }

  /**
   * Makes sure that a {@code saslContinue} belongs to this conversation.
   *
   * @throws LoginRefusedException if it names another conversation or another database
   */
  void checkContinues(SaslCommand sasl, String database) {
    if (sasl.conversationId() != id || !name.authSource().equals(database)) {
      throw new LoginRefusedException(LoginFault.ORDER);
    }
  }

  /**
   * @throws LoginRefusedException if MongoDB need not be asked
   */
  void checkProof(byte[] payload) {
    ClientFinal last = ClientFinal.parse(payload);
    if (!last.nonce().equals(nonce) || last.proof().length != mechanism.hashSize()) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
  }

  /** False if MongoDB has logged in somebody else than who asked. */
  boolean onProven(String user, String database) {
    if (!name.equals(new Users.Name(user, database))) {
      return false;
    }
    proven = Identity.ofUser(mechanism.word(), user, database);
    return true;
  }

  /** Who has logged in; null while the proof is expected. */
  @Nullable Identity proven() {
    return proven;
  }

  boolean skipsEmptyExchange() {
    return skipsEmptyExchange;
  }

  Mechanism mechanism() {
    return mechanism;
  }

  Users.Name name() {
    return name;
  }

  byte[] clientFirst() {
    return clientFirst;
  }

  /** The reply that passes MongoDB's first message on, open for {@code ok}. */
  BsonWriter serverFirst() {
    return reply(false, serverFirst);
  }

  /** A reply to the client, open for {@code ok}. */
  BsonWriter reply(boolean done, byte[] payload) {
    return new BsonWriter()
        .startDocument()
        .int32("conversationId", id)
        .bool("done", done)
        .binary("payload", (byte) 0, payload);
  }
}
