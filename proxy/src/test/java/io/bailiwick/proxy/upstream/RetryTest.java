package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.TestForwards;
import io.bailiwick.policy.Verdict;
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
import java.util.Arrays;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent again, and what never is (I7). */
class RetryTest {
  private static final String READ =
      "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.campaigns'}, ok: 1.0}";
  private static final String WRITTEN = "{n: 1, ok: 1.0}";
  private static final String LSID = "lsid: {id: {$uuid: '00000000-0000-4000-8000-000000000001'}}";
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String NUMBERED =
      "{insert: 'campaigns', documents: [{a: 1}], "
          + LSID
          + ", txnNumber: {$numberLong: '7'}, $db: 'ads'}";

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    for (String read : List.of("find", "getMore", "count")) {
      upstream.always(read, any -> ScriptedReply.json(READ));
    }
    for (String write : List.of("insert", "commitTransaction")) {
      upstream.always(write, any -> ScriptedReply.json(WRITTEN));
    }
    fixture = GateFixture.retrying(upstream.address());
    fixture.send(FIND).await().outcome();
    upstream.take("find");
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  private CollectingSink send(String json) throws Exception {
    return send(Messages.command(1, json));
  }

  private CollectingSink send(OpMsg message) throws Exception {
    var first = message.body().elements();
    first.next();
    boolean write = first.nameIs("insert") || first.nameIs("commitTransaction");
    return fixture
        .send(message, write ? ReplyPlan.Kind.WRITE : ReplyPlan.Kind.CURSOR, new RecordingProof())
        .await();
  }

  private List<ReceivedCommand> received(String name) {
    return upstream.received().stream().filter(command -> command.name().equals(name)).toList();
  }

  @Test
  void I7_sendsAReadAgainWhoseConnectionWasLost() throws Exception {
    upstream.next("find", ScriptedReply.silence().thenResets());

    assertTrue(send(FIND).outcome().ok());

    assertEquals(2, received("find").size());
    assertEquals(List.of("connection sent"), fixture.observer.retries());
  }

  @Test
  void I7_sendsAReadAgainWhoseReplyWasCutOffBeforeAnythingWasPassedOn() throws Exception {
    upstream.next("find", ScriptedReply.json(READ).truncatedTo(60).thenCloses());

    assertEquals(BsonDocument.parse(READ), send(FIND).document());
  }

  @Test
  void I7_sendsANumberedWriteAgainToTheByte() throws Exception {
    upstream.next("insert", ScriptedReply.silence().thenCloses());

    assertTrue(send(NUMBERED).outcome().ok());

    List<ReceivedCommand> inserts = received("insert");
    assertEquals(2, inserts.size());
    assertTrue(Arrays.equals(inserts.get(0).bytes(), inserts.get(1).bytes()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{insert: 'campaigns', documents: [{a: 1}], $db: 'ads'}",
        "{getMore: {$numberLong: '5'}, collection: 'campaigns', $db: 'ads'}",
        "{find: 'campaigns', txnNumber: {$numberLong: '7'}, autocommit: false, $db: 'ads'}",
        "{insert: 'campaigns', documents: [{a: 1}], txnNumber: {$numberLong: '7'},"
            + " autocommit: false, $db: 'ads'}",
        "{commitTransaction: 1, txnNumber: {$numberLong: '7'}, autocommit: false, $db: 'admin'}"
      })
  void I7_sendsNothingElseAgainOnceItWasWritten(String json) throws Exception {
    String name = BsonDocument.parse(json).getFirstKey();
    upstream.next(name, ScriptedReply.silence().thenResets());

    assertEquals(new UpstreamFailure(Kind.DISCONNECTED, true, false), send(json).failure());

    send(FIND).outcome();
    assertEquals(name.equals("find") ? 2 : 1, received(name).size());
    assertEquals(List.of(), fixture.observer.retries());
  }

  @Test
  void I7_sendsNothingAgainThatNobodyWaitsFor() throws Exception {
    upstream.next("insert", ScriptedReply.silence().thenResets());

    send(Messages.unanswered(1, NUMBERED)).failure();

    send(FIND).outcome();
    assertEquals(1, received("insert").size());
  }

  @ParameterizedTest
  @ValueSource(ints = {91, 189, 10107, 11600, 11602, 13435, 13436, 6, 7, 89, 262, 9001})
  void sendsReadsAndNumberedWritesAgainAfterAnElection(int code) throws Exception {
    String error = "{ok: 0.0, errmsg: 'not primary', code: " + code + "}";
    upstream.next("find", ScriptedReply.json(error));
    upstream.next("insert", ScriptedReply.json(error));

    assertTrue(send(FIND).outcome().ok());
    assertTrue(send(NUMBERED).outcome().ok());
  }

  @ParameterizedTest
  @CsvSource({"find, 13", "find, 50", "find, 11000", "insert, 112", "insert, 134"})
  void answersOtherErrorsAtOnce(String command, int code) throws Exception {
    upstream.next(command, ScriptedReply.json("{ok: 0.0, errmsg: 'no', code: " + code + "}"));

    CollectingSink sink = send(command.equals("find") ? FIND : NUMBERED);

    assertFalse(sink.outcome().ok());
    assertEquals(1, received(command).size());
  }

  @Test
  void I7_sendsNoUnacknowledgedWriteAgainThatMongoDbAnswersAllTheSame() throws Exception {
    upstream.next("insert", ScriptedReply.silence().thenResets());
    Verdict.Forward forward =
        TestForwards.named("insert", new ReplyPlan(ReplyPlan.Kind.WRITE, false, List.of(), false));

    CollectingSink sink =
        fixture
            .send(
                forward,
                Messages.command(1, NUMBERED.replace("$db", "writeConcern: {w: 0}, $db")),
                new RecordingProof(),
                Policies.bound(TripwireMode.FIRST))
            .await();

    assertEquals(new UpstreamFailure(Kind.DISCONNECTED, true, false), sink.failure());
    assertEquals(1, received("insert").size());
  }

  /** The proxy's own login has run out: the next command comes on a connection with another. */
  @Test
  void logsInAnewWhereItsOwnLoginHasRunOut() throws Exception {
    String expired = "{ok: 0.0, errmsg: 'log in again', code: 391}";
    upstream.next("find", ScriptedReply.json(expired));

    assertTrue(send(FIND).outcome().ok());

    List<ReceivedCommand> finds = received("find");
    assertNotEquals(finds.get(0).connection(), finds.get(1).connection());
    upstream.next("insert", ScriptedReply.json(expired));
    assertFalse(send("{insert: 'campaigns', documents: [{}], $db: 'ads'}").outcome().ok());
    assertEquals(1, received("insert").size());
  }

  @Test
  void answersAnElectionToAWriteThatCouldHappenTwice() throws Exception {
    upstream.next("insert", ScriptedReply.json("{ok: 0.0, errmsg: 'not primary', code: 10107}"));

    assertFalse(send("{insert: 'campaigns', documents: [{}], $db: 'ads'}").outcome().ok());

    assertEquals(1, received("insert").size());
  }

  @Test
  void givesUpAfterAsManyTriesAsConfigured() throws Exception {
    upstream.always("find", any -> ScriptedReply.silence().thenResets());

    assertEquals(new UpstreamFailure(Kind.DISCONNECTED, true, false), send(FIND).failure());

    assertEquals(3, received("find").size());
  }

  @Test
  void endsAnOperationAtTheClientsOwnLimit() throws Exception {
    upstream.next("find", ScriptedReply.silence());

    CollectingSink sink = send("{find: 'campaigns', maxTimeMS: 1, $db: 'ads'}");

    assertEquals(new UpstreamFailure(Kind.TIMEOUT, true, false), sink.failure());
    assertEquals(0, upstream.takeEnd());
  }
}
