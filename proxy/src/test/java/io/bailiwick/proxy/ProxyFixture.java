package io.bailiwick.proxy;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCredential;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A MongoDB-compatible server in this JVM and the files of a proxy in front of it. */
final class ProxyFixture implements AutoCloseable {
  static final String ACME = "665f1c2ab8e4d3a1f0c9e001";
  static final String GLOBEX = "665f1c2ab8e4d3a1f0c9e002";
  static final String PASSWORD = "a password";
  static final String POLICY =
      """
      apiVersion: bailiwick.io/v1
      kind: Policy
      metadata: { name: shop }
      tenancy: { field: organization_id, type: objectId }
      principals:
        - { name: app, user: "org-${tenant}", authSource: admin }
      collections:
        shop.orders: shared
      """;

  private final Path directory;
  private final MongoServer server = new MongoServer(new MemoryBackend());
  private final InetSocketAddress serverAddress = server.bind();
  private String login = "{ users: users.yaml }";
  private String listener = "";

  ProxyFixture(Path directory) throws IOException {
    this.directory = directory;
    Files.writeString(policyFile(), POLICY);
    for (String organization : List.of(ACME, GLOBEX)) {
      String user = "org-" + organization;
      UsersFileWriter.put(
          directory.resolve("users.yaml"),
          new Users.Name(user, "admin"),
          Verifiers.ofPassword(user, PASSWORD, new SecureRandom()));
    }
    config("127.0.0.1:" + serverAddress.getPort(), "");
  }

  /** Writes the proxy's file anew, with further lines. */
  void config(String upstream, String more) throws IOException {
    config(upstream, "{ to: audit.jsonl }", more);
  }

  /** Writes the proxy's file anew, with an audit of that kind. */
  void upstreamAndAudit(String audit) throws IOException {
    config("127.0.0.1:" + serverAddress.getPort(), audit, "");
  }

  void config(String upstream, String audit, String more) throws IOException {
    Files.writeString(
        configFile(),
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: app, address: "127.0.0.1:0", login: %s%s }
        upstream:
          uri: mongodb://%s
          timeouts: { connect: 1s, selection: 1s }
        policies: { files: [policy.yaml], poll: 0s }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: "127.0.0.1:0" }
        audit: %s
        survey: { documents: 0 }
        drain: { timeout: 4s }
        %s
        """
            .formatted(login, listener, upstream, audit, more));
  }

  /** Writes the proxy's file anew, with another way to log in and further lines. */
  void login(String how, String more) throws IOException {
    login = how;
    config("127.0.0.1:" + serverAddress.getPort(), more);
  }

  /** Writes the proxy's file anew, with TLS at its listener. */
  void tls(String keys) throws IOException {
    listener = ", tls: { " + keys + " }";
    config("127.0.0.1:" + serverAddress.getPort(), "");
  }

  Path policyFile() {
    return directory.resolve("policy.yaml");
  }

  Path configFile() {
    return directory.resolve("bailiwick.yaml");
  }

  Path auditFile() {
    return directory.resolve("audit.jsonl");
  }

  Proxy start() throws IOException {
    return Proxy.start(ConfigParser.parse(configFile(), Overrides.NONE).config());
  }

  /** Where the server itself listens. */
  InetSocketAddress upstream() {
    return serverAddress;
  }

  /** The server itself, past the proxy. */
  MongoClient direct() {
    return MongoClients.create("mongodb://127.0.0.1:" + serverAddress.getPort());
  }

  static MongoClient client(Proxy proxy, String organization) {
    return client(proxy.address("app"), organization);
  }

  static MongoClient client(InetSocketAddress address, String organization) {
    return MongoClients.create(settings(address, organization).build());
  }

  static MongoClientSettings.Builder settings(InetSocketAddress address, String organization) {
    return MongoClientSettings.builder()
        .applyToClusterSettings(
            cluster ->
                cluster
                    .hosts(List.of(new ServerAddress(address.getAddress(), address.getPort())))
                    .serverSelectionTimeout(10, TimeUnit.SECONDS))
        .credential(
            MongoCredential.createCredential(
                "org-" + organization, "admin", PASSWORD.toCharArray()));
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
