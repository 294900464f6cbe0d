package io.bailiwick.proxy.cases;

import io.bailiwick.policy.scenario.CaseMessages;
import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/**
 * A whole proxy from its files, between raw clients and whatever stands in MongoDB's place. Three
 * ports: {@code app} asks for a password, {@code a} and {@code b} belong to one organization each.
 */
final class WholeProxy implements AutoCloseable {
  static final String A = "aaaaaaaaaaaaaaaaaaaaaaaa";
  static final String B = "bbbbbbbbbbbbbbbbbbbbbbbb";
  static final String PASSWORD = "a password";
  private static final String NO_COLLECTIONS =
      "{cursor: {id: {$numberLong: '0'}, ns: 'app.$cmd.listCollections', firstBatch: []}, ok: 1.0}";

  final Proxy proxy;
  private final Path directory;

  WholeProxy(Path directory, InetSocketAddress upstream) throws Exception {
    this(
        directory,
        "  uri: mongodb://127.0.0.1:" + upstream.getPort() + "\n",
        "  timeouts: { connect: 2s, selection: 2s }\n");
  }

  /**
   * @param upstream what stands under {@code upstream} in the proxy's file, and more of it
   */
  WholeProxy(Path directory, String upstream, String timeouts) throws Exception {
    this.directory = directory;
    Files.copy(CaseMessages.DIRECTORY.resolve("policy.yaml"), policyFile());
    for (String user : List.of("org-" + A, "org-" + B, "stranger")) {
      UsersFileWriter.put(
          usersFile(),
          new Users.Name(user, "admin"),
          Verifiers.ofPassword(user, PASSWORD, new SecureRandom()));
    }
    Files.writeString(
        configFile(),
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: app, address: "127.0.0.1:0", login: { users: users.yaml } }
          - { name: a, address: "127.0.0.1:0", login: { tenant: "%s" } }
          - { name: b, address: "127.0.0.1:0", login: { tenant: "%s" } }
        policies: { files: [policy.yaml], poll: 0s }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: "127.0.0.1:0" }
        audit: { to: audit.jsonl }
        survey: { documents: 0 }
        """
                .formatted(A, B)
            + "upstream:\n"
            + upstream
            + timeouts);
    proxy = Proxy.start(ConfigParser.parse(configFile(), Overrides.NONE).config());
    Http.await(proxy.metricsAddress(), "/readyz", 200);
  }

  /** A MongoDB by script in which no collection exists yet. */
  static ScriptedUpstream upstream() throws IOException {
    return ScriptedUpstream.start()
        .always("listCollections", any -> ScriptedReply.json(NO_COLLECTIONS))
        .always("find", any -> cursor(0, ""))
        .always("aggregate", any -> cursor(0, ""));
  }

  /** The reply that opens a cursor on orders; members of the batch as extended JSON. */
  static ScriptedReply cursor(long id, String firstBatch) {
    return ScriptedReply.json(
        "{cursor: {id: {$numberLong: '%d'}, ns: 'app.orders', firstBatch: [%s]}, ok: 1.0}"
            .formatted(id, firstBatch));
  }

  Path configFile() {
    return directory.resolve("bailiwick.yaml");
  }

  Path policyFile() {
    return directory.resolve("policy.yaml");
  }

  Path usersFile() {
    return directory.resolve("users.yaml");
  }

  Path auditFile() {
    return directory.resolve("audit.jsonl");
  }

  /** A connection on which nobody has logged in. */
  RawClient anonymous() throws IOException {
    return RawClient.connect(proxy.address("app"));
  }

  /** A connection of organization A that needs no login. */
  RawClient a() throws IOException {
    return RawClient.connect(proxy.address("a"));
  }

  RawClient b() throws IOException {
    return RawClient.connect(proxy.address("b"));
  }

  /** A connection on which that organization's user has logged in by password. */
  RawClient logIn(String organization) throws Exception {
    RawClient client = anonymous();
    SaslPeer peer = peer("org-" + organization, PASSWORD);
    client.call(peer.proof(client.call(peer.start()).document()));
    return client;
  }

  static SaslPeer peer(String user, String password) {
    return new SaslPeer(Mechanism.SCRAM_SHA_256, user, password, "admin", true);
  }

  @Override
  public void close() {
    proxy.close();
  }
}
