package io.bailiwick.proxy.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * I3 over real sockets: whatever is wrong with a message, its connection ends or gets an error, in
 * however many pieces it comes; MongoDB hears nothing of it, and no memory is kept or spent on it.
 */
@Timeout(120)
final class MalformedFramesTest {
  /** What a client's command can be called at MongoDB; the proxy's own are called otherwise. */
  private static final Set<String> OF_CLIENTS = Set.of("find", "insert", "update", "aggregate");

  private static final int BADLY_FORMED = 22;
  private static final long MIB = 1 << 20;

  @TempDir static Path directory;
  private static ScriptedUpstream upstream;
  private static WholeProxy whole;

  @BeforeAll
  static void start() throws Exception {
    upstream = WholeProxy.upstream();
    upstream.always("insert", any -> ScriptedReply.json("{n: 1, ok: 1.0}"));
    whole = new WholeProxy(directory, upstream.address());
  }

  @AfterAll
  static void stop() throws Exception {
    whole.close();
    upstream.close();
  }

  static Set<String> broken() {
    return MalformedFrames.broken().keySet();
  }

  static Set<String> ambiguous() {
    return MalformedFrames.ambiguous().keySet();
  }

  @AfterEach
  void mongoDbHeardOfNothingButWhatWasSound() {
    assertEquals(List.of(), heard());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  @AdversarialCase({123, 126, 127, 128, 130, 132, 133, 134, 142, 148})
  void I3_endsTheConnectionOnABrokenFrame(String what) throws Exception {
    byte[] frame = Objects.requireNonNull(MalformedFrames.broken().get(what));
    try (RawClient client = whole.a()) {
      client.write(frame);
      client.awaitEnd();
    }
    try (RawClient client = whole.a()) {
      writeOneByOne(client, frame);
      client.awaitEnd();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ambiguous")
  @AdversarialCase({143, 145, 146, 147, 148})
  void I3_answersAmbiguousBsonWithAnErrorAndLivesOn(String what) throws Exception {
    byte[] frame = Objects.requireNonNull(MalformedFrames.ambiguous().get(what));
    try (RawClient client = whole.a()) {
      client.write(frame);
      assertEquals(BADLY_FORMED, client.receive().code());
      if (frame.length < 1000) {
        writeOneByOne(client, frame);
        assertEquals(BADLY_FORMED, client.receive().code());
      }
      assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 99, 100})
  @AdversarialCase(147)
  void storesWhatIsNestedAsDeepAsMayBe(int depth) throws Exception {
    try (RawClient client = whole.a()) {
      client.write(MalformedFrames.nestedTo(depth));
      assertTrue(client.receive().ok());
    }
    upstream.take("insert");
  }

  @Test
  void forwardsNothingOfAMessageThatIsCutAtAnyByte() throws Exception {
    byte[] frame = MalformedFrames.sound();
    for (int cut = 1; cut < frame.length; cut++) {
      try (RawClient client = whole.a()) {
        client.write(Arrays.copyOf(frame, cut));
        client.endOutput();
        client.awaitEnd();
      }
    }
  }

  @Test
  void I6_forwardsNothingBehindABrokenFrame() throws Exception {
    for (byte[] frame : MalformedFrames.broken().values()) {
      try (RawClient client = whole.a()) {
        client.write(RawClient.join(frame, MalformedFrames.sound()));
        client.awaitEnd();
      }
    }
  }

  @Test
  void spendsNoMemoryOnWhatIsMalformed() throws Exception {
    everyFrame();
    long direct = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    long pinned = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    long heap = heapInUse();

    everyFrame();

    assertTrue(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - direct <= 4 * MIB);
    assertTrue(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() - pinned <= MIB);
    assertTrue(heapInUse() - heap <= 4 * MIB);
  }

  /** All of them at once, each on a connection of its own that is still open. */
  private static void everyFrame() throws Exception {
    RawClient[] clients = new RawClient[300];
    int open = 0;
    for (Map<String, byte[]> frames :
        List.of(MalformedFrames.broken(), MalformedFrames.ambiguous())) {
      for (byte[] frame : frames.values()) {
        clients[open] = whole.a();
        write(clients[open++], frame);
      }
    }
    for (int i = 0; i < open; i++) {
      clients[i].endOutput();
      clients[i].drain();
      clients[i].close();
    }
  }

  /** In as many pieces as there are bytes; the other side may have had enough before the last. */
  private static void writeOneByOne(RawClient client, byte[] frame) {
    for (byte one : frame) {
      write(client, new byte[] {one});
    }
  }

  private static void write(RawClient client, byte[] bytes) {
    try {
      client.write(bytes);
    } catch (IOException e) {
      // The proxy has closed: what it says to that is checked by reading.
    }
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static List<String> heard() {
    return upstream.received().stream()
        .map(ReceivedCommand::name)
        .filter(OF_CLIENTS::contains)
        .toList();
  }
}
