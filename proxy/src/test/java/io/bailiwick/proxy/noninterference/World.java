package io.bailiwick.proxy.noninterference;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.bailiwick.policy.oracle.Tenancy;
import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.testing.JudgingTap;
import io.bailiwick.proxy.testing.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * One server with a proxy in front of it and a judging tap between them; or with nothing but the
 * tap, to see what the comparison says then. Many runs at once, each in a database of its own.
 */
final class World implements AutoCloseable {
  private final Deque<AutoCloseable> closeables = new ArrayDeque<>();
  private final MongoClient direct;
  private final JudgingTap tap;
  private final InetSocketAddress front;

  private World(Path directory, @Nullable InetSocketAddress given, int databases, boolean withProxy)
      throws IOException {
    InetSocketAddress server = given == null ? embedded() : given;
    direct = opened(MongoClients.create(uri(server, given != null)));
    tap = opened(JudgingTap.before(server, tenancy(databases)));
    if (withProxy) {
      Proxy proxy = opened(proxy(directory, tap.address(), databases));
      front = proxy.address("app");
    } else {
      front = tap.address();
    }
  }

  /**
   * A world of that many databases.
   *
   * @param server a real one, empty and a member of the set {@code secantus}; null for the embedded
   */
  static World behindProxy(Path directory, @Nullable InetSocketAddress server, int databases)
      throws IOException {
    return new World(directory, server, databases, true);
  }

  /** A world in which the client speaks to the server itself. */
  static World withoutProxy(Path directory, int databases) throws IOException {
    return new World(directory, null, databases, false);
  }

  static String database(int number) {
    return "db" + number;
  }

  RawClient connect() throws IOException {
    return RawClient.connect(front);
  }

  JudgingTap tap() {
    return tap;
  }

  /** Puts exactly these documents into a database. */
  void load(String name, Map<String, List<BsonDocument>> documents) {
    MongoDatabase database = direct.getDatabase(name);
    documents.forEach(
        (collection, content) -> {
          var target = database.getCollection(collection, BsonDocument.class);
          target.drop();
          if (!content.isEmpty()) {
            target.insertMany(content);
          }
        });
  }

  /** Everything in a database that the asking organization may not change. */
  Map<String, Set<BsonDocument>> foreign(String name) {
    Map<String, Set<BsonDocument>> all = new LinkedHashMap<>();
    MongoDatabase database = direct.getDatabase(name);
    for (String collection : database.listCollectionNames()) {
      all.put(collection, foreign(database, collection));
    }
    all.values().removeIf(Set::isEmpty);
    return all;
  }

  private static Set<BsonDocument> foreign(MongoDatabase database, String collection) {
    Set<BsonDocument> documents = new HashSet<>();
    BsonDocument filter = Organizations.foreignIn(collection);
    if (filter != null) {
      database.getCollection(collection, BsonDocument.class).find(filter).into(documents);
    }
    return documents;
  }

  @Override
  public void close() throws Exception {
    while (!closeables.isEmpty()) {
      closeables.pop().close();
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    closeables.push(resource);
    return resource;
  }

  private InetSocketAddress embedded() {
    MongoServer server = new MongoServer(new MemoryBackend());
    opened(server::shutdownNow);
    return server.bind();
  }

  private static String uri(InetSocketAddress server, boolean set) {
    String uri = "mongodb://127.0.0.1:" + server.getPort();
    return set ? uri + "/?directConnection=true" : uri;
  }

  /** One seed without the name of its set is not followed past the tap to where the server is. */
  private static Proxy proxy(Path directory, InetSocketAddress upstream, int databases)
      throws IOException {
    Files.writeString(directory.resolve("policy.yaml"), policy(databases));
    Path config =
        Files.writeString(
            directory.resolve("bailiwick.yaml"),
            """
            apiVersion: bailiwick.io/v1
            kind: Proxy
            listeners:
              - { name: app, address: "127.0.0.1:0", login: { tenant: "%s" } }
            upstream: { uri: "mongodb://127.0.0.1:%d" }
            policies: { files: [policy.yaml], poll: 0s }
            metrics: { address: "127.0.0.1:0" }
            admin: { address: off }
            audit: { to: off }
            survey: { documents: 0 }
            """
                .formatted(Organizations.OWN, upstream.getPort()));
    return Proxy.start(ConfigParser.parse(config, Overrides.NONE).config());
  }

  private static String policy(int databases) {
    return """
        apiVersion: bailiwick.io/v1
        kind: Policy
        metadata: { name: noninterference }
        tenancy: { field: organization_id, type: objectId }
        principals:
          - { name: app, user: "org-${tenant}", authSource: admin }
        collections:
        """
        + IntStream.range(0, databases)
            .mapToObj(
                number ->
                    """
                      %1$s.orders: shared
                      %1$s.items: shared
                      %1$s.plans: reference
                      "%1$s.own_${tenant}": private
                    """
                        .formatted(database(number)))
            .collect(Collectors.joining());
  }

  private static Tenancy tenancy(int databases) {
    Set<String> shared = new HashSet<>();
    Set<String> unfiltered = new HashSet<>();
    for (int number = 0; number < databases; number++) {
      String prefix = database(number) + ".";
      Organizations.SHARED.forEach(collection -> shared.add(prefix + collection));
      unfiltered.add(prefix + Organizations.REFERENCE);
      unfiltered.add(prefix + Organizations.PRIVATE);
    }
    BsonValue own = new BsonObjectId(Organizations.OWN);
    BsonValue foreign = new BsonObjectId(Organizations.FOREIGN);
    return new Tenancy(Organizations.FIELD, own, foreign, shared, unfiltered);
  }
}
