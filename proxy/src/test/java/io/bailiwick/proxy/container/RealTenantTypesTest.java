package io.bailiwick.proxy.container;

import com.mongodb.client.MongoClient;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** Tenants of each type on a real MongoDB. */
@Timeout(120)
@EnabledIf(
    value = "io.bailiwick.proxy.container.RealServer#isThere",
    disabledReason = "no container engine runs here, and the environment names no server")
final class RealTenantTypesTest extends TenantTypeChecks {
  private static RealServer server;

  @BeforeAll
  static void open() {
    server = RealServer.start();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @Override
  MongoClient direct() {
    return server.direct();
  }

  @Override
  String upstream(Path directory) throws IOException {
    return server.upstream(directory);
  }
}
