package io.bailiwick.proxy.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions over connections to MongoDB that all clients share. */
final class PooledTransactionsTest {
  private static final int NO_SUCH_TRANSACTION = 251;

  @TempDir Path directory;
  private ScriptedUpstream mongo;
  private WholeProxy proxy;

  @BeforeEach
  void start() throws Exception {
    mongo = WholeProxy.upstream();
    mongo.always("update", any -> ScriptedReply.json("{n: 1, nModified: 1, ok: 1.0}"));
    proxy =
        new WholeProxy(
            directory,
            "  uri: mongodb://127.0.0.1:" + mongo.address().getPort() + "\n",
            "  timeouts: { connect: 10s, selection: 10s }\n"
                + "  connections: { pooled: { perServer: 1 } }\n");
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    mongo.close();
  }

  private static String transaction(int number) {
    return "lsid: {id: {$uuid: '5b0c1f5e-1111-4111-8111-00000000000a'}}, txnNumber:"
        + " {$numberLong: '"
        + number
        + "'}, autocommit: false";
  }

  private static String update(int number, String more) {
    return "{update: 'orders', updates: [{q: {}, u: {$inc: {n: 1}}}], "
        + transaction(number)
        + more
        + ", $db: 'app'}";
  }

  private static String begin(int number) {
    return update(number, ", startTransaction: true");
  }

  private static String end(String command, int number) {
    return "{" + command + ": 1, " + transaction(number) + ", $db: 'admin'}";
  }

  private static void does(RawClient client, String command) throws IOException {
    RawClient.Reply reply = client.call(command);
    assertTrue(reply.ok(), () -> command + " -> " + reply.document());
  }

  private static void fails(RawClient client, String command, int code) throws IOException {
    RawClient.Reply reply = client.call(command);
    assertEquals(code, reply.code(), () -> command + " -> " + reply.document());
  }

  private static BsonValue session(ReceivedCommand command) {
    return Objects.requireNonNull(command.body().getDocument("lsid").get("id"));
  }

  private long reached(String command) {
    return mongo.received().stream().filter(one -> one.name().equals(command)).count();
  }

  @Test
  void goesOnAndIsCommittedTwiceWithOthersInBetween() throws Exception {
    try (RawClient one = proxy.a();
        RawClient other = proxy.b();
        RawClient same = proxy.a()) {
      does(one, begin(1));
      does(other, begin(1));
      does(other, "{find: 'orders', $db: 'app'}");
      does(same, update(1, ""));
      does(other, end("abortTransaction", 1));
      does(one, end("commitTransaction", 1));
      does(same, end("commitTransaction", 1));
      fails(one, update(1, ""), 256);
    }
    BsonValue a = session(mongo.take("update"));
    BsonValue b = session(mongo.take("update"));
    assertNotEquals(a, b);
    assertEquals(a, session(mongo.take("update")));
    assertEquals(b, session(mongo.take("abortTransaction")));
    assertEquals(a, session(mongo.take("commitTransaction")));
    assertEquals(a, session(mongo.take("commitTransaction")));
  }

  @Test
  void isNeitherJoinedNorEndedOnASharedConnection() throws Exception {
    try (RawClient owner = proxy.a();
        RawClient thief = proxy.b()) {
      does(owner, begin(1));
      fails(thief, update(1, ""), NO_SUCH_TRANSACTION);
      fails(thief, end("abortTransaction", 1), NO_SUCH_TRANSACTION);
      // MongoDB is asked about a commit that nobody here knows of, in the thief's own session.
      mongo.next(
          "commitTransaction",
          ScriptedReply.json("{ok: 0.0, code: 251, codeName: 'NoSuchTransaction', errmsg: 'no'}"));
      thief.call(end("commitTransaction", 1));
      does(owner, end("commitTransaction", 1));
    }
    BsonValue own = session(mongo.take("update"));
    List<String> ofTheOwner =
        mongo.received().stream()
            .filter(one -> one.body().containsKey("lsid") && session(one).equals(own))
            .map(ReceivedCommand::name)
            .toList();
    assertEquals(List.of("commitTransaction"), ofTheOwner);
  }

  @Test
  void isAbortedWhenItsOwnerLeavesAndTheConnectionServesTheOthers() throws Exception {
    try (RawClient other = proxy.b()) {
      try (RawClient owner = proxy.a()) {
        does(owner, begin(1));
      }
      assertEquals(session(mongo.take("update")), session(mongo.take("abortTransaction")));
      does(other, "{find: 'orders', $db: 'app'}");
      try (RawClient late = proxy.a()) {
        fails(late, update(1, ""), NO_SUCH_TRANSACTION);
      }
    }
  }

  @Test
  void isAbortedWhenItsOwnerLeavesInTheMiddleOfACommand() throws Exception {
    try (RawClient stays = proxy.a();
        RawClient other = proxy.b()) {
      try (RawClient owner = proxy.a()) {
        does(owner, begin(1));
        ReceivedCommand first = mongo.take("update");
        mongo.next("update", ScriptedReply.silence());
        owner.send(org.bson.BsonDocument.parse(update(1, "")));
        ReceivedCommand second = mongo.take("update");
        owner.close();
        assertEquals(second.connection(), mongo.takeEnd());
        assertEquals(session(first), session(mongo.take("abortTransaction")));
      }
      fails(stays, update(1, ""), NO_SUCH_TRANSACTION);
      does(other, "{find: 'orders', $db: 'app'}");
    }
  }

  @Test
  void aCommitWhoseReplyIsLostIsAskedForAgainOnAnotherConnection() throws Exception {
    try (RawClient owner = proxy.a();
        RawClient same = proxy.a()) {
      does(owner, begin(1));
      mongo.next("commitTransaction", ScriptedReply.json("{ok: 1.0}").truncatedTo(5).thenResets());
      assertLabelled("UnknownTransactionCommitResult", owner, end("commitTransaction", 1));
      does(same, end("commitTransaction", 1));
      ReceivedCommand first = mongo.take("commitTransaction");
      ReceivedCommand again = mongo.take("commitTransaction");
      assertEquals(session(first), session(again));
      assertNotEquals(first.connection(), again.connection());
    }
  }

  @Test
  void aCommandWhoseReplyIsLostIsNotSentTwiceAndEndsTheTransaction() throws Exception {
    try (RawClient owner = proxy.a()) {
      does(owner, begin(1));
      mongo.next("update", ScriptedReply.json("{ok: 1.0}").truncatedTo(5).thenResets());
      assertLabelled("TransientTransactionError", owner, update(1, ""));
      mongo.take("abortTransaction");
      fails(owner, end("commitTransaction", 1), NO_SUCH_TRANSACTION);
      does(owner, begin(2));
      assertEquals(0, reached("commitTransaction"));
    }
  }

  private static void assertLabelled(String label, RawClient client, String command)
      throws IOException {
    RawClient.Reply lost = client.call(command);
    assertFalse(lost.ok());
    assertTrue(
        lost.document().getArray("errorLabels").contains(new BsonString(label)),
        () -> lost.document().toString());
  }
}
