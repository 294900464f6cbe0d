package io.bailiwick.proxy.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits, announces much or outlives its right, through a whole proxy. */
@Timeout(120)
final class PressureCasesTest extends ThroughWholeProxy {
  private static final long MIB = 1 << 20;
  private static final BsonDocument FIND = BsonDocument.parse("{find: 'orders', $db: 'app'}");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{insert: 'orders', documents: [{}], writeConcern: {w: 50, wtimeout: 0}, $db: 'app'}",
        "{delete: 'orders', deletes: [{q: {}, limit: 0}], writeConcern: {w: 50}, $db: 'app'}",
        "{find: 'orders', readConcern: {level: 'linearizable'}, $db: 'app'}",
      })
  @AdversarialCase({183, 184})
  void whatMongoDbWouldWaitForEndsWithItsTimeAndItsConnection(String command) throws Exception {
    change("tripwire: first", "tripwire: first", "\nlimits: { maxTime: 100ms }\n");
    String name = BsonDocument.parse(command).getFirstKey();
    try (RawClient a = whole.a();
        RawClient b = whole.b()) {
      // The way to MongoDB is there, so that all of the time goes to what it waits for.
      assertTrue(a.call(FIND).ok());
      upstream.take("find");
      upstream.next(name, ScriptedReply.silence());
      a.send(BsonDocument.parse(command));
      upstream.take(name);
      assertTrue(b.call(FIND).ok());
      assertFalse(a.receive().ok());
      upstream.takeEnd();
      assertTrue(a.call(FIND).ok());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot', atClusterTime", "majority', afterClusterTime"})
  @AdversarialCase(184)
  void aTimeThatHasNotComeIsNotWaitedFor(String concern) throws Exception {
    upstream.always("ping", any -> ScriptedReply.json("{ok: 1.0}"));
    try (RawClient a = whole.a()) {
      String find =
          "{find: 'orders', readConcern: {level: '%s: {$timestamp: {t: 4294967295, i: 1}}},"
              + " $db: 'app'}";
      assertEquals(72, a.call(find.formatted(concern)).code());
      assertTrue(a.call(FIND).ok());
    }
  }

  @Test
  @AdversarialCase(197)
  void messagesThatAreAnnouncedAndNeverSentCostNothing() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    byte[] header =
        ByteBuffer.allocate(20)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(47_000_000)
            .putInt(1)
            .putInt(0)
            .putInt(2013)
            .putInt(0)
            .array();
    try (RawClient other = whole.b()) {
      assertTrue(other.call(FIND).ok());
      long direct = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
      long heap = heapInUse();
      for (int i = 0; i < 200; i++) {
        RawClient client = whole.a();
        assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
        client.write(header);
        clients.add(client);
      }
      assertTrue(other.call(FIND).ok());
      assertTrue(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - direct <= 32 * MIB);
      assertTrue(heapInUse() - heap <= 32 * MIB);
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  @AdversarialCase(199)
  void aCursorEndsWithTheRightOfItsPrincipal() throws Exception {
    try (RawClient client = whole.logIn(WholeProxy.A)) {
      upstream.next("find", WholeProxy.cursor(77, ""));
      BsonDocument cursor = client.call(FIND).document().getDocument("cursor");
      long id = cursor.getInt64("id").getValue();
      upstream.always("killCursors", any -> ScriptedReply.json("{cursorsKilled: [], ok: 1.0}"));

      change("org-${tenant}", "former-${tenant}", "");

      client.send(
          new BsonDocument("getMore", new BsonInt64(id))
              .append("collection", new org.bson.BsonString("orders"))
              .append("$db", new org.bson.BsonString("app")));
      client.awaitEnd();
      ReceivedCommand kill = upstream.take("killCursors");
      assertEquals(77, kill.body().getArray("cursors").get(0).asInt64().getValue());
      assertEquals(List.of(), heard("getMore"));
    }
  }

  private void change(String from, String to, String more) throws Exception {
    String policy = Files.readString(whole.policyFile());
    Files.writeString(whole.policyFile(), policy.replace(from, to) + more);
    assertNull(whole.proxy.reload());
  }

  private List<String> heard(String command) {
    return upstream.received().stream().map(ReceivedCommand::name).filter(command::equals).toList();
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
