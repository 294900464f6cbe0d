package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Packed;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.testing.ScriptedUpstream.Cut;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The connection to MongoDB breaks at every byte of request and reply: there is one end for each
 * request, and a write that could happen twice is never sent twice (I7). The same on shared and on
 * compressed connections, there at every fifth byte. A stall costs time, so it is tried at every
 * seventh; {@code -Dbailiwick.everyByte} tries them all.
 */
@SuppressWarnings("NullAway.Init") // each test connects before anything else
class EveryByteTest {
  private static final boolean ALL = System.getProperty("bailiwick.everyByte") != null;
  private static final int STALL_STEP = ALL ? 1 : 7;
  private static final int OTHERS_STEP = ALL ? 1 : 5;

  /** Compressed, the shortest request here is longer than this. */
  private static final int COMPRESSED = 40;

  /** What the connection is like. */
  private enum How {
    PAIRED,
    POOLED,
    COMPRESSED
  }

  private static final String FIND = "{find: 'c', $db: 'ads'}";
  private static final String BATCH =
      "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'ads.c'}, ok: 1.0}";

  /** Long enough for loopback, and short enough to be met often. */
  private static final BoundPolicy HASTY =
      Policies.bind(
          Policies.policy("h", Duration.ofMillis(50), TripwireMode.FIRST),
          "app",
          Policies.TENANT_A);

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always("find", any -> ScriptedReply.json(BATCH));
    upstream.always(
        "hello",
        any ->
            ScriptedReply.json(
                ScriptedUpstream.GREETING.replace(", ok", ", compression: ['snappy'], ok")));
  }

  private void connect(How how) {
    fixture =
        switch (how) {
          case PAIRED -> GateFixture.retrying(upstream.address());
          case POOLED -> GateFixture.retrying(1, upstream.address());
          case COMPRESSED ->
              GateFixture.compressing(List.of(Compressor.SNAPPY), 3, null, upstream.address());
        };
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  static Stream<Arguments> commands() {
    return Stream.of(How.values())
        .flatMap(how -> each().map(one -> Arguments.of(how, one.get(0), one.get(1), one.get(2))));
  }

  private static Stream<List<Object>> each() {
    return Stream.of(
        List.of(FIND, BATCH, 3),
        List.of("{count: 'c', $db: 'ads'}", "{n: 3, ok: 1.0}", 3),
        List.of("{insert: 'c', documents: [{a: 1}], $db: 'ads'}", "{n: 1, ok: 1.0}", 1),
        List.of(
            "{update: 'c', updates: [{q: {}, u: {$set: {a: 1}}}], txnNumber: {$numberLong: '1'},"
                + " $db: 'ads'}",
            "{n: 1, nModified: 1, ok: 1.0}",
            3),
        List.of(
            "{getMore: {$numberLong: '5'}, collection: 'c', $db: 'ads'}",
            "{cursor: {nextBatch: [], id: {$numberLong: '0'}, ns: 'ads.c'}, ok: 1.0}",
            1));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("commands")
  void I7_ofTheReply(How how, String command, String reply, int tries) throws Exception {
    connect(how);
    String name = name(command);
    int length = 21 + ScriptedReply.bytes(BsonDocument.parse(reply)).length;
    upstream.always(name, any -> ScriptedReply.json(reply));
    for (int at = 0; at < length; at += step(how)) {
      ScriptedReply cut = cut(how, reply, at);
      breaksOnce(command, name, cut.thenResets(), tries);
      breaksOnce(command, name, cut.thenCloses(), tries);
      if (at % STALL_STEP == 0) {
        stallsOnce(command, name, cut);
      }
    }
  }

  private static int step(How how) {
    return how == How.PAIRED ? 1 : OTHERS_STEP;
  }

  private static ScriptedReply cut(How how, String reply, int at) {
    return how == How.COMPRESSED
        ? ScriptedReply.json(reply)
            .distorted(plain -> cut(Packed.message(plain, Packed.SNAPPY), at))
        : ScriptedReply.json(reply).truncatedTo(at);
  }

  private static byte[] cut(byte[] whole, int at) {
    return Arrays.copyOf(whole, Math.min(at, whole.length - 1));
  }

  private static String name(String command) {
    return BsonDocument.parse(command).getFirstKey();
  }

  private void breaksOnce(String command, String name, ScriptedReply cut, int tries)
      throws Exception {
    int before = count(name);
    upstream.next(name, cut);

    CollectingSink sink = send(command, Policies.bound(TripwireMode.FIRST));

    endedOnce(sink);
    int times = count(name) - before;
    assertTrue(times >= 1 && times <= tries, () -> name + " was sent " + times + " times");
  }

  private void stallsOnce(String command, String name, ScriptedReply cut) throws Exception {
    send(FIND, Policies.bound(TripwireMode.FIRST)); // a connection, so that the time is the reply's
    int before = count(name);
    upstream.next(name, cut);

    CollectingSink sink = send(command, HASTY);

    endedOnce(sink);
    assertTrue(count(name) - before <= 1, () -> name + " was sent again after a stall");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("commands")
  void I7_ofTheRequest(How how, String command, String reply, int tries) throws Exception {
    connect(how);
    String name = name(command);
    upstream.always(name, any -> ScriptedReply.json(reply));
    int plain = 21 + ScriptedReply.bytes(BsonDocument.parse(command)).length;
    int length = how == How.COMPRESSED ? COMPRESSED : plain;
    for (int at = 1; at < length; at += step(how)) {
      for (Cut.How end : Cut.How.values()) {
        if (end != Cut.How.STALL || at % STALL_STEP == 0) {
          send(FIND, Policies.bound(TripwireMode.FIRST));
          int before = count(name);
          upstream.cutNext(connection(), new Cut(at, end));
          boolean stall = end == Cut.How.STALL;
          endedOnce(send(command, stall ? HASTY : Policies.bound(TripwireMode.FIRST)));
          int times = count(name) - before;
          assertTrue(times < tries, () -> name + " was sent " + times + " times");
        }
      }
    }
  }

  /** The one that the last command came on; the proxy's own are others. */
  private int connection() {
    return upstream.received().stream()
        .filter(command -> command.name().equals("find"))
        .reduce((first, second) -> second)
        .orElseThrow()
        .connection();
  }

  private CollectingSink send(String command, BoundPolicy policy) throws Exception {
    OpMsg message = Messages.command(1, command);
    boolean write = command.startsWith("{insert") || command.startsWith("{update");
    ReplyPlan.Kind kind =
        write
            ? ReplyPlan.Kind.WRITE
            : command.startsWith("{count") ? ReplyPlan.Kind.PLAIN : ReplyPlan.Kind.CURSOR;
    return fixture.send(message, kind, new RecordingProof(), policy).await();
  }

  /** The fixture insists that no sink has heard anything after the end. */
  private static void endedOnce(CollectingSink sink) {
    assertTrue(sink.hasEnded());
  }

  private int count(String name) {
    return (int)
        upstream.received().stream().filter(command -> command.name().equals(name)).count();
  }
}
