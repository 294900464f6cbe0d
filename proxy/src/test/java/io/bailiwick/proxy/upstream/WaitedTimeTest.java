package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.TestForwards;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Waiting for a server, for a shared connection, for the proxy's own question and for another try
 * counts: MongoDB is told what is left, and nothing is begun once nothing is left.
 */
class WaitedTimeTest {
  private static final String FIND = "{find: 'c', maxTimeMS: 20000, $db: 'ads'}";
  private static final String BATCH =
      "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.c'}, ok: 1.0}";
  private static final int WAITED = 30;

  private ScriptedUpstream upstream;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always("find", any -> ScriptedReply.json(BATCH));
  }

  @AfterEach
  void stop() throws Exception {
    upstream.close();
  }

  private static void letTimePass() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAITED);
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  private void isToldWhatIsLeft() throws Exception {
    long told = upstream.take("find").body().getInt32("maxTimeMS").getValue();
    assertTrue(told > 0 && told <= 20000 - WAITED, "told " + told);
  }

  @Test
  void theTimeForAConnectionCounts() throws Exception {
    upstream.next("hello", ScriptedReply.silence());
    try (GateFixture fixture = new GateFixture(upstream.address())) {
      CollectingSink sink = fixture.send(FIND);
      ReceivedCommand hello = upstream.take("hello");
      letTimePass();
      upstream.answer(hello, ScriptedUpstream.GREETING);

      assertTrue(sink.await().outcome().ok());
      isToldWhatIsLeft();
    }
  }

  @Test
  void theTimeInAQueueCounts() throws Exception {
    try (GateFixture fixture = GateFixture.pooled(1, Duration.ofSeconds(10), upstream.address())) {
      upstream.next("find", ScriptedReply.silence());
      Lease other = fixture.anotherLease();
      CollectingSink first = fixture.send(FIND);
      ReceivedCommand busy = upstream.take("find");
      CollectingSink second = fixture.send(other, FIND);
      letTimePass();
      upstream.answer(busy, BATCH);

      assertTrue(first.await().outcome().ok());
      assertTrue(second.await().outcome().ok());
      isToldWhatIsLeft();
    }
  }

  @Test
  void theTimeOfTheTryBeforeCounts() throws Exception {
    try (GateFixture fixture = GateFixture.retrying(upstream.address())) {
      upstream.next("find", ScriptedReply.silence());
      CollectingSink sink = fixture.send(FIND);
      ReceivedCommand tried = upstream.take("find");
      letTimePass();
      upstream.answer(tried, "{ok: 0.0, code: 11602, errmsg: 'no'}");

      assertTrue(sink.await().outcome().ok());
      isToldWhatIsLeft();
    }
  }

  /** A time that MongoDB has not come to has the proxy ask first, and nobody answers that. */
  @Test
  void theTimeOfTheProxysOwnQuestionCounts() throws Exception {
    upstream.always("ping", any -> ScriptedReply.silence());
    OpMsg message =
        Messages.command(
            1,
            "{find: 'c', maxTimeMS: 50, readConcern: {afterClusterTime: {$timestamp: {t: 60, i:"
                + " 0}}}, $db: 'ads'}");
    Elements time = Objects.requireNonNull(message.body().find("readConcern")).inside();
    time.next();
    CollectingSink sink = new CollectingSink();
    Duration minute = Duration.ofMinutes(1);
    ProxyConfig.Timeouts patient = new ProxyConfig.Timeouts(minute, minute, minute, minute);
    try (GateFixture fixture = new GateFixture(patient, null, upstream.address())) {
      fixture.send("{find: 'c', $db: 'ads'}").await().outcome();
      upstream.take("find");

      fixture.onLoop(
          () -> {
            fixture.lease.send(
                TestForwards.claiming(
                    ReplyPlan.of(ReplyPlan.Kind.CURSOR, null),
                    List.of(new Claim.ReadsAt(time.valueStart()))),
                message,
                new Owner(Policies.bound(TripwireMode.FIRST), 1),
                new RecordingProof(),
                sink);
            return sink;
          });

      assertEquals(new UpstreamFailure(Kind.TIMEOUT, false, false), sink.await().failure());
      assertEquals(0, upstream.takeEnd());
      assertTrue(upstream.received().stream().noneMatch(each -> each.name().equals("find")));
    }
  }

  @Test
  void nothingIsBegunOnceNothingIsLeft() throws Exception {
    upstream.next("hello", ScriptedReply.silence());
    try (GateFixture fixture = new GateFixture(upstream.address())) {
      CollectingSink sink = fixture.send("{find: 'c', maxTimeMS: 1, $db: 'ads'}");
      upstream.take("hello");

      assertEquals(new UpstreamFailure(Kind.TIMEOUT, false, false), sink.await().failure());
      assertTrue(upstream.received().stream().noneMatch(each -> each.name().equals("find")));
    }
  }
}
