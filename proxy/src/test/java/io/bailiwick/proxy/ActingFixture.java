package io.bailiwick.proxy;

import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.testing.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import org.bson.BsonDocument;

/**
 * A proxy with two logins that act for tenants, {@code api} and {@code other}, before a MongoDB
 * that the test plays and that has sessions and transactions.
 */
final class ActingFixture implements AutoCloseable {
  static final String ACME = ProxyFixture.ACME;
  static final String GLOBEX = ProxyFixture.GLOBEX;
  private static final Clock CLOCK = Clock.systemUTC();

  final ScriptedUpstream mongo = ScriptedUpstream.start();
  final Proxy proxy;
  final Path audit;

  ActingFixture(Path directory) throws Exception {
    this(directory, "127.0.0.1:0", "");
  }

  /**
   * @param more of the listener
   */
  ActingFixture(Path directory, String address, String more) throws Exception {
    mongo.always("listCollections", any -> cursor(0));
    mongo.always("find", any -> cursor(0));
    mongo.always("update", any -> ScriptedReply.json("{n: 1, nModified: 1, ok: 1.0}"));
    mongo.always("insert", any -> ScriptedReply.json("{n: 1, ok: 1.0}"));
    Files.writeString(directory.resolve("api-tokens.jwks"), Tokens.jwks(Tokens.first()));
    for (String user : new String[] {"api", "other"}) {
      UsersFileWriter.put(
          directory.resolve("users.yaml"),
          new Users.Name(user, "admin"),
          Verifiers.ofPassword(user, ProxyFixture.PASSWORD, new SecureRandom()));
    }
    Files.writeString(
        directory.resolve("policy.yaml"),
        ProxyFixture.POLICY.replace(
            "principals:\n",
            """
            principals:
              - { name: api, user: api, authSource: admin, actsForTenants: { issuer: api-tokens } }
              - { name: other, user: other, authSource: admin, actsForTenants: { issuer: api-tokens } }
            """));
    audit = directory.resolve("audit.jsonl");
    Path config =
        Files.writeString(
            directory.resolve("bailiwick.yaml"),
            """
            apiVersion: bailiwick.io/v1
            kind: Proxy
            listeners:
              - { name: app, address: "%s", login: { users: users.yaml }%s }
            issuers: [ { name: api-tokens, audience: bailiwick, keys: api-tokens.jwks } ]
            upstream:
              uri: mongodb://127.0.0.1:%d
              timeouts: { connect: 10s, selection: 10s }
            policies: { files: [policy.yaml], poll: 0s }
            metrics: { address: "127.0.0.1:0" }
            admin: { address: "127.0.0.1:0" }
            audit: { to: audit.jsonl }
            survey: { documents: 0 }
            drain: { timeout: 1s }
            """
                .formatted(address, more, mongo.address().getPort()));
    proxy = Proxy.start(ConfigParser.parse(config, Overrides.NONE).config());
    Http.await(proxy.metricsAddress(), "/readyz", 200);
  }

  static ScriptedReply cursor(long id) {
    return ScriptedReply.json(
        "{cursor: {firstBatch: [], id: {$numberLong: '%d'}, ns: 'shop.orders'}, ok: 1.0}"
            .formatted(id));
  }

  /** A token of the login {@code api}. */
  static String token(String tenant) {
    return Tokens.operation(CLOCK, "api", tenant).sign();
  }

  RawClient logIn(String user) throws Exception {
    return logIn(user, "");
  }

  /**
   * @param hello what its greeting says besides
   */
  RawClient logIn(String user, String hello) throws Exception {
    RawClient client = RawClient.connect(proxy.address("app"));
    client.call("{hello: 1" + hello + ", $db: 'admin'}");
    SaslPeer peer =
        new SaslPeer(Mechanism.SCRAM_SHA_256, user, ProxyFixture.PASSWORD, "admin", true);
    BsonDocument last = client.call(peer.proof(client.call(peer.start()).document())).document();
    if (!last.getBoolean("done").getValue()) {
      throw new AssertionError("not logged in");
    }
    return client;
  }

  /** How many commands of that name have reached MongoDB and were not taken by the test. */
  long reached(String command) {
    return mongo.received().stream().filter(one -> one.name().equals(command)).count();
  }

  /** True if those bytes were in anything that reached MongoDB and was not taken by the test. */
  boolean heard(String text) {
    return mongo.received().stream()
        .map(ReceivedCommand::bytes)
        .anyMatch(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).contains(text));
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    mongo.close();
  }
}
