package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.upstream.UpstreamFacts;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelloTest {
  private static final Set<String> OF_A_MONGOS =
      Set.of(
          "isWritablePrimary",
          "msg",
          "maxBsonObjectSize",
          "maxMessageSizeBytes",
          "maxWriteBatchSize",
          "localTime",
          "logicalSessionTimeoutMinutes",
          "connectionId",
          "minWireVersion",
          "maxWireVersion",
          "readOnly",
          "ok");

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

  private BsonDocument hello(String json) throws Exception {
    RawClient.Reply reply = client.call(json);
    assertTrue(reply.ok());
    return reply.document();
  }

  @Test
  @AdversarialCase(190)
  void saysWhatAMongosSaysAndNothingOfTheTopology() throws Exception {
    BsonDocument reply = hello("{hello: 1, $db: 'admin'}");
    assertEquals(OF_A_MONGOS, reply.keySet());
    assertEquals("isdbgrid", reply.getString("msg").getValue());
    assertTrue(reply.getBoolean("isWritablePrimary").getValue());
    assertEquals(30, reply.getInt32("logicalSessionTimeoutMinutes").getValue());
    assertEquals(25, reply.getInt32("maxWireVersion").getValue());
  }

  @Test
  void isTheOnlyMemberOfAReplicaSetWhereThePortSaysSo() {
    HelloReply hello = new HelloReply(Clock.systemUTC(), new byte[12]);
    ProxyConfig.Persona set = new ProxyConfig.Persona.ReplicaSet("rs0", "db.example:27017");
    byte[] reply =
        hello.to(
            RawDocument.of(ScriptedReply.bytes(BsonDocument.parse("{hello: 1}"))),
            UpstreamFacts.UNKNOWN,
            new HelloReply.Speaker(set, 1),
            new HelloReply.Greeted(List.of(), null),
            List.of());

    BsonDocument said = new RawBsonDocument(reply);
    assertFalse(said.containsKey("msg") || said.containsKey("topologyVersion"));
    assertEquals("rs0", said.getString("setName").getValue());
    assertEquals("[db.example:27017]", values(said.getArray("hosts")));
    for (String field : List.of("me", "primary")) {
      assertEquals("db.example:27017", said.getString(field).getValue());
    }
    assertTrue(said.getBoolean("isWritablePrimary").getValue());
    assertFalse(said.getBoolean("secondary").getValue());
  }

  private static String values(BsonArray array) {
    return array.stream().map(value -> value.asString().getValue()).toList().toString();
  }

  @Test
  void saysThatItIsAMongosOnlyWhereItLooksLikeOne() throws Exception {
    try (RawClient loggedIn = RawClient.connect(proxy.bound.address())) {
      assertEquals(
          1,
          loggedIn.call("{isdbgrid: 1, $db: 'admin'}").document().getInt32("isdbgrid").getValue());
    }
  }

  @Test
  @AdversarialCase(190)
  void keepsHeadRoomForWhatTheRewritingAdds() throws Exception {
    BsonDocument reply = hello("{hello: 1, $db: 'admin'}");
    int statements = reply.getInt32("maxWriteBatchSize").getValue();
    assertEquals(10_000, statements);
    assertTrue(reply.getInt32("maxBsonObjectSize").getValue() <= (16 << 20) - 1024);
    int message = reply.getInt32("maxMessageSizeBytes").getValue();
    assertTrue(message + statements * 512 < 48_000_000, "message " + message);
    assertTrue(message > reply.getInt32("maxBsonObjectSize").getValue() + 16_384);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{isMaster: 1, $db: 'admin'}",
        "{ismaster: 1.0, $db: 'admin'}",
        "{isMaster: true, $db: 'app'}"
      })
  void speaksTheOldNamesToo(String command) throws Exception {
    BsonDocument reply = hello(command);
    assertTrue(reply.getBoolean("ismaster").getValue());
    assertFalse(reply.containsKey("isWritablePrimary"));
  }

  @Test
  @AdversarialCase(124)
  void answersTheOldOpcodeInItsOwnForm() throws Exception {
    RawClient.Reply reply =
        client.query("admin.$cmd", ClientFixture.json("{isMaster: 1, helloOk: true}"));
    assertEquals(1, reply.opCode());
    assertTrue(reply.ok());
    assertTrue(reply.document().getBoolean("helloOk").getValue());
    assertTrue(hello("{hello: 1, $db: 'admin'}").containsKey("msg"));
  }

  @Test
  void saysHelloOkOnlyToWhoAsks() throws Exception {
    assertFalse(hello("{isMaster: 1, $db: 'admin'}").containsKey("helloOk"));
    assertTrue(hello("{isMaster: 1, helloOk: true, $db: 'admin'}").containsKey("helloOk"));
  }

  @Test
  void leavesAloneWhatItHasNoUseFor() throws Exception {
    BsonDocument reply =
        hello(
            "{hello: 1, $db: 'admin', client: {application: {name: 'x'}, driver: {name: 'y'}},"
                + " compression: ['lz4'], backpressure: '2', internalClient:"
                + " {minWireVersion: 0, maxWireVersion: 25}, hangUpOnStepDown: false,"
                + " topologyVersion: {processId: {$oid: '665f1c2ab8e4d3a1f0c9e001'}, counter:"
                + " {$numberLong: '1'}}, maxAwaitTimeMS: {$numberLong: '10000'}, apiVersion: '1',"
                + " $readPreference: {mode: 'primaryPreferred'}, unknown: [1]}");
    assertEquals(OF_A_MONGOS, reply.keySet());
  }

  @Test
  void givesAServiceIdOnlyBehindALoadBalancerAndAlwaysTheSame() throws Exception {
    assertFalse(hello("{hello: 1, $db: 'admin'}").containsKey("serviceId"));
    var id = hello("{hello: 1, loadBalanced: true, $db: 'admin'}").getObjectId("serviceId");
    try (RawClient other = proxy.connect()) {
      RawClient.Reply reply = other.call("{hello: 1, loadBalanced: true, $db: 'admin'}");
      assertEquals(id, reply.document().getObjectId("serviceId"));
    }
  }

  @Test
  void givesEachConnectionAnIdOfItsOwnThatStays() throws Exception {
    var id = hello("{hello: 1, $db: 'admin'}").getInt32("connectionId");
    assertEquals(id, hello("{hello: 1, $db: 'admin'}").getInt32("connectionId"));
    try (RawClient other = proxy.connect()) {
      RawClient.Reply reply = other.call("{hello: 1, $db: 'admin'}");
      assertNotEquals(id, reply.document().getInt32("connectionId"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin.org-665f1c2ab8e4d3a1f0c9e001", "admin.nobody", "x", ""})
  @AdversarialCase(153)
  void namesTheSameMechanismsForEveryUser(String user) throws Exception {
    BsonDocument reply = hello("{hello: 1, saslSupportedMechs: '" + user + "', $db: 'admin'}");
    assertEquals(
        new BsonArray(List.of(new BsonString("SCRAM-SHA-1"), new BsonString("SCRAM-SHA-256"))),
        reply.getArray("saslSupportedMechs"));
  }

  @Test
  void namesNoMechanismWhereThePortDecides() throws Exception {
    try (RawClient bound = proxy.connectBound()) {
      RawClient.Reply reply =
          bound.call("{hello: 1, saslSupportedMechs: 'admin.bob', $db: 'admin'}");
      assertTrue(reply.document().getArray("saslSupportedMechs").isEmpty());
    }
  }

  @Test
  void offersNoSessionsWhereMongoDbHasNone() throws Exception {
    proxy.gate.facts = new UpstreamFacts(21, "7.0.0", 0, 16 << 20, 48_000_000, 1000);
    BsonDocument reply = hello("{hello: 1, $db: 'admin'}");
    assertFalse(reply.containsKey("logicalSessionTimeoutMinutes"));
    assertEquals(1000, reply.getInt32("maxWriteBatchSize").getValue());
  }

  @ParameterizedTest
  @CsvSource({"6, 9", "9, 9", "13, 13", "24, 24", "25, 25", "30, 25"})
  void namesTheWireVersionOfMongoDbWithinWhatIsHandled(int upstream, int said) {
    UpstreamFacts facts = new UpstreamFacts(upstream, "x", 30, 16 << 20, 48_000_000, 1000);
    assertEquals(said, HelloReply.wireVersion(facts));
  }
}
