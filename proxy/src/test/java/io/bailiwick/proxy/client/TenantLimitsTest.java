package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Limits;
import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.testing.RawClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps one tenant from using up what all share. */
class TenantLimitsTest {
  private static final BsonDocument PING = BsonDocument.parse("{ping: 1, $db: 'app'}");

  private ClientFixture proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new ClientFixture();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private void limit(long inFlightBytes, int perSecond) throws Exception {
    limit(inFlightBytes, perSecond, 0, 10_000);
  }

  private void limit(long inFlightBytes, int perSecond, int operations, int connections)
      throws Exception {
    Limits limits =
        new Limits(
            Duration.ofSeconds(30),
            50,
            10_000,
            100,
            inFlightBytes,
            perSecond,
            operations,
            connections);
    proxy.connections.onPolicy(
        ClientFixture.withLimits(ClientFixture.policy("org-${tenant}"), limits));
  }

  private static void assertOverloaded(RawClient.Reply reply) {
    assertEquals(462, reply.code());
    assertEquals(
        new BsonArray(
            java.util.List.of(
                new BsonString("SystemOverloadedError"), new BsonString("RetryableError"))),
        reply.document().getArray("errorLabels"));
    assertEquals("overload", reply.document().getString("type").getValue());
    assertTrue(reply.document().getInt32("baseBackoffMS").getValue() > 0);
  }

  @Test
  void aTenantThatAsksTooOftenIsToldToComeAgainLater() throws Exception {
    limit(64 << 20, 3);
    try (RawClient one = proxy.logIn(ClientFixture.A);
        RawClient two = proxy.logIn(ClientFixture.A);
        RawClient other = proxy.logIn(ClientFixture.B)) {
      assertTrue(one.call(PING).ok());
      assertTrue(two.call(PING).ok());
      assertTrue(one.call(PING).ok());

      assertOverloaded(one.call(PING));
      assertOverloaded(two.call(PING));
      assertEquals(Limit.RATE_PER_TENANT, proxy.observer.limits.take());
      assertTrue(other.call(PING).ok());

      proxy.nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      assertTrue(one.call(PING).ok());
    }
  }

  @Test
  void aTenantsUnansweredRequestsTakeNoMoreBytesThanTheyMay() throws Exception {
    limit(200, 0);
    try (RawClient one = proxy.logIn(ClientFixture.A);
        RawClient two = proxy.logIn(ClientFixture.A);
        RawClient other = proxy.logIn(ClientFixture.B)) {
      BsonDocument find =
          BsonDocument.parse(
              "{find: 'orders', filter: {s: '%s'}, $db: 'app'}".formatted("x".repeat(80)));
      one.send(find);
      proxy.gate.take();

      assertOverloaded(two.call(find));
      assertEquals(Limit.IN_FLIGHT_BYTES, proxy.observer.limits.take());
      other.send(find);
      proxy.gate.take();

      one.close();
      proxy.gate.takeClosed();
      two.send(find);
      proxy.gate.take();
    }
  }

  @Test
  void aTenantHasNoMoreUnansweredCommandsThanItMay() throws Exception {
    limit(64 << 20, 0, 2, 10_000);
    BsonDocument find = BsonDocument.parse("{find: 'orders', $db: 'app'}");
    try (RawClient one = proxy.logIn(ClientFixture.A);
        RawClient two = proxy.logIn(ClientFixture.A);
        RawClient three = proxy.logIn(ClientFixture.A);
        RawClient other = proxy.logIn(ClientFixture.B)) {
      one.send(find);
      StandInGate.Sent first = proxy.gate.take();
      two.send(find);
      proxy.gate.take();

      assertOverloaded(three.call(find));
      assertEquals(Limit.OPERATIONS_PER_TENANT, proxy.observer.limits.take());
      other.send(find);
      proxy.gate.take();

      first.reply("{ok: 1.0}");
      assertTrue(one.receive().ok());
      three.send(find);
      proxy.gate.take();
      assertOverloaded(one.call(find));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {find: 'orders', %s}        | TransientTransactionError
          {commitTransaction: 1, %s}  | UnknownTransactionCommitResult
          """)
  void overloadInATransactionSaysHowToGoOnWithIt(String command, String label) throws Exception {
    limit(64 << 20, 1);
    try (RawClient client = proxy.logIn(ClientFixture.A)) {
      assertTrue(client.call(PING).ok());
      String part =
          "lsid: {id: {$binary: {base64: 'AAAAAAAAAAAAAAAAAAAAAA==', subType: '04'}}},"
              + " txnNumber: {$numberLong: '1'}, autocommit: false, $db: 'admin'";

      BsonDocument error = client.call(command.formatted(part)).document();

      assertEquals(462, error.getInt32("code").getValue());
      assertEquals(
          List.of("SystemOverloadedError", "RetryableError", label),
          error.getArray("errorLabels").stream().map(l -> l.asString().getValue()).toList());
    }
  }

  @Test
  void aTenantHasNoMoreConnectionsThanItMay() throws Exception {
    limit(64 << 20, 0, 0, 2);
    try (RawClient one = proxy.logIn(ClientFixture.A);
        RawClient bound = proxy.connectBound();
        RawClient other = proxy.logIn(ClientFixture.B)) {
      assertTrue(one.call(PING).ok());
      assertTrue(bound.call(PING).ok());
      assertTrue(other.call(PING).ok());
      RawClient third = proxy.connect();
      SaslPeer peer =
          new SaslPeer(
              Mechanism.SCRAM_SHA_256,
              "org-" + ClientFixture.A,
              ClientFixture.PASSWORD,
              "admin",
              true);

      assertOverloaded(ClientFixture.logIn(third, peer));

      third.awaitEnd();
      assertEquals(CloseCause.OVERLOAD, proxy.observer.takeEnd());
      assertEquals(Limit.CONNECTIONS_PER_TENANT, proxy.observer.limits.take());
      RawClient boundToo = proxy.connectBound();
      boundToo.awaitEnd();
      assertEquals(CloseCause.OVERLOAD, proxy.observer.takeEnd());
      assertTrue(one.call(PING).ok());

      bound.close();
      assertEquals(CloseCause.CLIENT, proxy.observer.takeEnd());
      try (RawClient fourth = proxy.logIn(ClientFixture.A)) {
        assertTrue(fourth.call(PING).ok());
      }
    }
  }

  @Test
  void unansweredRequestsOfAllTakeNoMoreBytesThanTheProcessHas() throws Exception {
    ClientLimits little = ClientFixture.bytesInFlight(300);
    BsonDocument find =
        BsonDocument.parse(
            "{find: 'orders', filter: {s: '%s'}, $db: 'app'}".formatted("x".repeat(150)));
    BsonDocument longer =
        BsonDocument.parse(
            "{find: 'orders', filter: {s: '%s'}, $db: 'app'}".formatted("x".repeat(500)));
    try (ClientFixture small = new ClientFixture(little, Transport.best());
        RawClient one = small.logIn(ClientFixture.A);
        RawClient other = small.logIn(ClientFixture.B)) {
      one.send(find);
      StandInGate.Sent sent = small.gate.take();

      assertOverloaded(other.call(find));
      assertEquals(Limit.MEMORY, small.observer.limits.take());

      sent.reply("{ok: 1.0}");
      assertTrue(one.receive().ok());
      other.send(longer); // Alone, or it would never pass.
      small.gate.take();
      assertOverloaded(one.call(find));
    }
  }

  @Test
  void aSecondsWorthMayComeAtOnceAndThenEvenly() {
    TenantLoad load = new TenantLoad(0, new ByteBudget(1));

    int admitted = 0;
    for (int i = 0; i < 100; i++) {
      admitted += load.admits(10, 0) ? 1 : 0;
    }
    assertEquals(10, admitted);
    assertFalse(load.admits(10, TimeUnit.MILLISECONDS.toNanos(99)));
    assertTrue(load.admits(10, TimeUnit.MILLISECONDS.toNanos(101)));
    assertFalse(load.admits(10, TimeUnit.MILLISECONDS.toNanos(102)));
  }

  @Test
  void comingBackOnAnotherConnectionBeginsNothingAnew() {
    TenantLoads loads = new TenantLoads(1 << 20, new ByteBudget(1));
    var tenant =
        io.bailiwick.policy.model.TenantValue.parse(
            io.bailiwick.policy.model.TenantType.STRING, "a");
    TenantLoad load = loads.onConnect(tenant, 0);
    assertTrue(load.admits(1, 0));
    loads.onDisconnect(tenant, 1);

    assertFalse(loads.onConnect(tenant, 2).admits(1, 2));
    loads.onDisconnect(tenant, TimeUnit.SECONDS.toNanos(5));
    assertTrue(
        loads
            .onConnect(tenant, TimeUnit.SECONDS.toNanos(5))
            .admits(1, TimeUnit.SECONDS.toNanos(5)));
  }
}
