package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.testing.RawClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** Ways around a tenant's limits, each of them closed, and nobody else hurt. */
class TenantEvasionTest {
  private static final BsonDocument PING = BsonDocument.parse("{ping: 1, $db: 'admin'}");
  private static final BsonDocument INSERT =
      BsonDocument.parse("{insert: 'orders', documents: [{}], $db: 'app'}");

  private static void limit(ClientFixture proxy, int perSecond, int operations) {
    Limits d = Limits.DEFAULT;
    Limits limits =
        new Limits(
            Duration.ofSeconds(30),
            d.filterDepth(),
            d.inMembers(),
            d.stages(),
            d.inFlightBytes(),
            perSecond,
            operations,
            d.connectionsPerTenant());
    proxy.connections.onPolicy(
        ClientFixture.withLimits(ClientFixture.policy("org-${tenant}"), limits));
  }

  private static TenantValue tenant(String name) {
    return TenantValue.parse(TenantType.STRING, name);
  }

  @Test
  void aWriteThatGoesOnWithoutItsClientCountsUntilItIsOver() throws Exception {
    try (ClientFixture proxy = new ClientFixture();
        RawClient leaver = proxy.logIn(ClientFixture.A);
        RawClient stayer = proxy.logIn(ClientFixture.A);
        RawClient other = proxy.logIn(ClientFixture.B)) {
      limit(proxy, 0, 1);
      proxy.gate.goesOn = true;
      leaver.send(INSERT);
      proxy.gate.take();
      leaver.close();
      proxy.gate.takeClosed();

      assertEquals(462, stayer.call(INSERT).code());
      assertEquals(Limit.OPERATIONS_PER_TENANT, proxy.observer.limits.take());
      other.send(INSERT);
      proxy.gate.take();

      Runnable over = proxy.gate.goneOn.take();
      over.run();
      stayer.send(INSERT);
      proxy.gate.take();
      assertEquals(462, proxy.logIn(ClientFixture.A).call(INSERT).code());
    }
  }

  @Test
  void whatGoesOnCountsUnderAnotherPolicysLimitsToo() throws Exception {
    try (ClientFixture proxy = new ClientFixture();
        RawClient one = proxy.logIn(ClientFixture.A);
        RawClient two = proxy.logIn(ClientFixture.A);
        RawClient three = proxy.logIn(ClientFixture.A)) {
      one.send(INSERT); // Without any limit.
      StandInGate.Sent first = proxy.gate.take();
      limit(proxy, 0, 1);
      assertEquals(462, two.call(INSERT).code());
      limit(proxy, 0, 2);
      two.send(INSERT);
      StandInGate.Sent second = proxy.gate.take();
      limit(proxy, 0, 1);

      first.reply("{n: 1, ok: 1.0}");
      assertTrue(one.receive().ok());
      assertEquals(462, three.call(INSERT).code());
      second.reply("{n: 1, ok: 1.0}");
      assertTrue(two.receive().ok());
      three.send(INSERT);
      proxy.gate.take();
    }
  }

  @Test
  void whatCannotBeReadCountsAsACommand() throws Exception {
    byte[] twice = RawClient.message(1, 0, BsonDocument.parse("{find: 'a', fine: 'a', $db: 'a'}"));
    twice[twice.length - 1] = 7; // No end of the document.
    try (ClientFixture proxy = new ClientFixture();
        RawClient client = proxy.logIn(ClientFixture.A);
        RawClient other = proxy.logIn(ClientFixture.B)) {
      limit(proxy, 2, 0);
      client.write(twice);
      assertEquals(22, client.receive().code());
      client.write(twice);
      assertEquals(22, client.receive().code());

      client.write(twice);

      assertEquals(462, client.receive().code());
      assertEquals(Limit.RATE_PER_TENANT, proxy.observer.limits.take());
      assertEquals(462, client.call(PING).code());
      assertTrue(other.call(PING).ok());
    }
  }

  @Test
  void whatATenantHasHalfSentLeavesRoomForTheOthers() throws Exception {
    ClientLimits little = ClientFixture.bytesInParts(100_000);
    try (ClientFixture proxy = new ClientFixture(little, Transport.best());
        RawClient slow = proxy.logIn(ClientFixture.A);
        RawClient same = proxy.logIn(ClientFixture.A);
        RawClient other = proxy.logIn(ClientFixture.B)) {
      slow.write(Arrays.copyOf(insert(60_000), 59_000));
      while (proxy.parts.afterLogin().reserved() < 59_000) {
        proxy.tick();
      }

      inParts(same, proxy, insert(30_000));
      assertEquals(462, same.receive().code());
      assertEquals(Limit.MEMORY, proxy.observer.limits.take());

      inParts(other, proxy, insert(15_000));
      proxy.gate.take();
      slow.close();
      while (proxy.parts.afterLogin().reserved() > 0) {
        proxy.tick();
      }
      inParts(same, proxy, insert(30_000));
      proxy.gate.take();
    }
  }

  private static byte[] insert(int size) {
    return RawClient.message(
        1,
        0,
        BsonDocument.parse(
            "{insert: 'orders', documents: [{s: '" + "x".repeat(size) + "'}], $db: 'app'}"));
  }

  private static void inParts(RawClient client, ClientFixture proxy, byte[] message)
      throws Exception {
    client.write(Arrays.copyOf(message, 10_000));
    proxy.isMidFrame(client);
    client.write(Arrays.copyOfRange(message, 10_000, message.length));
  }

  @Test
  void oneTenantsUnansweredRequestsLeaveRoomForTheOthers() {
    TenantLoads loads = new TenantLoads(1000, new ByteBudget(1));
    TenantLoad one = loads.onConnect(tenant("one"), 0);
    TenantLoad other = loads.onConnect(tenant("other"), 0);

    assertTrue(takes(loads, one, 750));
    assertFalse(takes(loads, one, 1));
    assertFalse(takes(loads, other, 200));
    assertTrue(takes(loads, other, 187));
    end(loads, one, 750);
    end(loads, other, 187);
    assertTrue(takes(loads, other, 5000)); // Alone.
    assertFalse(takes(loads, one, 1));
  }

  private static boolean takes(TenantLoads loads, TenantLoad load, int size) {
    assertNull(load.begin(size, Limits.DEFAULT));
    boolean taken = loads.tryTake(load, size);
    if (!taken) {
      load.end(size);
    }
    return taken;
  }

  private static void end(TenantLoads loads, TenantLoad load, int size) {
    load.end(size);
    loads.giveBack(size);
  }

  @Test
  void aTenantThatHasLeftIsForgottenOnceThatMakesNoDifference() {
    TenantLoads loads = new TenantLoads(1000, new ByteBudget(1));
    long later = TimeUnit.SECONDS.toNanos(2);
    TenantLoad hasty = loads.onConnect(tenant("hasty"), 0);
    assertTrue(hasty.admits(1, 0));
    TenantLoad busy = loads.onConnect(tenant("busy"), 0);
    assertNull(busy.begin(10, Limits.DEFAULT));
    loads.onConnect(tenant("here"), 0);
    loads.onDisconnect(tenant("hasty"), 1);
    loads.onDisconnect(tenant("busy"), 1);
    assertEquals(3, loads.size());

    loads.sweep(later);
    assertEquals(2, loads.size());
    busy.end(10);
    loads.sweep(later);
    assertEquals(1, loads.size());
  }
}
