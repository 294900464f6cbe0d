package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers of connections and operations mean something in one process only. */
class KilledElsewhereTest {
  private static final BoundPolicy HASTY =
      Policies.bind(
          Policies.policy("h", Duration.ofMillis(50), TripwireMode.FIRST),
          "app",
          Policies.TENANT_A);

  private static final String RUN_1 =
      ", topologyVersion: {processId: {$oid: '000000000000000000000001'}}";
  private static final String RUN_2 =
      ", topologyVersion: {processId: {$oid: '000000000000000000000002'}}";

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always("update", any -> ScriptedReply.silence());
    upstream.always("aggregate", any -> operations());
    greets("connectionId: 77" + RUN_1);
    fixture = new GateFixture(upstream.address());
    fixture
        .send(
            Messages.command(1, "{insert: 'c', documents: [{}], $db: 'ads'}"),
            ReplyPlan.Kind.WRITE,
            new RecordingProof())
        .await();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  private static ScriptedReply operations() {
    return ScriptedReply.json(
        "{cursor: {firstBatch: [{opid: 4242}], id: {$numberLong: '0'},"
            + " ns: 'admin.$cmd.aggregate'}, ok: 1.0}");
  }

  private void greets(String more) {
    String greeting = ScriptedUpstream.GREETING.replace(", ok: 1.0", ", " + more + ", ok: 1.0");
    upstream.always("hello", any -> ScriptedReply.json(greeting));
  }

  private void update() throws Exception {
    fixture
        .send(
            Messages.command(1, "{update: 'c', updates: [], $db: 'ads'}"),
            ReplyPlan.Kind.WRITE,
            new RecordingProof(),
            HASTY)
        .await();
  }

  private boolean asked(String command) {
    return upstream.received().stream().anyMatch(each -> each.name().equals(command));
  }

  @Test
  void onlyTheProcessThatTheConnectionLeadsToIsAsked() throws Exception {
    update();

    upstream.takeEnd();
    assertEquals(List.of("killed"), fixture.observer.killed());
  }

  /** Several servers behind one address: there, the number is some other client's connection. */
  @ParameterizedTest
  @ValueSource(strings = {"connectionId: 12" + RUN_2, "connectionId: 12"})
  void anotherBehindTheSameAddressIsLeftAlone(String greetingOfTheOther) throws Exception {
    greets(greetingOfTheOther);
    update();

    upstream.takeEnd();
    assertEquals(List.of("unreachable"), fixture.observer.killed());
    assertFalse(asked("killOp"));
    assertFalse(asked("aggregate"));
  }

  /** Between the look and the end, the proxy's own connection was lost and opened anew. */
  @Test
  void anotherThatIsReachedMeanwhileIsLeftAlone() throws Exception {
    upstream.always(
        "aggregate",
        any -> {
          greets("connectionId: 12" + RUN_2);
          return operations().thenCloses();
        });
    update();

    upstream.takeEnd();
    assertEquals(List.of("unreachable"), fixture.observer.killed());
    assertFalse(asked("killOp"));
  }
}
