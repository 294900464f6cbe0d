package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Principal;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.testing.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DrainTest {
  private static final BsonDocument INSERT =
      BsonDocument.parse("{insert: 'orders', documents: [{_id: 1}], $db: 'app'}");
  private static final Duration NEVER = Duration.ofHours(1);

  private ClientFixture proxy;
  private RawClient monitor;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    proxy = new ClientFixture();
    monitor = proxy.connect();
    assertTrue(monitor.call("{hello: 1, $db: 'admin'}").ok());
    client = proxy.logIn(ClientFixture.A);
  }

  @AfterEach
  void stop() throws Exception {
    monitor.close();
    client.close();
    proxy.close();
  }

  private CompletableFuture<Void> drain(Duration serveOn, Duration quiet, Duration deadline) {
    proxy.listener.close();
    return drain(serveOn, serveOn, quiet, deadline);
  }

  private CompletableFuture<Void> drain(
      Duration serveOn, Duration finish, Duration quiet, Duration deadline) {
    proxy.listener.close();
    return proxy.connections.drain(
        new DrainPlan(serveOn, finish, quiet, Duration.ofMillis(5), deadline));
  }

  @Test
  void endsMonitorsFirstAndServesOn() throws Exception {
    CompletableFuture<Void> gone = drain(NEVER, Duration.ZERO, NEVER);
    monitor.awaitEnd();
    assertEquals(CloseCause.DRAIN, proxy.observer.takeEnd());
    client.send(INSERT);
    proxy.gate.take().reply("{n: 1, ok: 1.0}");
    assertTrue(client.receive().ok());
    assertFalse(gone.isDone());
  }

  @Test
  void endsMonitorsOfAPortWithoutLoginsFirstToo() throws Exception {
    try (RawClient quiet = proxy.connectBound();
        RawClient user = proxy.connectBound()) {
      assertTrue(quiet.call("{hello: 1, $db: 'admin'}").ok());
      user.send(INSERT);
      proxy.gate.take().reply("{n: 1, ok: 1.0}");
      assertTrue(user.receive().ok());

      drain(NEVER, Duration.ZERO, NEVER);

      quiet.awaitEnd();
      monitor.awaitEnd();
      user.send(INSERT);
      proxy.gate.take().reply("{n: 1, ok: 1.0}");
      assertTrue(user.receive().ok());
    }
  }

  @Test
  void tellsNoMonitorThatAllIsWellHoweverOftenItGreets() throws Exception {
    try (RawClient watching = proxy.connectBound();
        RawClient working = proxy.connectBound()) {
      assertTrue(watching.call("{hello: 1, $db: 'admin'}").ok());
      working.send(INSERT);
      proxy.gate.take().reply("{n: 1, ok: 1.0}");
      assertTrue(working.receive().ok());

      drain(NEVER, Duration.ofMinutes(1), NEVER);
      monitor.awaitEnd();

      watching.send(BsonDocument.parse("{hello: 1, $db: 'admin'}"));
      watching.awaitEnd();
      assertTrue(working.call("{hello: 1, $db: 'admin'}").ok());
    }
  }

  @Test
  void leavesAConnectionThatMayBeAboutToAskForTheFirstTime() throws Exception {
    try (RawClient user = proxy.connectBound()) {
      assertTrue(user.call("{hello: 1, $db: 'admin'}").ok());

      drain(NEVER, Duration.ofMinutes(1), NEVER);
      monitor.awaitEnd();

      assertTrue(user.call("{ping: 1, $db: 'admin'}").ok());
    }
  }

  @Test
  void leavesWhoeverHasACursorOrTransactionOpenUntilItIsOver() throws Exception {
    Principal principal = proxy.ownership.connected.get(0).policy().principal();
    proxy.ownership.unfinished.add(principal);
    CompletableFuture<Void> gone = drain(Duration.ZERO, NEVER, Duration.ZERO, NEVER);
    monitor.awaitEnd();
    for (int i = 0; i < 3; i++) {
      client.send(INSERT);
      proxy.gate.take().reply("{n: 1, ok: 1.0}");
      assertTrue(client.receive().ok());
      assertFalse(proxy.isLeaving(client));
    }

    proxy.ownership.unfinished.clear();

    client.awaitEnd();
    gone.get(20, TimeUnit.SECONDS);
  }

  @Test
  void leavesACommandThatWasOnItsWayAndOpensACursorTheTimeToReadItToItsEnd() throws Exception {
    client.send(INSERT);
    StandInGate.Sent sent = proxy.gate.take();
    CompletableFuture<Void> gone = drain(Duration.ZERO, NEVER, Duration.ZERO, NEVER);
    monitor.awaitEnd();
    while (!proxy.isDraining(client)) {
      proxy.tick();
    }

    proxy.ownership.unfinished.add(proxy.ownership.connected.get(0).policy().principal());
    sent.reply("{n: 1, ok: 1.0}");
    assertTrue(client.receive().ok());
    client.send(INSERT);
    proxy.gate.take().reply("{n: 1, ok: 1.0}");
    assertTrue(client.receive().ok());

    proxy.ownership.unfinished.clear();

    client.awaitEnd();
    gone.get(20, TimeUnit.SECONDS);
  }

  @Test
  void waitsForOpenCursorsOnlySoLong() throws Exception {
    proxy.ownership.unfinished.add(proxy.ownership.connected.get(0).policy().principal());
    CompletableFuture<Void> gone = drain(Duration.ZERO, Duration.ZERO, NEVER);
    client.awaitEnd();
    gone.get(20, TimeUnit.SECONDS);
  }

  @Test
  void endsQuietConnectionsThen() throws Exception {
    CompletableFuture<Void> gone = drain(Duration.ZERO, Duration.ZERO, NEVER);
    client.awaitEnd();
    gone.get(20, TimeUnit.SECONDS);
    assertEquals(0, proxy.connections.open());
  }

  @Test
  void endsAConnectionBehindTheCommandItIsAt() throws Exception {
    int requestId = client.send(INSERT);
    StandInGate.Sent sent = proxy.gate.take();
    CompletableFuture<Void> gone = drain(Duration.ZERO, Duration.ZERO, NEVER);
    monitor.awaitEnd();
    while (!proxy.isDraining(client)) {
      proxy.tick();
    }
    sent.reply("{n: 1, ok: 1.0}");
    assertEquals(requestId, client.receive().responseTo());
    client.awaitEnd();
    gone.get(20, TimeUnit.SECONDS);
  }

  @Test
  void leavesAConnectionThatWasJustUsedTheTimeForOneMoreCommand() throws Exception {
    drain(Duration.ZERO, Duration.ofMinutes(1), NEVER);
    monitor.awaitEnd();
    while (!proxy.isLeaving(client)) {
      proxy.tick();
    }
    assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
    client.awaitEnd();
  }

  @Test
  void answersWhatIsLeftAtTheDeadline() throws Exception {
    client.send(INSERT);
    StandInGate.Sent sent = proxy.gate.take();
    CompletableFuture<Void> gone = drain(NEVER, Duration.ZERO, Duration.ZERO);
    RawClient.Reply reply = client.receive();
    assertEquals(91, reply.code());
    client.awaitEnd();
    assertEquals(sent.lease(), proxy.gate.takeClosed());
    gone.get(20, TimeUnit.SECONDS);
  }

  @Test
  void cutsAReplyThatHasBegunAtTheDeadline() throws Exception {
    client.send(INSERT);
    StandInGate.Sent sent = proxy.gate.take();
    var whole = sent.chunk("{n: 1, ok: 1.0}");
    sent.chunk(whole.readRetainedSlice(10));
    proxy.tick();
    CompletableFuture<Void> gone = drain(NEVER, Duration.ZERO, Duration.ZERO);
    assertThrows(IOException.class, () -> client.receive());
    gone.get(20, TimeUnit.SECONDS);
    whole.release();
  }

  @Test
  void isDoneAtOnceWhenNobodyIsConnected() throws Exception {
    monitor.close();
    client.close();
    proxy.observer.takeEnd();
    proxy.observer.takeEnd();
    while (proxy.connections.open() > 0) {
      proxy.tick();
    }
    drain(NEVER, NEVER, NEVER).get(20, TimeUnit.SECONDS);
  }

  @Test
  void acceptsNobodyAnyMore() throws Exception {
    drain(NEVER, NEVER, NEVER);
    assertThrows(IOException.class, () -> proxy.connect());
    try (RawClient late = proxy.connectBound()) {
      late.awaitEnd();
    }
  }

  @Test
  void plansWithinTheTimeThereIs() {
    assertEquals(Duration.ofSeconds(12), DrainPlan.within(Duration.ofMinutes(2)).serveOn());
    assertEquals(Duration.ofSeconds(5), DrainPlan.within(Duration.ofSeconds(10)).serveOn());
    assertEquals(Duration.ofMillis(7500), DrainPlan.within(Duration.ofSeconds(10)).finish());
  }
}
