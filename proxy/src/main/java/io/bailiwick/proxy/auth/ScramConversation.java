package io.bailiwick.proxy.auth;

import io.bailiwick.protocol.bson.RawDocument;

/**
 * One SASL conversation: who, with which mechanism, against which database, and what is expected
 * next.
 *
 * <pre>
 * start ──▶ PROOF ──▶ EMPTY ──▶ OVER
 *             └───────────────────▲    if the client skips the empty exchange
 * </pre>
 */
final class ScramConversation {
  /** The client's message that is expected. */
  enum Expected {
    PROOF,
    EMPTY,
    OVER
  }

  private final int id;
  private final Mechanism mechanism;
  private final Users.Name name;
  private final boolean skipsEmptyExchange;
  private final ScramServer server;
  private Expected expected = Expected.PROOF;

  private ScramConversation(
      int id, Mechanism mechanism, Users.Name name, boolean skips, ScramServer server) {
    this.id = id;
    this.mechanism = mechanism;
    this.name = name;
    this.skipsEmptyExchange = skips;
    this.server = server;
  }

  /**
   * @throws LoginRefusedException if the first message is not acceptable
   */
  static ScramConversation start(int id, RawDocument command, String database, ScramLogins shared) {
    SaslCommand sasl = new SaslCommand(command);
    Mechanism mechanism = sasl.mechanism();
    if (database.equals("$external")) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    ClientFirst first = ClientFirst.parse(sasl.payload());
    Users.Name name = new Users.Name(first.user(), database);
    return new ScramConversation(
        id, mechanism, name, sasl.skipsEmptyExchange(), shared.exchange(mechanism, name, first));
  }

  /**
   * Makes sure that a {@code saslContinue} belongs to this conversation.
   *
   * @throws LoginRefusedException if it names another conversation or another database
   */
  void checkContinues(SaslCommand sasl, String database) {
    if (expected == Expected.OVER
        || sasl.conversationId() != id
        || !name.authSource().equals(database)) {
      throw new LoginRefusedException(LoginFault.ORDER);
    }
  }

  /**
   * @return the server's last message
   * @throws LoginRefusedException if the proof is wrong
   */
  byte[] check(byte[] proof) {
    byte[] last = server.serverFinal(proof);
    expected = skipsEmptyExchange ? Expected.OVER : Expected.EMPTY;
    return last;
  }

  /** The client has seen the server's signature and says so with an empty message. */
  void acknowledge(byte[] payload) {
    if (payload.length != 0) {
      throw new LoginRefusedException(LoginFault.ORDER);
    }
    expected = Expected.OVER;
  }

  Expected expected() {
    return expected;
  }

  int id() {
    return id;
  }

  Mechanism mechanism() {
    return mechanism;
  }

  Users.Name name() {
    return name;
  }

  /** What the proof is checked against: the users as they were when the conversation began. */
  Verifier verifier() {
    return server.verifier();
  }

  byte[] serverFirst() {
    return server.serverFirst();
  }
}
