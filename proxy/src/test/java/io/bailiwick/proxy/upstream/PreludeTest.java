package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.TestForwards;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.ownership.UpstreamCleanup;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreludeTest {
  private static final String COMMIT =
      "{commitTransaction: 1, lsid: {id: {$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}},"
          + " txnNumber: {$numberLong: '7'}, autocommit: false, $db: 'admin'}";
  private static final String EMPTY_BATCH =
      "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.campaigns'}, ok: 1.0,"
          + " $clusterTime: {clusterTime: {$timestamp: {t: 50, i: 0}}}}";

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always("find", any -> ScriptedReply.json(EMPTY_BATCH));
    upstream.always("commitTransaction", any -> ScriptedReply.json("{ok: 1.0}"));
    fixture = new GateFixture(upstream.address());
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  /** The proof of a commit that nobody here knows. */
  private static final class Unknown implements Proof {
    private final AtomicInteger unsent = new AtomicInteger();

    @Override
    public UpstreamCleanup.Transaction unsettled() {
      return new UpstreamCleanup.Transaction(ANY_SERVER, new byte[16], 7, 1);
    }

    @Override
    public int server() {
      return ANY_SERVER;
    }

    @Override
    public boolean tripwire() {
      return false;
    }

    @Override
    public long cursorId(long upstreamCursorId, int server, boolean tripwire) {
      return 0;
    }

    @Override
    public void onUnsent() {
      unsent.incrementAndGet();
    }

    @Override
    public void onLost() {}
  }

  private CollectingSink send(OpMsg message, ReplyPlan.Kind kind, Proof proof, List<Claim> claims)
      throws Exception {
    CollectingSink sink = new CollectingSink();
    fixture.onLoop(
        () -> {
          fixture.lease.send(
              TestForwards.claiming(ReplyPlan.of(kind, null), claims),
              message,
              new Owner(Policies.bound(TripwireMode.FIRST), 1),
              proof,
              sink);
          return sink;
        });
    return sink.await();
  }

  private CollectingSink commit(Proof proof) throws Exception {
    return send(Messages.command(1, COMMIT), ReplyPlan.Kind.PLAIN, proof, List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ok: 1.0}",
        "{ok: 0.0, code: 251}",
        "{ok: 0.0, code: 256}",
        "{ok: 0.0, code: 225}"
      })
  void abortsAnUnknownTransactionBeforeItAsksForItsCommit(String answer) throws Exception {
    upstream.next("abortTransaction", ScriptedReply.json(answer));

    assertTrue(commit(new Unknown()).outcome().ok());

    BsonDocument abort = upstream.take("abortTransaction").body();
    assertEquals(7, abort.getInt64("txnNumber").getValue());
    assertEquals("1", abort.getString("apiVersion").getValue());
    assertEquals(BsonDocument.parse(COMMIT), upstream.take("commitTransaction").body());
    assertEquals(1, upstream.connections());
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 91, 189, 391, 11600, 50})
  void commitsNothingIfItMayStillBeOpen(int code) throws Exception {
    upstream.next("abortTransaction", ScriptedReply.json("{ok: 0.0, code: " + code + "}"));
    Unknown proof = new Unknown();

    UpstreamFailure failure = commit(proof).failure();

    assertEquals(new UpstreamFailure(Kind.UNREACHABLE, false, false), failure);
    assertEquals(1, proof.unsent.get());
    assertEquals(0, count("commitTransaction"));
  }

  @Test
  void commitsNothingIfTheConnectionEndsBefore() throws Exception {
    upstream.next("abortTransaction", ScriptedReply.json("{ok: 1.0}").truncatedTo(20).thenCloses());

    assertEquals(Kind.DISCONNECTED, commit(new Unknown()).failure().kind());
    assertEquals(0, count("commitTransaction"));
  }

  private long count(String command) {
    return upstream.received().stream().filter(one -> one.name().equals(command)).count();
  }

  @Test
  void abortsWhatNobodyGoesOnWithOverTheProxysOwnConnection() throws Exception {
    upstream.next("abortTransaction", ScriptedReply.json("{ok: 1.0}"));

    fixture
        .gate
        .cleanup()
        .abortTransaction(
            Policies.bound(TripwireMode.FIRST).principal(),
            new UpstreamCleanup.Transaction(0, new byte[16], 7, 1 << 2));

    BsonDocument abort = upstream.take("abortTransaction").body();
    assertEquals(
        BsonDocument.parse(
            "{abortTransaction: 1, lsid: {id: {$uuid: '00000000-0000-0000-0000-000000000000'}},"
                + " txnNumber: {$numberLong: '7'}, autocommit: false, apiStrict: false,"
                + " $db: 'admin'}"),
        abort);
  }

  private CollectingSink readAt(int seconds) throws Exception {
    String find =
        "{find: 'campaigns', readConcern: {afterClusterTime: {$timestamp: {t: "
            + seconds
            + ", i: 0}}}, $db: 'ads'}";
    OpMsg message = Messages.command(1, find);
    Elements concern = Objects.requireNonNull(message.body().find("readConcern"));
    Elements time = Objects.requireNonNull(concern.document().find("afterClusterTime"));
    return send(
        message,
        ReplyPlan.Kind.CURSOR,
        new RecordingProof(),
        List.of(new Claim.ReadsAt(time.valueStart())));
  }

  @Test
  void asksMongoDbTheTimeOnlyIfItIsNotKnownToHaveCome() throws Exception {
    upstream.next("ping", ping(40));
    assertTrue(readAt(40).outcome().ok());
    assertEquals(1, count("ping"));

    // The reply said 50.
    assertTrue(readAt(50).outcome().ok());
    assertEquals(1, count("ping"));
    assertEquals(2, count("find"));
  }

  @Test
  void readsAtNoTimeThatHasNotCome() throws Exception {
    upstream.next("ping", ping(40));

    assertEquals(new UpstreamFailure(Kind.TIME_AHEAD, false, false), readAt(41).failure());
    assertEquals(0, count("find"));

    upstream.next("ping", ScriptedReply.json("{ok: 1.0}"));
    assertEquals(Kind.TIME_AHEAD, readAt(41).failure().kind());
  }

  private static ScriptedReply ping(int seconds) {
    return ScriptedReply.json(
        "{ok: 1.0, $clusterTime: {clusterTime: {$timestamp: {t: " + seconds + ", i: 0}}}}");
  }
}
