package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PairedLeaseTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String EMPTY_BATCH =
      "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.campaigns'}, ok: 1.0}";

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always("find", any -> ScriptedReply.json(EMPTY_BATCH));
    fixture = new GateFixture(upstream.address());
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  @Test
  void tellsTheProofWhichServerTheRequestGoesTo() throws Exception {
    RecordingProof proof = new RecordingProof();

    fixture.send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, proof).await().outcome();

    assertEquals(0, proof.sentTo());
  }

  @Test
  void opensNothingBeforeTheFirstRequest() throws Exception {
    fixture.onLoop(() -> fixture.gate.lease(fixture.loop));

    assertEquals(0, upstream.connections());
  }

  @Test
  void greetsInItsOwnNameAndSendsTheCommandAsAnOrdinaryRequest() throws Exception {
    fixture.send(FIND).await();

    BsonDocument hello = upstream.take("hello").body();
    assertEquals(
        "bailiwick",
        hello.getDocument("client").getDocument("driver").getString("name").getValue());
    assertFalse(hello.containsKey("compression"));
    ReceivedCommand find = upstream.take("find");
    assertEquals(BsonDocument.parse(FIND), find.body());
    assertEquals(0, find.flags());
  }

  @Test
  void answersTheClientsOwnRequestId() throws Exception {
    CollectingSink sink = fixture.send(FIND).await();

    assertEquals(
        GateFixture.CLIENT_REQUEST,
        java.nio.ByteBuffer.wrap(sink.bytes()).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(8));
    assertEquals(BsonDocument.parse(EMPTY_BATCH), sink.document());
  }

  @Test
  void keepsItsConnectionFromRequestToRequest() throws Exception {
    fixture.send(FIND).await();
    fixture.send(FIND).await();

    assertEquals(1, upstream.connections());
  }

  @Test
  void I4_takesNoSecondRequestWhileOneIsOutstanding() throws Exception {
    upstream.next("find", ScriptedReply.silence());
    fixture.send(FIND);

    ExecutionException refusal = assertThrows(ExecutionException.class, () -> fixture.send(FIND));

    assertTrue(refusal.getCause() instanceof IllegalStateException);
    upstream.take("find");
    assertTrue(upstream.received().isEmpty());
  }

  static Stream<Arguments> surprises() {
    ScriptedReply sound = ScriptedReply.json(EMPTY_BATCH);
    return Stream.of(
        Arguments.of("another request's", Kind.PROTOCOL, sound.responseTo(123)),
        Arguments.of("extra bytes", Kind.PROTOCOL, sound.followedBy(new byte[] {1})),
        Arguments.of("another opcode", Kind.PROTOCOL, sound.opCode(1)),
        Arguments.of("compressed", Kind.PROTOCOL, sound.opCode(2012)),
        Arguments.of("moreToCome", Kind.PROTOCOL, sound.flags(2)),
        Arguments.of("checksum", Kind.PROTOCOL, sound.flags(1)),
        Arguments.of("unknown required flag", Kind.PROTOCOL, sound.flags(4)),
        Arguments.of("too long", Kind.PROTOCOL, sound.claimedLength(48_000_001)),
        Arguments.of("longest", Kind.PROTOCOL, sound.claimedLength(Integer.MAX_VALUE)),
        Arguments.of("negative", Kind.PROTOCOL, sound.claimedLength(-1)),
        Arguments.of("too short", Kind.PROTOCOL, sound.claimedLength(16)),
        Arguments.of("shorter than its body", Kind.PROTOCOL, sound.claimedLength(40)),
        Arguments.of("section of another kind", Kind.PROTOCOL, sound.distorted(section(1))),
        Arguments.of("garbage", Kind.PROTOCOL, sound.distorted(any -> new byte[64])),
        Arguments.of("closed at once", Kind.DISCONNECTED, ScriptedReply.silence().thenCloses()),
        Arguments.of("reset at once", Kind.DISCONNECTED, ScriptedReply.silence().thenResets()),
        Arguments.of("closed midway", Kind.DISCONNECTED, sound.truncatedTo(30).thenCloses()),
        Arguments.of("reset midway", Kind.DISCONNECTED, sound.truncatedTo(30).thenResets()));
  }

  private static UnaryOperator<byte[]> section(int kind) {
    return message -> {
      message[20] = (byte) kind;
      return message;
    };
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("surprises")
  @AdversarialCase(194)
  void I4_destroysTheConnectionOnAnySurpriseAndTellsItOnce(
      String name, Kind kind, ScriptedReply reply) throws Exception {
    upstream.next("find", reply);
    RecordingProof proof = new RecordingProof();

    CollectingSink sink =
        fixture.send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, proof).await();

    assertEquals(new UpstreamFailure(kind, true, false), sink.failure());
    assertEquals(0, sink.bytes().length);
    assertEquals(1, proof.lost());
    int first = upstream.take("find").connection();
    fixture.send(FIND).await().outcome();
    assertNotEquals(first, upstream.take("find").connection());
  }

  @Test
  void survivesReplyCutAtEveryByte() throws Exception {
    upstream.next("find", ScriptedReply.json(EMPTY_BATCH).inSingleBytes());

    CollectingSink sink = fixture.send(FIND).await();

    assertEquals(BsonDocument.parse(EMPTY_BATCH), sink.document());
  }

  @Test
  @AdversarialCase(194)
  void destroysAnIdleConnectionThatSpeaksOutOfTurn() throws Exception {
    fixture.send(FIND).await();

    upstream.push(0, new byte[] {1, 2, 3});

    assertEquals(0, upstream.takeEnd());
    fixture.send(FIND).await().outcome();
  }

  @Test
  void I7_sendsOnAFreshConnectionWhatNeverLeftOnTheLostOne() throws Exception {
    fixture.send(FIND).await();
    upstream.dropConnections();
    upstream.always("find", any -> ScriptedReply.json(EMPTY_BATCH));
    awaitConnections(0);

    fixture.send(FIND).await().outcome();

    assertEquals(2, upstream.connections());
  }

  @Test
  void I7_sendsNothingTwiceOnceItWasWritten() throws Exception {
    upstream.next("insert", ScriptedReply.silence().thenResets());
    OpMsg insert = Messages.command(1, "{insert: 'campaigns', documents: [{}], $db: 'ads'}");

    CollectingSink sink = fixture.send(insert, ReplyPlan.Kind.WRITE, new RecordingProof()).await();

    assertTrue(sink.failure().sent());
    upstream.take("insert");
    fixture.send(FIND).await();
    assertEquals(
        List.of(), upstream.received().stream().filter(c -> c.name().equals("insert")).toList());
  }

  @Test
  void swallowsTheReplyThatTheClientDoesNotWaitFor() throws Exception {
    OpMsg insert = Messages.unanswered(1, "{insert: 'campaigns', documents: [{}], $db: 'ads'}");

    CollectingSink sink = fixture.send(insert, ReplyPlan.Kind.WRITE, new RecordingProof()).await();

    assertTrue(sink.outcome().ok());
    assertEquals(0, sink.bytes().length);
    assertEquals(0, upstream.take("insert").flags());
  }

  @Test
  @AdversarialCase({90, 195})
  void rebuildsAnErrorSoThatItTellsNothingOfOthers() throws Exception {
    upstream.next(
        "find", ScriptedReply.json("{ok: 0.0, errmsg: 'dup key: {org: \"other\"}', code: 2}"));

    CollectingSink sink = fixture.send(FIND).await();

    assertEquals(2, sink.document().getInt32("code").getValue());
    assertFalse(sink.document().toJson().contains("other"));
    assertFalse(sink.outcome().ok());
  }

  @Test
  @AdversarialCase(195)
  void looksForThePrimaryAgainAfterOneSteppedDown() throws Exception {
    upstream.next("find", ScriptedReply.json("{ok: 0.0, errmsg: 'not primary', code: 10107}"));

    fixture.send(FIND).await().outcome();
    fixture.send(FIND).await().outcome();

    assertEquals(2, upstream.connections());
  }

  @Test
  void endsTheOperationOfAClientThatWentAway() throws Exception {
    upstream.next("find", ScriptedReply.silence());
    RecordingProof proof = new RecordingProof();
    CollectingSink sink = fixture.send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, proof);
    upstream.take("find");

    fixture.onLoop(
        () -> {
          fixture.lease.close();
          return proof;
        });

    assertEquals(0, upstream.takeEnd());
    assertFalse(sink.hasEnded());
    assertEquals(1, proof.lost());
  }

  @Test
  @AdversarialCase({183, 184})
  void endsAnOperationThatTakesTooLong() throws Exception {
    fixture.send(FIND).await().outcome();
    upstream.next("find", ScriptedReply.silence());
    var policy =
        Policies.bind(
            Policies.policy("h", Duration.ofMillis(100), TripwireMode.FIRST),
            "app",
            Policies.TENANT_A);

    CollectingSink sink =
        fixture
            .send(Messages.command(1, FIND), ReplyPlan.Kind.CURSOR, new RecordingProof(), policy)
            .await();

    assertEquals(new UpstreamFailure(Kind.TIMEOUT, true, false), sink.failure());
    assertEquals(0, upstream.takeEnd());
  }

  @Test
  void refusesARequestThatIsLongerThanMongoDbTakes() throws Exception {
    OpMsg message = Messages.command(1, FIND);
    MessageEdits edits = new MessageEdits();
    edits.section(message.bodyStart() - 1);
    edits.enter(message.bodyStart());
    edits.insert(message.body().end() - 1, new byte[48_000_000]);
    edits.leave(message.body().end());

    CollectingSink sink = fixture.send(edits, message).await();

    assertEquals(new UpstreamFailure(Kind.TOO_LARGE, false, false), sink.failure());
    assertEquals(0, upstream.connections());
  }

  @Test
  void sendsNothingIfTheEditsDoNotFitTheMessage() throws Exception {
    OpMsg message = Messages.command(1, FIND);
    MessageEdits edits = new MessageEdits();
    edits.section(message.bodyStart() - 1);
    edits.insert(message.body().end() - 1, new byte[] {1});

    CollectingSink sink = fixture.send(edits, message).await();

    assertEquals(new UpstreamFailure(Kind.INTERNAL, false, false), sink.failure());
    assertEquals(0, upstream.connections());
  }

  @Test
  void closesAConnectionThatNobodyUses() throws Exception {
    var timeouts =
        new ProxyConfig.Timeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofMillis(50));
    try (GateFixture impatient = new GateFixture(timeouts, null, upstream.address())) {
      impatient.send(FIND).await().outcome();

      assertEquals(0, upstream.takeEnd());

      impatient.send(FIND).await().outcome();
      assertEquals(2, upstream.connections());
    }
  }

  @Test
  void sendsNoCursorToAnotherServerThanItsOwn() throws Exception {
    CollectingSink sink =
        fixture
            .send(
                Messages.command(1, "{getMore: {$numberLong: '5'}, collection: 'c', $db: 'ads'}"),
                ReplyPlan.Kind.CURSOR,
                new RecordingProof(1, false))
            .await();

    assertEquals(new UpstreamFailure(Kind.OTHER_SERVER, false, false), sink.failure());
    assertEquals(List.of(), upstream.received());
  }

  @Test
  void stopsReadingWhileTheClientCannotTakeMore() throws Exception {
    byte[] megabytes = new byte[8 << 20];
    BsonDocument batch = BsonDocument.parse(EMPTY_BATCH);
    batch
        .getDocument("cursor")
        .getArray("firstBatch")
        .add(new BsonDocument("bytes", new org.bson.BsonBinary(megabytes)));
    upstream.next("find", ScriptedReply.document(batch));
    fixture.send(FIND).await();

    upstream.next("find", ScriptedReply.document(batch));
    fixture.onLoop(
        () -> {
          fixture.lease.readable(false);
          return batch;
        });
    CollectingSink sink = fixture.send(FIND);
    upstream.take("find");
    upstream.take("find");
    fixture.onLoop(sink::hasEnded);
    assertFalse(sink.hasEnded());
    fixture.onLoop(
        () -> {
          fixture.lease.readable(true);
          return sink;
        });

    assertTrue(sink.await().outcome().ok());
    assertArrayEquals(ScriptedReply.bytes(batch), bodyOf(sink));
    assertEquals(List.of("upstream"), fixture.observer.pauses());
  }

  private static byte[] bodyOf(CollectingSink sink) {
    return Arrays.copyOfRange(sink.bytes(), 21, sink.bytes().length);
  }

  /** Connections end on the loop: asking it again and again waits for no longer than needed. */
  private void awaitConnections(int count) throws Exception {
    long patience = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (fixture.onLoop(() -> fixture.observer.connections()) != count) {
      assertTrue(System.nanoTime() < patience, "connections did not end");
      Thread.onSpinWait();
    }
  }
}
