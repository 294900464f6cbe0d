package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.topology.ServerState;
import io.bailiwick.proxy.topology.ServerState.Role;
import io.bailiwick.proxy.topology.Topology;
import io.bailiwick.proxy.topology.Topology.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where commands go in a replica set whose shape the test decides. */
class RoutingTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String SECONDARY =
      "{isWritablePrimary: false, secondary: true, setName: 'rs0', maxWireVersion: 21,"
          + " logicalSessionTimeoutMinutes: 30, ok: 1.0}";

  private final List<ScriptedUpstream> servers = new ArrayList<>();
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    for (int i = 0; i < 3; i++) {
      ScriptedUpstream server = ScriptedUpstream.start();
      server.always(
          "find",
          any -> ScriptedReply.json("{cursor: {firstBatch: [], id: {$numberLong: '0'}}, ok: 1}"));
      servers.add(server);
    }
    fixture =
        new GateFixture(
            GateFixture.timeouts(Duration.ofSeconds(2)),
            null,
            servers.get(0).address(),
            servers.get(1).address(),
            servers.get(2).address());
    roles(Role.PRIMARY, Role.SECONDARY, Role.SECONDARY);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    for (ScriptedUpstream server : servers) {
      server.close();
    }
  }

  /** Each server greets as its role, and the monitor says the same. */
  private void roles(Role... roles) {
    List<ServerState> states = new ArrayList<>();
    for (int i = 0; i < roles.length; i++) {
      ScriptedUpstream server = servers.get(i);
      String greeting = roles[i] == Role.PRIMARY ? ScriptedUpstream.GREETING : SECONDARY;
      server.always("hello", any -> ScriptedReply.json(greeting));
      states.add(new ServerState(server.address(), roles[i], 1_000, Map.of(), 0, 0, 21));
    }
    fixture.gate.onTopology(new Topology(Kind.REPLICA_SET, states));
  }

  private int goesTo(String json) throws Exception {
    return goesTo(json, new RecordingProof());
  }

  private int goesTo(String json, RecordingProof proof) throws Exception {
    CollectingSink sink =
        fixture.send(Messages.command(1, json), ReplyPlan.Kind.CURSOR, proof).await();
    sink.outcome();
    return proof.sentTo();
  }

  @Test
  void saysWhatEachServerIsAndWhichOnesAreGone() {
    assertEquals(Set.of("primary", "secondary"), Set.copyOf(fixture.observer.roles().values()));
    String first = "127.0.0.1:" + servers.get(0).address().getPort();
    assertEquals("primary", fixture.observer.roles().get(first));

    fixture.gate.onTopology(
        new Topology(
            Kind.REPLICA_SET,
            List.of(
                new ServerState(servers.get(1).address(), Role.UNKNOWN, 0, Map.of(), 0, 0, 0))));

    assertEquals("gone", fixture.observer.roles().get(first));
    assertEquals(
        "unknown", fixture.observer.roles().get("127.0.0.1:" + servers.get(1).address().getPort()));
  }

  @Test
  void readsWithoutAPreferenceGoToThePrimary() throws Exception {
    assertEquals(0, goesTo(FIND));
    assertEquals(0, goesTo("{find: 'campaigns', $db: 'ads', $readPreference: {mode: 'primary'}}"));
  }

  @Test
  void aServerThatWasLeftAloneIsTriedAgainWhenItIsSeen() throws Exception {
    leaveThePrimaryAlone();
    roles(Role.UNKNOWN, Role.SECONDARY, Role.SECONDARY);
    roles(Role.PRIMARY, Role.SECONDARY, Role.SECONDARY);

    assertEquals(0, goesTo(FIND));
  }

  @Test
  void aServerThatWasLeftAloneIsTriedAgainWhenItIsElected() throws Exception {
    leaveThePrimaryAlone();
    roles(Role.SECONDARY, Role.PRIMARY, Role.SECONDARY);
    assertEquals(1, goesTo(FIND));

    roles(Role.PRIMARY, Role.SECONDARY, Role.SECONDARY);

    assertEquals(0, goesTo(FIND));
  }

  @Test
  void commandsWaitForWordOfAnotherPrimaryWhereOneHasJustBegunToFail() throws Exception {
    leaveThePrimaryAlone();

    CollectingSink waiting = fixture.send(FIND);
    roles(Role.SECONDARY, Role.PRIMARY, Role.SECONDARY);

    assertTrue(waiting.await().outcome().ok());
    servers.get(1).take("find");
  }

  @Test
  void othersWaitForTheOneThatTriesAServerAgain() throws Exception {
    leaveThePrimaryAlone();
    roles(Role.UNKNOWN, Role.SECONDARY, Role.SECONDARY);
    roles(Role.PRIMARY, Role.SECONDARY, Role.SECONDARY);
    Lease other = fixture.gate.lease(fixture.loop);

    CollectingSink one = fixture.send(FIND);
    CollectingSink two = fixture.send(other, FIND);

    assertTrue(one.await().outcome().ok());
    assertTrue(two.await().outcome().ok());
  }

  private void leaveThePrimaryAlone() throws Exception {
    servers.get(0).always("hello", any -> ScriptedReply.json("{ok: 1.0}").claimedLength(5));
    for (int i = 0; i < 20 && !fixture.observer.breakerStates().contains("open"); i++) {
      fixture.send(FIND).await();
    }
  }

  @Test
  void readsThatPreferSecondariesGoToThemWithTheirPreference() throws Exception {
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      used.add(
          goesTo("{find: 'campaigns', $db: 'ads', $readPreference: {mode: 'secondaryPreferred'}}"));
    }

    assertEquals(Set.of(1, 2), used);
    assertEquals(
        "secondaryPreferred",
        servers
            .get(1)
            .take("find")
            .body()
            .getDocument("$readPreference")
            .getString("mode")
            .getValue());
    assertEquals(0, servers.get(0).connections());
  }

  @Test
  void writesGoToThePrimaryWhateverTheyPrefer() throws Exception {
    RecordingProof proof = new RecordingProof();

    fixture
        .send(
            Messages.command(
                1,
                "{insert: 'campaigns', documents: [{}], $db: 'ads',"
                    + " $readPreference: {mode: 'secondary'}}"),
            ReplyPlan.Kind.WRITE,
            proof)
        .await()
        .outcome();

    assertEquals(0, proof.sentTo());
  }

  @Test
  void readsOfATransactionStayWithItsWrites() throws Exception {
    assertEquals(
        0,
        goesTo(
            "{find: 'campaigns', $db: 'ads', txnNumber: {$numberLong: '1'}, autocommit: false,"
                + " $readPreference: {mode: 'secondary'}}"));
  }

  @Test
  void aCursorIsContinuedWhereItLives() throws Exception {
    assertEquals(2, goesTo(FIND, new RecordingProof(2, false)));
    assertEquals(0, goesTo(FIND));
    assertEquals(2, goesTo(FIND, new RecordingProof(2, false)));
    assertEquals(1, servers.get(2).connections());
  }

  @Test
  void aCursorOfAServerThatHasLeftIsGone() throws Exception {
    roles(Role.PRIMARY, Role.SECONDARY);

    CollectingSink sink =
        fixture
            .send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, new RecordingProof(2, false))
            .await();

    assertEquals(
        new UpstreamFailure(UpstreamFailure.Kind.OTHER_SERVER, false, false), sink.failure());
  }

  @Test
  void writesFollowThePrimaryWithoutAnError() throws Exception {
    assertEquals(0, goesTo(FIND));

    roles(Role.SECONDARY, Role.PRIMARY, Role.SECONDARY);

    assertEquals(1, goesTo(FIND));
  }

  @Test
  void aRequestWaitsForAPrimaryToBeElected() throws Exception {
    roles(Role.SECONDARY, Role.SECONDARY, Role.SECONDARY);
    RecordingProof proof = new RecordingProof();
    CollectingSink sink = fixture.send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, proof);

    roles(Role.SECONDARY, Role.SECONDARY, Role.PRIMARY);

    assertTrue(sink.await().outcome().ok());
    assertEquals(2, proof.sentTo());
  }

  @Test
  void aRequestThatNothingFitsIsAnsweredWhenTheTimeForSelectionIsOver() throws Exception {
    roles(Role.SECONDARY, Role.SECONDARY, Role.SECONDARY);

    CollectingSink sink = fixture.send(FIND).await();

    assertEquals(
        new UpstreamFailure(UpstreamFailure.Kind.UNREACHABLE, false, false), sink.failure());
  }

  @Test
  void aPrimaryThatOnlyItsMonitorDoesNotReachGoesOnServing() throws Exception {
    assertEquals(0, goesTo(FIND));

    roles(Role.UNKNOWN, Role.SECONDARY, Role.SECONDARY);

    assertEquals(0, goesTo(FIND));
    assertEquals(1, servers.get(0).connections());
  }

  @Test
  void readsTakeAnotherSecondaryWhileOneIsLeftAlone() throws Exception {
    servers.get(1).close();
    String read = "{find: 'campaigns', $db: 'ads', $readPreference: {mode: 'secondary'}}";
    for (int i = 0; i < 20; i++) {
      assertEquals(2, goesTo(read));
    }
  }
}
