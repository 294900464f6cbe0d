package io.bailiwick.proxy.cases;

import io.bailiwick.policy.scenario.CaseMessages.Attack;
import io.bailiwick.proxy.testing.RawClient;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Sends attacks one after the other and checks behind each that the connection is in step or over:
 * at most one reply, then those to a ping and a find.
 */
final class AttackRun implements AutoCloseable {
  /** Stands in the find that looks whether a connection is in step. */
  static final String PROBE = "in-step-probe";

  private static final BsonDocument PING = BsonDocument.parse("{ping: 1, $db: 'admin'}");
  private static final BsonDocument FIND =
      BsonDocument.parse("{find: 'orders', filter: {probe: '" + PROBE + "'}, $db: 'app'}");

  private final WholeProxy whole;
  private @Nullable RawClient client;

  AttackRun(WholeProxy whole) {
    this.whole = whole;
  }

  /** The reply, or null if there was none. */
  @Nullable BsonDocument send(Attack attack) throws IOException {
    RawClient connection = connection(attack.loggedIn());
    @Nullable BsonDocument reply = null;
    try {
      connection.write(attack.message());
      int ping = connection.send(PING);
      RawClient.Reply next = connection.receive();
      if (next.responseTo() != ping) {
        reply = next.document();
        next = connection.receive();
      }
      if (next.responseTo() != ping || !next.ok()) {
        throw new AssertionError(attack.name() + ": out of step: " + next);
      }
      if (attack.loggedIn()) {
        connection.call(FIND);
      }
    } catch (EOFException | SocketException e) {
      close();
    }
    if (!attack.loggedIn()) {
      close();
    }
    return reply;
  }

  private RawClient connection(boolean loggedIn) throws IOException {
    RawClient open = client;
    if (open == null || !loggedIn) {
      close();
      open = loggedIn ? whole.a() : whole.anonymous();
      client = open;
    }
    return open;
  }

  @Override
  public void close() throws IOException {
    RawClient open = client;
    client = null;
    if (open != null) {
      open.close();
    }
  }
}
