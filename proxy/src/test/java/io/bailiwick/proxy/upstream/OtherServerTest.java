package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.topology.ServerState;
import io.bailiwick.proxy.topology.ServerState.Role;
import io.bailiwick.proxy.topology.Topology;
import io.bailiwick.proxy.topology.Topology.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that one server failed is sent to another where one fits, and to a new primary. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs before anything else
class OtherServerTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String SECONDARY_READ =
      "{find: 'campaigns', $db: 'ads', $readPreference: {mode: 'secondary'}}";
  private static final String INSERT = "{insert: 'campaigns', documents: [{a: 1}], $db: 'ads'}";
  private static final String BATCH = "{cursor: {firstBatch: [], id: {$numberLong: '0'}}, ok: 1}";
  private static final String SECONDARY =
      "{isWritablePrimary: false, secondary: true, setName: 'rs0', maxWireVersion: 21,"
          + " logicalSessionTimeoutMinutes: 30, ok: 1.0}";
  private static final String MONGOS =
      "{isWritablePrimary: true, msg: 'isdbgrid', maxWireVersion: 21,"
          + " logicalSessionTimeoutMinutes: 30, ok: 1.0}";
  private static final String NOT_PRIMARY = "{ok: 0.0, errmsg: 'not primary', code: 10107}";

  private final List<ScriptedUpstream> servers = new ArrayList<>();
  private GateFixture fixture;

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    for (ScriptedUpstream server : servers) {
      server.close();
    }
  }

  private void start(@Nullable Integer pooled, Kind kind, Role... roles) throws Exception {
    for (Role role : roles) {
      ScriptedUpstream server = ScriptedUpstream.start();
      server.always("find", any -> ScriptedReply.json(BATCH));
      server.always("insert", any -> ScriptedReply.json("{n: 1, ok: 1}"));
      server.always("hello", any -> ScriptedReply.json(greeting(role)));
      servers.add(server);
    }
    fixture =
        GateFixture.retrying(
            pooled,
            servers.stream()
                .map(ScriptedUpstream::address)
                .toArray(java.net.InetSocketAddress[]::new));
    seen(kind, roles);
  }

  private static String greeting(Role role) {
    return switch (role) {
      case PRIMARY -> ScriptedUpstream.GREETING;
      case MONGOS -> MONGOS;
      default -> SECONDARY;
    };
  }

  private void seen(Kind kind, Role... roles) {
    List<ServerState> states = new ArrayList<>();
    for (int i = 0; i < roles.length; i++) {
      states.add(new ServerState(servers.get(i).address(), roles[i], 1_000, Map.of(), 0, 0, 21));
    }
    fixture.gate.onTopology(new Topology(kind, states));
  }

  private int count(int server, String name) {
    return (int)
        servers.get(server).received().stream()
            .filter(command -> command.name().equals(name))
            .count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost", "91"})
  void aMongosThatFailsARequestIsNotAskedAgain(String how) throws Exception {
    start(null, Kind.SHARDED, Role.MONGOS, Role.MONGOS);
    ScriptedReply failing =
        how.equals("91")
            ? ScriptedReply.json("{ok: 0, code: 91, errmsg: 'going down'}")
            : ScriptedReply.silence().thenResets();
    servers.get(0).always("find", any -> failing);
    for (int i = 0; i < 20; i++) {
      assertTrue(fixture.send(fixture.anotherLease(), FIND).await().outcome().ok());
    }
    assertTrue(count(0, "find") > 0, "nobody chose the one that fails");
  }

  @Test
  void aSecondaryThatFailsARequestIsNotAskedAgain() throws Exception {
    start(4, Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY, Role.SECONDARY);
    servers.get(1).always("find", any -> ScriptedReply.json("{ok: 0, code: 13436}"));
    for (int i = 0; i < 40; i++) {
      assertTrue(fixture.send(SECONDARY_READ).await().outcome().ok());
    }
    assertTrue(count(1, "find") > 0, "nobody chose the one that fails");
    assertEquals(0, count(0, "find"));
  }

  /** Of those that share connections only one has to find out. */
  @Test
  void connectionsToAPrimaryThatSteppedDownAreNotUsedForWhatNeedsAPrimary() throws Exception {
    start(8, Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY);
    openEight();
    stepDown();

    CollectingSink first = fixture.send(FIND);
    servers.get(0).take("hello");
    seen(Kind.REPLICA_SET, Role.SECONDARY, Role.PRIMARY);

    assertTrue(first.await().outcome().ok());
  }

  /** A write that could happen twice fails once, and not once for each connection. */
  @Test
  void oneWriteAtMostMeetsAPrimaryThatSteppedDown() throws Exception {
    start(8, Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY);
    openEight();
    stepDown();

    assertEquals(false, write().await().outcome().ok());
    CollectingSink next = write();
    seen(Kind.REPLICA_SET, Role.SECONDARY, Role.PRIMARY);

    assertTrue(next.await().outcome().ok());
    assertEquals(1, count(0, "insert"));
    assertEquals(1, count(1, "insert"));
  }

  /** What is bound to a server says nothing about those that look for a primary. */
  @Test
  void aCursorOfAFormerPrimaryDoesNotCostTheOthersTheirConnections() throws Exception {
    start(8, Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY);
    openEight();
    int before = servers.get(0).connections();
    servers.get(0).next("find", ScriptedReply.json(NOT_PRIMARY));

    fixture
        .send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, new RecordingProof(0, false))
        .await()
        .outcome();
    servers.get(0).take("find");
    servers.get(0).take("find");
    openEight();

    assertEquals(before + 1, servers.get(0).connections());
  }

  /** What the proxy itself wants to know of the primary it asks whoever is the primary now. */
  @Test
  void theProxysOwnQuestionsFollowThePrimary() throws Exception {
    start(null, Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY);
    assertTrue(ask().get(20, TimeUnit.SECONDS).ok());
    assertEquals(1, count(0, "buildInfo"));

    stepDown();
    seen(Kind.REPLICA_SET, Role.SECONDARY, Role.PRIMARY);

    assertTrue(ask().get(20, TimeUnit.SECONDS).ok());
    assertEquals(1, count(0, "buildInfo"));
    assertEquals(1, count(1, "buildInfo"));
  }

  @Test
  void theProxysOwnQuestionIsNotAnsweredByAServerThatIsThePrimaryNoLonger() throws Exception {
    start(null, Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY);
    assertTrue(ask().get(20, TimeUnit.SECONDS).ok());
    stepDown();
    servers.get(0).always("buildInfo", any -> ScriptedReply.json(NOT_PRIMARY));

    CompletableFuture<OwnReply> answer = ask();
    servers.get(0).take("buildInfo");
    servers.get(0).take("buildInfo");
    seen(Kind.REPLICA_SET, Role.SECONDARY, Role.PRIMARY);

    assertTrue(answer.get(20, TimeUnit.SECONDS).ok());
  }

  /** An answer that there is none of is not the answer that collections are not what they seem. */
  @Test
  void aQuestionThatNoPrimaryAnswersFails() throws Exception {
    start(null, Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY);
    servers.get(0).always("buildInfo", any -> ScriptedReply.json(NOT_PRIMARY));

    ExecutionException none =
        assertThrows(ExecutionException.class, () -> ask().get(20, TimeUnit.SECONDS));

    assertTrue(none.getCause() instanceof UnexpectedReplyException);
    assertEquals(2, count(0, "buildInfo"));
  }

  private CompletableFuture<OwnReply> ask() {
    return fixture.gate.primary().ask(new OwnCommand.BuildInfo()).toCompletableFuture();
  }

  private CollectingSink write() throws Exception {
    return fixture.send(Messages.command(1, INSERT), ReplyPlan.Kind.WRITE, new RecordingProof());
  }

  /** The monitor does not know yet. */
  private void stepDown() {
    ScriptedUpstream former = servers.get(0);
    former.always("find", any -> ScriptedReply.json(NOT_PRIMARY));
    former.always("insert", any -> ScriptedReply.json(NOT_PRIMARY));
    former.always("hello", any -> ScriptedReply.json(SECONDARY));
    servers.get(1).always("hello", any -> ScriptedReply.json(ScriptedUpstream.GREETING));
  }

  /** Eight at once, so that there are eight connections. */
  private void openEight() throws Exception {
    ScriptedUpstream primary = servers.get(0);
    for (int i = 0; i < 8; i++) {
      primary.next("find", ScriptedReply.silence());
    }
    List<CollectingSink> sinks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sinks.add(fixture.send(fixture.anotherLease(), FIND));
    }
    List<ReceivedCommand> held = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      held.add(primary.take("find"));
    }
    for (ReceivedCommand find : held) {
      primary.answer(find, BATCH);
    }
    for (CollectingSink sink : sinks) {
      assertTrue(sink.await().outcome().ok());
    }
  }
}
