package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginTest {
  private static final String INSERT = "{insert: 'orders', documents: [{_id: 1}], $db: 'app'}";

  private ClientFixture proxy;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    proxy = new ClientFixture();
    client = proxy.connect();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    proxy.close();
  }

  private static SaslPeer alice(Mechanism mechanism, boolean skip) {
    return new SaslPeer(mechanism, "org-" + ClientFixture.A, ClientFixture.PASSWORD, "admin", skip);
  }

  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void logsInTheLongWay(Mechanism mechanism) throws Exception {
    SaslPeer peer = alice(mechanism, false);
    RawClient.Reply second = ClientFixture.logIn(client, peer);
    assertFalse(second.document().getBoolean("done").getValue());
    int id = second.document().getInt32("conversationId").getValue();
    RawClient.Reply third = client.call(peer.proceed(id, ""));
    assertTrue(third.document().getBoolean("done").getValue());
    assertForwards();
  }

  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void logsInFromASpeculativeHello(Mechanism mechanism) throws Exception {
    SaslPeer peer = alice(mechanism, true);
    BsonDocument hello =
        ClientFixture.json("{hello: 1, $db: 'admin'}")
            .append("speculativeAuthenticate", peer.speculative());
    BsonDocument first = client.call(hello).document().getDocument("speculativeAuthenticate");
    RawClient.Reply last = client.call(peer.proof(first));
    assertTrue(last.document().getBoolean("done").getValue());
    peer.checkServer(last.document());
    assertForwards();
  }

  @Test
  void logsInByTheOldOpcode() throws Exception {
    SaslPeer peer = alice(Mechanism.SCRAM_SHA_256, true);
    RawClient.Reply first = client.query("admin.$cmd", without$db(peer.start()));
    RawClient.Reply last = client.query("admin.$cmd", without$db(peer.proof(first.document())));
    assertEquals(1, last.opCode());
    assertTrue(last.document().getBoolean("done").getValue());
    assertForwards();
  }

  private static BsonDocument without$db(BsonDocument command) {
    command.remove("$db");
    return command;
  }

  private void assertForwards() throws Exception {
    client.send(ClientFixture.json(INSERT));
    StandInGate.Sent sent = proxy.gate.take();
    assertEquals(ClientFixture.A, sent.owner().policy().tenant().text());
    sent.reply("{n: 1, ok: 1.0}");
    assertTrue(client.receive().ok());
  }

  /** Every command that anybody may ever send, whether its arguments are right or not. */
  @Test
  @AdversarialCase(152)
  void takesNothingOfTheWholeCatalogueButGreetingsAndLoginsBefore() throws Exception {
    Set<String> before =
        Set.of(
            "hello",
            "isMaster",
            "ismaster",
            "ping",
            "buildInfo",
            "buildinfo",
            "saslStart",
            "saslContinue",
            "authenticate",
            "logout");
    Set<String> names = new PolicyEngine(25).commandNames();
    assertTrue(names.size() > 30, names.toString());
    for (String name : names) {
      if (!before.contains(name)) {
        BsonDocument command =
            new BsonDocument(name, new BsonString("orders")).append("$db", new BsonString("app"));
        assertEquals(13, client.call(command).code(), name);
      }
    }
    assertTrue(proxy.gate.nothingSent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{find: 'orders', $db: 'app'}",
        "{insert: 'orders', documents: [{}], $db: 'app'}",
        "{whatsmyuri: 1, $db: 'admin'}",
        "{connectionStatus: 1, $db: 'admin'}",
        "{startSession: 1, $db: 'admin'}",
        "{listDatabases: 1, $db: 'admin'}",
        "{Ping: 1, $db: 'admin'}",
        "{nonsense: 1, $db: 'admin'}"
      })
  @AdversarialCase(152)
  void takesNothingButGreetingsAndLoginsBefore(String command) throws Exception {
    RawClient.Reply reply = client.call(command);
    assertEquals(13, reply.code());
    assertEquals("Unauthorized", reply.document().getString("codeName").getValue());
    String message = reply.document().getString("errmsg").getValue();
    String id = proxy.observer.denials.take().decisionId();
    assertTrue(message.endsWith(" [bailiwick login-required " + id + "]"), message);
    assertTrue(proxy.gate.nothingSent());
    assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
  }

  @Test
  @AdversarialCase(159)
  void refusesUnknownUserAndWrongPasswordWithTheSameBytes() throws Exception {
    SaslPeer unknown = new SaslPeer(Mechanism.SCRAM_SHA_256, "nobody", "x", "admin", true);
    SaslPeer wrong =
        new SaslPeer(Mechanism.SCRAM_SHA_256, "org-" + ClientFixture.A, "x", "admin", true);
    BsonDocument one = ClientFixture.logIn(client, unknown).document();
    BsonDocument other = ClientFixture.logIn(client, wrong).document();
    assertEquals(one, other);
    assertEquals("Authentication failed.", one.getString("errmsg").getValue());
    assertEquals(18, one.getInt32("code").getValue());
    assertEquals("authentication", one.getString("type").getValue());
    assertFalse(proxy.observer.logins.contains("SCRAM-SHA-256:true"));
  }

  @Test
  @AdversarialCase(157)
  void refusesAUserWhomThePolicyDoesNotKnowAndEndsTheConnection() throws Exception {
    SaslPeer stranger =
        new SaslPeer(Mechanism.SCRAM_SHA_256, "stranger", ClientFixture.PASSWORD, "admin", true);
    assertEquals(18, ClientFixture.logIn(client, stranger).code());
    client.awaitEnd();
    assertEquals(CloseCause.LOGIN, proxy.observer.takeEnd());
  }

  @Test
  @AdversarialCase({153, 154})
  void staysWhoItIsWhenAnotherLoginIsTried() throws Exception {
    ClientFixture.logIn(client, alice(Mechanism.SCRAM_SHA_256, true));
    SaslPeer bob =
        new SaslPeer(
            Mechanism.SCRAM_SHA_256,
            "org-" + ClientFixture.B,
            ClientFixture.PASSWORD,
            "admin",
            true);
    assertEquals(18, client.call(bob.start()).code());
    BsonDocument hello =
        ClientFixture.json("{hello: 1, saslSupportedMechs: 'admin.bob', $db: 'admin'}")
            .append("speculativeAuthenticate", bob.speculative());
    assertFalse(client.call(hello).document().containsKey("speculativeAuthenticate"));
    assertEquals(18, client.call(bob.proceed(1, "c=biws,r=x,p=AAAA")).code());
    assertForwards();
  }

  @Test
  void refusesLoginWhereThePortDecides() throws Exception {
    try (RawClient bound = proxy.connectBound()) {
      SaslPeer peer = alice(Mechanism.SCRAM_SHA_256, true);
      assertEquals(18, bound.call(peer.start()).code());
      bound.send(ClientFixture.json(INSERT));
      assertEquals(ClientFixture.A, proxy.gate.take().owner().policy().tenant().text());
    }
  }

  @Test
  void forwardsACommandPipelinedBehindTheLastStep() throws Exception {
    SaslPeer peer = alice(Mechanism.SCRAM_SHA_256, true);
    RawClient.Reply first = client.call(peer.start());
    client.write(
        RawClient.join(
            RawClient.message(1, 0, peer.proof(first.document())),
            RawClient.message(2, 0, ClientFixture.json(INSERT))));
    assertEquals(1, client.receive().responseTo());
    proxy.gate.take().reply("{n: 1, ok: 1.0}");
    assertEquals(2, client.receive().responseTo());
  }

  @Test
  void refusesACommandPipelinedBehindAFailedStep() throws Exception {
    SaslPeer wrong =
        new SaslPeer(Mechanism.SCRAM_SHA_256, "org-" + ClientFixture.A, "x", "admin", true);
    RawClient.Reply first = client.call(wrong.start());
    client.write(
        RawClient.join(
            RawClient.message(1, 0, wrong.proof(first.document())),
            RawClient.message(2, 0, ClientFixture.json(INSERT))));
    assertEquals(18, client.receive().code());
    assertEquals(13, client.receive().code());
    assertTrue(proxy.gate.nothingSent());
  }

  @Test
  void holdsBackWhatIsPipelinedWhileALoginWaitsItsTurn() throws Exception {
    for (int i = 0; i < 5; i++) {
      SaslPeer wrong =
          new SaslPeer(Mechanism.SCRAM_SHA_256, "org-" + ClientFixture.A, "x", "admin", true);
      assertEquals(18, ClientFixture.logIn(client, wrong).code());
    }
    SaslPeer right = alice(Mechanism.SCRAM_SHA_256, true);
    RawClient.Reply first = client.call(right.start());
    client.write(
        RawClient.join(
            RawClient.message(1, 0, right.proof(first.document())),
            RawClient.message(2, 0, ClientFixture.json("{ping: 1, $db: 'admin'}"))));
    assertEquals(1, client.receive().responseTo());
    assertEquals(2, client.receive().responseTo());
  }

  @Test
  @AdversarialCase(162)
  void endsConnectionsWhoseCredentialIsGone() throws Exception {
    try (RawClient other = proxy.logIn(ClientFixture.B)) {
      ClientFixture.logIn(client, alice(Mechanism.SCRAM_SHA_256, true));
      var left = new java.util.LinkedHashMap<>(ClientFixture.USERS.entries());
      left.remove(new Users.Name("org-" + ClientFixture.A, "admin"));
      proxy.users.set(new Users(left));
      proxy.connections.onUsers();
      client.awaitEnd();
      assertEquals(CloseCause.RELOAD, proxy.observer.takeEnd());
      assertTrue(other.call("{ping: 1, $db: 'admin'}").ok());
    }
  }

  @Test
  void letsNobodyInByOldUsersAndANewPolicy() throws Exception {
    var left = new java.util.LinkedHashMap<>(ClientFixture.USERS.entries());
    left.remove(new Users.Name("org-" + ClientFixture.A, "admin"));
    SaslPeer peer = alice(Mechanism.SCRAM_SHA_256, true);
    BsonDocument proof = peer.proof(client.call(peer.start()).document());
    proxy.connections.change(
        () -> {
          proxy.sendQuietly(client, proof);
          proxy.waitUntilProven(client);
          proxy.users.set(new Users(left));
        });

    assertEquals(18, client.receive().code());
    client.awaitEnd();
  }

  @Test
  void letsIntoANewPolicyWhoIsInTheNewUsers() throws Exception {
    SaslPeer peer = alice(Mechanism.SCRAM_SHA_256, true);
    BsonDocument proof = peer.proof(client.call(peer.start()).document());
    proxy.connections.change(
        () -> {
          proxy.sendQuietly(client, proof);
          proxy.waitUntilProven(client);
        });

    assertTrue(client.receive().document().getBoolean("done").getValue());
    assertForwards();
  }

  @Test
  void refusesAPayloadThatIsTooLong() throws Exception {
    SaslPeer peer = alice(Mechanism.SCRAM_SHA_256, true);
    String payload = "n,,n=x,r=" + "y".repeat(2000);
    assertEquals(18, client.call(peer.start("SCRAM-SHA-256", payload)).code());
  }

  @Test
  void endsAConnectionWithAMessageLongerThanALoginNeeds() throws Exception {
    BsonDocument long1 =
        new BsonDocument("ping", new BsonInt32(1))
            .append("x", new BsonString("y".repeat(65_536)))
            .append("$db", new BsonString("admin"));
    client.send(long1);
    client.awaitEnd();
    assertEquals(CloseCause.PROTOCOL, proxy.observer.takeEnd());
  }

  @Test
  void logsInWhenEveryByteComesAlone() throws Exception {
    SaslPeer peer = alice(Mechanism.SCRAM_SHA_256, true);
    RawClient.Reply first = trickle(RawClient.message(1, 0, peer.start()));
    RawClient.Reply last = trickle(RawClient.message(2, 0, peer.proof(first.document())));
    assertTrue(last.document().getBoolean("done").getValue());
    assertForwards();
  }

  private RawClient.Reply trickle(byte[] message) throws Exception {
    for (byte next : message) {
      client.write(new byte[] {next});
      proxy.tick();
    }
    return client.receive();
  }

  @Test
  void I8_logsNothingOfALogin() throws Exception {
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.TRACE)) {
      SaslPeer canary = new SaslPeer(Mechanism.SCRAM_SHA_256, "CANARY", "CANARY", "admin", true);
      assertEquals(18, ClientFixture.logIn(client, canary).code());
      BsonDocument odd = canary.start("CANARY", "CANARY");
      assertEquals(18, client.call(odd).code());
      ClientFixture.logIn(client, alice(Mechanism.SCRAM_SHA_256, true));
      String lines = String.join("\n", log.lines());
      assertTrue(lines.contains("login_refused"), lines);
      assertFalse(lines.contains("CANARY") || lines.contains(ClientFixture.A), lines);
      assertFalse(proxy.observer.logins.toString().contains("CANARY"));
    }
  }

  @Test
  @AdversarialCase(159)
  void letsTimePassBeforeItRefusesOneOfTooManyAndKeepsTheOrder() throws Exception {
    List<RawClient> guessers = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        RawClient guesser = proxy.connect();
        guessers.add(guesser);
        SaslPeer wrong =
            new SaslPeer(Mechanism.SCRAM_SHA_256, "org-" + ClientFixture.A, "x", "admin", true);
        RawClient.Reply first = guesser.call(wrong.start());
        guesser.send(wrong.proof(first.document()));
        guesser.send(ClientFixture.json("{ping: 1, $db: 'admin'}"));
        if (i < 5) {
          assertEquals(18, guesser.receive().code());
          assertTrue(guesser.receive().ok());
        }
      }
      RawClient last = guessers.get(99);
      assertEquals(18, last.receive().code());
      assertTrue(last.receive().ok());
    } finally {
      for (RawClient guesser : guessers) {
        guesser.close();
      }
    }
  }
}
