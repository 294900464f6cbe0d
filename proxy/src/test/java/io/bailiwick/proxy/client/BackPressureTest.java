package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.RawClient;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackPressureTest {
  private static final BsonDocument INSERT =
      BsonDocument.parse("{insert: 'orders', documents: [{_id: 1}], $db: 'app'}");
  private static final int CHUNK = 1 << 20;

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

  @Test
  void stopsReadingMongoDbWhileTheClientDoesNotReadAndGoesOnAfterwards() throws Exception {
    int requestId = client.send(INSERT);
    StandInGate.Sent sent = proxy.gate.take();
    int chunks = 40;
    BsonDocument big =
        new BsonDocument("x", new BsonBinary(new byte[chunks * CHUNK - 100])).append("ok", json1());
    byte[] message = RawClient.message(1, 0, big);
    ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(8, requestId);
    int given = 0;
    while (given < message.length && mongoDbIsRead()) {
      int size = Math.min(CHUNK, message.length - given);
      sent.chunk(Unpooled.copiedBuffer(message, given, size));
      given += size;
      proxy.tick();
    }
    assertTrue(given < message.length, "nothing held the reply back");
    Thread reader = reading(1);
    while (!mongoDbIsRead()) {
      proxy.tick();
    }
    sent.chunk(Unpooled.copiedBuffer(message, given, message.length - given));
    sent.complete();
    reader.join();
    assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
  }

  /** False while the client's side has asked for the reply to be held back. */
  private boolean mongoDbIsRead() {
    List<Boolean> said = List.copyOf(proxy.gate.readable);
    return said.isEmpty() || said.get(said.size() - 1);
  }

  private static org.bson.BsonDouble json1() {
    return new org.bson.BsonDouble(1.0);
  }

  /** Reads that many replies on another thread. */
  private Thread reading(int replies) {
    Thread reader =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < replies; i++) {
                  client.receive();
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    reader.start();
    return reader;
  }

  @Test
  void stopsTakingCommandsOfAClientThatDoesNotReadItsAnswers() throws Exception {
    int hellos = 60_000;
    byte[] batch = hellos(1000);
    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < hellos / 1000; i++) {
                  client.write(batch);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.start();
    assertEquals("client", proxy.observer.paused.take());
    reading(hellos).join();
    writer.join();
    proxy.tick();
    assertEquals(hellos, proxy.observer.commands.size());
  }

  private static byte[] hellos(int count) {
    byte[] hello = RawClient.message(1, 0, BsonDocument.parse("{hello: 1, $db: 'admin'}"));
    byte[] all = new byte[hello.length * count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(hello, 0, all, i * hello.length, hello.length);
    }
    return all;
  }
}
