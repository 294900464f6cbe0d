package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import com.ongres.scram.common.ScramMechanism;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedLogin;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords, tokens and values are planted wherever one can be, and show nowhere. */
final class SecretCanaryTest {
  private static final String CANARY = "cANarY";
  private static final String USER = "org-" + ProxyFixture.ACME;
  private static final String PASSWORD = "users-cANarY";
  private static final String ACCOUNT_PASSWORD = "account-cANarY";

  /** What clients send, with the canary in every place for a value. */
  private static final List<String> COMMANDS =
      List.of(
          "{find: 'orders', filter: {name: 'cANarY'}, comment: 'cANarY', $db: 'shop'}",
          "{find: 'orders', filter: {$where: 'cANarY'}, $db: 'shop'}",
          "{find: 'orders', filter: {a: {$regex: 'cANarY', $options: 'cANarY'}}, $db: 'shop'}",
          "{find: 'orders', filter: {a: {$in: ['cANarY', {$b: 'cANarY'}]}}, $db: 'shop'}",
          "{find: 'orders', hint: 'cANarY', sort: {a: 'cANarY'}, $db: 'shop'}",
          "{find: 'orders', collation: {locale: 'cANarY'}, let: {a: 'cANarY'}, $db: 'shop'}",
          "{find: 'orders', $readPreference: {mode: 'cANarY'}, $db: 'shop'}",
          "{find: 'orders', filter: {organization_id: 'cANarY'}, $db: 'shop'}",
          "{aggregate: 'orders', pipeline: [{$match: {a: 'cANarY'}}], cursor: {}, $db: 'shop'}",
          "{aggregate: 'orders', pipeline: [{$out: 'cANarY'}], cursor: {}, $db: 'shop'}",
          "{aggregate: 'orders', pipeline: [{$function: {body: 'cANarY'}}], cursor: {}, $db: 'shop'}",
          "{insert: 'orders', documents: [{a: 'cANarY'}], comment: {a: 'cANarY'}, $db: 'shop'}",
          "{insert: 'orders', documents: [{organization_id: 'cANarY'}], $db: 'shop'}",
          "{update: 'orders', updates: [{q: {}, u: {$set: {organization_id: 'cANarY'}}}], $db: 'shop'}",
          "{delete: 'orders', deletes: [{q: {a: 'cANarY'}, limit: 1}], $db: 'shop'}",
          "{findAndModify: 'orders', query: {a: 'cANarY'}, update: 'cANarY', $db: 'shop'}",
          "{getMore: {$numberLong: '5'}, collection: 'orders', comment: 'cANarY', $db: 'shop'}",
          "{getMore: 'cANarY', collection: 'orders', $db: 'shop'}",
          "{killCursors: 'orders', cursors: ['cANarY'], $db: 'shop'}",
          "{explain: {find: 'orders', filter: {a: 'cANarY'}}, $db: 'shop'}",
          "{distinct: 'orders', key: 'cANarY', query: {a: 'cANarY'}, $db: 'shop'}",
          "{createUser: 'cANarY', pwd: 'cANarY', roles: [], $db: 'admin'}",
          "{hello: 1, client: {application: {name: 'cANarY'}}, saslSupportedMechs: 'cANarY', $db: 'admin'}",
          "{ping: 'cANarY', lsid: {id: 'cANarY'}, $db: 'admin'}");

  @TempDir Path directory;
  private final List<String> replies = new ArrayList<>();
  private ScriptedUpstream mongo;
  private Path config;

  @BeforeEach
  void prepare() throws IOException {
    mongo = ScriptedUpstream.start();
    new ScriptedLogin(ScramMechanism.SCRAM_SHA_256, ACCOUNT_PASSWORD).on(mongo);
    mongo.always(
        "find",
        any ->
            ScriptedReply.json(
                "{ok: 0.0, code: 2, codeName: 'BadValue', errmsg: 'cANarY', a: 'cANarY'}"));
    mongo.always(
        "insert",
        any ->
            ScriptedReply.json(
                "{ok: 1.0, n: 0, writeErrors: [{index: 0, code: 11000, errmsg: 'E11000 cANarY',"
                    + " keyPattern: {a: 1}, keyValue: {a: 'cANarY'}}]}"));
    mongo.always(
        "listCollections",
        any ->
            ScriptedReply.json(
                "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'shop.x'}, ok: 1.0}"));
    Files.writeString(directory.resolve("policy.yaml"), ProxyFixture.POLICY);
    Files.writeString(directory.resolve("own.password"), ACCOUNT_PASSWORD + "\n");
    Files.writeString(directory.resolve(ProxyFixture.ACME + ".password"), ACCOUNT_PASSWORD + "\n");
    Path key =
        Files.writeString(directory.resolve("bailiwick.key"), CANARY + "A".repeat(37) + "=\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--------"));
    UsersFileWriter.put(
        directory.resolve("users.yaml"),
        new Users.Name(USER, "admin"),
        Verifiers.ofPassword(USER, PASSWORD, new SecureRandom()));
    config =
        Files.writeString(
            directory.resolve("bailiwick.yaml"),
            """
            apiVersion: bailiwick.io/v1
            kind: Proxy
            listeners:
              - { name: app, address: "127.0.0.1:0", login: { users: users.yaml } }
              - { name: relay, address: "127.0.0.1:0", login: { relay: true } }
            upstream:
              uri: mongodb://127.0.0.1:%d
              username: bailiwick
              passwordFile: own.password
              accountPerTenant: { username: "svc-${tenant}", passwordFile: "${tenant}.password" }
              timeouts: { connect: 1s, selection: 1s }
            keyFile: bailiwick.key
            policies: { files: [policy.yaml], poll: 0s }
            metrics: { address: "127.0.0.1:0" }
            admin: { address: "127.0.0.1:0" }
            audit: { to: audit.jsonl }
            drain: { timeout: 1s }
            """
                .formatted(mongo.address().getPort()));
  }

  @AfterEach
  void stop() throws IOException {
    mongo.close();
  }

  @Test
  void I8_showsNoSecretAndNoValueAnywhere() throws Exception {
    List<String> places = new ArrayList<>();
    ConfigParser.Result parsed = ConfigParser.parse(config, Overrides.NONE);
    places.add(parsed.toString());
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.TRACE)) {
      try (Proxy proxy = Proxy.start(parsed.config())) {
        for (String listener : List.of("app", "relay")) {
          tryEverything(proxy, listener);
        }
        Files.writeString(directory.resolve("own.password"), "wrong-" + CANARY);
        Files.writeString(
            directory.resolve("users.yaml"),
            "users: [ { user: \"x\", SCRAM-SHA-1: { salt: \"" + CANARY);
        places.add(String.valueOf(proxy.reload()));
        places.add(Http.get(proxy.metricsAddress(), "/metrics").text());
        places.add(Http.get(Objects.requireNonNull(proxy.adminAddress()), "/").text());
      }
      assertTrue(log.lines().size() > 20, "too few lines to say anything");
      places.addAll(log.lines());
    }
    places.addAll(Files.readAllLines(directory.resolve("audit.jsonl"), StandardCharsets.UTF_8));
    places.addAll(replies);
    for (String place : places) {
      assertFalse(place.contains(CANARY), place);
    }
    checkUpstream();
  }

  private void tryEverything(Proxy proxy, String listener) throws Exception {
    tryLogins(proxy, listener);
    try (RawClient client = RawClient.connect(proxy.address(listener))) {
      mongo.always(
          "connectionStatus", any -> ScriptedReply.json(RelayFixture.users(USER, "admin")));
      String password = listener.equals("relay") ? ACCOUNT_PASSWORD : PASSWORD;
      SaslPeer peer = new SaslPeer(Mechanism.SCRAM_SHA_256, USER, password, "admin", true);
      BsonDocument first = client.call(peer.start()).document();
      assertTrue(client.call(peer.proof(first)).ok());
    }
    for (String command : COMMANDS) {
      try (RawClient client = RawClient.connect(proxy.address(listener))) {
        String password = listener.equals("relay") ? ACCOUNT_PASSWORD : PASSWORD;
        SaslPeer peer = new SaslPeer(Mechanism.SCRAM_SHA_256, USER, password, "admin", true);
        BsonDocument first = client.call(peer.start()).document();
        client.call(peer.proof(first));
        replies.add(client.call(command).document().toString());
      } catch (IOException e) {
        replies.add("closed");
      }
    }
  }

  private void tryLogins(Proxy proxy, String listener) throws Exception {
    try (RawClient client = RawClient.connect(proxy.address(listener))) {
      SaslPeer wrong = new SaslPeer(Mechanism.SCRAM_SHA_256, USER, CANARY, "admin", true);
      BsonDocument first = client.call(wrong.start()).document();
      assertEquals(18, client.call(wrong.proof(first)).code());
      for (String mechanism : List.of("PLAIN", "MONGODB-OIDC", "GSSAPI", CANARY)) {
        BsonDocument start = wrong.start(mechanism, "\0" + USER + "\0" + CANARY);
        replies.add(client.call(start).document().toString());
      }
      replies.add(
          client
              .call("{authenticate: 1, user: 'cANarY', mechanism: 'cANarY', $db: '$external'}")
              .document()
              .toString());
      replies.add(client.call(COMMANDS.get(0)).document().toString());
    }
  }

  /** Passwords go nowhere; of what clients say, MongoDB gets filters and documents, no comment. */
  private void checkUpstream() {
    for (ReceivedCommand command : mongo.received()) {
      String text = command.body().toString();
      assertFalse(text.contains(PASSWORD) || text.contains(ACCOUNT_PASSWORD), command.name());
      if (command.name().startsWith("sasl") || command.name().equals("hello")) {
        assertFalse(text.contains(CANARY), text);
      }
    }
  }
}
