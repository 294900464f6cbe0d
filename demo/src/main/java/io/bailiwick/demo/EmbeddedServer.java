package io.bailiwick.demo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.Sorts;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.Closeable;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/** A MongoDB-compatible server in this JVM, filled with the ads business. */
final class EmbeddedServer implements Closeable {
  private final MongoServer server = new MongoServer(new MemoryBackend());
  private final InetSocketAddress address = server.bind();
  private final MongoClient direct =
      MongoClients.create("mongodb://127.0.0.1:" + address.getPort());

  EmbeddedServer() {
    AdsData.fill(direct.getDatabase(AdsData.DATABASE));
  }

  InetSocketAddress address() {
    return address;
  }

  /** Every document of an organization, read past the proxy, to see whether anything changed. */
  List<Document> documentsOf(Organization organization) {
    List<Document> all = new ArrayList<>();
    for (String collection : List.of("organizations", "campaigns", "ad_groups", "daily_stats")) {
      direct
          .getDatabase(AdsData.DATABASE)
          .getCollection(collection)
          .find(new Document("organization_id", organization.id()))
          .sort(Sorts.ascending("_id"))
          .into(all);
    }
    return all;
  }

  @Override
  public void close() {
    direct.close();
    server.shutdownNow();
  }
}
