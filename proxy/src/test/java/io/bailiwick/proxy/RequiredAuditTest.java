package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import io.bailiwick.proxy.testing.Http;
import java.nio.file.Path;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With an audit on a device that is always full: required lets nothing through, else it counts. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
final class RequiredAuditTest {
  private static final Document COUNT = Document.parse("{count: 'orders'}");

  @TempDir Path directory;

  @Test
  void nothingReachesMongoDbThatCannotBeRecorded() throws Exception {
    try (ProxyFixture fixture = new ProxyFixture(directory)) {
      fixture.upstreamAndAudit("{ to: /dev/full, decisions: all, required: true }");
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

  private static void awaitFailing(Proxy proxy) throws Exception {
    while (!Http.get(proxy.metricsAddress(), "/metrics")
        .text()
        .contains("bailiwick_audit_failing 1.0")) {
      Thread.onSpinWait();
    }
  }
}
