package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every connection to MongoDB that ends is counted once, by why. */
class EndingTest {
  private static final String FIND = "{find: 'c', $db: 'ads'}";
  private static final BoundPolicy HASTY =
      Policies.bind(
          Policies.policy("h", Duration.ofMillis(50), TripwireMode.FIRST),
          "app",
          Policies.TENANT_A);

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always(
        "find",
        any ->
            ScriptedReply.json(
                "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.c'}, ok: 1.0}"));
    fixture = new GateFixture(upstream.address());
    fixture.send(FIND).await().outcome();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  /** No command was under way: otherwise the proxy may connect again by itself, to end it. */
  private void isCounted(String cause) {
    isNamed(cause);
    assertEquals(0, fixture.observer.connections());
  }

  /** Waits: whoever sends hears of it before the connection has closed. */
  private void isNamed(String cause) {
    while (fixture.observer.endings().isEmpty()) {
      Thread.onSpinWait();
    }
    assertEquals(List.of(cause), fixture.observer.endings());
  }

  @Test
  void aClientThatLeaves() throws Exception {
    fixture.onLoop(
        () -> {
          fixture.lease.close();
          return fixture.lease;
        });

    isCounted("released");
  }

  @Test
  void silenceForTooLong() throws Exception {
    fixture.close();
    Duration second = Duration.ofSeconds(1);
    fixture =
        new GateFixture(
            new ProxyConfig.Timeouts(second, second, second, Duration.ofMillis(50)),
            null,
            upstream.address());
    fixture.send(FIND).await().outcome();

    isNamed("idle");
  }

  @Test
  void aCommandThatTakesTooLong() throws Exception {
    upstream.next("find", ScriptedReply.silence());

    fixture.send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, new RecordingProof(), HASTY);

    isNamed("timeout");
  }

  @Test
  void aServerThatEndsItWhileNobodyUsesIt() throws Exception {
    upstream.dropConnections();

    isCounted("lost");
  }

  @Test
  void aServerThatEndsItInACommand() throws Exception {
    upstream.next("find", ScriptedReply.silence().thenCloses());

    fixture.send(FIND).await().failure();

    isNamed("lost");
  }

  @Test
  void bytesThatAreNoAnswer() throws Exception {
    upstream.next("find", ScriptedReply.json("{ok: 1.0}").responseTo(99));

    fixture.send(FIND).await().failure();

    isNamed("protocol");
  }

  @Test
  void anAnswerThatNobodyAskedFor() throws Exception {
    upstream.push(0, new byte[] {1});

    isCounted("protocol");
  }

  @Test
  void aServerThatStepsDown() throws Exception {
    upstream.next("find", ScriptedReply.json("{ok: 0.0, code: 11602, errmsg: 'no'}"));

    fixture.send(FIND).await().outcome();

    isNamed("state_change");
  }

  @Test
  void aGreetingThatIsRefused() throws Exception {
    fixture.close();
    upstream.always("hello", any -> ScriptedReply.json("{ok: 0.0, code: 13, errmsg: 'no'}"));
    fixture =
        new GateFixture(GateFixture.timeouts(Duration.ofMillis(50)), null, upstream.address());

    fixture.send(FIND).await().failure();

    isNamed("protocol");
  }

  @Test
  void whatEndsAfterItsClientLeftEndsForThat() throws Exception {
    upstream.always("update", any -> ScriptedReply.silence());
    fixture.send(
        Messages.command(1, "{update: 'c', updates: [], $db: 'ads'}"),
        ReplyPlan.Kind.WRITE,
        new RecordingProof(),
        HASTY);
    upstream.take("update");

    fixture.onLoop(
        () -> {
          fixture.lease.close();
          return fixture.lease;
        });

    isNamed("released");
  }
}
