package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MONGODB-OIDC byte by byte, as drivers say it and as they never would. */
final class OidcPeerTest {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final String FIND = "{find: 'orders', $db: 'shop'}";
  private static final BsonDocument WHO = new BsonDocument("n", new BsonString("ann@id.example"));

  @TempDir Path directory;
  private ProxyFixture fixture;
  private Proxy proxy;
  private RawClient client;

  @BeforeEach
  void start() throws IOException {
    fixture = new ProxyFixture(directory);
    Files.writeString(directory.resolve("keys.jwks"), Tokens.jwks(Tokens.first()));
    fixture.login(
        "{ issuers: [corporate] }",
        """
        issuers:
          - name: corporate
            issuer: "https://id.example"
            audience: mongodb
            keys: keys.jwks
            clientId: mongodb-people
            scopes: [openid]
        """);
    Files.writeString(
        fixture.policyFile(),
        ProxyFixture.POLICY.replace(
            "principals:\n",
            "principals:\n  - { name: sso, issuer: corporate, claim: organization_id }\n"));
    proxy = fixture.start();
    client = RawClient.connect(proxy.address("app"));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    proxy.close();
    fixture.close();
  }

  private static Tokens token() {
    return Tokens.login(CLOCK).claim("organization_id", ProxyFixture.ACME);
  }

  private static BsonDocument jwt(String token) {
    return new BsonDocument("jwt", new BsonString(token));
  }

  private static BsonDocument good() {
    return jwt(token().sign());
  }

  private static BsonDocument start(BsonValue payload) {
    return new BsonDocument("saslStart", new BsonInt32(1))
        .append("mechanism", new BsonString("MONGODB-OIDC"))
        .append("payload", payload)
        .append("$db", new BsonString("$external"));
  }

  private static BsonDocument start(BsonDocument payload) {
    return start(new BsonBinary(ScriptedReply.bytes(payload)));
  }

  private static BsonDocument next(int conversation, BsonDocument payload) {
    return new BsonDocument("saslContinue", new BsonInt32(1))
        .append("conversationId", new BsonInt32(conversation))
        .append("payload", new BsonBinary(ScriptedReply.bytes(payload)))
        .append("$db", new BsonString("$external"));
  }

  private static BsonDocument with(BsonDocument command, String key, BsonValue value) {
    return command.append(key, value);
  }

  /** Asks where to get a token; the conversation's id. */
  private int begin() throws IOException {
    BsonDocument reply = client.call(start(WHO)).document();
    assertFalse(reply.getBoolean("done").getValue());
    BsonDocument told = new RawBsonDocument(reply.getBinary("payload").getData());
    assertEquals("https://id.example", told.getString("issuer").getValue());
    assertEquals("mongodb-people", told.getString("clientId").getValue());
    assertEquals(new BsonArray(List.of(new BsonString("openid"))), told.getArray("requestScopes"));
    return reply.getInt32("conversationId").getValue();
  }

  private void isIn(RawClient.Reply reply) throws IOException {
    assertTrue(reply.document().getBoolean("done").getValue(), () -> reply.document().toString());
    assertTrue(client.call(FIND).ok());
  }

  private void isOut(RawClient.Reply reply) throws IOException {
    assertFalse(reply.ok(), () -> reply.document().toString());
    assertEquals(18, reply.code());
    assertEquals("Authentication failed.", reply.document().getString("errmsg").getValue());
    assertEquals(13, client.call(FIND).code());
  }

  @Test
  void logsInInOneStepAndInTwo() throws Exception {
    isIn(client.call(start(good())));
    try (RawClient second = RawClient.connect(proxy.address("app"))) {
      client.close();
      client = second;
      isIn(client.call(next(begin(), good())));
    }
  }

  @Test
  void takesNoStepOutOfOrder() throws Exception {
    isOut(client.call(next(1, good())));
    int first = begin();
    isOut(client.call(next(first + 1, good())));
    // The conversation has ended with the wrong step.
    isOut(client.call(next(first, good())));
    int abandoned = begin();
    int current = begin();
    isOut(client.call(next(abandoned, good())));
    assertTrue(current > abandoned);
    isOut(client.call(next(begin(), WHO)));
    int id = begin();
    isOut(client.call(with(next(id, good()), "$db", new BsonString("admin"))));
    isIn(client.call(next(begin(), good())));
  }

  @Test
  void takesNoLoginAgainstAnotherDatabase() throws Exception {
    for (String database : List.of("admin", "shop", "", "$EXTERNAL")) {
      BsonDocument start = with(start(good()), "$db", new BsonString(database));
      RawClient.Reply reply = client.call(start);
      assertFalse(reply.ok(), database);
      assertEquals(13, client.call(FIND).code());
    }
  }

  @Test
  void takesNoPayloadThatDriversDoNotSend() throws Exception {
    byte[] sound = ScriptedReply.bytes(good());
    byte[] longer = Arrays.copyOf(sound, sound.length + 1);
    byte[] shorter = Arrays.copyOf(sound, sound.length - 1);
    byte[] lies = sound.clone();
    lies[0]++;
    String token = token().sign();
    List<BsonValue> payloads =
        List.of(
            new BsonBinary(new byte[0]),
            new BsonBinary(new byte[] {5, 0, 0, 0}),
            new BsonBinary(longer),
            new BsonBinary(shorter),
            new BsonBinary(lies),
            new BsonBinary(new byte[20_000]),
            new BsonString(token),
            new BsonInt32(1),
            new BsonBinary(ScriptedReply.bytes(new BsonDocument("jwt", new BsonInt32(1)))),
            new BsonBinary(ScriptedReply.bytes(jwt(""))),
            new BsonBinary(ScriptedReply.bytes(jwt("a.b.c"))),
            new BsonBinary(ScriptedReply.bytes(jwt("x".repeat(9_000)))),
            new BsonBinary(ScriptedReply.bytes(jwt(token + "."))),
            new BsonBinary(ScriptedReply.bytes(jwt(token + "\0"))),
            new BsonBinary(ScriptedReply.bytes(jwt(" " + token))));
    for (BsonValue payload : payloads) {
      isOut(client.call(start(payload)));
    }
    isIn(client.call(start(good())));
  }

  @Test
  void takesNoSecondLogin() throws Exception {
    isIn(client.call(start(good())));
    BsonDocument other =
        jwt(Tokens.login(CLOCK).claim("organization_id", ProxyFixture.GLOBEX).sign());
    for (BsonDocument again : List.of(start(good()), start(other), start(WHO))) {
      assertEquals(18, client.call(again).code());
    }
    assertEquals(18, client.call(next(2, other)).code());
    client.call("{insert: 'orders', documents: [{_id: 1}], $db: 'shop'}");
    try (var direct = fixture.direct()) {
      assertEquals(
          new org.bson.types.ObjectId(ProxyFixture.ACME),
          Objects.requireNonNull(direct.getDatabase("shop").getCollection("orders").find().first())
              .get("organization_id"));
    }
  }

  @Test
  void refusesATokenThatWasGoodForAnotherConversationOnlyOnceItHasRunOut() throws Exception {
    BsonDocument payload = good();
    isIn(client.call(start(payload)));
    BsonDocument old = jwt(token().expiring(-60).sign());
    try (RawClient second = RawClient.connect(proxy.address("app"))) {
      client.close();
      client = second;
      isOut(client.call(start(old)));
      isIn(client.call(start(payload)));
    }
  }

  @Test
  void forwardsNothingPipelinedBehindALoginThatFails() throws Exception {
    BsonDocument wrong =
        jwt(
            token()
                .by(Tokens.second(), com.nimbusds.jose.JWSAlgorithm.RS256)
                .naming("first")
                .sign());
    client.write(
        RawClient.join(
            RawClient.message(1, 0, start(wrong)),
            RawClient.message(2, 0, BsonDocument.parse(FIND))));
    assertEquals(18, client.receive().code());
    assertEquals(13, client.receive().code());
  }

  @Test
  void answersACommandPipelinedBehindTheLastStep() throws Exception {
    int id = begin();
    client.write(
        RawClient.join(
            RawClient.message(1, 0, next(id, good())),
            RawClient.message(2, 0, BsonDocument.parse(FIND))));
    assertEquals(1, client.receive().responseTo());
    RawClient.Reply found = client.receive();
    assertEquals(2, found.responseTo());
    assertTrue(found.ok());
  }

  @Test
  void logsInWhenEveryByteComesAlone() throws Exception {
    for (byte next : RawClient.message(1, 0, start(good()))) {
      client.write(new byte[] {next});
    }
    isIn(client.receive());
  }
}
