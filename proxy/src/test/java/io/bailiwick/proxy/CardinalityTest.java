package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import io.bailiwick.proxy.testing.Http;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever clients send, the number of series stays what it was, and none is named by a client. */
@Timeout(300)
final class CardinalityTest {
  private static final int NAMES = 400;

  /** Each failed one makes the next wait longer. */
  private static final int LOGINS = 4;

  private static final String DECLARED =
      """
      businessMetrics:
        - { name: created, collection: shop.orders, when: insert, count: documents, by: { kind: [a] } }
        - { name: spend, collection: shop.orders, when: insert, sum: spend, by: { kind: [a] } }
      """;

  @TempDir Path directory;

  @Test
  void aHostileClientMakesNoSeries() throws Exception {
    try (ProxyFixture fixture = new ProxyFixture(directory)) {
      Files.writeString(fixture.policyFile(), ProxyFixture.POLICY + DECLARED);
      try (Proxy proxy = fixture.start();
          MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
        Http.await(proxy.metricsAddress(), "/readyz", 200);
        attack(proxy, acme, "warmup", 3, 1);
        series(proxy); // makes those of being scraped
        Set<String> before = series(proxy);

        attack(proxy, acme, "hostile", NAMES, LOGINS);

        Set<String> after = series(proxy);
        assertEquals(before, after);
        assertTrue(after.stream().noneMatch(name -> name.contains("hostile")));
        assertTrue(after.size() < 2_000, after.size() + " series");
      }
    }
  }

  @Test
  void everyMetricOfALiveScrapeIsOnThePage() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "metrics.md"));
    try (ProxyFixture fixture = new ProxyFixture(directory);
        Proxy proxy = fixture.start()) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);

      List<String> unknown =
          Http.get(proxy.metricsAddress(), "/metrics")
              .text()
              .lines()
              .filter(line -> line.startsWith("# TYPE bailiwick_"))
              .map(line -> line.split(" ", -1)[2])
              .filter(name -> !page.contains("`" + name + "`"))
              .toList();

      assertEquals(List.of(), unknown);
    }
  }

  /** Everything by which a client could name something, each time another. */
  private static void attack(Proxy proxy, MongoClient acme, String word, int names, int logins)
      throws Exception {
    InetSocketAddress admin = Objects.requireNonNull(proxy.adminAddress());
    MongoDatabase shop = acme.getDatabase("shop");
    for (int i = 0; i < names; i++) {
      String name = word + i;
      send(shop, new Document("find", name));
      send(shop, new Document(name, 1));
      send(shop, new Document("count", "orders").append("comment", name));
      send(acme.getDatabase(name), new Document("find", "orders"));
      send(
          shop,
          new Document("insert", "orders")
              .append("documents", List.of(new Document("kind", name).append("spend", name))));
    }
    send(shop, new Document("find", "orders").append("filter", new Document("$" + word, 1)));
    for (int i = 0; i < logins; i++) {
      logIn(proxy, word + i);
    }
    for (int i = 0; i < names / 10 + 1; i++) {
      Http.get(proxy.metricsAddress(), "/" + word + i);
      Http.send(admin, word.toUpperCase(java.util.Locale.ROOT), "/" + word + i, "");
    }
  }

  private static void send(MongoDatabase database, Document command) {
    try {
      database.runCommand(command);
    } catch (MongoException ignored) {
      // what it got for an answer is for others to test
    }
  }

  private static void logIn(Proxy proxy, String name) {
    try (MongoClient client =
        MongoClients.create(
            ProxyFixture.settings(proxy.address("app"), ProxyFixture.ACME)
                .applicationName(name)
                .credential(MongoCredential.createCredential(name, "admin", new char[] {'x'}))
                .build())) {
      send(client.getDatabase("shop"), new Document("ping", 1));
    }
  }

  /** Names and labels of every series, without what it counts. */
  private static Set<String> series(Proxy proxy) throws Exception {
    return Http.get(proxy.metricsAddress(), "/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("bailiwick_"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
