package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.BsonBinarySubType;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocalCommandsTest {
  private ClientFixture proxy;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    proxy = new ClientFixture();
    client = proxy.logIn(ClientFixture.A);
  }

  @AfterEach
  void stop() throws Exception {
    assertTrue(proxy.gate.nothingSent(), "MongoDB was asked");
    client.close();
    proxy.close();
  }

  private BsonDocument call(String json) throws Exception {
    RawClient.Reply reply = client.call(json);
    assertTrue(reply.ok(), () -> reply.document().toJson());
    return reply.document();
  }

  @Test
  void answersPing() throws Exception {
    assertEquals(Set.of("ok"), call("{ping: 1, $db: 'admin'}").keySet());
  }

  @Test
  void saysTheVersionAndNothingElseOfTheBuild() throws Exception {
    BsonDocument reply = call("{buildInfo: 1, $db: 'admin'}");
    assertEquals(
        BsonDocument.parse("{version: '8.0.4', versionArray: [8, 0, 4, 0], ok: 1.0}"), reply);
  }

  @Test
  void makesFourNumbersOfAnyVersion() {
    assertArrayEquals(new int[] {8, 0, 4, 0}, LocalAnswers.versionNumbers("8.0.4"));
    assertArrayEquals(new int[] {8, 2, 0, 0}, LocalAnswers.versionNumbers("8.2.0-rc3"));
    assertArrayEquals(new int[] {7, 0, 0, 0}, LocalAnswers.versionNumbers("7"));
    assertArrayEquals(new int[] {0, 0, 0, 0}, LocalAnswers.versionNumbers("x.99999999999.y"));
  }

  @Test
  void tellsTheClientItsOwnAddress() throws Exception {
    String you = call("{whatsmyuri: 1, $db: 'admin'}").getString("you").getValue();
    assertEquals("127.0.0.1:" + client.localAddress().getPort(), you);
  }

  @Test
  @AdversarialCase(189)
  void tellsTheClientWhoItLoggedInAsAndNothingOfTheServiceAccount() throws Exception {
    BsonDocument reply = call("{connectionStatus: 1, $db: 'admin'}");
    assertEquals(
        BsonDocument.parse(
            "{authInfo: {authenticatedUsers: [{user: 'org-"
                + ClientFixture.A
                + "', db: 'admin'}], authenticatedUserRoles: []}, ok: 1.0}"),
        reply);
  }

  @Test
  @AdversarialCase(189)
  void namesWhatThePolicyAllowsAsPrivilegesOnRequest() throws Exception {
    BsonDocument reply = call("{connectionStatus: 1, showPrivileges: true, $db: 'admin'}");
    assertEquals(
        BsonDocument.parse(
            "{p: [{resource: {db: 'app', collection: 'orders'},"
                + " actions: ['find', 'insert', 'update', 'remove']}]}"),
        new BsonDocument("p", reply.getDocument("authInfo").get("authenticatedUserPrivileges")));
  }

  @Test
  void namesNobodyWhereThePortDecides() throws Exception {
    try (RawClient bound = proxy.connectBound()) {
      BsonDocument reply = bound.call("{connectionStatus: 1, $db: 'admin'}").document();
      assertTrue(reply.getDocument("authInfo").getArray("authenticatedUsers").isEmpty());
    }
  }

  @Test
  void startsSessionsWithRandomIds() throws Exception {
    BsonDocument first = call("{startSession: 1, $db: 'admin'}");
    var id = first.getDocument("id").getBinary("id");
    assertEquals(BsonBinarySubType.UUID_STANDARD.getValue(), id.getType());
    assertEquals(4, id.asUuid().version());
    assertEquals(30, first.getInt32("timeoutMinutes").getValue());
    assertNotEquals(id, call("{startSession: 1, $db: 'admin'}").getDocument("id").getBinary("id"));
  }

  @Test
  void refreshesAndEndsSessions() throws Exception {
    String list = "[{id: {$uuid: '01234567-89ab-4cde-8f01-23456789abcd'}}]";
    call("{refreshSessions: " + list + ", $db: 'admin'}");
    call("{endSessions: " + list + ", $db: 'admin'}");
    byte[] ended = proxy.ownership.endedSessions.poll(20, TimeUnit.SECONDS);
    assertTrue(ended != null && ended.length > 16);
  }

  @Test
  void endsSessionsOfAClientThatDoesNotWaitAndStaysInStep() throws Exception {
    client.send(
        2,
        BsonDocument.parse(
            "{endSessions: [{id: {$uuid: '01234567-89ab-4cde-8f01-23456789abcd'}}],"
                + " $db: 'admin'}"));
    call("{ping: 1, $db: 'admin'}");
    assertEquals(1, proxy.ownership.endedSessions.size());
  }

  @Test
  @AdversarialCase(163)
  void killsOwnCursorsAndFindsNoOthers() throws Exception {
    BsonDocument reply =
        call(
            "{killCursors: 'orders', cursors: [{$numberLong: '7'}, {$numberLong: '5000'}],"
                + " $db: 'app'}");
    assertEquals(
        BsonDocument.parse(
            "{cursorsKilled: [{$numberLong: '7'}], cursorsNotFound: [{$numberLong: '5000'}],"
                + " cursorsAlive: [], cursorsUnknown: [], ok: 1.0}"),
        reply);
    assertEquals(java.util.List.of("app.orders"), proxy.ownership.killed);
  }

  @Test
  @AdversarialCase(158)
  void logsOutByEndingTheConnection() throws Exception {
    call("{logout: 1, $db: 'admin'}");
    client.awaitEnd();
    assertEquals(CloseCause.CLIENT, proxy.observer.takeEnd());
    assertFalse(proxy.ownership.disconnected.isEmpty());
  }

  @Test
  void refusesAuthenticateInTheSameWayAsAWrongPassword() throws Exception {
    RawClient.Reply reply =
        client.call("{authenticate: 1, mechanism: 'MONGODB-X509', user: 'CN=x', $db: '$external'}");
    assertEquals(18, reply.code());
  }
}
