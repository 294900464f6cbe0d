package io.bailiwick.proxy.container;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Tenants of each type on the server in this process. */
@Timeout(60)
final class TenantTypesTest extends TenantTypeChecks {
  private MongoServer server;
  private InetSocketAddress address;

  @BeforeEach
  void open() {
    server = new MongoServer(new MemoryBackend());
    address = server.bind();
  }

  @AfterEach
  void close() {
    server.shutdownNow();
  }

  @Override
  MongoClient direct() {
    return MongoClients.create("mongodb://127.0.0.1:" + address.getPort());
  }

  @Override
  String upstream(Path directory) {
    return "  uri: mongodb://127.0.0.1:" + address.getPort() + "\n";
  }
}
