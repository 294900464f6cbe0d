package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a mongos has begun on its shards is ended there, too. The scripted mongos lists operations
 * as a real one does: its own by number with {@code localOps}, else those of the shards as {@code
 * shard:number}, each with whom the mongos acts for.
 */
class KilledOnShardsTest {
  private static final String UPDATE =
      "{update: 'c', updates: [{q: {}, u: {$set: {a: 1}}, multi: true}], $db: 'ads'}";

  private static final BoundPolicy HASTY =
      Policies.bind(
          Policies.policy("h", Duration.ofMillis(50), TripwireMode.FIRST),
          "app",
          Policies.TENANT_A);

  private final Set<String> onShards = ConcurrentHashMap.newKeySet();
  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    String greeting =
        "{isWritablePrimary: true, msg: 'isdbgrid', connectionId: 78, maxBsonObjectSize: 16777216,"
            + " maxMessageSizeBytes: 48000000, maxWriteBatchSize: 100000, maxWireVersion: 25,"
            + " logicalSessionTimeoutMinutes: 30, minWireVersion: 0, ok: 1.0}";
    upstream.always("hello", any -> ScriptedReply.json(greeting));
    upstream.always("update", any -> ScriptedReply.silence());
    upstream.always("aggregate", this::operations);
    upstream.always("killOp", this::kill);
    onShards.addAll(List.of("shard0:-7", "shard1:31"));
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

  private ScriptedReply operations(ReceivedCommand command) {
    return isLocal(command)
        ? list(
            "{opid: 4242, clientMetadata: {mongos: {host: 'mongos-1:27017',"
                + " client: '10.0.0.9:51234'}}}")
        : list(
            onShards.stream().map(id -> "{opid: '" + id + "'}").collect(Collectors.joining(",")));
  }

  private static boolean isLocal(ReceivedCommand command) {
    return stage(command, 0).getDocument("$currentOp").containsKey("localOps");
  }

  private static BsonDocument stage(ReceivedCommand command, int index) {
    return command.body().getArray("pipeline").get(index).asDocument();
  }

  private static ScriptedReply list(String members) {
    return ScriptedReply.json(
        "{cursor: {firstBatch: ["
            + members
            + "], id: {$numberLong: '0'}, ns: 'admin.$cmd.aggregate'}, ok: 1.0}");
  }

  private ScriptedReply kill(ReceivedCommand command) {
    if (command.body().isString("op")) {
      onShards.remove(command.body().getString("op").getValue());
    }
    return ScriptedReply.json("{ok: 1.0}");
  }

  private String outcome() throws Exception {
    fixture
        .send(Messages.command(1, UPDATE), ReplyPlan.Kind.WRITE, new RecordingProof(), HASTY)
        .await();
    assertEquals(upstream.take("update").connection(), upstream.takeEnd());
    List<String> outcomes = fixture.observer.killed();
    assertEquals(1, outcomes.size());
    return outcomes.get(0);
  }

  private long killed() {
    return upstream.received().stream().filter(each -> each.name().equals("killOp")).count();
  }

  @Test
  void aMongosIsAskedOfItselfFirstAndThenOfWhatItsShardsDoForThatConnection() throws Exception {
    assertEquals("killed", outcome());

    ReceivedCommand local = upstream.take("aggregate");
    assertEquals(
        BsonDocument.parse("{$currentOp: {allUsers: false, localOps: true}}"), stage(local, 0));
    assertEquals(
        BsonDocument.parse("{$match: {connectionId: {$numberLong: '78'}}}"), stage(local, 1));
    assertEquals(
        BsonDocument.parse("{killOp: 1, op: {$numberLong: '4242'}, $db: 'admin'}"),
        upstream.take("killOp").body());
    ReceivedCommand shards = upstream.take("aggregate");
    assertEquals(BsonDocument.parse("{$currentOp: {allUsers: true}}"), stage(shards, 0));
    assertEquals(
        BsonDocument.parse(
            "{$match: {'clientMetadata.mongos.host': 'mongos-1:27017',"
                + " 'clientMetadata.mongos.client': '10.0.0.9:51234', killPending: {$ne: true}}}"),
        stage(shards, 1));
    Set<String> ended =
        Set.of(
            upstream.take("killOp").body().getString("op").getValue(),
            upstream.take("killOp").body().getString("op").getValue());
    assertEquals(Set.of("shard0:-7", "shard1:31"), ended);
    assertTrue(onShards.isEmpty());
  }

  /** A mongos that is ended may have been about to send the next part. */
  @Test
  void whatAMongosBeginsMeanwhileIsEndedToo() throws Exception {
    upstream.always(
        "killOp",
        command -> {
          if (onShards.contains("shard1:31")) {
            onShards.add("shard2:5");
          }
          return kill(command);
        });

    assertEquals("killed", outcome());
    assertTrue(onShards.isEmpty());
  }

  @Test
  void whatDoesNotEndIsSaidToGoOn() throws Exception {
    upstream.always("killOp", any -> ScriptedReply.json("{ok: 1.0}"));

    assertEquals("partly", outcome());
  }

  @Test
  void whoMayNotLookAtTheShardsEndsItsOwnAndSaysSo() throws Exception {
    upstream.always(
        "aggregate",
        command ->
            isLocal(command)
                ? operations(command)
                : ScriptedReply.json("{ok: 0.0, code: 13, errmsg: 'no'}"));

    assertEquals("partly", outcome());
    assertEquals(1, killed());
  }

  @Test
  void whoMayNotEndOperationsOfShardsSaysSo() throws Exception {
    upstream.always(
        "killOp",
        command ->
            ScriptedReply.json(
                command.body().isString("op") ? "{ok: 0.0, code: 13, errmsg: 'no'}" : "{ok: 1.0}"));

    assertEquals("partly", outcome());
  }

  @Test
  void aMongosThatDoesNotSayWhomItActsForHasOnlyItsOwnPartEnded() throws Exception {
    upstream.always("aggregate", any -> list("{opid: 4242}"));

    assertEquals("partly", outcome());
    assertEquals(1, killed());
  }

  @Test
  void whatIsOverOnAMongosIsLeftAtThat() throws Exception {
    upstream.always("aggregate", any -> list(""));

    assertEquals("over", outcome());
    assertEquals(0, killed());
  }
}
