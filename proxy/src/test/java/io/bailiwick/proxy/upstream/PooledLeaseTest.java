package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.CollectingSink;
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
}
