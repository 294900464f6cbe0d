package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * 2,000 clients of eight tenants, all with a request outstanding, over 64 connections to MongoDB.
 * Each request has a number of its own; MongoDB's answer repeats it and the tenant that the command
 * was confined to.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyClientsTest {
  private static final int CLIENTS = 2_000;
  private static final int TENANTS = 8;
  private static final int MOST_CONNECTIONS = 64;
  private static final int ROUNDS = Integer.getInteger("bailiwick.rounds", 3);

  /** The clients' ends, the proxy's ends, and room for everything else. */
  private static final long DESCRIPTORS = 2L * CLIENTS + 1_000;

  private static final String NO_COLLECTIONS =
      "{cursor: {id: {$numberLong: '0'}, ns: 'shop.$cmd.listCollections', firstBatch: []},"
          + " ok: 1.0}";

  @TempDir Path directory;
  private final Set<Integer> used = ConcurrentHashMap.newKeySet();

  /** One client and whose it is. */
  private record Client(RawClient connection, ObjectId tenant) {}

  @Test
  void everyReplyBelongsToItsRequestAndItsTenant() throws Exception {
    assumeTrue(mostDescriptors() >= DESCRIPTORS, "too few file descriptors: see ulimit -n");
    try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
      upstream.always("listCollections", any -> ScriptedReply.json(NO_COLLECTIONS));
      upstream.always("find", this::answer);
      try (Proxy proxy = start(upstream)) {
        Http.await(proxy.metricsAddress(), "/readyz", 200);
        List<Client> clients = connect(proxy);
        try {
          for (int round = 0; round < ROUNDS; round++) {
            askAndCheck(clients, round * CLIENTS);
          }
        } finally {
          for (Client client : clients) {
            client.connection().close();
          }
        }
      }
    }
    System.out.println(CLIENTS + " clients over " + used.size() + " connections");
    assertTrue(used.size() <= MOST_CONNECTIONS, used.size() + " connections");
  }

  private Proxy start(ScriptedUpstream upstream) throws IOException {
    Files.writeString(
        directory.resolve("policy.yaml"), ProxyFixture.POLICY + "limits: { maxTime: 2m }\n");
    StringBuilder listeners = new StringBuilder();
    for (int i = 0; i < TENANTS; i++) {
      listeners.append(
          "  - { name: t%d, address: \"127.0.0.1:0\", login: { tenant: \"%s\" } }%n"
              .formatted(i, tenant(i)));
    }
    Path file = directory.resolve("bailiwick.yaml");
    Files.writeString(
        file,
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
        %s
        upstream:
          uri: mongodb://127.0.0.1:%d
          connections: { pooled: { perServer: %d } }
          timeouts: { selection: 2m }
        policies: { files: [policy.yaml], poll: 0s }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: off }
        audit: { to: off }
        survey: { documents: 0 }
        """
            .formatted(listeners, upstream.address().getPort(), MOST_CONNECTIONS));
    return Proxy.start(ConfigParser.parse(file, Overrides.NONE).config());
  }

  private static ObjectId tenant(int number) {
    return new ObjectId("665f1c2ab8e4d3a1f0c9e00" + number);
  }

  private static List<Client> connect(Proxy proxy) throws IOException {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i % TENANTS;
      clients.add(new Client(RawClient.connect(proxy.address("t" + number)), tenant(number)));
    }
    return clients;
  }

  private static void askAndCheck(List<Client> clients, int firstStamp) throws IOException {
    List<Integer> requests = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      requests.add(
          clients
              .get(i)
              .connection()
              .send(
                  BsonDocument.parse(
                      "{find: 'orders', filter: {stamp: %d}, $db: 'shop'}"
                          .formatted(firstStamp + i))));
    }
    for (int i = 0; i < clients.size(); i++) {
      RawClient.Reply reply = clients.get(i).connection().receive();
      assertTrue(reply.ok(), reply.document()::toJson);
      assertEquals(requests.get(i), reply.responseTo());
      BsonDocument row =
          reply.document().getDocument("cursor").getArray("firstBatch").get(0).asDocument();
      assertEquals(firstStamp + i, row.getInt32("stamp").getValue());
      assertEquals(clients.get(i).tenant(), row.getObjectId("organization_id").getValue());
    }
  }

  /** What was asked, and for whom: as the command itself has it. */
  private ScriptedReply answer(ReceivedCommand find) {
    used.add(find.connection());
    Set<BsonValue> tenants = new HashSet<>();
    Set<BsonValue> stamps = new HashSet<>();
    collect(find.body().getDocument("filter"), tenants, stamps);
    assertEquals(1, tenants.size());
    assertEquals(1, stamps.size());
    BsonDocument reply =
        BsonDocument.parse(
            "{cursor: {firstBatch: [{}], id: {$numberLong: '0'}, ns: 'shop.orders'}, ok: 1.0}");
    reply
        .getDocument("cursor")
        .getArray("firstBatch")
        .get(0)
        .asDocument()
        .append("organization_id", tenants.iterator().next())
        .append("stamp", stamps.iterator().next());
    return ScriptedReply.document(reply);
  }

  private static void collect(BsonValue value, Set<BsonValue> tenants, Set<BsonValue> stamps) {
    if (value.isArray()) {
      value.asArray().forEach(each -> collect(each, tenants, stamps));
    } else if (value.isDocument()) {
      value
          .asDocument()
          .forEach(
              (key, each) -> {
                if (key.equals("stamp")) {
                  stamps.add(each);
                } else if (key.equals("organization_id")) {
                  tenants.add(each.isDocument() ? each.asDocument().get("$eq") : each);
                } else {
                  collect(each, tenants, stamps);
                }
              });
    }
    assertTrue(tenants.stream().allMatch(BsonObjectId.class::isInstance), tenants::toString);
  }

  private static long mostDescriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
