package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.Packed;
import io.bailiwick.proxy.testing.RawClient;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a compressed message is taken as if it had come plainly, and nothing beyond. */
class CompressedRequestsTest {
  private static final int OP_MSG = 2013;
  private static final int CHECKSUM_PRESENT = 1;
  private static final int MORE_TO_COME = 2;
  private static final int EXHAUST_ALLOWED = 1 << 16;
  private static final String AGREED =
      "{hello: 1, compression: ['zlib', 'zstd', 'snappy'], $db: 'admin'}";
  private static final String BATCH =
      "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'app.orders'}, ok: 1.0}";

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

  private static byte[] message(int requestId, int flags, String json) {
    return RawClient.message(requestId, flags, BsonDocument.parse(json));
  }

  private void write(String json) throws Exception {
    client.write(Packed.message(message(1, 0, json), Packed.ZLIB));
  }

  private static byte[] content(byte[] message) {
    return Arrays.copyOfRange(message, 16, message.length);
  }

  @ParameterizedTest
  @AdversarialCase(141)
  @ValueSource(
      strings = {
        "{saslStart: 1, mechanism: 'PLAIN', payload: {$binary: {base64: 'AA==', subType: '00'}},"
            + " $db: '$external'}",
        "{saslContinue: 1, conversationId: 1, payload: {$binary: {base64: 'AA==', subType: '00'}},"
            + " $db: 'admin'}",
        "{authenticate: 1, mechanism: 'MONGODB-X509', $db: '$external'}",
        "{hello: 1, speculativeAuthenticate: {authenticate: 1, mechanism: 'MONGODB-X509',"
            + " db: '$external'}, $db: 'admin'}",
        "{getnonce: 1, $db: 'admin'}",
        "{createUser: 'x', pwd: 'SECRET', roles: [], $db: 'admin'}",
        "{updateUser: 'x', pwd: 'SECRET', $db: 'admin'}",
        "{copydbgetnonce: 1, $db: 'admin'}",
        "{copydbsaslstart: 1, $db: 'admin'}",
        "{copydb: 1, $db: 'admin'}",
      })
  void refusesWhatMayHoldASecret(String command) throws Exception {
    client.call(AGREED);
    write(command);
    int code = client.receive().code();
    assertTrue(code == 13 || code == 59, "code " + code);

    write("{ping: 1, $db: 'admin'}");
    assertTrue(client.receive().ok());
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void answersAGreetingWithoutASecret() throws Exception {
    client.call(AGREED);
    for (String name : new String[] {"hello", "isMaster", "ismaster"}) {
      write("{" + name + ": 1, $db: 'admin'}");
      assertTrue(client.receive().ok());
    }
  }

  @Test
  void aSecondGreetingCountsFromThenOn() throws Exception {
    client.call(AGREED);
    write("{hello: 1, compression: ['zstd'], $db: 'admin'}");
    assertEquals(1, client.receive().document().getArray("compression").size());
    client.write(Packed.message(message(2, 0, "{ping: 1, $db: 'admin'}"), Packed.ZSTD));
    assertTrue(client.receive().ok());

    write("{ping: 1, $db: 'admin'}");

    client.awaitEnd();
    assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
  }

  @Test
  void aWriteThatNobodyWaitsForGetsNoReply() throws Exception {
    client.call(AGREED);
    String insert =
        "{insert: 'orders', documents: [{}], writeConcern: {w: 0}, ordered: false, $db: 'app'}";
    client.write(Packed.message(message(1, MORE_TO_COME, insert), Packed.SNAPPY));
    proxy.gate.take().reply("{n: 1, ok: 1.0}");

    assertEquals(2, askFor(2).responseTo());
  }

  @Test
  void whoeverWouldTakeManyRepliesGetsOne() throws Exception {
    client.call(AGREED);
    String find = "{find: 'orders', $db: 'app'}";
    client.write(Packed.message(message(1, EXHAUST_ALLOWED, find), Packed.ZSTD));
    proxy.gate.take().reply(BATCH);
    assertEquals(1, client.receive().responseTo());
    assertEquals(2, askFor(2).responseTo());
  }

  private RawClient.Reply askFor(int requestId) throws Exception {
    client.write(Packed.message(message(requestId, 0, "{ping: 1, $db: 'admin'}"), Packed.ZLIB));
    return client.receive();
  }

  private static byte[] summed(byte[] message, int wrong) {
    ByteBuffer out = ByteBuffer.allocate(message.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    out.put(message).putInt(0, message.length + 4).putInt(16, CHECKSUM_PRESENT);
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, message.length);
    return out.putInt(message.length, (int) crc.getValue() + wrong).array();
  }

  @Test
  void aChecksumIsOfTheMessageBeforeItWasCompressed() throws Exception {
    client.call(AGREED);
    byte[] find = message(1, 0, "{find: 'orders', $db: 'app'}");
    client.write(Packed.message(summed(find, 0), Packed.ZSTD));
    StandInGate.Sent sent = proxy.gate.take();
    assertEquals("orders", sent.body().getString("find").getValue());
    sent.reply(BATCH);
    client.receive();

    client.write(Packed.message(summed(find, 1), Packed.ZSTD));

    client.awaitEnd();
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void aSecondStreamBehindTheFirstEndsTheConnection() throws Exception {
    byte[] message = message(1, 0, "{find: 'orders', filter: {s: 'xxxxxxxx'}, $db: 'app'}");
    byte[] content = content(message);
    byte[] one = Arrays.copyOf(content, 20);
    byte[] other = Arrays.copyOfRange(content, 20, content.length);
    for (int by : new int[] {Packed.SNAPPY, Packed.ZLIB, Packed.ZSTD}) {
      try (RawClient next = proxy.connectBound()) {
        next.call(AGREED);
        byte[] twice = RawClient.join(Packed.packed(by, one), Packed.packed(by, other));
        next.write(Packed.framed(message, OP_MSG, content.length, by, twice));
        next.awaitEnd();
        assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
      }
    }
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void aDocumentOfOneLetterIsNoBomb() throws Exception {
    client.call(AGREED);
    String insert =
        "{insert: 'orders', documents: [{s: '" + "x".repeat(8_000_000) + "'}], $db: 'app'}";
    for (int by : new int[] {Packed.SNAPPY, Packed.ZLIB, Packed.ZSTD}) {
      client.write(Packed.message(message(1, 0, insert), by));
      StandInGate.Sent sent = proxy.gate.take();
      assertTrue(sent.bytes().length > 8_000_000);
      sent.reply("{n: 1, ok: 1.0}");
      assertTrue(client.receive().ok());
    }
  }

  @Test
  void manyBombsAtOnceEndTheirConnectionsAndNoOthers() throws Exception {
    int size = 47_000_000;
    byte[] bomb =
        Packed.framed(
            message(1, 0, "{ping: 1, $db: 'admin'}"),
            OP_MSG,
            size,
            Packed.ZSTD,
            Zstd.compress(new byte[size]));
    RawClient[] many = new RawClient[100];
    try {
      for (int i = 0; i < many.length; i++) {
        many[i] = proxy.connectBound();
        many[i].call(AGREED);
      }
      for (RawClient one : many) {
        one.write(bomb);
      }
      for (RawClient one : many) {
        one.awaitEnd();
        assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
      }
    } finally {
      for (RawClient one : many) {
        if (one != null) {
          one.close();
        }
      }
    }
    assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void whatThereIsNoRoomToOpenIsRefusedAndCounted() throws Exception {
    ClientLimits little = ClientFixture.bytesInParts(2_000_000);
    String insert =
        "{insert: 'orders', documents: [{s: '" + "x".repeat(3_000_000) + "'}], $db: 'app'}";
    try (ClientFixture small = new ClientFixture(little, Transport.best());
        RawClient one = small.connectBound();
        RawClient other = small.connectBound()) {
      one.call(AGREED);
      one.write(Packed.message(message(1, 0, insert), Packed.ZSTD));

      assertEquals(462, one.receive().code());
      assertEquals(Limit.MEMORY, small.observer.limits.take());
      assertTrue(one.call("{ping: 1, $db: 'admin'}").ok());
      assertTrue(other.call("{ping: 1, $db: 'admin'}").ok());
      assertFalse(small.observer.limits.contains(Limit.MEMORY));
    }
  }
}
