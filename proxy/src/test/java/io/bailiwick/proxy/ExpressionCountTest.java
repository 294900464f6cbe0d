package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import io.bailiwick.proxy.testing.Http;
import java.nio.file.Path;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How expressions were treated can be read off a live scrape. */
@Timeout(60)
final class ExpressionCountTest {
  private static final Document FALLIBLE = Document.parse("{$expr: {$toInt: '$a'}}");

  @TempDir Path directory;

  @Test
  void aScrapeTellsHowExpressionsWereTreated() throws Exception {
    try (ProxyFixture fixture = new ProxyFixture(directory);
        Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      send(acme, new Document("find", "orders").append("filter", new Document("a", 1)));
      assertTrue(scraped(proxy, "total", 0) && scraped(proxy, "guarded", 0));

      send(acme, new Document("find", "orders").append("filter", FALLIBLE));
      send(acme, new Document("find", "orders").append("filter", Document.parse("{$expr: '$a'}")));
      send(
          acme,
          new Document("aggregate", "orders")
              .append("cursor", new Document())
              .append(
                  "pipeline",
                  List.of(new Document("$count", "n"), new Document("$match", FALLIBLE))));

      for (String treatment : List.of("total", "guarded", "barred")) {
        assertTrue(scraped(proxy, treatment, 1), treatment);
      }
      assertTrue(scraped(proxy, "unshared", 0));
    }
  }

  /** The server at hand may not know the rewritten form; it was forwarded all the same. */
  private static void send(MongoClient client, Document command) {
    try {
      client.getDatabase("shop").runCommand(command);
    } catch (MongoException ignored) {
      // what is counted is what was forwarded
    }
  }

  private static boolean scraped(Proxy proxy, String treatment, int count) throws Exception {
    return Http.get(proxy.metricsAddress(), "/metrics")
        .text()
        .contains("bailiwick_expressions_total{treatment=\"" + treatment + "\",} " + count + ".0");
  }
}
