package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpeningTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String SECONDARY =
      "{isWritablePrimary: false, secondary: true, setName: 'rs0', maxWireVersion: 21,"
          + " logicalSessionTimeoutMinutes: 30, ok: 1.0}";

  private ScriptedUpstream first;
  private ScriptedUpstream second;

  @BeforeEach
  void start() throws Exception {
    first = ScriptedUpstream.start();
    second = ScriptedUpstream.start();
    for (ScriptedUpstream upstream : List.of(first, second)) {
      upstream.always(
          "find",
          any -> ScriptedReply.json("{cursor: {firstBatch: [], id: {$numberLong: '0'}}, ok: 1}"));
    }
  }

  @AfterEach
  void stop() throws Exception {
    first.close();
    second.close();
  }

  /** An address that refuses connections: its port was just given back. */
  private static InetSocketAddress refusing() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
    }
  }

  @Test
  void asksTheNextServerIfOneRefusesTheConnection() throws Exception {
    try (GateFixture fixture = new GateFixture(refusing(), second.address())) {
      assertTrue(fixture.send(FIND).await().outcome().ok());
    }
  }

  @Test
  void passesOverSecondariesWithoutLoggingIn() throws Exception {
    first.always("hello", any -> ScriptedReply.json(SECONDARY));

    try (GateFixture fixture = new GateFixture(first.address(), second.address())) {
      assertTrue(fixture.send(FIND).await().outcome().ok());
      assertEquals(0, first.takeEnd());
      second.take("find");
    }
  }

  @Test
  void prefersTheServerThatTookWritesLast() throws Exception {
    first.always("hello", any -> ScriptedReply.json(SECONDARY));
    try (GateFixture fixture = new GateFixture(first.address(), second.address())) {
      fixture.send(FIND).await().outcome();
      second.next("find", ScriptedReply.silence().thenCloses());
      fixture.send(FIND).await().failure();

      fixture.send(FIND).await().outcome();

      assertEquals(1, first.connections());
    }
  }

  @Test
  void followsThePrimaryToAnotherServer() throws Exception {
    try (GateFixture fixture = new GateFixture(first.address(), second.address())) {
      fixture.send(FIND).await();
      first.always("hello", any -> ScriptedReply.json(SECONDARY));
      first.next("find", ScriptedReply.json("{ok: 0.0, code: 10107, errmsg: 'not primary'}"));
      fixture.send(FIND).await();

      fixture.send(FIND).await().outcome();

      second.take("find");
    }
  }

  @Test
  void waitsForAPrimaryNoLongerThanTheTimeForSelection() throws Exception {
    first.always("hello", any -> ScriptedReply.json(SECONDARY));
    try (GateFixture fixture =
        new GateFixture(GateFixture.timeouts(Duration.ofMillis(700)), null, first.address())) {

      CollectingSink sink = fixture.send(FIND).await();

      assertEquals(new UpstreamFailure(Kind.UNREACHABLE, false, false), sink.failure());
      assertTrue(first.connections() > 1);
    }
  }

  @Test
  void findsAPrimaryThatIsElectedMeanwhile() throws Exception {
    first.next("hello", ScriptedReply.json(SECONDARY));

    try (GateFixture fixture = new GateFixture(first.address())) {
      assertTrue(fixture.send(FIND).await().outcome().ok());
    }
  }

  @Test
  void leavesAServerAloneThatKeepsRefusing() throws Exception {
    try (GateFixture fixture = new GateFixture(refusing())) {
      assertTrue(fixture.gate.selectable());

      UpstreamFailure slow = fixture.send(FIND).await().failure();
      UpstreamFailure fast = fixture.send(FIND).await().failure();

      assertEquals(new UpstreamFailure(Kind.UNREACHABLE, false, false), slow);
      assertEquals(new UpstreamFailure(Kind.BREAKER_OPEN, false, false), fast);
      assertEquals(List.of("closed", "open"), fixture.observer.breakerStates());
      assertFalse(fixture.gate.selectable());
    }
  }

  @Test
  void givesUpOnAServerThatDoesNotGreet() throws Exception {
    first.always("hello", any -> ScriptedReply.silence());
    try (GateFixture fixture =
        new GateFixture(GateFixture.timeouts(Duration.ofMillis(300)), null, first.address())) {

      CollectingSink sink = fixture.send(FIND).await();

      assertEquals(new UpstreamFailure(Kind.LOGIN_TIMEOUT, false, false), sink.failure());
      assertEquals(0, first.takeEnd());
    }
  }

  @Test
  void tellsALoginThatTakesTooLongFromAServerThatIsNotThere() throws Exception {
    first.always("hello", any -> ScriptedReply.silence());
    ProxyConfig.Timeouts impatient =
        new ProxyConfig.Timeouts(
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofMillis(600),
            Duration.ofMinutes(10));
    try (GateFixture fixture = new GateFixture(impatient, null, first.address())) {

      CollectingSink sink = fixture.send(FIND).await();

      assertEquals(new UpstreamFailure(Kind.LOGIN_TIMEOUT, false, false), sink.failure());
    }
  }

  /** Each step in time, and all of them together not. */
  @Test
  void boundsGreetingAndLoginAsAWhole() throws Exception {
    Duration step = Duration.ofMillis(150);
    first.always("hello", any -> after(step, "{ok: 0.0, code: 59, errmsg: 'no such command'}"));
    first.always("isMaster", any -> after(step, ScriptedUpstream.GREETING));
    ProxyConfig.Timeouts impatient =
        new ProxyConfig.Timeouts(
            Duration.ofSeconds(2),
            Duration.ofMillis(200),
            Duration.ofMillis(300),
            Duration.ofMinutes(10));
    try (GateFixture fixture = new GateFixture(impatient, null, first.address())) {

      CollectingSink sink = fixture.send(FIND).await();

      assertEquals(new UpstreamFailure(Kind.LOGIN_TIMEOUT, false, false), sink.failure());
    }
  }

  private static ScriptedReply after(Duration time, String json) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    return ScriptedReply.json(json);
  }

  @Test
  void asksTheNextServerIfOneGreetsWithGarbage() throws Exception {
    first.always("hello", any -> ScriptedReply.json("{ok: 1.0}").claimedLength(5));

    try (GateFixture fixture = new GateFixture(first.address(), second.address())) {
      assertTrue(fixture.send(FIND).await().outcome().ok());
      assertEquals(0, first.takeEnd());
    }
  }

  @Test
  void greetsAsOfOldWhereHelloIsNotKnown() throws Exception {
    first.always(
        "hello", any -> ScriptedReply.json("{ok: 0.0, code: 59, errmsg: 'no such command'}"));

    try (GateFixture fixture = new GateFixture(first.address())) {
      assertTrue(fixture.send(FIND).await().outcome().ok());
      first.take("isMaster");
    }
  }

  @Test
  void stopsOpeningForAClientThatWentAway() throws Exception {
    first.always("hello", any -> ScriptedReply.silence());
    try (GateFixture fixture = new GateFixture(first.address())) {
      CollectingSink sink = fixture.send(FIND);
      first.take("hello");

      fixture.onLoop(
          () -> {
            fixture.lease.close();
            return sink;
          });

      assertEquals(0, first.takeEnd());
      assertFalse(sink.hasEnded());
    }
  }

  @Test
  void resolvesNamesOfTheHostsFileWithoutANameServer() throws Exception {
    InetSocketAddress named =
        InetSocketAddress.createUnresolved("localhost", first.address().getPort());

    try (GateFixture fixture = new GateFixture(named)) {
      assertTrue(fixture.send(FIND).await().outcome().ok());
    }
  }

  @Test
  void countsConnectionsAsTheyComeAndGo() throws Exception {
    try (GateFixture fixture = new GateFixture(first.address())) {
      fixture.send(FIND).await();
      assertEquals(1, fixture.observer.connections());

      fixture.onLoop(
          () -> {
            fixture.lease.close();
            return fixture;
          });
      first.takeEnd();

      assertEquals(0, fixture.onLoop(() -> fixture.observer.connections()));
    }
  }

  @Test
  void learnsWhatAllServersHaveInCommon() throws Exception {
    first.always("hello", any -> ScriptedReply.json(SECONDARY));
    try (GateFixture fixture = new GateFixture(first.address(), second.address())) {
      assertEquals(UpstreamFacts.UNKNOWN, fixture.gate.facts());

      UpstreamFacts facts = fixture.gate.probe().toCompletableFuture().get(20, TimeUnit.SECONDS);

      assertEquals(new UpstreamFacts(21, "8.0.4", 30, 16_777_216, 48_000_000, 1000), facts);
      assertTrue(facts.sessions());
      assertEquals(facts, fixture.gate.facts());
    }
  }

  @Test
  void offersNoSessionsWhereAServerStandsAlone() throws Exception {
    first.always(
        "hello",
        any ->
            ScriptedReply.json(
                "{isWritablePrimary: true, logicalSessionTimeoutMinutes: 30, maxWireVersion: 21,"
                    + " ok: 1}"));
    try (GateFixture fixture = new GateFixture(first.address())) {
      UpstreamFacts facts = fixture.gate.probe().toCompletableFuture().get(20, TimeUnit.SECONDS);

      assertFalse(facts.sessions());
    }
  }

  private static ScriptedReply batchAt(int time) {
    return ScriptedReply.json(
        "{cursor: {firstBatch: [], id: {$numberLong: '0'}}, ok: 1, $clusterTime: "
            + clusterTime(time)
            + "}");
  }

  private static String clusterTime(int time) {
    return "{clusterTime: {$timestamp: {t: " + time + ", i: 1}}, signature: {keyId: 7}}";
  }

  @Test
  void tellsServersTheNewestTimeThatOneOfThemSaid() throws Exception {
    try (GateFixture fixture = new GateFixture(first.address(), second.address())) {
      first.next("find", batchAt(20));
      first.next("find", batchAt(10));
      fixture.send(FIND).await();
      fixture.send(FIND).await();

      fixture.send(FIND).await();

      assertFalse(first.take("find").body().containsKey("$clusterTime"));
      first.take("find");
      assertEquals(
          BsonDocument.parse(clusterTime(20)),
          first.take("find").body().getDocument("$clusterTime"));
    }
  }

  @Test
  void forgetsATimeThatMongoDbNoLongerTakes() throws Exception {
    try (GateFixture fixture = new GateFixture(first.address(), second.address())) {
      first.next("find", batchAt(20));
      first.next("find", ScriptedReply.json("{ok: 0.0, code: 211, errmsg: 'no such key'}"));
      fixture.send(FIND).await();
      fixture.send(FIND).await();

      fixture.send(FIND).await();

      first.take("find");
      assertTrue(first.take("find").body().containsKey("$clusterTime"));
      assertFalse(first.take("find").body().containsKey("$clusterTime"));
    }
  }

  @Test
  void tellsASingleServerNothingOfItsOwnTime() throws Exception {
    try (GateFixture fixture = new GateFixture(first.address())) {
      first.next("find", batchAt(20));
      fixture.send(FIND).await();

      fixture.send(FIND).await();

      first.take("find");
      assertFalse(first.take("find").body().containsKey("$clusterTime"));
    }
  }

  @Test
  void aServerThatTakesNoWritesIsNotAskedAgainByEachOfThoseWhoWait() throws Exception {
    first.always("hello", any -> ScriptedReply.json(SECONDARY));
    try (GateFixture fixture =
        new GateFixture(GateFixture.timeouts(Duration.ofSeconds(2)), null, first.address())) {
      fixture.send(FIND).await().failure();
      int before = first.connections();
      List<CollectingSink> sinks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        sinks.add(fixture.send(fixture.anotherLease(), FIND));
      }

      for (CollectingSink sink : sinks) {
        assertEquals(Kind.UNREACHABLE, sink.await().failure().kind());
      }

      int asked = first.connections() - before;
      assertTrue(asked <= 100, asked + " connections for 100 who wait for two seconds");
    }
  }

  @Test
  void allGoToAServerAtOnceThatTakesWritesAgain() throws Exception {
    first.always("hello", any -> ScriptedReply.json(SECONDARY));
    try (GateFixture fixture = new GateFixture(first.address())) {
      List<CollectingSink> sinks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        sinks.add(fixture.send(fixture.anotherLease(), FIND));
      }
      first.take("hello");

      first.always("hello", any -> ScriptedReply.json(ScriptedUpstream.GREETING));

      for (CollectingSink sink : sinks) {
        assertTrue(sink.await().outcome().ok());
      }
    }
  }
}
