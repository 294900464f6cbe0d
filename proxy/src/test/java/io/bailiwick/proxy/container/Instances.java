package io.bailiwick.proxy.container;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.bailiwick.policy.oracle.Tenancy;
import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.JudgingTap;
import io.bailiwick.proxy.testing.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bson.BsonObjectId;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * Instances of the proxy that share one key file, in front of one real MongoDB. Ports of each:
 * {@code app} asks for a password, {@code a} and {@code b} belong to one organization each, {@code
 * set} looks like a replica set. Two users of organization A have different rules.
 */
final class Instances implements AutoCloseable {
  static final String A = "665f1c2ab8e4d3a1f0c9e001";
  static final String B = "665f1c2ab8e4d3a1f0c9e002";
  static final String PASSWORD = "pencil";
  private static final String POLICY =
      """
      apiVersion: bailiwick.io/v1
      kind: Policy
      metadata: { name: ads }
      tenancy: { field: organization_id, type: objectId }
      principals:
        - { name: app, user: "org-${tenant}", authSource: admin }
        - { name: reports, user: "reports-${tenant}", authSource: admin }
      collections:
        ads.campaigns: shared
        ads.daily_stats: shared
      rules:
        - name: reports-read-only
          principals: [reports]
          collections: [ads.campaigns]
          deny: [insert, update, delete]
      """;

  private final Path directory;
  private final RealServer server = RealServer.start();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final MongoClient direct;
  private int started;

  Instances(Path directory) throws Exception {
    this.directory = directory;
    direct = server.direct();
    allowEverything();
    for (String user : List.of("org-" + A, "org-" + B, "reports-" + A)) {
      UsersFileWriter.put(
          directory.resolve("users.yaml"),
          new Users.Name(user, "admin"),
          Verifiers.ofPassword(user, PASSWORD, new SecureRandom()));
    }
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    Path keyFile = directory.resolve("bailiwick.key");
    Files.writeString(keyFile, Base64.getEncoder().encodeToString(key));
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("r--------"));
  }

  /** Lays both organizations' data anew. */
  void fill(int statistics) {
    direct.getDatabase("ads").drop();
    for (String organization : List.of(A, B)) {
      ObjectId owner = new ObjectId(organization);
      direct
          .getDatabase("ads")
          .getCollection("campaigns")
          .insertOne(
              new Document("_id", organization).append("organization_id", owner).append("n", 0));
      List<Document> days = new ArrayList<>();
      for (int i = 0; i < statistics; i++) {
        days.add(
            new Document("_id", organization + i).append("organization_id", owner).append("n", i));
      }
      direct.getDatabase("ads").getCollection("daily_stats").insertMany(days);
    }
  }

  /** The documents of a collection of ads, past the proxy. */
  com.mongodb.client.MongoCollection<Document> stored(String collection) {
    return direct.getDatabase("ads").getCollection(collection);
  }

  private Path policyFile() {
    return directory.resolve("policy.yaml");
  }

  void allowEverything() throws IOException {
    Files.writeString(policyFile(), POLICY);
  }

  /** From the next reload on nobody may write campaigns. */
  void allowReadingOnly() throws IOException {
    Files.writeString(policyFile(), POLICY.replace("    principals: [reports]\n", ""));
  }

  /** Starts another instance; it is stopped with this, if not before. */
  Proxy start() throws Exception {
    return start(server.upstream(directory));
  }

  /** Starts one whose clients share two connections to MongoDB. */
  Proxy startPooled() throws Exception {
    return start(server.upstream(directory) + "  connections: { pooled: { perServer: 2 } }\n");
  }

  /** Starts one whose commands are judged on their way; to be used by organization A only. */
  Proxy startBehind(JudgingTap tap) throws Exception {
    String upstream = server.upstream(directory);
    return start(
        upstream.replaceFirst(
            "mongodb://[^/]+/", "mongodb://127.0.0.1:" + tap.address().getPort() + "/"));
  }

  JudgingTap tap() throws IOException {
    Tenancy tenancy =
        new Tenancy(
            "organization_id",
            new BsonObjectId(new ObjectId(A)),
            new BsonObjectId(new ObjectId(B)),
            Set.of("ads.campaigns", "ads.daily_stats"),
            Set.of());
    JudgingTap tap = JudgingTap.before(server.address(), tenancy);
    open.add(tap);
    return tap;
  }

  private Proxy start(String upstream) throws Exception {
    int set = freePort();
    Path file = directory.resolve("bailiwick-" + ++started + ".yaml");
    Files.writeString(
        file,
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: app, address: "127.0.0.1:0", login: { users: users.yaml } }
          - { name: a, address: "127.0.0.1:0", login: { tenant: "%s" } }
          - { name: b, address: "127.0.0.1:0", login: { tenant: "%s" } }
          - name: set
            address: "127.0.0.1:%d"
            persona: { replicaSet: shop, advertise: "127.0.0.1:%d" }
            login: { users: users.yaml }
        keyFile: bailiwick.key
        policies: { files: [policy.yaml], poll: 0s }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: "127.0.0.1:0" }
        survey: { documents: 0 }
        audit: { to: "off" }
        upstream:
        """
                .formatted(A, B, set, set)
            + upstream);
    Proxy proxy = Proxy.start(ConfigParser.parse(file, Overrides.NONE).config());
    open.add(0, proxy);
    Http.await(proxy.metricsAddress(), "/readyz", 200);
    return proxy;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The driver, logged in as that user. */
  static MongoClient driver(InetSocketAddress address, String user, String options) {
    return MongoClients.create(
        "mongodb://%s:%s@127.0.0.1:%d/?authSource=admin%s"
            .formatted(user, PASSWORD, address.getPort(), options));
  }

  /** A connection of its own, logged in as that user. */
  static RawClient raw(Proxy proxy, String user) throws Exception {
    RawClient client = RawClient.connect(proxy.address("app"));
    SaslPeer peer = new SaslPeer(Mechanism.SCRAM_SHA_256, user, PASSWORD, "admin", true);
    client.call(peer.proof(client.call(peer.start()).document()));
    return client;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    direct.close();
    server.close();
  }
}
