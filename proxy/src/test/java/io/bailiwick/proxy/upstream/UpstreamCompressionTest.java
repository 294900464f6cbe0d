package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.TestForwards;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Packed;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.RecordingProof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Towards MongoDB commands are compressed as it was agreed on, and no length it says is trusted.
 */
class UpstreamCompressionTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final int OP_MSG = 2013;
  private static final int NO_ID = 9;

  private ScriptedUpstream upstream;
  private GateFixture fixture;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    offer("snappy", "zlib", "zstd");
    fixture = compressing(Compressor.ZLIB, Compressor.ZSTD);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
  }

  private GateFixture compressing(Compressor... preferred) {
    return GateFixture.compressing(List.of(preferred), 1, null, upstream.address());
  }

  private void offer(String... names) {
    String array = names.length == 0 ? "" : ", compression: ['" + String.join("', '", names) + "']";
    upstream.always(
        "hello",
        any ->
            ScriptedReply.json(
                ScriptedUpstream.GREETING.replace(", ok: 1.0", array + ", ok: 1.0")));
  }

  private static String batch(int size) {
    return "{cursor: {firstBatch: [{organization_id: {$oid: '"
        + Policies.TENANT_A
        + "'}, s: '"
        + text(size)
        + "'}], id: {$numberLong: '0'}, ns: 'ads.campaigns'}, ok: 1.0}";
  }

  /** Nothing that compresses further than documents do. */
  private static String text(int size) {
    StringBuilder text = new StringBuilder(size);
    new java.util.Random(size).ints(size, 'a', 'q').forEach(c -> text.append((char) c));
    return text.toString();
  }

  private static ScriptedReply packed(String json, int compressor) {
    return ScriptedReply.json(json).distorted(message -> Packed.message(message, compressor));
  }

  @ParameterizedTest
  @EnumSource
  void commandsAndTheirRepliesAreCompressedAsAgreed(Compressor by) throws Exception {
    int id = by.ordinal() + 1;
    try (GateFixture one = compressing(by)) {
      for (int size : new int[] {1, 70_000, 2_000_000}) {
        upstream.next("find", packed(batch(size), id).splitAt(7, 16, 40));

        CollectingSink sink = one.send(FIND).await();

        assertTrue(sink.outcome().ok());
        assertEquals(BsonDocument.parse(batch(size)), sink.document());
        assertEquals(id, upstream.take("find").compressor());
      }
      assertEquals(1, upstream.connections());
    }
  }

  /** The longest document there is, all of one letter. */
  @ParameterizedTest
  @EnumSource
  void aReplyMayBeAsLongAsItLikesAndHoldNothingNew(Compressor by) throws Exception {
    String json = batch(3).replace(text(3), "x".repeat(16 << 20));
    try (GateFixture one = compressing(by)) {
      upstream.next("find", packed(json, by.ordinal() + 1));

      CollectingSink sink = one.send(FIND).await();

      assertTrue(sink.outcome().ok());
      assertTrue(sink.bytes().length > 16 << 20);
    }
  }

  @Test
  void offersInItsOwnOrderAndTakesTheFirstThatTheServerKnows() throws Exception {
    offer("snappy", "zstd");
    fixture.send(FIND).await();

    ReceivedCommand hello = upstream.take("hello");
    assertEquals(0, hello.compressor());
    assertEquals(
        List.of("zlib", "zstd"),
        hello.body().getArray("compression").stream().map(n -> n.asString().getValue()).toList());
    assertEquals(Packed.ZSTD, upstream.take("find").compressor());
  }

  @Test
  void speaksPlainlyWhereNothingIsAgreedOn() throws Exception {
    offer();
    fixture.send(FIND).await();
    assertEquals(0, upstream.take("find").compressor());

    offer("lz4", "snappy");
    try (GateFixture other = compressing(Compressor.ZLIB)) {
      other.send(FIND).await();
      assertEquals(0, upstream.take("find").compressor());
    }
    try (GateFixture none = compressing()) {
      none.send(FIND).await();
      assertEquals(0, upstream.take("find").compressor());
    }
    List<ReceivedCommand> greetings = List.copyOf(upstream.received());
    assertTrue(greetings.stream().noneMatch(one -> one.body().containsKey("compression")));
  }

  @Test
  void theProxysOwnCommandsAreNeverCompressedAndNorMayTheirAnswersBe() throws Exception {
    fixture.gate.probe().toCompletableFuture().get();
    assertEquals(0, upstream.take("buildInfo").compressor());

    upstream.next("buildInfo", packed("{version: '8.0.4', ok: 1.0}", Packed.ZLIB));
    assertTrue(
        fixture.gate.probe().toCompletableFuture().handle((facts, lost) -> lost != null).get());

    upstream.next("hello", packed(ScriptedUpstream.GREETING, Packed.ZLIB));
    try (GateFixture greeted = compressing(Compressor.ZLIB)) {
      upstream.next("find", packed(batch(1), Packed.ZLIB));
      greeted.send(FIND).await().outcome();
    }
  }

  @Test
  void plainRepliesAreTakenToo() throws Exception {
    upstream.next("find", ScriptedReply.json(batch(70_000)));
    assertEquals(BsonDocument.parse(batch(70_000)), fixture.send(FIND).await().document());
    upstream.next("find", packed("{ok: 0.0, code: 2, errmsg: 'secret'}", Packed.ZLIB));
    CollectingSink refused = fixture.send(FIND).await();
    assertEquals(2, refused.document().getInt32("code").getValue());
    assertFalse(refused.document().toJson().contains("secret"));
    assertEquals(1, upstream.connections());
  }

  @Test
  void whatBelongsToAnotherTenantIsMetInCompressedRepliesToo() throws Exception {
    String foreign = batch(100).replace(Policies.TENANT_A, Policies.TENANT_B);
    upstream.next("find", packed(foreign, Packed.ZLIB));

    CollectingSink sink =
        fixture.send(
            TestForwards.unchanged(ReplyHarness.guarded()),
            Messages.command(1, FIND),
            new RecordingProof(),
            Policies.bound(TripwireMode.FIRST));

    assertEquals(Kind.TRIPWIRE, sink.await().failure().kind());
  }

  @Test
  void repeatsACommandCompressedAgain() throws Exception {
    try (GateFixture retrying =
        GateFixture.compressing(List.of(Compressor.SNAPPY), 3, 1, upstream.address())) {
      upstream.next("find", packed(batch(5), Packed.SNAPPY).truncatedTo(30).thenResets());
      upstream.next("find", packed(batch(5), Packed.SNAPPY));

      assertEquals(BsonDocument.parse(batch(5)), retrying.send(FIND).await().document());

      ReceivedCommand first = upstream.take("find");
      ReceivedCommand second = upstream.take("find");
      assertEquals(Packed.SNAPPY, second.compressor());
      assertArrayEquals(first.bytes(), second.bytes());
    }
  }

  @Test
  void aRequestThatWaitsForNoReplyIsCompressedAsWell() throws Exception {
    upstream.always("insert", any -> ScriptedReply.silence());
    fixture.send(
        Messages.unanswered(1, "{insert: 'c', documents: [{a: 1}], $db: 'ads'}"),
        ReplyPlan.Kind.WRITE,
        new RecordingProof());
    assertEquals(Packed.ZLIB, upstream.take("insert").compressor());
  }

  /** What a reply may not be; each destroys the connection, and nothing of it reaches anybody. */
  static Stream<Arguments> lies() {
    byte[] oneGigabyte = deflatedZeros(1 << 30);
    byte[] zeros = Packed.packed(Packed.ZLIB, new byte[4096]);
    byte[] nested = Packed.packed(Packed.ZLIB, new byte[600]);
    return Stream.of(
        lie("a megabyte that opens to a gigabyte", m -> zlib(m, m.length - 16, oneGigabyte)),
        lie("the same, told", m -> zlib(m, 1 << 30, oneGigabyte)),
        lie("the same, told as 47 MB", m -> zlib(m, 47_000_000, oneGigabyte)),
        lie("less than was promised", m -> zlib(m, 8000, zeros)),
        lie("more than was promised", m -> zlib(m, 4000, zeros)),
        lie("nothing promised", m -> zlib(m, 0, zeros)),
        lie("less than nothing", m -> zlib(m, -1, zeros)),
        lie("the longest there is", m -> zlib(m, Integer.MAX_VALUE, zeros)),
        lie("too much for its length", m -> zlib(m, 40_000_000, zeros)),
        lie("one in another", m -> Packed.framed(m, 2012, 600, Packed.ZLIB, nested)),
        lie("an old reply inside", m -> Packed.framed(m, 1, 600, Packed.ZLIB, nested)),
        lie("not agreed on", m -> Packed.message(m, Packed.SNAPPY)),
        lie("noop", m -> Packed.framed(m, OP_MSG, m.length - 16, 0, body(m))),
        lie("unknown", m -> Packed.framed(m, OP_MSG, m.length - 16, NO_ID, body(m))),
        lie("another's bytes", m -> zlib(m, m.length - 16, Packed.packed(Packed.ZSTD, body(m)))),
        lie("no bytes", m -> zlib(m, 100, new byte[0])),
        lie("bytes behind", m -> zlib(m, m.length - 16, longer(m))),
        lie("half the bytes", m -> zlib(m, m.length - 16, half(m))),
        lie("zstd, small inside", m -> zstd(m, 70_000, new byte[60_000])),
        lie("zstd, large inside", m -> zstd(m, 60_000, new byte[70_000])),
        lie("two streams", m -> zlib(m, m.length - 16, twice(m, Packed.ZLIB))),
        lie(
            "zstd, two frames",
            m -> Packed.framed(m, OP_MSG, m.length - 16, Packed.ZSTD, twice(m, Packed.ZSTD))),
        lie(
            "zstd, with a frame to be skipped",
            m -> Packed.framed(m, OP_MSG, m.length - 16, Packed.ZSTD, skippable(m))),
        lie("zstd, cut off", m -> Packed.framed(m, OP_MSG, 900, Packed.ZSTD, cut())));
  }

  private static Arguments lie(String name, UnaryOperator<byte[]> change) {
    return Arguments.of(name, change);
  }

  private static byte[] zlib(byte[] message, int size, byte[] content) {
    return Packed.framed(message, OP_MSG, size, Packed.ZLIB, content);
  }

  private static byte[] zstd(byte[] message, int size, byte[] inside) {
    byte[] content = Packed.packed(Packed.ZSTD, inside);
    return Packed.framed(message, OP_MSG, size, Packed.ZSTD, content);
  }

  private static byte[] body(byte[] message) {
    return Arrays.copyOfRange(message, 16, message.length);
  }

  private static byte[] twice(byte[] message, int by) {
    byte[] body = body(message);
    byte[] one = Packed.packed(by, Arrays.copyOf(body, 100));
    return joined(one, Packed.packed(by, Arrays.copyOfRange(body, 100, body.length)));
  }

  private static byte[] skippable(byte[] message) {
    byte[] frame = {0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 1, 1};
    return joined(Packed.packed(Packed.ZSTD, body(message)), frame);
  }

  private static byte[] joined(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }

  private static byte[] longer(byte[] message) {
    byte[] content = Packed.packed(Packed.ZLIB, body(message));
    return Arrays.copyOf(content, content.length + 3);
  }

  private static byte[] half(byte[] message) {
    byte[] content = Packed.packed(Packed.ZLIB, body(message));
    return Arrays.copyOf(content, content.length / 2);
  }

  private static byte[] cut() {
    byte[] content = Packed.packed(Packed.ZSTD, new byte[900]);
    return Arrays.copyOf(content, content.length - 2);
  }

  private static byte[] deflatedZeros(int size) {
    java.util.zip.Deflater deflater = new java.util.zip.Deflater(9);
    byte[] out = new byte[2 << 20];
    int produced = 0;
    byte[] zeros = new byte[1 << 20];
    for (int fed = 0; fed < size; fed += zeros.length) {
      deflater.setInput(zeros);
      produced += deflater.deflate(out, produced, out.length - produced);
    }
    deflater.finish();
    produced += deflater.deflate(out, produced, out.length - produced);
    deflater.end();
    return Arrays.copyOf(out, produced);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void destroysAConnectionWhoseReplyIsNotWhatItPromises(String name, UnaryOperator<byte[]> lie)
      throws Exception {
    upstream.next("find", ScriptedReply.json(batch(500)).distorted(lie));

    CollectingSink sink = fixture.send(FIND).await();

    assertEquals(new UpstreamFailure(Kind.PROTOCOL, true, false), sink.failure());
    assertEquals(0, sink.bytes().length);
    upstream.takeEnd();
    upstream.next("find", packed(batch(1), Packed.ZLIB));
    assertTrue(fixture.send(FIND).await().outcome().ok());
    assertEquals(2, upstream.connections());
  }

  @Test
  void aSnappyBlockThatSaysAnotherLengthInsideIsRefused() throws Exception {
    try (GateFixture snappy = compressing(Compressor.SNAPPY)) {
      for (byte[] preamble : new byte[][] {{(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x17}, {0x05}}) {
        upstream.next("find", ScriptedReply.json(batch(500)).distorted(m -> lying(m, preamble)));
        CollectingSink sink = snappy.send(FIND).await();
        assertEquals(new UpstreamFailure(Kind.PROTOCOL, true, false), sink.failure());
      }
    }
  }

  private static byte[] lying(byte[] message, byte[] preamble) {
    byte[] content = Packed.packed(Packed.SNAPPY, body(message));
    ByteBuffer out = ByteBuffer.allocate(preamble.length + content.length - 2);
    out.put(preamble).put(content, 2, content.length - 2);
    return Packed.framed(message, OP_MSG, message.length - 16, Packed.SNAPPY, out.array());
  }

  @Test
  void answersAnotherRequestOrNoneNoBetterThanPlainly() throws Exception {
    upstream.next(
        "find",
        ScriptedReply.json(batch(5))
            .responseTo(99)
            .distorted(message -> Packed.message(message, Packed.ZLIB)));
    assertEquals(Kind.PROTOCOL, fixture.send(FIND).await().failure().kind());

    byte[] unasked = Packed.message(message(batch(5)), Packed.ZLIB);
    upstream.next("find", packed(batch(5), Packed.ZLIB).followedBy(unasked));
    fixture.send(FIND).await();
    upstream.takeEnd();
  }

  private static byte[] message(String json) {
    byte[] body = ScriptedReply.bytes(BsonDocument.parse(json));
    ByteBuffer out = ByteBuffer.allocate(21 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(out.capacity()).putInt(7).putInt(1).putInt(OP_MSG).putInt(0).put((byte) 0);
    return out.put(body).array();
  }

  /** As in a server that sends what its memory held before behind what it opened. */
  @Test
  void whatMemoryHeldBeforeNeverLeavesWithAReplyThatIsTooShort() throws Exception {
    String canary = "CANARY" + Long.toHexString(0x5eed_c0de_5eed_c0deL).toUpperCase(Locale.ROOT);
    fillMemory(canary);
    for (int compressor : new int[] {Packed.ZLIB, Packed.ZSTD}) {
      for (int missing : new int[] {1, 100, 20_000}) {
        int more = missing;
        int by = compressor;
        upstream.next(
            "find",
            ScriptedReply.json(batch(30_000))
                .distorted(
                    message -> {
                      byte[] content = Packed.packed(by, body(message));
                      return Packed.framed(
                          message, OP_MSG, message.length - 16 + more, by, content);
                    }));

        CollectingSink sink = fixture.send(FIND).await();

        assertEquals(Kind.PROTOCOL, sink.failure().kind());
        assertFalse(new String(sink.bytes(), StandardCharsets.ISO_8859_1).contains(canary));
      }
    }
    fillMemory(canary);
    upstream.next("find", packed(batch(30_000), Packed.ZLIB));
    CollectingSink sound = fixture.send(FIND).await();
    assertEquals(BsonDocument.parse(batch(30_000)), sound.document());
    upstream.received().forEach(one -> assertFalse(text(one).contains(canary)));
  }

  private static String text(ReceivedCommand command) {
    return new String(command.bytes(), StandardCharsets.ISO_8859_1);
  }

  /** Replies full of the canary pass through the very buffers that are used again afterwards. */
  private void fillMemory(String canary) throws Exception {
    for (int i = 0; i < 20; i++) {
      String json = batch(7).replace(text(7), canary.repeat(4000));
      upstream.next("find", i % 2 == 0 ? packed(json, Packed.ZLIB) : ScriptedReply.json(json));
      assertTrue(fixture.send(FIND).await().outcome().ok());
    }
  }
}
