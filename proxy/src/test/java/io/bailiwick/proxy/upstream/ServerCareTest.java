package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that are not answered open the breaker, unless it is only they that are not. */
class ServerCareTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String BATCH =
      "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.campaigns'}, ok: 1.0}";
  private static final Duration OPEN_FOR = Duration.ofSeconds(10);
  private static final int CLIENTS = 12;

  /** Fifty milliseconds for a command. */
  private static final BoundPolicy HASTY =
      Policies.bind(
          Policies.policy("h", Duration.ofMillis(50), TripwireMode.FIRST),
          "app",
          Policies.TENANT_A);

  private final MutableClock clock = new MutableClock();
  private final List<Lease> leases = new ArrayList<>();
  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always("find", any -> ScriptedReply.json(BATCH));
    fixture =
        GateFixture.breaking(
            new ProxyConfig.Breaker(0.5, Duration.ofMillis(250), OPEN_FOR),
            clock,
            upstream.address());
    for (int i = 0; i < CLIENTS + 2; i++) {
      Lease lease = fixture.onLoop(() -> fixture.gate.lease(fixture.loop));
      leases.add(lease);
      fixture.send(lease, FIND).await().outcome();
    }
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

  private Lease spare(int number) {
    return leases.get(CLIENTS + number);
  }

  private void nobodyIsAnsweredInTime() throws Exception {
    upstream.always("find", any -> ScriptedReply.silence());
    List<CollectingSink> sinks = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      sinks.add(fixture.send(leases.get(i), FIND, HASTY));
    }
    for (CollectingSink sink : sinks) {
      assertEquals(Kind.TIMEOUT, sink.await().failure().kind());
    }
    upstream.always("find", any -> ScriptedReply.json(BATCH));
  }

  /** The server takes connections and commands, and answers nothing. */
  private void stall() throws Exception {
    upstream.always("hello", any -> ScriptedReply.silence());
    upstream.always("ping", any -> ScriptedReply.silence());
    nobodyIsAnsweredInTime();
    awaitState("open");
    upstream.always("hello", any -> ScriptedReply.json(ScriptedUpstream.GREETING));
    upstream.always("ping", any -> ScriptedReply.json("{ok: 1.0}"));
  }

  private void awaitState(String state) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!lastState().equals(state)) {
      assertTrue(System.nanoTime() < end, () -> "states: " + fixture.observer.breakerStates());
      fixture.onLoop(() -> state);
    }
  }

  private String lastState() {
    List<String> states = fixture.observer.breakerStates();
    return states.get(states.size() - 1);
  }

  private long finds() {
    return upstream.received().stream().filter(command -> command.name().equals("find")).count();
  }

  @Test
  void aServerThatAnswersNothingIsLeftAloneByThoseTooWhoAreConnected() throws Exception {
    stall();
    long before = finds();

    CollectingSink sink = fixture.send(spare(0), FIND).await();

    assertEquals(new UpstreamFailure(Kind.BREAKER_OPEN, false, false), sink.failure());
    assertEquals(before, finds());
  }

  @Test
  void commandsThatAreMerelySlowShutOutNobody() throws Exception {
    nobodyIsAnsweredInTime();
    upstream.take("ping");

    assertTrue(fixture.send(spare(0), FIND).await().outcome().ok());
    assertEquals(List.of("closed"), fixture.observer.breakerStates());
  }

  @Test
  void theProxysOwnCommandFindsOutWhetherItIsBackAndTheClientsGoesAfterIt() throws Exception {
    stall();
    clock.advance(OPEN_FOR.plusMillis(1));

    assertTrue(fixture.send(spare(0), FIND).await().outcome().ok());

    assertEquals("closed", lastState());
    assertTrue(fixture.send(spare(1), FIND).await().outcome().ok());
  }

  @Test
  void onlyOneFindsOutAtATime() throws Exception {
    stall();
    clock.advance(OPEN_FOR.plusMillis(1));
    upstream.always("ping", any -> ScriptedReply.silence());
    CollectingSink first = fixture.send(spare(0), FIND);

    CollectingSink second = fixture.send(spare(1), FIND);
    upstream.take("ping");
    long before = finds();
    assertEquals("half_open", lastState());
    upstream.dropConnections();

    assertEquals(new UpstreamFailure(Kind.BREAKER_OPEN, false, false), first.await().failure());
    assertEquals(Kind.BREAKER_OPEN, second.await().failure().kind());
    assertEquals("open", lastState());
    assertEquals(before, finds());
  }

  @Test
  void whoComesMeanwhileWaitsForWhatTheFirstFindsOut() throws Exception {
    stall();
    clock.advance(OPEN_FOR.plusMillis(1));
    upstream.next("ping", ScriptedReply.silence());
    CollectingSink first = fixture.send(spare(0), FIND);
    CollectingSink second = fixture.send(spare(1), FIND);
    fixture.onLoop(() -> second); // It has come while the first is not over.
    upstream.answer(upstream.take("ping"), "{ok: 1.0}");

    assertTrue(first.await().outcome().ok());
    assertTrue(second.await().outcome().ok());
  }

  @Test
  void whoLeavesWhileFindingOutLetsTheNextOneDoIt() throws Exception {
    stall();
    clock.advance(OPEN_FOR.plusMillis(1));
    upstream.next("ping", ScriptedReply.silence());
    fixture.send(spare(0), FIND);
    upstream.take("ping");
    fixture.onLoop(
        () -> {
          spare(0).close();
          return spare(0);
        });

    assertTrue(fixture.send(spare(1), FIND).await().outcome().ok());
    assertEquals("closed", lastState());
  }
}
