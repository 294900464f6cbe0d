package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.proxy.auth.LoginThrottle;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.ScramLogins;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.config.ConnectionLimits;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ListenerTest {
  private static ClientLimits limits(int connections, int perAddress, long bytesInParts) {
    return limits(connections, perAddress, 1 << 20, bytesInParts);
  }

  private static ClientLimits limits(
      int connections, int perAddress, long beforeLogin, long bytesInParts) {
    ClientLimits d = ClientLimits.DEFAULT;
    return new ClientLimits(
        d.deadlines(),
        new ConnectionLimits(connections, perAddress),
        d.bytesBeforeLogin(),
        d.bytes(),
        beforeLogin,
        bytesInParts,
        d.bytesInFlight());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void servesOnEitherTransport(Transport transport) throws Exception {
    try (ClientFixture proxy = new ClientFixture(ClientLimits.DEFAULT, transport);
        RawClient client = proxy.logIn(ClientFixture.A)) {
      client.send(BsonDocument.parse("{insert: 'orders', documents: [{}], $db: 'app'}"));
      proxy.gate.take().reply("{n: 1, ok: 1.0}");
      assertTrue(client.receive().ok());
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void noticesOnEitherTransportThatTheClientIsGoneWhileMongoDbWorks(Transport transport)
      throws Exception {
    try (ClientFixture proxy = new ClientFixture(ClientLimits.DEFAULT, transport);
        RawClient client = proxy.connectBound()) {
      client.send(BsonDocument.parse("{insert: 'orders', documents: [{}], $db: 'app'}"));
      StandInGate.Sent sent = proxy.gate.take();
      client.close();
      assertEquals(sent.lease(), proxy.gate.takeClosed());
    }
  }

  @Test
  void refusesConnectionsAboveTheRoofOfTheProcess() throws Exception {
    assertRoof(limits(2, 100, 1 << 20), Limit.CONNECTIONS);
  }

  @Test
  @AdversarialCase(196)
  void refusesConnectionsAboveTheRoofOfAnAddress() throws Exception {
    assertRoof(limits(100, 2, 1 << 20), Limit.CONNECTIONS_PER_ADDRESS);
  }

  private static void assertRoof(ClientLimits limits, Limit limit) throws Exception {
    try (ClientFixture proxy = new ClientFixture(limits, Transport.best());
        RawClient first = proxy.connect();
        RawClient second = proxy.connect()) {
      assertTrue(first.call("{ping: 1, $db: 'admin'}").ok());
      assertTrue(second.call("{ping: 1, $db: 'admin'}").ok());
      try (RawClient third = proxy.connect()) {
        third.awaitEnd();
        assertEquals(limit, proxy.observer.limits.take());
      }
      assertEquals(2, proxy.connections.open());
      second.close();
      assertEquals(CloseCause.CLIENT, proxy.observer.takeEnd());
      while (proxy.connections.open() > 1) {
        proxy.tick();
      }
      try (RawClient fourth = proxy.connect()) {
        assertTrue(fourth.call("{ping: 1, $db: 'admin'}").ok());
      }
      assertTrue(first.call("{ping: 1, $db: 'admin'}").ok());
    }
  }

  @Test
  @AdversarialCase(197)
  void refusesAMessageThatThereIsNoRoomForAndServesTheClientOn() throws Exception {
    try (ClientFixture proxy = new ClientFixture(limits(10, 10, 100_000), Transport.best());
        RawClient client = proxy.connectBound();
        RawClient other = proxy.connectBound()) {
      RawClient.Reply reply = client.call(big());
      assertEquals(462, reply.code());
      assertTrue(
          reply
              .document()
              .getArray("errorLabels")
              .contains(new org.bson.BsonString("RetryableError")));
      assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
      assertTrue(other.call("{ping: 1, $db: 'admin'}").ok());
    }
  }

  @Test
  void endsAClientWhoseMessageThereIsNoRoomForAndNoAnswerTo() throws Exception {
    byte[] message = RawClient.message(1, 0, big());
    endsAClientWithoutRoomFor(message, 12, OpCode.OP_QUERY, CloseCause.OVERLOAD);
    endsAClientWithoutRoomFor(message, 12, OpCode.OP_COMPRESSED, CloseCause.PROTOCOL);
  }

  @Test
  void endsAClientThatWaitsForNoAnswerToWhatThereIsNoRoomFor() throws Exception {
    byte[] silent = RawClient.message(1, 0, big());
    endsAClientWithoutRoomFor(silent, 16, OpMsg.MORE_TO_COME, CloseCause.DENIED);
  }

  private static BsonDocument big() {
    return BsonDocument.parse("{insert: 'orders', $db: 'app'}")
        .append("x", new BsonBinary(new byte[1 << 20]));
  }

  private static void endsAClientWithoutRoomFor(byte[] message, int at, int value, CloseCause cause)
      throws Exception {
    Bytes.putInt32(message, at, value);
    try (ClientFixture proxy = new ClientFixture(limits(10, 10, 100_000), Transport.best());
        RawClient client = proxy.connectBound();
        RawClient other = proxy.connectBound()) {
      client.write(message);
      client.awaitEnd();
      assertEquals(cause, proxy.observer.takeEnd());
      assertTrue(other.call("{ping: 1, $db: 'admin'}").ok());
    }
  }

  @Test
  void keepsTheRoomOfThoseWhoLoggedInFromThoseWhoDidNot() throws Exception {
    try (ClientFixture proxy = new ClientFixture(limits(10, 10, 4_000, 1 << 20), Transport.best());
        RawClient known = proxy.logIn(ClientFixture.A);
        RawClient stranger = proxy.connect();
        RawClient another = proxy.connect()) {
      byte[] hello = RawClient.message(1, 0, hello(3_000));
      stranger.write(Arrays.copyOf(hello, 1_700));
      assertTrue(proxy.isMidFrame(stranger));

      another.write(Arrays.copyOf(hello, 1_700));

      another.awaitEnd();
      assertEquals(CloseCause.OVERLOAD, proxy.observer.takeEnd());
      byte[] insert =
          RawClient.message(
              2, 0, hello(100_000).append("insert", new org.bson.BsonString("orders")));
      known.write(Arrays.copyOf(insert, 90_000));
      known.write(Arrays.copyOfRange(insert, 90_000, insert.length));
      assertTrue(known.receive().document().containsKey("ok"));
      stranger.write(Arrays.copyOfRange(hello, 1_700, hello.length));
      assertTrue(stranger.receive().ok());
    }
  }

  private static BsonDocument hello(int padding) {
    return BsonDocument.parse("{hello: 1, $db: 'admin'}")
        .append("client", new BsonBinary(new byte[padding]));
  }

  @Test
  void readsNoMoreOfAStrangerThanALoginNeedsWhileItThinks() throws Exception {
    try (ClientFixture proxy = new ClientFixture();
        RawClient client = proxy.connect()) {
      for (int i = 0; i < 6; i++) {
        SaslPeer wrong =
            new SaslPeer(Mechanism.SCRAM_SHA_256, "org-" + ClientFixture.A, "wrong", "admin", true);
        ClientFixture.logIn(client, wrong);
      }
      SaslPeer late =
          new SaslPeer(Mechanism.SCRAM_SHA_256, "org-" + ClientFixture.A, "wrong", "admin", true);
      BsonDocument first = client.call(late.start()).document();
      BsonDocument proof = late.proof(first);
      byte[] ping = RawClient.message(9, 0, hello(60_000));
      client.write(RawClient.join(RawClient.message(8, 0, proof), ping));
      while (proxy.isReading(client)) {
        proxy.tick();
      }
    }
  }

  @Test
  void reportsAPortThatCannotBeHad() throws Exception {
    try (ClientFixture proxy = new ClientFixture()) {
      ListenerPlan taken =
          ListenerPlan.ofTenant("second", proxy.listener.address(), ClientFixture.A);
      IOException refused =
          assertThrows(
              IOException.class,
              () -> Listener.open(taken, Transport.best(), proxy.group, proxy.connections));
      assertTrue(String.valueOf(refused.getMessage()).startsWith("listener second: "));
    }
  }

  @Test
  void wantsEitherLoginsOrATenant() {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ScramLogins logins =
        new ScramLogins(
            () -> Users.NONE,
            new byte[32],
            new LoginThrottle(System::nanoTime, new Random()),
            new Random());
    assertThrows(
        IllegalArgumentException.class, () -> new ListenerPlan("x", any, null, null, null));
    assertThrows(
        IllegalArgumentException.class, () -> new ListenerPlan("x", any, logins, "tenant", null));
  }

  @Test
  void beatsOnEveryLoop() throws Exception {
    try (ClientFixture proxy = new ClientFixture()) {
      proxy.nanos.addAndGet(5_000_000_000L);
      assertTrue(proxy.connections.oldestBeatNanos() >= 5_000_000_000L);
      proxy.tick();
      assertTrue(proxy.connections.oldestBeatNanos() < 5_000_000_000L);
    }
  }
}
