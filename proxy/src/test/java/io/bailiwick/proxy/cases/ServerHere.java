package io.bailiwick.proxy.cases;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.net.InetSocketAddress;

/** A server in this JVM, and a connection past the proxy. */
final class ServerHere implements AutoCloseable {
  private final MongoServer server = new MongoServer(new MemoryBackend());
  final InetSocketAddress address = server.bind();
  final MongoClient direct = MongoClients.create("mongodb://127.0.0.1:" + address.getPort());

  @Override
  public void close() {
    direct.close();
    server.shutdownNow();
  }
}
