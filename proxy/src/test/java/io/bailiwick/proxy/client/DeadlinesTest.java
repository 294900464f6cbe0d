package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.config.ClientDeadlines;
import io.bailiwick.proxy.config.ConnectionLimits;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every deadline of clients from both sides: at the last moment the connection still stands, and a
 * millisecond later it ends for that reason. Time is turned by hand.
 */
class DeadlinesTest {
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final String PING = "{ping: 1, $db: 'admin'}";

  /** All different, so that none is taken for another. */
  private static final ClientDeadlines DEADLINES =
      new ClientDeadlines(
          Duration.ofSeconds(11),
          Duration.ofSeconds(13),
          Duration.ofSeconds(17),
          Duration.ofSeconds(190),
          Duration.ofSeconds(23),
          Duration.ofSeconds(29),
          Duration.ofSeconds(31),
          Duration.ofSeconds(25));

  private ClientFixture proxy;
  private LogCapture log;

  @BeforeEach
  void start() throws Exception {
    proxy =
        new ClientFixture(ClientLimits.of(DEADLINES, ConnectionLimits.DEFAULT), Transport.best());
    log = LogCapture.of("io.bailiwick.proxy.client", Level.DEBUG);
  }

  @AfterEach
  void stop() throws Exception {
    log.close();
    proxy.close();
  }

  private void assertEndsAfter(Duration deadline, CloseCause cause) throws Exception {
    proxy.pass(deadline);
    proxy.tick();
    assertTrue(proxy.observer.ends.isEmpty(), "it ended too early: " + proxy.observer.ends);

    proxy.pass(MOMENT);

    assertEquals(cause, proxy.observer.takeEnd());
    assertTrue(
        log.lines().stream().anyMatch(line -> line.contains("\"cause\":\"" + cause.label() + "\"")),
        log.lines().toString());
  }

  @Test
  @AdversarialCase(151)
  void aConnectionThatSaysNothing() throws Exception {
    try (RawClient client = proxy.connect()) {
      proxy.observer.awaitConnected();
      assertEndsAfter(DEADLINES.greeting(), CloseCause.GREETING_TIMEOUT);
      client.awaitEnd();
    }
  }

  @Test
  @AdversarialCase(151)
  void aLoginThatIsBegunAndNotFinished() throws Exception {
    try (RawClient client = proxy.connect()) {
      SaslPeer peer =
          new SaslPeer(
              Mechanism.SCRAM_SHA_256,
              "org-" + ClientFixture.A,
              ClientFixture.PASSWORD,
              "admin",
              true);
      client.call(peer.start());
      proxy.pass(DEADLINES.login().minusSeconds(1));
      assertTrue(client.call(PING).ok(), "whatever it says, it is not given more time");
      assertEndsAfter(Duration.ofSeconds(1), CloseCause.LOGIN_TIMEOUT);
    }
  }

  @Test
  void aLoginThatIsAnnouncedAndNotBegun() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.call("{hello: 1, saslSupportedMechs: 'admin.x', $db: 'admin'}");
      assertEndsAfter(DEADLINES.login(), CloseCause.LOGIN_TIMEOUT);
    }
  }

  @Test
  void aMonitorThatFallsSilent() throws Exception {
    try (RawClient client = proxy.connect()) {
      for (int i = 0; i < 100; i++) {
        assertTrue(client.call("{hello: 1, $db: 'admin'}").ok());
        proxy.pass(DEADLINES.anonymousIdle());
      }
      assertTrue(client.call("{hello: 1, $db: 'admin'}").ok());
      assertEndsAfter(DEADLINES.anonymousIdle(), CloseCause.ANONYMOUS_IDLE);
    }
  }

  @Test
  void somebodyWhoLoggedInAndFallsSilent() throws Exception {
    try (RawClient client = proxy.logIn(ClientFixture.A)) {
      proxy.pass(DEADLINES.idle());
      assertTrue(client.call(PING).ok());
      assertEndsAfter(DEADLINES.idle(), CloseCause.IDLE);
    }
  }

  @Test
  void silenceIsNotCountedWhileMongoDbWorks() throws Exception {
    try (RawClient client = proxy.connectBound()) {
      client.send(find());
      StandInGate.Sent sent = proxy.gate.take();
      proxy.pass(DEADLINES.idle().multipliedBy(2));
      sent.reply("{ok: 1.0}");
      assertTrue(client.receive().ok());
    }
  }

  @Test
  void nobodyIsTooSilentWhereThereIsNoLimit() throws Exception {
    try (ClientFixture other = new ClientFixture();
        RawClient client = other.connectBound()) {
      assertTrue(client.call(PING).ok());
      other.pass(Duration.ofDays(1));
      assertTrue(client.call(PING).ok());
    }
  }

  @Test
  void aMessageThatDoesNotComeToItsEnd() throws Exception {
    byte[] message = RawClient.message(1, 0, BsonDocument.parse(PING));
    try (RawClient client = proxy.connectBound()) {
      client.write(Arrays.copyOf(message, 20));
      assertTrue(proxy.isMidFrame(client));
      proxy.pass(DEADLINES.message().minusSeconds(1));
      client.write(Arrays.copyOfRange(message, 20, message.length - 1));
      assertEndsAfter(Duration.ofSeconds(1), CloseCause.SLOW_WRITER);
    }
  }

  @Test
  void aMessageThatComesToItsEndAtTheLastMoment() throws Exception {
    byte[] message = RawClient.message(1, 0, BsonDocument.parse(PING));
    try (RawClient client = proxy.connectBound()) {
      client.write(Arrays.copyOf(message, 20));
      assertTrue(proxy.isMidFrame(client));
      proxy.pass(DEADLINES.message());
      client.write(Arrays.copyOfRange(message, 20, message.length));
      assertTrue(client.receive().ok());
    }
  }

  @Test
  void aReplyThatIsNotTaken() throws Exception {
    try (RawClient client = proxy.connectBound()) {
      StandInGate.Sent sent = holdBack(client);
      assertEndsAfter(DEADLINES.reply(), CloseCause.SLOW_READER);
      assertEquals(sent.lease(), proxy.gate.takeClosed());
    }
  }

  @Test
  void aReplyThatHasCameFromMongoDbInFullAndIsNotTaken() throws Exception {
    try (RawClient client = proxy.connectBound()) {
      holdBack(client).complete();
      assertEndsAfter(DEADLINES.reply(), CloseCause.SLOW_READER);
    }
  }

  @Test
  void aReplyThatIsTakenAtTheLastMoment() throws Exception {
    try (RawClient client = proxy.connectBound()) {
      StandInGate.Sent sent = holdBack(client);
      proxy.pass(DEADLINES.reply());
      Thread reader = new Thread(() -> skip(client));
      reader.start();
      while (!mongoDbIsRead()) {
        proxy.tick();
      }
      proxy.pass(DEADLINES.reply().multipliedBy(2));
      assertTrue(proxy.observer.ends.isEmpty(), "whoever reads has all the time in the world");
      sent.lease();
      client.close();
      reader.join();
    }
  }

  private static void skip(RawClient client) {
    try {
      client.drain();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** MongoDB's reply is more than the client's socket takes in, and the client does not read. */
  private StandInGate.Sent holdBack(RawClient client) throws Exception {
    int chunk = 1 << 20;
    int requestId = client.send(find());
    StandInGate.Sent sent = proxy.gate.take();
    BsonDocument big =
        new BsonDocument("x", new BsonBinary(new byte[40 * chunk]))
            .append("ok", new BsonDouble(1.0));
    byte[] message = RawClient.message(1, 0, big);
    java.nio.ByteBuffer.wrap(message).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(8, requestId);
    for (int given = 0; mongoDbIsRead(); given += chunk) {
      assertFalse(given + chunk > message.length, "nothing held the reply back");
      sent.chunk(Unpooled.copiedBuffer(message, given, chunk));
      proxy.tick();
    }
    return sent;
  }

  /** False while the client's side has asked for the reply to be held back. */
  private boolean mongoDbIsRead() {
    List<Boolean> said = List.copyOf(proxy.gate.readable);
    return said.isEmpty() || said.get(said.size() - 1);
  }

  private static BsonDocument find() {
    return BsonDocument.parse("{find: 'orders', $db: 'app'}");
  }
}
