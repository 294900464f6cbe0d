package io.bailiwick.proxy;

import com.ongres.scram.common.ScramMechanism;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ScriptedLogin;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bson.BsonDocument;

/** A proxy that relays logins to a MongoDB that the test plays. */
final class RelayFixture implements AutoCloseable {
  static final String TENANT = ProxyFixture.ACME;
  static final String USER = "org-" + TENANT;
  static final String PASSWORD = "pencil";
  static final String FIND = "{find: 'orders', $db: 'shop'}";

  /** What the proxy's own account may do, which is asked once at start. */
  private static final String PRIVILEGES =
      "{authInfo: {authenticatedUserPrivileges: [{resource: {db: '', collection: ''},"
          + " actions: ['listCollections']}]}, ok: 1.0}";

  final ScriptedUpstream mongo = ScriptedUpstream.start();
  final ScriptedLogin login;
  final Path policy;
  final Proxy proxy;

  RelayFixture(Path directory) throws IOException {
    this(directory, "");
  }

  /**
   * @param account lines of the configuration that say whom the proxy's own connections log in as
   */
  RelayFixture(Path directory, String account) throws IOException {
    login = new ScriptedLogin(ScramMechanism.SCRAM_SHA_256, PASSWORD).on(mongo);
    mongo.always("connectionStatus", any -> ScriptedReply.json(users(USER, "admin")));
    mongo.next("connectionStatus", ScriptedReply.json(PRIVILEGES));
    mongo.always(
        "find",
        any -> ScriptedReply.json("{cursor: {firstBatch: [], id: {$numberLong: '0'}}, ok: 1.0}"));
    mongo.always(
        "listCollections",
        any ->
            ScriptedReply.json(
                "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'shop.x'}, ok: 1.0}"));
    policy = Files.writeString(directory.resolve("policy.yaml"), ProxyFixture.POLICY);
    Path config =
        Files.writeString(
            directory.resolve("bailiwick.yaml"),
            """
            apiVersion: bailiwick.io/v1
            kind: Proxy
            listeners:
              - { name: app, address: "127.0.0.1:0", login: { relay: true } }
            upstream:
              uri: mongodb://127.0.0.1:%d
              timeouts: { connect: 1s, selection: 1s }
            %s
            policies: { files: [policy.yaml], poll: 0s }
            metrics: { address: "127.0.0.1:0" }
            admin: { address: "127.0.0.1:0" }
            audit: { to: audit.jsonl }
            drain: { timeout: 1s }
            """
                .formatted(mongo.address().getPort(), account.indent(2).stripTrailing()));
    proxy = Proxy.start(ConfigParser.parse(config, Overrides.NONE).config());
    awaitOwnQuestion();
  }

  /** So that what a test scripts next is for its clients. */
  private void awaitOwnQuestion() throws IOException {
    try {
      mongo.take("connectionStatus");
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** What connectionStatus says if these pairs of user and database are logged in. */
  static String users(String... pairs) {
    StringBuilder users = new StringBuilder();
    for (int i = 0; i < pairs.length; i += 2) {
      users.append(i == 0 ? "" : ", ");
      users.append("{user: '").append(pairs[i]).append("', db: '").append(pairs[i + 1]);
      users.append("'}");
    }
    return "{authInfo: {authenticatedUsers: [" + users + "], authenticatedUserRoles: []}, ok: 1.0}";
  }

  static SaslPeer peer(boolean skipEmptyExchange) {
    return new SaslPeer(Mechanism.SCRAM_SHA_256, USER, PASSWORD, "admin", skipEmptyExchange);
  }

  RawClient connect() throws IOException {
    return RawClient.connect(proxy.address("app"));
  }

  /** Starts and proves; what came of the proof. */
  static RawClient.Reply logIn(RawClient client, SaslPeer peer) throws Exception {
    RawClient.Reply first = client.call(peer.start());
    return client.call(peer.proof(first.document()));
  }

  RawClient loggedIn() throws Exception {
    RawClient client = connect();
    if (!logIn(client, peer(true)).document().getBoolean("done").getValue()) {
      throw new AssertionError("not logged in");
    }
    return client;
  }

  /** Puts a policy in force in which one text stands for another. */
  void replacePolicy(String text, String other) {
    try {
      Files.writeString(policy, ProxyFixture.POLICY.replace(text, other));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (proxy.reload() != null) {
      throw new AssertionError("the policy was not taken");
    }
  }

  /** How many commands of that name have reached MongoDB and were not taken by the test. */
  long reached(String command) {
    return mongo.received().stream().filter(one -> one.name().equals(command)).count();
  }

  static BsonDocument hello(SaslPeer peer) {
    return BsonDocument.parse("{hello: 1, helloOk: true, $db: 'admin'}")
        .append("saslSupportedMechs", new org.bson.BsonString("admin." + USER))
        .append("speculativeAuthenticate", peer.speculative());
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    mongo.close();
  }
}
