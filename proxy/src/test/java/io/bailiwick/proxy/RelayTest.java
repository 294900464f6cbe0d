package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ScriptedReply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MongoDB checks the password on the client's own connection, and says who it is. */
final class RelayTest {
  @TempDir Path directory;
  private RelayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new RelayFixture(directory);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private static BsonDocument json(String text) {
    return BsonDocument.parse(text);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void logsInByThePasswordThatMongoDbKnows(boolean skipEmptyExchange) throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(skipEmptyExchange);
      BsonDocument last = RelayFixture.logIn(client, peer).document();
      peer.checkServer(last);
      assertEquals(skipEmptyExchange, last.getBoolean("done").getValue());
      if (!skipEmptyExchange) {
        int id = last.getInt32("conversationId").getValue();
        assertTrue(client.call(peer.proceed(id, "")).document().getBoolean("done").getValue());
      }

      assertTrue(client.call(RelayFixture.FIND).ok());
      BsonDocument filter = fixture.mongo.take("find").body().getDocument("filter");
      assertTrue(filter.toString().contains(RelayFixture.TENANT), filter.toString());
    }
  }

  @Test
  void logsInFromASpeculativeHello() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);

      BsonDocument hello = client.call(RelayFixture.hello(peer)).document();

      assertEquals(
          List.of(new BsonString("SCRAM-SHA-256")),
          hello.getArray("saslSupportedMechs").getValues());
      assertEquals("isdbgrid", hello.getString("msg").getValue());
      BsonDocument first = hello.getDocument("speculativeAuthenticate");
      assertFalse(first.containsKey("ok"));
      BsonDocument last = client.call(peer.proof(first)).document();
      assertTrue(last.getBoolean("done").getValue());
      assertTrue(client.call(RelayFixture.FIND).ok());
    }
  }

  @Test
  void rebuildsWhatItSaysToMongoDbFromItsFields() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(false);
      BsonDocument hello = RelayFixture.hello(peer).append("internalClient", json("{a: 1}"));
      hello.getDocument("speculativeAuthenticate").append("extra", new BsonInt32(1));

      client.call(hello);

      BsonDocument asked = fixture.mongo.take("hello").body();
      while (!asked.containsKey("saslSupportedMechs")) {
        assertFalse(asked.containsKey("internalClient"));
        asked = fixture.mongo.take("hello").body();
      }
      BsonDocument start = fixture.mongo.take("saslStart").body();
      assertEquals(List.of("hello", "saslSupportedMechs", "$db"), List.copyOf(asked.keySet()));
      assertEquals("admin." + RelayFixture.USER, asked.getString("saslSupportedMechs").getValue());
      assertEquals(
          List.of("saslStart", "mechanism", "payload", "options", "$db"),
          List.copyOf(start.keySet()));
      assertEquals(json("{skipEmptyExchange: true}"), start.getDocument("options"));
      assertEquals(peer.start().getBinary("payload"), start.getBinary("payload"));
    }
  }

  @Test
  void readsNoCommandBeforeMongoDbHasSaidWhoItIs() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);
      fixture.mongo.next(
          "connectionStatus", ScriptedReply.json(RelayFixture.users("other", "admin")));
      RawClient.Reply first = client.call(peer.start());

      client.write(
          RawClient.join(
              RawClient.message(7, 0, peer.proof(first.document())),
              RawClient.message(8, 0, json(RelayFixture.FIND))));

      RawClient.Reply refused = client.receive();
      assertEquals(7, refused.responseTo());
      assertFalse(refused.ok());
      client.awaitEnd();
      assertEquals(0, fixture.reached("find"));
    }
  }

  @Test
  void forwardsACommandPipelinedBehindTheLastStep() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);
      RawClient.Reply first = client.call(peer.start());

      client.write(
          RawClient.join(
              RawClient.message(7, 0, peer.proof(first.document())),
              RawClient.message(8, 0, json(RelayFixture.FIND))));

      assertTrue(client.receive().ok());
      RawClient.Reply found = client.receive();
      assertEquals(8, found.responseTo());
      assertTrue(found.ok());
    }
  }

  /** What MongoDB says of who is logged in, where that is not the one who asked. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ok: 1.0}",
        "{authInfo: {}, ok: 1.0}",
        "{authInfo: {authenticatedUsers: []}, ok: 1.0}",
        "{authInfo: {authenticatedUsers: {user: 'org-665f1c2ab8e4d3a1f0c9e001'}}, ok: 1.0}",
        "{authInfo: {authenticatedUsers: [{user: 'org-665f1c2ab8e4d3a1f0c9e001'}]}, ok: 1.0}",
        "{authInfo: {authenticatedUsers: [{user: 1, db: 'admin'}]}, ok: 1.0}",
        "{authInfo: {authenticatedUsers: ['org-665f1c2ab8e4d3a1f0c9e001']}, ok: 1.0}",
        "{authInfo: {authenticatedUsers: [{user: 'org-665f1c2ab8e4d3a1f0c9e002', db: 'admin'}]},"
            + " ok: 1.0}",
        "{authInfo: {authenticatedUsers: [{user: 'org-665f1c2ab8e4d3a1f0c9e001', db: 'shop'}]},"
            + " ok: 1.0}",
        "{authInfo: {authenticatedUsers: [{user: 'org-665f1c2ab8e4d3a1f0c9e001', db: 'admin'},"
            + " {user: 'org-665f1c2ab8e4d3a1f0c9e002', db: 'admin'}]}, ok: 1.0}",
        "{ok: 0.0, code: 13, errmsg: 'no'}"
      })
  void admitsNobodyOfWhomMongoDbSaysAnythingElse(String status) throws Exception {
    fixture.mongo.always("connectionStatus", any -> ScriptedReply.json(status));
    try (RawClient client = fixture.connect()) {
      RawClient.Reply last = RelayFixture.logIn(client, RelayFixture.peer(true));

      assertFalse(last.ok());
      client.awaitEnd();
    }
    fixture.mongo.takeEnd();
    assertEquals(0, fixture.reached("find"));
  }

  @Test
  void refusesAUserWhomThePolicyDoesNotKnowAndEndsBothSides() throws Exception {
    fixture.mongo.always(
        "connectionStatus", any -> ScriptedReply.json(RelayFixture.users("stranger", "admin")));
    try (RawClient client = fixture.connect()) {
      SaslPeer stranger =
          new SaslPeer(Mechanism.SCRAM_SHA_256, "stranger", RelayFixture.PASSWORD, "admin", true);

      RawClient.Reply last = RelayFixture.logIn(client, stranger);

      assertEquals(18, last.code());
      client.awaitEnd();
    }
    fixture.mongo.takeEnd();
  }

  @ParameterizedTest
  @CsvSource({
    "__system, admin",
    "org-665f1c2ab8e4d3a1f0c9e001, local",
    "org-665f1c2ab8e4d3a1f0c9e001, config",
    "org-665f1c2ab8e4d3a1f0c9e001, $external"
  })
  void asksMongoDbAboutNobodyWhoIsNoApplication(String user, String database) throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer =
          new SaslPeer(Mechanism.SCRAM_SHA_256, user, RelayFixture.PASSWORD, database, true);
      BsonDocument hello = RelayFixture.hello(peer);
      hello.append("saslSupportedMechs", new BsonString(database + "." + user));

      BsonDocument greeted = client.call(hello).document();
      RawClient.Reply refused = client.call(peer.start());

      assertEquals(2, greeted.getArray("saslSupportedMechs").size());
      assertFalse(greeted.containsKey("speculativeAuthenticate"));
      assertEquals(18, refused.code());
    }
    assertEquals(0, fixture.reached("saslStart"));
    assertEquals(
        0,
        fixture.mongo.received().stream()
            .filter(command -> command.body().containsKey("saslSupportedMechs"))
            .count());
  }

  @Test
  void relaysNoOtherMechanism() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);
      for (String mechanism : List.of("PLAIN", "MONGODB-X509", "MONGODB-OIDC", "GSSAPI")) {
        assertEquals(18, client.call(peer.start(mechanism, "\0a\0b")).code());
      }
      assertEquals(
          18, client.call("{authenticate: 1, mechanism: 'MONGODB-X509', $db: '$external'}").code());
    }
    assertEquals(0, fixture.reached("saslStart"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n,a=bob,n=alice,r=x",
        "p=tls-unique,,n=alice,r=x",
        "y,,n=alice,r=x",
        "n,,n=a=2Dlice,r=x",
        "n,,n=alice,r=x,m=ext",
        "n,,r=x,n=alice",
        "n,,n=,r=x",
        "garbage"
      })
  void relaysNoFirstMessageThatDriversDoNotSend(String payload) throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);
      assertEquals(18, client.call(peer.start("SCRAM-SHA-256", payload)).code());
    }
    assertEquals(0, fixture.reached("saslStart"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c=biws,r=another,p=AAAA",
        "c=biws,r=NONCE,p=AAAA",
        "c=biws,r=NONCE",
        "c=cD10bHM=,r=NONCE,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "",
        "garbage"
      })
  void relaysNoProofThatIsNone(String payload) throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);
      BsonDocument first = client.call(peer.start()).document();
      String challenge = SaslPeer.text(first);
      String nonce = challenge.substring(2, challenge.indexOf(','));
      int id = first.getInt32("conversationId").getValue();
      assertEquals(18, client.call(peer.proceed(id, payload.replace("NONCE", nonce))).code());
      assertEquals(18, client.call(peer.proof(first)).code());
    }
    assertEquals(0, fixture.reached("saslContinue"));
  }

  @Test
  void takesNoStepOfAnotherConversationOrDatabase() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);
      BsonDocument proof = peer.proof(client.call(peer.start()).document());
      assertEquals(
          18, client.call(proof.clone().append("conversationId", new BsonInt32(7))).code());
      assertEquals(18, client.call(proof).code());
      SaslPeer again = RelayFixture.peer(true);
      BsonDocument other = again.proof(client.call(again.start()).document());
      assertEquals(18, client.call(other.append("$db", new BsonString("shop"))).code());
    }
    assertEquals(0, fixture.reached("saslContinue"));
  }

  @Test
  void lendsALoginThatIsNotAcknowledgedToNobody() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(false);
      RelayFixture.logIn(client, peer);

      assertEquals(13, client.call(RelayFixture.FIND).code());
      assertEquals(18, client.call(RelayFixture.peer(true).start()).code());
      assertEquals(18, client.call(RelayFixture.peer(true).start()).code());
      assertEquals(13, client.call(RelayFixture.FIND).code());
    }
    assertEquals(1, fixture.reached("saslStart"));
    assertEquals(0, fixture.reached("find"));
  }

  @Test
  void staysWhoItIsWhenAnotherLoginIsTried() throws Exception {
    try (RawClient client = fixture.loggedIn()) {
      assertEquals(18, client.call(RelayFixture.peer(true).start()).code());
      BsonDocument hello = client.call(RelayFixture.hello(RelayFixture.peer(true))).document();
      assertFalse(hello.containsKey("speculativeAuthenticate"));
      assertTrue(client.call(RelayFixture.FIND).ok());
    }
    assertEquals(1, fixture.reached("saslStart"));
  }

  @Test
  void endsTheClientWithItsConnectionToMongoDb() throws Exception {
    try (RawClient client = fixture.loggedIn()) {
      fixture.mongo.dropConnections();
      client.awaitEnd();
    }
  }

  @Test
  void tellsTheClientAndEndsItWhenMongoDbGoesAwayInACommand() throws Exception {
    fixture.mongo.next("find", ScriptedReply.silence().thenResets());
    try (RawClient client = fixture.loggedIn()) {
      assertEquals(6, client.call(RelayFixture.FIND).code());
      client.awaitEnd();
    }
  }

  @Test
  void endsTheClientWhenItsServerTakesWritesNoMore() throws Exception {
    fixture.mongo.next("find", ScriptedReply.json("{ok: 0.0, code: 10107, errmsg: 'no'}"));
    try (RawClient client = fixture.loggedIn()) {
      assertEquals(6, client.call(RelayFixture.FIND).code());
      client.awaitEnd();
    }
  }

  @Test
  void endsAClientWhoseConnectionWasLostBeforeItAcknowledgedItsLogin() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(false);
      BsonDocument last = RelayFixture.logIn(client, peer).document();
      int active = (int) upstreamConnections();
      fixture.mongo.dropConnections();
      while (upstreamConnections() >= active) {
        Thread.onSpinWait();
      }

      client.call(peer.proceed(last.getInt32("conversationId").getValue(), ""));

      client.awaitEnd();
    }
  }

  private double upstreamConnections() throws Exception {
    String name = "bailiwick_upstream_connections_active ";
    return Http.get(fixture.proxy.metricsAddress(), "/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  @Test
  void judgesALoginByThePolicyThatIsInForceAtItsEnd() throws Exception {
    fixture.mongo.always(
        "connectionStatus",
        any -> {
          fixture.replacePolicy("org-${tenant}", "other-${tenant}");
          return ScriptedReply.json(RelayFixture.users(RelayFixture.USER, "admin"));
        });
    try (RawClient client = fixture.connect()) {
      assertEquals(18, RelayFixture.logIn(client, RelayFixture.peer(true)).code());
      client.awaitEnd();
    }
  }

  @Test
  void answersWhatIsPipelinedBehindAHelloInItsTurn() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);
      client.write(
          RawClient.join(
              RawClient.message(1, 0, RelayFixture.hello(peer)),
              RawClient.message(2, 0, json(RelayFixture.FIND)),
              RawClient.message(3, 0, RelayFixture.hello(RelayFixture.peer(true))),
              RawClient.message(4, 0, json("{ping: 1, $db: 'admin'}"))));
      for (int id = 1; id <= 4; id++) {
        RawClient.Reply reply = client.receive();
        assertEquals(id, reply.responseTo());
        assertEquals(id != 2, reply.ok());
      }
    }
    assertEquals(0, fixture.reached("find"));
  }

  @Test
  void endsTheConnectionToMongoDbWithItsClient() throws Exception {
    fixture.loggedIn().close();
    fixture.mongo.takeEnd();
  }

  @Test
  void endsWhatAClientLeftOnItsOwnConnectionBeforeThatEnds() throws Exception {
    String transaction =
        "lsid: {id: {$uuid: '5b0c1f5e-1111-4111-8111-00000000000a'}}, txnNumber: {$numberLong:"
            + " '1'}, autocommit: false, startTransaction: true";
    fixture.mongo.next(
        "find",
        ScriptedReply.json(
            "{cursor: {firstBatch: [], id: {$numberLong: '77'}, ns: 'shop.orders'}, ok: 1.0}"));
    fixture.mongo.always("update", any -> ScriptedReply.json("{n: 1, nModified: 1, ok: 1.0}"));
    int connection;
    try (RawClient stays = fixture.loggedIn()) {
      try (RawClient client = fixture.loggedIn()) {
        assertTrue(client.call(RelayFixture.FIND).ok());
        connection = fixture.mongo.take("find").connection();
        String update =
            "{update: 'orders', updates: [{q: {}, u: {$set: {a: 1}}}], "
                + transaction
                + ", $db: 'shop'}";
        assertTrue(client.call(update).ok());
      }
      assertEquals(connection, fixture.mongo.takeEnd());
      assertEquals(0, fixture.reached("killCursors") + fixture.reached("abortTransaction"));
      assertTrue(stays.call(RelayFixture.FIND).ok());
      connection = fixture.mongo.take("find").connection();
    }
    assertEquals(connection, fixture.mongo.take("abortTransaction").connection());
    assertEquals(connection, fixture.mongo.take("killCursors").connection());
    assertEquals(connection, fixture.mongo.takeEnd());
  }

  @Test
  void endsTheConnectionToMongoDbWithAClientThatNeverFinishesItsLogin() throws Exception {
    try (RawClient client = fixture.connect()) {
      client.call(RelayFixture.peer(true).start());
    }
    fixture.mongo.takeEnd();
  }

  @Test
  void opensAConnectionForNobodyWhoOnlyGreets() throws Exception {
    try (RawClient client = fixture.connect()) {
      int before = fixture.mongo.connections();
      assertTrue(client.call("{hello: 1, $db: 'admin'}").ok());
      assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
      assertEquals(before, fixture.mongo.connections());
    }
  }

  @Test
  void namesTheMechanismsOfAnyoneForAUserWhomMongoDbDoesNotKnow() throws Exception {
    fixture.mongo.always("hello", any -> ScriptedReply.json(GREETING));
    fixture.mongo.always("saslStart", any -> ScriptedReply.json("{ok: 0.0, code: 18}"));
    try (RawClient client = fixture.connect()) {
      BsonDocument hello = client.call(RelayFixture.hello(RelayFixture.peer(true))).document();

      assertEquals(2, hello.getArray("saslSupportedMechs").size());
      assertFalse(hello.containsKey("speculativeAuthenticate"));
      assertEquals(18, client.call(RelayFixture.peer(true).start()).code());
    }
  }

  private static final String GREETING = io.bailiwick.proxy.testing.ScriptedUpstream.GREETING;

  @Test
  void passesNoWordOfMongoDbsOnAboutAFailedLogin() throws Exception {
    fixture.mongo.always(
        "saslContinue",
        any -> ScriptedReply.json("{ok: 0.0, code: 8000, errmsg: 'secret host name', x: 1}"));
    try (RawClient client = fixture.connect()) {
      RawClient.Reply last = RelayFixture.logIn(client, RelayFixture.peer(true));
      assertEquals(18, last.code());
      assertEquals("Authentication failed.", last.document().getString("errmsg").getValue());
      assertFalse(last.document().toString().contains("secret"));
      fixture.mongo.always("saslContinue", any -> ScriptedReply.silence());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"r=foreign,s=AAAA,i=4096", "garbage", ""})
  void believesNoChallengeThatDoesNotExtendTheClientsNonce(String challenge) throws Exception {
    BsonDocument reply =
        json("{conversationId: 1, done: false, ok: 1.0}")
            .append("payload", SaslPeer.binary(challenge));
    fixture.mongo.always("saslStart", any -> ScriptedReply.document(reply));
    try (RawClient client = fixture.connect()) {
      assertFalse(client.call(RelayFixture.peer(true).start()).ok());
      client.awaitEnd();
    }
  }

  @Test
  void letsFewStrangersHaveMongoDbAtWork() throws Exception {
    int before = fixture.mongo.connections();
    List<RawClient> strangers = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      RawClient stranger = fixture.connect();
      strangers.add(stranger);
      BsonDocument hello = stranger.call(RelayFixture.hello(RelayFixture.peer(true))).document();
      assertEquals(i < 100, hello.containsKey("speculativeAuthenticate"));
    }
    assertEquals(before + 100, fixture.mongo.connections());

    SaslPeer peer = RelayFixture.peer(true);
    strangers.get(0).close();
    fixture.mongo.takeEnd();
    try (RawClient late = fixture.connect()) {
      assertTrue(RelayFixture.logIn(late, peer).ok());
    }
    for (RawClient stranger : strangers) {
      stranger.close();
    }
  }

  @Test
  void saysThatMongoDbIsAwayAndNotThatThePasswordIsWrong() throws Exception {
    fixture.mongo.close();
    try (RawClient client = fixture.connect()) {
      BsonDocument hello = client.call(RelayFixture.hello(RelayFixture.peer(true))).document();
      assertFalse(hello.containsKey("speculativeAuthenticate"));
      assertEquals(6, client.call(RelayFixture.peer(true).start()).code());
      client.awaitEnd();
    }
  }

  @Test
  void endsConnectionsOfAUserWhomANewPolicyDoesNotKnow() throws Exception {
    try (RawClient client = fixture.loggedIn()) {
      assertTrue(client.call(RelayFixture.FIND).ok());
      Files.writeString(
          fixture.policy, ProxyFixture.POLICY.replace("org-${tenant}", "other-${tenant}"));

      assertNull(fixture.proxy.reload());

      client.awaitEnd();
    }
    fixture.mongo.takeEnd();
  }

  @Test
  void logsInWhenEveryByteComesAlone() throws Exception {
    try (RawClient client = fixture.connect()) {
      SaslPeer peer = RelayFixture.peer(true);
      drip(client, RawClient.message(1, 0, RelayFixture.hello(peer)));
      BsonDocument first = client.receive().document().getDocument("speculativeAuthenticate");
      drip(client, RawClient.message(2, 0, peer.proof(first)));
      assertTrue(client.receive().document().getBoolean("done").getValue());
    }
  }

  private static void drip(RawClient client, byte[] bytes) throws Exception {
    for (byte one : bytes) {
      client.write(new byte[] {one});
    }
  }
}
