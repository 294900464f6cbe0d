package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Limits;
import io.bailiwick.proxy.testing.RawClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
    Limits limits = new Limits(Duration.ofSeconds(30), 50, 10_000, 100, inFlightBytes, perSecond);
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
      other.send(find);
      proxy.gate.take();

      one.close();
      proxy.gate.takeClosed();
      two.send(find);
      proxy.gate.take();
    }
  }

  @Test
  void aSecondsWorthMayComeAtOnceAndThenEvenly() {
    TenantLoad load = new TenantLoad(0);

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
    TenantLoads loads = new TenantLoads();
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
