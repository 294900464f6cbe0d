package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import io.bailiwick.proxy.testing.Http;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With an audit on a device that is always full: required lets nothing through, else it counts. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
final class RequiredAuditTest {
  private static final Document COUNT = Document.parse("{count: 'orders'}");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"/dev/full", "/proc/version"})
  void nothingReachesMongoDbThatCannotBeRecorded(String fullOrReadOnly) throws Exception {
    try (ProxyFixture fixture = new ProxyFixture(directory)) {
      fixture.upstreamAndAudit(
          "{ to: %s, decisions: all, required: true }".formatted(fullOrReadOnly));
      try (Proxy proxy = fixture.start();
          MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
        Http.await(proxy.metricsAddress(), "/readyz", 200);
        acme.getDatabase("shop").runCommand(COUNT);
        awaitFailing(proxy);

        MongoCommandException refused =
            assertThrows(
                MongoCommandException.class, () -> acme.getDatabase("shop").runCommand(COUNT));

        assertEquals(1, refused.getErrorCode());
        assertTrue(refused.getErrorMessage().contains("[bailiwick audit "));
        acme.getDatabase("shop").runCommand(new Document("ping", 1));
      }
    }
  }

  @Test
  void anAuditThatIsNotRequiredHoldsNobodyUp() throws Exception {
    try (ProxyFixture fixture = new ProxyFixture(directory)) {
      fixture.upstreamAndAudit("{ to: /dev/full, decisions: all }");
      try (Proxy proxy = fixture.start();
          MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
        Http.await(proxy.metricsAddress(), "/readyz", 200);
        acme.getDatabase("shop").runCommand(COUNT);
        awaitFailing(proxy);

        acme.getDatabase("shop").runCommand(COUNT);
      }
    }
  }

  @Test
  void aReaderThatStandsStillStopsCommandsAndLosesNoLine() throws Exception {
    Path fifo = directory.resolve("audit.fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    int done = 0;
    try (ProxyFixture fixture = new ProxyFixture(directory)) {
      fixture.upstreamAndAudit("{ to: audit.fifo, decisions: all, required: true }");
      try (Proxy proxy = fixture.start();
          MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
        Http.await(proxy.metricsAddress(), "/readyz", 200);
        while (isTaken(acme)) {
          done++;
        }
        int refused = 1;
        assertTrue(done > 0);

        try (BufferedReader reader = Files.newBufferedReader(fifo)) {
          for (int allowed = 0; allowed < done; ) {
            allowed += reader.readLine().contains("\"command\":\"count\"") ? 1 : 0;
          }
        }
        while (!isTaken(acme)) {
          refused++;
        }
        // A full queue has no room to tell of what it made refuse; of what was done it lost
        // nothing.
        assertTrue(dropped(proxy) <= refused);
      }
    }
  }

  private static double dropped(Proxy proxy) throws Exception {
    return Http.get(proxy.metricsAddress(), "/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("bailiwick_audit_dropped_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private static boolean isTaken(MongoClient client) {
    try {
      client.getDatabase("shop").runCommand(COUNT);
      return true;
    } catch (MongoCommandException refused) {
      assertTrue(refused.getErrorMessage().contains("[bailiwick audit "), refused.getMessage());
      return false;
    }
  }

  private static void awaitFailing(Proxy proxy) throws Exception {
    while (!Http.get(proxy.metricsAddress(), "/metrics")
        .text()
        .contains("bailiwick_audit_failing 1.0")) {
      Thread.onSpinWait();
    }
  }
}
