package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.upstream.UpstreamFacts;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
  private static final BsonDocument PING = BsonDocument.parse("{ping: 1, $db: 'admin'}");
  private static final BsonDocument DENIED = BsonDocument.parse("{shutdown: 1, $db: 'admin'}");

  private ClientFixture proxy;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    proxy = new ClientFixture();
    client = proxy.connectBound();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    proxy.close();
  }

  private static BsonDocument insert(int id) {
    return BsonDocument.parse("{insert: 'orders', documents: [{_id: " + id + "}], $db: 'app'}");
  }

  @Test
  @AdversarialCase(150)
  void answersInTheOrderOfRequestsWhateverBecomesOfThem() throws Exception {
    client.write(
        RawClient.join(
            RawClient.message(1, 0, insert(1)),
            RawClient.message(2, 0, DENIED),
            RawClient.message(3, 0, PING),
            RawClient.message(4, 0, insert(2))));
    StandInGate.Sent first = proxy.gate.take();
    assertTrue(proxy.gate.nothingSent());
    first.reply("{n: 1, ok: 1.0}");
    assertEquals(1, client.receive().responseTo());
    RawClient.Reply denied = client.receive();
    assertEquals(2, denied.responseTo());
    assertEquals(13, denied.code());
    assertEquals(3, client.receive().responseTo());
    proxy.gate.take().reply("{n: 1, ok: 1.0}");
    assertEquals(4, client.receive().responseTo());
  }

  @Test
  void I4_hasOneCommandWithMongoDbAtATime() throws Exception {
    client.write(
        RawClient.join(RawClient.message(1, 0, insert(1)), RawClient.message(2, 0, insert(2))));
    StandInGate.Sent first = proxy.gate.take();
    proxy.tick();
    assertTrue(proxy.gate.nothingSent());
    first.reply("{n: 1, ok: 1.0}");
    proxy.gate.take().reply("{n: 1, ok: 1.0}");
    assertEquals(1, client.receive().responseTo());
    assertEquals(2, client.receive().responseTo());
  }

  @Test
  void judgesByWhatMongoDbIsKnownToBeAtThatMoment() throws Exception {
    String join =
        "{aggregate: 'orders', pipeline: [{$lookup: {from: 'orders', localField: 'a',"
            + " foreignField: 'b', as: 'c'}}], cursor: {}, $db: 'app'}";
    UpstreamFacts young = proxy.gate.facts;
    proxy.gate.facts = new UpstreamFacts(9, "4.4.0", 30, 16 << 20, 48_000_000, 100_000);
    assertEquals(13, client.call(join).code());
    proxy.gate.facts = young;
    client.write(RawClient.message(7, 0, BsonDocument.parse(join)));
    proxy
        .gate
        .take()
        .reply("{cursor: {id: {$numberLong: '0'}, ns: 'app.orders', firstBatch: []}, ok: 1.0}");
    assertEquals(7, client.receive().responseTo());
  }

  @Test
  void takesThousandsOfPipelinedCommandsThatAreAnsweredAtOnce() throws Exception {
    proxy.gate.atOnce = sent -> sent.reply("{n: 1, ok: 1.0}");
    int count = 5000;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 1; i <= count; i++) {
      out.write(RawClient.message(i, 0, i % 2 == 0 ? PING : insert(i)));
    }
    Thread writer =
        new Thread(
            () -> {
              try {
                client.write(out.toByteArray());
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    writer.start();
    for (int i = 1; i <= count; i++) {
      assertEquals(i, client.receive().responseTo());
    }
    writer.join();
  }

  @Test
  void answersAMalformedDocumentAndLivesOn() throws Exception {
    BsonDocument twice =
        new BsonDocument("ping", new BsonInt32(1)).append("pinh", new BsonInt32(1));
    byte[] message = RawClient.message(9, 0, twice);
    for (int i = 0; i < message.length - 3; i++) {
      if (message[i] == 'n' && message[i + 1] == 'h') {
        message[i + 1] = 'g';
      }
    }
    client.write(message);
    RawClient.Reply reply = client.receive();
    assertEquals(9, reply.responseTo());
    assertEquals(22, reply.code());
    assertEquals("malformed", reply.document().getString("type").getValue());
    assertEquals("malformed", proxy.observer.denials.take().deny().type().word());
    assertTrue(client.call(PING).ok());
  }

  @Test
  void dropsAMalformedMessageOfAClientThatDoesNotWaitAndCloses() throws Exception {
    byte[] message = RawClient.message(9, 2, insert(1));
    message[message.length - 2] = 0x55;
    client.write(message);
    client.awaitEnd();
    assertEquals(CloseCause.DENIED, proxy.observer.takeEnd());
  }

  @ParameterizedTest
  @ValueSource(ints = {2001, 2002, 2004, 2005, 2006, 2007, 2010, 2012, 1, 0, -1})
  @AdversarialCase({123, 137})
  void closesOnOldAndUnknownOpcodesAndForwardsNothing(int opCode) throws Exception {
    byte[] message = RawClient.message(9, 0, insert(1));
    ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(12, opCode);
    client.write(RawClient.join(message, RawClient.message(10, 0, insert(2))));
    client.awaitEnd();
    assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
    assertTrue(proxy.gate.nothingSent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"app.orders", "admin.$cmd.sys.inprog", "app.system.users"})
  @AdversarialCase({124, 125})
  void closesOnOldQueries(String namespace) throws Exception {
    client.write(RawClient.query(1, namespace, BsonDocument.parse("{isMaster: 1}")));
    client.awaitEnd();
    assertTrue(proxy.gate.nothingSent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{find: 'orders', $db: 'app'}",
        "{insert: 'orders', documents: [{}], $db: 'app'}",
        "{$query: {isMaster: 1}}",
        "{buildInfo: 1}"
      })
  @AdversarialCase(125)
  void takesOnlyGreetingsByTheOldOpcode(String command) throws Exception {
    client.write(RawClient.query(1, "admin.$cmd", BsonDocument.parse(command)));
    client.awaitEnd();
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  @AdversarialCase(142)
  void I6_readsNothingBehindABrokenFrame() throws Exception {
    for (int length : new int[] {15, 0, -1, 48_000_001, Integer.MAX_VALUE}) {
      try (RawClient broken = proxy.connectBound()) {
        byte[] header = new byte[16];
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(0, length);
        broken.write(RawClient.join(header, RawClient.message(2, 0, insert(1))));
        broken.awaitEnd();
        assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
      }
    }
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void answersWhatCameBeforeABrokenFrame() throws Exception {
    client.write(RawClient.join(RawClient.message(1, 0, PING), new byte[16]));
    assertEquals(1, client.receive().responseTo());
    client.awaitEnd();
  }

  @Test
  void dropsADeniedCommandThatNobodyWaitsForAndCloses() throws Exception {
    client.send(2, DENIED);
    client.awaitEnd();
    assertEquals("shutdown", proxy.observer.denials.take().deny().command());
    assertEquals(CloseCause.DENIED, proxy.observer.takeEnd());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{hello: 1, $db: 'admin'}",
        "{saslStart: 1, mechanism: 'SCRAM-SHA-256', $db: 'admin'}",
        "{ping: 1, $db: 'admin'}",
        "{insert: 'orders', documents: [{}], $db: 'app'}"
      })
  void closesOnMoreToComeWhereAnAnswerIsDue(String command) throws Exception {
    client.send(2, BsonDocument.parse(command));
    client.awaitEnd();
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void forwardsAWriteThatNobodyWaitsForAndStaysInStep() throws Exception {
    BsonDocument write = insert(1).append("writeConcern", new BsonDocument("w", new BsonInt32(0)));
    client.send(2, write);
    StandInGate.Sent sent = proxy.gate.take();
    assertEquals(0, ByteBuffer.wrap(sent.bytes()).order(ByteOrder.LITTLE_ENDIAN).getInt(16));
    int ping = client.send(PING);
    sent.reply("{n: 1, ok: 1.0}");
    assertEquals(ping, client.receive().responseTo());
  }

  @Test
  void readsFromMongoDbAgainOnceALargeReplyHasLeft() throws Exception {
    client.send(BsonDocument.parse("{find: 'orders', filter: {}, $db: 'app'}"));
    StandInGate.Sent sent = proxy.gate.take();
    sent.chunk(sent.chunk("{text: '" + "x".repeat(16 << 20) + "', ok: 1.0}"));
    sent.complete();
    assertTrue(client.receive().ok());
    assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
    assertEquals(List.of(false, true), proxy.gate.readable);
  }

  @Test
  void staysInStepWhenAWriteThatNobodyWaitsForFails() throws Exception {
    BsonDocument write = insert(1).append("writeConcern", new BsonDocument("w", new BsonInt32(0)));
    client.send(2, write);
    proxy.gate.take().fail(UpstreamFailure.Kind.DISCONNECTED, true, false);
    assertTrue(client.call(PING).ok());
  }

  @Test
  void answersAnUnknownCursorAsMongoDbDoes() throws Exception {
    RawClient.Reply reply =
        client.call("{getMore: {$numberLong: '5000'}, collection: 'orders', $db: 'app'}");
    assertEquals(43, reply.code());
    assertEquals("CursorNotFound", reply.document().getString("codeName").getValue());
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void namesRuleAndDecisionInADenial() throws Exception {
    RawClient.Reply reply = client.call("{shutdown: 1, $db: 'admin'}");
    var denial = proxy.observer.denials.take();
    assertEquals(
        "not authorized on admin to execute command shutdown [bailiwick "
            + denial.deny().rule()
            + " "
            + denial.decisionId()
            + "]",
        reply.document().getString("errmsg").getValue());
    assertEquals("policy", reply.document().getString("type").getValue());
    assertEquals(26, denial.decisionId().length());
  }

  @Test
  void answersACommandThatNobodyKnows() throws Exception {
    assertEquals(59, client.call("{nonsense: 1, $db: 'admin'}").code());
  }

  @Test
  void givesMongoDbTheSameBytesAtEverySplitOfTheStream() throws Exception {
    byte[] stream =
        RawClient.join(
            RawClient.message(1, 0, insert(1)),
            RawClient.message(2, 0, DENIED),
            RawClient.message(3, 1 << 16, insert(2)),
            RawClient.query(4, "admin.$cmd", BsonDocument.parse("{isMaster: 1}")),
            RawClient.message(5, 0, insert(3)));
    List<byte[]> whole = forwardedBy(stream, stream.length);
    assertEquals(3, whole.size());
    for (int split = 1; split < stream.length; split++) {
      List<byte[]> parts = forwardedBy(stream, split);
      assertEquals(whole.size(), parts.size());
      for (int i = 0; i < whole.size(); i++) {
        assertArrayEquals(whole.get(i), parts.get(i), "split at " + split);
      }
    }
  }

  /** What reaches MongoDB, with the stream sent in two parts that arrive one by one. */
  private List<byte[]> forwardedBy(byte[] stream, int split) throws Exception {
    List<byte[]> forwarded = new ArrayList<>();
    proxy.gate.atOnce =
        sent -> {
          forwarded.add(sent.bytes());
          sent.reply("{n: 1, ok: 1.0}");
        };
    try (RawClient connection = proxy.connectBound()) {
      connection.write(Arrays.copyOf(stream, split));
      proxy.tick();
      connection.write(Arrays.copyOfRange(stream, split, stream.length));
      for (int i = 1; i <= 5; i++) {
        assertEquals(i, connection.receive().responseTo());
      }
    }
    return forwarded;
  }

  @Test
  void givesMongoDbTheSameBytesWhenTheyComeOneByOne() throws Exception {
    byte[] stream =
        RawClient.join(RawClient.message(1, 0, insert(1)), RawClient.message(2, 0, insert(2)));
    List<byte[]> forwarded = new ArrayList<>();
    proxy.gate.atOnce =
        sent -> {
          forwarded.add(sent.bytes());
          sent.reply("{n: 1, ok: 1.0}");
        };
    for (byte next : stream) {
      client.write(new byte[] {next});
      proxy.tick();
    }
    assertEquals(1, client.receive().responseTo());
    assertEquals(2, client.receive().responseTo());
    assertEquals(2, forwarded.size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void givesEachRequestExactlyOneReplyInOrderWhateverComes(long seed) throws Exception {
    Random random = new Random(seed);
    Random ofMongoDb = new Random(~seed);
    proxy.gate.atOnce = sent -> behaveAnyhow(sent, ofMongoDb);
    List<Integer> expected = new ArrayList<>();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int id = 1; id <= 300; id++) {
      boolean silent = random.nextInt(5) == 0;
      out.write(silent ? RawClient.message(id, 2, silentCommand(random)) : anyRequest(id, random));
      if (!silent) {
        expected.add(id);
      }
    }
    byte[] stream = out.toByteArray();
    for (int at = 0; at < stream.length; ) {
      int size = Math.min(stream.length - at, 1 + random.nextInt(5000));
      client.write(Arrays.copyOfRange(stream, at, at + size));
      at += size;
    }
    for (int id : expected) {
      assertEquals(id, client.receive().responseTo());
    }
    assertTrue(client.call(PING).ok());
  }

  private static BsonDocument silentCommand(Random random) {
    return random.nextBoolean()
        ? insert(1).append("writeConcern", new BsonDocument("w", new BsonInt32(0)))
        : BsonDocument.parse(
            "{endSessions: [{id: {$uuid: '01234567-89ab-4cde-8f01-23456789abcd'}}],"
                + " $db: 'admin'}");
  }

  private static byte[] anyRequest(int id, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> RawClient.message(id, 0, PING);
      case 1 -> RawClient.message(id, 0, DENIED);
      case 2 -> RawClient.query(id, "admin.$cmd", BsonDocument.parse("{isMaster: 1}"));
      case 3 -> RawClient.message(id, 0, BsonDocument.parse("{saslStart: 1, $db: 'admin'}"));
      default -> RawClient.message(id, 0, insert(id));
    };
  }

  /** Answers or fails, within the call that sends or later. */
  private static void behaveAnyhow(StandInGate.Sent sent, Random random) {
    Runnable end =
        random.nextInt(3) == 0
            ? () -> sent.fail(UpstreamFailure.Kind.DISCONNECTED, true, false)
            : () -> sent.reply("{n: 1, ok: 1.0}");
    if (random.nextBoolean()) {
      end.run();
    } else {
      sent.later(end);
    }
  }
}
