package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that share connections. */
class PooledLeaseTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";

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

      upstream.push(held.connection(), reply(held));

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

  private static byte[] reply(ReceivedCommand find) {
    byte[] message =
        RawClient.message(
            1,
            0,
            BsonDocument.parse(
                "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.campaigns'}, ok: 1.0}"));
    java.nio.ByteBuffer.wrap(message)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .putInt(8, find.requestId());
    return message;
  }

  private static String skip(int number) {
    return "{find: 'campaigns', skip: " + number + ", $db: 'ads'}";
  }
}
