package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.OpMsg;
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
import java.util.concurrent.CountDownLatch;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What MongoDB goes on with for nobody is ended there: reads by closing their connection, all else
 * by name once its time is over.
 */
class KilledOperationTest {
  private static final String UPDATE =
      "{update: 'c', updates: [{q: {}, u: {$set: {a: 1}}, multi: true}], $db: 'ads'}";
  private static final String FIND = "{find: 'c', $db: 'ads'}";
  private static final String DONE = "{n: 1, nModified: 1, ok: 1.0}";

  /** Fifty milliseconds for a command. */
  private static final BoundPolicy HASTY =
      Policies.bind(
          Policies.policy("h", Duration.ofMillis(50), TripwireMode.FIRST),
          "app",
          Policies.TENANT_A);

  private static final BoundPolicy PATIENT = Policies.bound(TripwireMode.FIRST);

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    greets("connectionId: 77");
    upstream.always("update", any -> ScriptedReply.silence());
    upstream.always("find", any -> ScriptedReply.silence());
    operations("{opid: 4242}");
    connect();
  }

  /** So that the time of a command is its own. */
  private void connect() throws Exception {
    fixture = new GateFixture(upstream.address());
    send("{insert: 'c', documents: [{}], $db: 'ads'}", PATIENT).await().outcome();
  }

  private void reconnect(String greeting) throws Exception {
    fixture.close();
    upstream.takeEnd();
    greets(greeting);
    connect();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  private void greets(String more) {
    String greeting =
        more.isEmpty()
            ? ScriptedUpstream.GREETING
            : ScriptedUpstream.GREETING.replace(", ok: 1.0", ", " + more + ", ok: 1.0");
    upstream.always("hello", any -> ScriptedReply.json(greeting));
  }

  private void operations(String list) {
    upstream.always(
        "aggregate",
        any ->
            ScriptedReply.json(
                "{cursor: {firstBatch: ["
                    + list
                    + "], id: {$numberLong: '0'}, ns: 'admin.$cmd.aggregate'}, ok: 1.0}"));
  }

  private CollectingSink send(OpMsg message, BoundPolicy policy) throws Exception {
    return fixture.send(message, ReplyPlan.Kind.WRITE, new RecordingProof(), policy);
  }

  private CollectingSink send(String json, BoundPolicy policy) throws Exception {
    return send(Messages.command(1, json), policy);
  }

  private final CountDownLatch over = new CountDownLatch(1);

  private void clientLeaves() throws Exception {
    fixture.onLoop(
        () -> {
          fixture.lease.close();
          fixture.lease.afterwards(over::countDown);
          return fixture.lease;
        });
  }

  /** Connections to MongoDB that are open once the loop has done what it was told. */
  private int open() throws Exception {
    return fixture.onLoop(() -> fixture.observer.connections());
  }

  private boolean killed() {
    return upstream.received().stream().anyMatch(command -> command.name().equals("killOp"));
  }

  @Test
  void aWriteBeyondItsDeadlineIsEndedBeforeItsConnectionIs() throws Exception {
    CollectingSink sink = send(UPDATE, HASTY);

    assertEquals(Kind.TIMEOUT, sink.await().failure().kind());
    int busy = upstream.take("update").connection();
    ReceivedCommand question = upstream.take("aggregate");
    assertEquals(
        BsonDocument.parse(
            "{aggregate: 1, pipeline: [{$currentOp: {allUsers: false}},"
                + " {$match: {connectionId: {$numberLong: '77'}}}, {$project: {opid: 1}}],"
                + " cursor: {}, $db: 'admin'}"),
        question.body());
    assertEquals(busy, upstream.takeEnd());
    assertEquals(
        BsonDocument.parse("{killOp: 1, op: {$numberLong: '4242'}, $db: 'admin'}"),
        upstream.take("killOp").body());
    assertEquals(List.of("killed"), fixture.observer.killed());
  }

  @Test
  void oneThatHasEndedMeanwhileIsLeftAtThat() throws Exception {
    operations("");
    send(UPDATE, HASTY).await();

    upstream.takeEnd();
    assertEquals(List.of("over"), fixture.observer.killed());
    assertFalse(killed());
  }

  @Test
  void whatMayNotBeLookedAtIsReportedAndItsConnectionClosed() throws Exception {
    upstream.always("aggregate", any -> ScriptedReply.json("{ok: 0.0, code: 13, errmsg: 'no'}"));
    send(UPDATE, HASTY).await();

    upstream.takeEnd();
    assertEquals(List.of("refused"), fixture.observer.killed());
  }

  @Test
  void aConnectionEndsAlsoWhereTheProxysOwnIsLost() throws Exception {
    upstream.always("aggregate", any -> ScriptedReply.silence().thenResets());
    send(UPDATE, HASTY).await();

    upstream.takeEnd();
    assertEquals(List.of("unreachable"), fixture.observer.killed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        FIND,
        "{getMore: {$numberLong: '5'}, collection: 'c', $db: 'ads'}",
        "{count: 'c', $db: 'ads'}"
      })
  void aReadBeyondItsDeadlineEndsWithItsConnection(String read) throws Exception {
    upstream.always("getMore", any -> ScriptedReply.silence());
    upstream.always("count", any -> ScriptedReply.silence());
    send(read, HASTY).await();

    upstream.takeEnd();
    assertEquals(List.of(), fixture.observer.killed());
  }

  @Test
  void aReadWhoseClientLeavesEndsWithItsConnection() throws Exception {
    send(FIND, PATIENT);
    upstream.take("find");

    clientLeaves();

    upstream.takeEnd();
    assertEquals(0, open());
    over.await();
  }

  @Test
  void aWriteWhoseClientLeavesGoesOnToItsEnd() throws Exception {
    CollectingSink sink = send(UPDATE, PATIENT);
    ReceivedCommand update = upstream.take("update");

    clientLeaves();
    assertEquals(1, open());
    assertEquals(1, over.getCount());
    upstream.answer(update, DONE);

    assertEquals(update.connection(), upstream.takeEnd());
    over.await();
    assertFalse(sink.hasEnded());
    assertFalse(killed());
  }

  @Test
  void aWriteWhoseClientLeavesIsEndedOnceItsTimeIsOver() throws Exception {
    send(UPDATE, HASTY);
    upstream.take("update");

    clientLeaves();

    upstream.take("killOp");
    upstream.takeEnd();
    over.await();
  }

  @Test
  void aWriteThatNobodyWaitsForIsLeftAlone() throws Exception {
    send(Messages.unanswered(1, UPDATE), HASTY);
    upstream.take("update");

    clientLeaves();

    upstream.takeEnd();
    assertEquals(List.of(), fixture.observer.killed());
  }

  @Test
  void aServerThatDoesNotSayWhichConnectionItIsIsOnlyLeft() throws Exception {
    reconnect("");
    send(UPDATE, HASTY).await();

    upstream.takeEnd();
    assertEquals(List.of(), fixture.observer.killed());
  }

  @Test
  void sharedConnectionsAreNoDifferent() throws Exception {
    try (GateFixture pooled = GateFixture.pooled(1, Duration.ofSeconds(10), upstream.address())) {
      pooled
          .send(
              Messages.command(1, "{insert: 'c', documents: [{}], $db: 'ads'}"),
              ReplyPlan.Kind.WRITE,
              new RecordingProof(),
              PATIENT)
          .await();
      Lease lease = pooled.onLoop(() -> pooled.gate.lease(pooled.loop));
      pooled.send(Messages.command(1, UPDATE), ReplyPlan.Kind.WRITE, new RecordingProof(), HASTY);
      int busy = upstream.take("update").connection();
      upstream.take("killOp");
      upstream.always(
          "find",
          any ->
              ScriptedReply.json(
                  "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.c'}, ok: 1.0}"));

      assertTrue(pooled.send(lease, FIND).await().outcome().ok());

      assertTrue(upstream.take("find").connection() > busy);
    }
  }
}
