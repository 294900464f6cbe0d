package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.topology.ServerState;
import io.bailiwick.proxy.topology.ServerState.Role;
import io.bailiwick.proxy.topology.Topology;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that share connections. */
class PooledLeaseTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String EMPTY =
      "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.campaigns'}, ok: 1.0}";

  private final List<Lease> leases = new ArrayList<>();
  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always(
        "find",
        find ->
            ScriptedReply.json(
                "{cursor: {firstBatch: [{n: "
                    + find.body().getInt32("skip", new org.bson.BsonInt32(0)).getValue()
                    + "}], id: {$numberLong: '0'}, ns: 'ads.campaigns'}, ok: 1.0}"));
    fixture = GateFixture.pooled(2, Duration.ofSeconds(10), upstream.address());
  }

  @AfterEach
  void stop() throws Exception {
    fixture.onLoop(
        () -> {
          leases.forEach(Lease::close);
          return leases;
        });
    fixture.close();
    upstream.close();
  }

  private Lease lease() throws Exception {
    Lease lease = fixture.onLoop(() -> fixture.gate.lease(fixture.loop));
    leases.add(lease);
    return lease;
  }

  private static int number(CollectingSink sink) throws Exception {
    BsonDocument batch =
        sink.await().document().getDocument("cursor").getArray("firstBatch").get(0).asDocument();
    return batch.getInt32("n").getValue();
  }

  @Test
  void manyClientsGetTheirOwnRepliesOverFewConnections() throws Exception {
    List<CollectingSink> sinks = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sinks.add(fixture.send(lease(), "{find: 'campaigns', skip: " + i + ", $db: 'ads'}"));
    }

    for (int i = 0; i < sinks.size(); i++) {
      assertEquals(i, number(sinks.get(i)));
    }
    assertTrue(upstream.connections() <= 2, upstream.connections() + " connections");
  }

  @Test
  void aClientThatLeavesTakesItsConnectionAlongAndLeavesRoomForTheNext() throws Exception {
    upstream.next("find", ScriptedReply.silence()).next("find", ScriptedReply.silence());
    Lease leaver = lease();
    CollectingSink gone = fixture.send(leaver, FIND);
    fixture.send(lease(), FIND);
    upstream.take("find");
    upstream.take("find");
    CollectingSink next = fixture.send(lease(), FIND);

    fixture.onLoop(
        () -> {
          leaver.close();
          return leaver;
        });

    assertTrue(next.await().outcome().ok());
    assertFalse(gone.hasEnded());
    assertEquals(3, upstream.connections());
  }

  @Test
  void aConnectionThatMisbehavesIsNotSharedAgain() throws Exception {
    upstream.next("find", ScriptedReply.json("{ok: 1.0}").responseTo(99));

    assertEquals(
        new UpstreamFailure(Kind.PROTOCOL, true, false),
        fixture.send(lease(), FIND).await().failure());

    assertTrue(fixture.send(lease(), FIND).await().outcome().ok());
    assertEquals(2, upstream.connections());
  }

  @Test
  void aReplyThatComesTwiceReachesNobodyElse() throws Exception {
    try (GateFixture busy = GateFixture.pooled(1, Duration.ofSeconds(20), upstream.address())) {
      ReceivedCommand first = hold(busy);
      CollectingSink other = busy.send(busy.anotherLease(), skip(1), Policies.TENANT_B);
      upstream.next("find", ScriptedReply.silence());
      upstream.answer(first, EMPTY);
      ReceivedCommand second = upstream.take("find");
      assertEquals(first.connection(), second.connection());

      upstream.answer(first, EMPTY);

      assertEquals(new UpstreamFailure(Kind.PROTOCOL, true, false), other.await().failure());
    }
  }

  @Test
  void whoeverWaitsTooLongIsToldSo() throws Exception {
    try (GateFixture busy = GateFixture.pooled(1, Duration.ofMillis(300), upstream.address())) {
      busy.send(FIND).await().outcome();
      upstream.next("find", ScriptedReply.silence());
      busy.send(FIND);

      CollectingSink waiting =
          busy.send(busy.onLoop(() -> busy.gate.lease(busy.loop)), FIND).await();

      assertEquals(new UpstreamFailure(Kind.POOL_BUSY, false, false), waiting.failure());
    }
  }

  @Test
  void aClientThatGivesUpWaitingIsPassedOver() throws Exception {
    upstream.next("find", ScriptedReply.silence()).next("find", ScriptedReply.silence());
    Lease holder = lease();
    fixture.send(holder, FIND);
    fixture.send(lease(), FIND);
    upstream.take("find");
    upstream.take("find");
    Lease impatient = lease();
    CollectingSink first = fixture.send(impatient, FIND);
    CollectingSink second = fixture.send(lease(), FIND);

    fixture.onLoop(
        () -> {
          impatient.close();
          holder.close();
          return holder;
        });

    assertTrue(second.await().outcome().ok());
    assertFalse(first.hasEnded());
  }

  @Test
  void oneThatFloodsDoesNotKeepAnotherWaiting() throws Exception {
    try (GateFixture busy = GateFixture.pooled(1, Duration.ofSeconds(20), upstream.address())) {
      ReceivedCommand held = hold(busy);
      for (int i = 1; i <= 50; i++) {
        busy.send(busy.anotherLease(), skip(i), Policies.TENANT_A);
      }
      CollectingSink modest = busy.send(busy.anotherLease(), skip(99), Policies.TENANT_B);
      assertEquals(51, busy.observer.poolWaiting());

      upstream.answer(held, EMPTY);

      assertEquals(99, number(modest));
      // One of the flood's own stood before it, and whatever came after it is behind.
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        order.add(upstream.take("find").body().getInt32("skip").getValue());
      }
      assertEquals(List.of(1, 99), order);
    }
  }

  @Test
  void whereTooManyWaitWhoeverFloodsGivesWay() throws Exception {
    try (GateFixture busy = GateFixture.pooled(1, Duration.ofSeconds(60), upstream.address())) {
      hold(busy);
      CollectingSink newest = new CollectingSink();
      for (int i = 0; i < ServerPool.LONGEST_QUEUE; i++) {
        newest = busy.send(busy.anotherLease(), skip(i), Policies.TENANT_A);
      }

      CollectingSink tooMany = busy.send(busy.anotherLease(), skip(1), Policies.TENANT_A);
      assertEquals(new UpstreamFailure(Kind.POOL_BUSY, false, false), tooMany.await().failure());
      assertFalse(newest.hasEnded());

      CollectingSink other = busy.send(busy.anotherLease(), skip(1), Policies.TENANT_B);
      assertEquals(new UpstreamFailure(Kind.POOL_BUSY, false, false), newest.await().failure());
      assertFalse(other.hasEnded());
      assertEquals(ServerPool.LONGEST_QUEUE, busy.observer.poolWaiting());
    }
  }

  /** The one connection is taken until the test answers on it. */
  private ReceivedCommand hold(GateFixture busy) throws Exception {
    upstream.next("find", ScriptedReply.silence());
    busy.send(busy.lease, skip(0), Policies.TENANT_A);
    return upstream.take("find");
  }

  private static String skip(int number) {
    return "{find: 'campaigns', skip: " + number + ", $db: 'ads'}";
  }

  private void greets(ScriptedUpstream server, boolean primary) {
    String json =
        primary
            ? ScriptedUpstream.GREETING
            : "{isWritablePrimary: false, secondary: true, setName: 'rs0', maxWireVersion: 21,"
                + " logicalSessionTimeoutMinutes: 30, ok: 1.0}";
    server.always("hello", any -> ScriptedReply.json(json));
  }

  private static Topology set(ScriptedUpstream one, Role role, ScriptedUpstream other, Role its) {
    return new Topology(
        Topology.Kind.REPLICA_SET,
        List.of(
            new ServerState(one.address(), role, 1_000, Map.of(), 0, 0, 21),
            new ServerState(other.address(), its, 1_000, Map.of(), 0, 0, 21)));
  }

  @Test
  void thoseWhoWaitForAPrimaryShareTheConnectionsToTheNewOne() throws Exception {
    try (ScriptedUpstream other = ScriptedUpstream.start();
        GateFixture set =
            GateFixture.pooled(2, Duration.ofSeconds(20), upstream.address(), other.address())) {
      other.always("find", any -> ScriptedReply.json(EMPTY));
      greets(upstream, false);
      set.gate.onTopology(set(upstream, Role.SECONDARY, other, Role.SECONDARY));
      List<CollectingSink> sinks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        sinks.add(set.send(set.anotherLease(), FIND));
      }

      set.gate.onTopology(set(upstream, Role.SECONDARY, other, Role.PRIMARY));

      for (CollectingSink sink : sinks) {
        assertTrue(sink.await().outcome().ok());
      }
      assertTrue(other.connections() <= 2, other.connections() + " connections");
      assertEquals(0, upstream.connections());
      assertEquals(0, set.observer.poolWaiting());
    }
  }

  @Test
  void thoseInLineForAServerThatSteppedDownGoToTheNextOne() throws Exception {
    try (ScriptedUpstream other = ScriptedUpstream.start();
        GateFixture set =
            GateFixture.pooled(1, Duration.ofSeconds(20), upstream.address(), other.address())) {
      other.always("find", any -> ScriptedReply.json(EMPTY));
      set.gate.onTopology(set(upstream, Role.PRIMARY, other, Role.SECONDARY));
      ReceivedCommand held = hold(set);
      List<CollectingSink> sinks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        sinks.add(set.send(set.anotherLease(), FIND));
      }
      greets(upstream, false);
      set.gate.onTopology(set(upstream, Role.SECONDARY, other, Role.PRIMARY));

      upstream.answer(held, "{ok: 0.0, code: 10107}");

      for (CollectingSink sink : sinks) {
        assertTrue(sink.await().outcome().ok());
      }
      assertEquals(1, other.connections());
      assertEquals(0, set.observer.poolWaiting());
    }
  }

  @Test
  void noOlderConnectionIsUsedOnceTheServerSaysThatItSteppedDown() throws Exception {
    upstream.next("find", ScriptedReply.silence()).next("find", ScriptedReply.silence());
    CollectingSink one = fixture.send(lease(), FIND);
    ReceivedCommand first = upstream.take("find");
    CollectingSink two = fixture.send(lease(), FIND);
    ReceivedCommand second = upstream.take("find");
    assertEquals(2, upstream.connections());

    upstream.answer(first, "{ok: 0.0, code: 10107}");
    assertFalse(one.await().outcome().ok());
    upstream.answer(second, EMPTY);
    assertTrue(two.await().outcome().ok());

    assertTrue(fixture.send(lease(), FIND).await().outcome().ok());
    assertEquals(2, upstream.take("find").connection());
  }

  @Test
  void idleConnectionsEndOnceTheServerSaysThatItSteppedDown() throws Exception {
    upstream.next("find", ScriptedReply.silence()).next("find", ScriptedReply.silence());
    CollectingSink one = fixture.send(lease(), FIND);
    ReceivedCommand first = upstream.take("find");
    CollectingSink two = fixture.send(lease(), FIND);
    ReceivedCommand second = upstream.take("find");
    upstream.answer(second, EMPTY);
    assertTrue(two.await().outcome().ok());

    upstream.answer(first, "{ok: 0.0, code: 10107}");

    assertFalse(one.await().outcome().ok());
    assertTrue(fixture.send(lease(), FIND).await().outcome().ok());
    assertEquals(3, upstream.connections());
  }
}
