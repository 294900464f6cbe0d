package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row F4: clients that hardly read a 48 MB reply, and clients that hardly write, beside normal
 * ones. {@code -Dbailiwick.slowClients=200} for all of them. Times of the normal ones are printed
 * and not asserted.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowClientsTest {
  private static final int SLOW = Integer.getInteger("bailiwick.slowClients", 24);
  private static final int NORMAL = Math.min(64, SLOW);
  private static final String TENANT = ProxyFixture.ACME;

  /** What waits for one client at the most, and what is on its way to it from MongoDB. */
  private static final long BYTES_PER_CLIENT = 1 << 20;

  private static final long BYTES_OF_ALL = 32L << 20;
  private static final String NO_COLLECTIONS =
      "{cursor: {id: {$numberLong: '0'}, ns: 'shop.$cmd.listCollections', firstBatch: []}, ok: 1.0}";
  private static final long PATIENCE_NANOS = 120_000_000_000L;
  private static final byte[] PING =
      RawClient.message(1, 0, BsonDocument.parse("{ping: 1, $db: 'admin', comment: 'slow'}"));

  /** Until a reply begins: time enough for a busy machine, on which all begin at once. */
  private static final int MAX_TIME = SLOW <= 64 ? 3 : 15;

  /** The policy's limit is below the clients' deadline, and is not what ends them. */
  private static final String POLICY =
      ProxyFixture.POLICY + "limits: { maxTime: " + MAX_TIME + "s }\n";

  private static final String CONFIG =
      """
      apiVersion: bailiwick.io/v1
      kind: Proxy
      listeners:
        - { name: app, address: "127.0.0.1:0", login: { tenant: "%s" } }
      upstream: { uri: mongodb://127.0.0.1:%d }
      policies: { files: [policy.yaml], poll: 0s }
      metrics: { address: "127.0.0.1:0" }
      admin: { address: off }
      audit: { to: off }
      survey: { documents: 0 }
      deadlines: { message: 3s, reply: %ds }
      """;

  @TempDir Path directory;
  private final List<Long> times = new ArrayList<>();

  @Test
  void neitherSlowReadersNorSlowWritersTakeUpMemoryOrStay() throws Exception {
    byte[] large = ScriptedReply.bytes(batch(47, 1_000_000));
    byte[] small = ScriptedReply.bytes(batch(1, 1000));
    try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
      upstream.always("listCollections", any -> ScriptedReply.json(NO_COLLECTIONS));
      upstream.always("find", find -> ScriptedReply.document(isLarge(find) ? large : small));
      Files.writeString(directory.resolve("policy.yaml"), POLICY);
      Path file = directory.resolve("bailiwick.yaml");
      Files.writeString(file, CONFIG.formatted(TENANT, upstream.address().getPort(), MAX_TIME + 4));
      try (Proxy proxy = Proxy.start(ConfigParser.parse(file, Overrides.NONE).config())) {
        run(proxy);
      }
    }
  }

  private void run(Proxy proxy) throws Exception {
    List<RawClient> normal = connect(proxy, NORMAL);
    List<RawClient> readers = connect(proxy, SLOW / 2);
    List<RawClient> writers = connect(proxy, SLOW - SLOW / 2);
    round(normal);
    report("before");
    long before = directMemory();
    for (RawClient reader : readers) {
      reader.send(BsonDocument.parse("{find: 'orders', filter: {large: true}, $db: 'shop'}"));
    }
    long most = 0;
    int rounds = 0;
    long begun = System.nanoTime();
    long sipped = begun;
    while (ended(proxy, "slow_reader") < readers.size()
        || ended(proxy, "slow_writer") < writers.size()) {
      if (System.nanoTime() - sipped > 1_000_000_000L) {
        sipped = System.nanoTime();
        for (RawClient reader : readers) {
          reader.sip(1024);
        }
      }
      for (RawClient writer : writers) {
        dribble(writer, rounds);
      }
      round(normal);
      rounds++;
      assertTrue(
          System.nanoTime() - begun < PATIENCE_NANOS,
          "ended: " + ended(proxy, "slow_reader") + ", " + ended(proxy, "slow_writer"));
      most = Math.max(most, directMemory() - before);
      assertTrue(
          most <= BYTES_OF_ALL + SLOW * BYTES_PER_CLIENT, most + " bytes for " + SLOW + " clients");
    }
    report("beside " + SLOW + " slow ones");
    System.out.println("slow clients: at most " + (most >> 20) + " MiB more of direct memory");
    assertEquals(0, ended(proxy, "upstream"));
    round(normal); // They were not touched.
    for (List<RawClient> each : List.of(normal, readers, writers)) {
      for (RawClient one : each) {
        one.close();
      }
    }
  }

  private static List<RawClient> connect(Proxy proxy, int count) throws IOException {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RawClient client = RawClient.connect(proxy.address("app"));
      assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
      clients.add(client);
    }
    return clients;
  }

  /** One more byte of a message, all but its last. */
  private static void dribble(RawClient writer, int round) {
    if (round < PING.length - 1) {
      try {
        writer.write(new byte[] {PING[round]});
      } catch (IOException e) {
        // Its time was over.
      }
    }
  }

  private void round(List<RawClient> normal) throws IOException {
    for (RawClient client : normal) {
      long started = System.nanoTime();
      RawClient.Reply reply = client.call("{find: 'orders', filter: {}, $db: 'shop'}");
      assertTrue(reply.ok(), reply.document()::toJson);
      times.add(System.nanoTime() - started);
    }
  }

  private void report(String when) {
    List<Long> sorted = times.stream().sorted().toList();
    System.out.printf(
        "normal clients %s: %d calls, median %d us, p99 %d us%n",
        when,
        sorted.size(),
        sorted.get(sorted.size() / 2) / 1000,
        sorted.get(sorted.size() * 99 / 100) / 1000);
    times.clear();
  }

  /** How many clients' connections have ended for that cause. */
  private static int ended(Proxy proxy, String cause) throws Exception {
    String text = Http.get(proxy.metricsAddress(), "/metrics").text();
    Matcher line =
        Pattern.compile(
                "bailiwick_client_disconnects_total\\{listener=\"app\",cause=\""
                    + cause
                    + "\",?\\} ([0-9.]+)")
            .matcher(text);
    return line.find() ? (int) Double.parseDouble(line.group(1)) : 0;
  }

  private static long directMemory() {
    long used = io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      used += pool.getMemoryUsed();
    }
    return used;
  }

  private static boolean isLarge(ReceivedCommand find) {
    return find.body().toString().contains("large");
  }

  private static BsonDocument batch(int rows, int bytes) {
    BsonDocument row =
        new BsonDocument("organization_id", new BsonObjectId(new ObjectId(TENANT)))
            .append("pad", new BsonBinary(new byte[bytes]));
    BsonDocument cursor =
        new BsonDocument("firstBatch", new BsonArray(Collections.nCopies(rows, row)))
            .append("id", new BsonInt64(0))
            .append("ns", new BsonString("shop.orders"));
    return new BsonDocument("cursor", cursor).append("ok", new BsonDouble(1.0));
  }
}
