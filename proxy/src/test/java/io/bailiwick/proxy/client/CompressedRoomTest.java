package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.testing.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

/** A compressed message that there is no room for is answered as a plain one is. */
class CompressedRoomTest {
  private static final int OP_MSG = 2013;
  private static final int MORE_TO_COME = 2;
  private static final long ROOM = 128 * 1024;
  private static final String HELLO =
      "{hello: 1, compression: ['zstd', 'zlib', 'snappy'], $db: 'admin'}";
  private static final BsonDocument FIND = BsonDocument.parse("{find: 'orders', $db: 'app'}");

  private ClientFixture proxy;
  private RawClient client;

  enum With {
    SNAPPY(1),
    ZLIB(2),
    ZSTD(3);

    private final int id;

    With(int id) {
      this.id = id;
    }

    byte[] message(byte[] message, int originalOpcode) throws IOException {
      byte[] plain = Arrays.copyOfRange(message, 16, message.length);
      byte[] content =
          switch (this) {
            case SNAPPY -> Snappy.compress(plain);
            case ZLIB -> deflated(plain);
            case ZSTD -> Zstd.compress(plain);
          };
      return ByteBuffer.allocate(25 + content.length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(25 + content.length)
          .put(message, 4, 8)
          .putInt(2012)
          .putInt(originalOpcode)
          .putInt(plain.length)
          .put((byte) id)
          .put(content)
          .array();
    }

    private static byte[] deflated(byte[] plain) throws IOException {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      try (DeflaterOutputStream out = new DeflaterOutputStream(content)) {
        out.write(plain);
      }
      return content.toByteArray();
    }
  }

  @BeforeEach
  void start() throws Exception {
    ClientLimits limits = ClientFixture.bytesInParts(ROOM);
    proxy = new ClientFixture(limits, Transport.best());
    client = proxy.connectBound();
    client.call(HELLO);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    proxy.close();
  }

  /** An insert that does not become smaller. */
  private static byte[] insert(int requestId, int flags, byte[] value) {
    BsonDocument command =
        BsonDocument.parse("{insert: 'orders', documents: [{}], ordered: true, $db: 'app'}");
    command.getArray("documents").get(0).asDocument().append("x", new BsonBinary(value));
    return RawClient.message(requestId, flags, command);
  }

  private static byte[] noise() {
    byte[] noise = new byte[1_000_000];
    new Random(3).nextBytes(noise);
    return noise;
  }

  private void assertRefusedAndServedOn(int requestId) throws Exception {
    RawClient.Reply refused = client.receive();
    assertEquals(462, refused.code());
    assertEquals(OP_MSG, refused.opCode());
    assertEquals(requestId, refused.responseTo());
    assertEquals(Limit.MEMORY, proxy.observer.limits.take());
    client.send(FIND);
    proxy.gate.take().reply("{cursor: {firstBatch: [], id: 0, ns: 'app.orders'}, ok: 1.0}");
    assertTrue(client.receive().ok());
  }

  @ParameterizedTest
  @EnumSource
  void answersWhatIsTooLongAsItComes(With compressor) throws Exception {
    for (int id : new int[] {7, 8}) {
      client.write(compressor.message(insert(id, 0, noise()), OP_MSG));
      assertRefusedAndServedOn(id);
    }
    assertTrue(proxy.gate.nothingSent());
  }

  @ParameterizedTest
  @EnumSource
  void answersWhatWouldBeTooLongOnceOpened(With compressor) throws Exception {
    client.write(compressor.message(insert(7, 0, new byte[1_000_000]), OP_MSG));
    assertRefusedAndServedOn(7);
    assertTrue(proxy.gate.nothingSent());
  }

  @ParameterizedTest
  @EnumSource
  void closesIfNoAnswerIsWaitedFor(With compressor) throws Exception {
    for (byte[] value : new byte[][] {noise(), new byte[1_000_000]}) {
      try (RawClient silent = proxy.connectBound()) {
        silent.call(HELLO);
        silent.write(compressor.message(insert(7, MORE_TO_COME, value), OP_MSG));
        silent.awaitEnd();
        assertEquals(CloseCause.DENIED, proxy.observer.takeEnd());
      }
    }
    assertTrue(proxy.gate.nothingSent());
  }

  @ParameterizedTest
  @EnumSource
  void closesIfItMayNotBeEvenWithRoom(With compressor) throws Exception {
    byte[] nested = compressor.message(insert(7, 0, noise()), 2012);
    byte[] unknown = compressor.message(insert(7, 0, noise()), OP_MSG);
    unknown[24] = 9;
    for (byte[] message : new byte[][] {nested, unknown}) {
      try (RawClient other = proxy.connectBound()) {
        other.call(HELLO);
        other.write(message);
        other.awaitEnd();
        assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
      }
    }
  }

  @Test
  void closesIfNothingWasAgreedOn() throws Exception {
    try (RawClient other = proxy.connectBound()) {
      other.write(With.ZLIB.message(insert(7, 0, noise()), OP_MSG));
      other.awaitEnd();
      assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
    }
  }

  @Test
  void leavesPlainMessagesAsTheyWere() throws Exception {
    client.write(insert(7, 0, noise()));
    assertRefusedAndServedOn(7);
  }
}
