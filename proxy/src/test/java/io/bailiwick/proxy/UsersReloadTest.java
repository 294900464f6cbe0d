package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.testing.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a changed users file takes away, and what it leaves alone. */
final class UsersReloadTest {
  private static final String COUNT = "{count: 'orders', $db: 'shop'}";
  private static final String FIRST = "{find: 'orders', batchSize: 1, $db: 'shop'}";

  @TempDir Path directory;
  private ProxyFixture fixture;
  private Path users;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    users = directory.resolve("users.yaml");
    try (MongoClient direct = fixture.direct()) {
      for (String tenant : List.of(ProxyFixture.ACME, ProxyFixture.GLOBEX)) {
        for (int i = 0; i < 3; i++) {
          direct
              .getDatabase("shop")
              .getCollection("orders")
              .insertOne(new Document("organization_id", new ObjectId(tenant)));
        }
      }
    }
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static SaslPeer peer(Mechanism mechanism, String tenant, String password) {
    return new SaslPeer(mechanism, "org-" + tenant, password, "admin", true);
  }

  private static RawClient logIn(Proxy proxy, String tenant) throws Exception {
    return logIn(proxy, peer(Mechanism.SCRAM_SHA_256, tenant, ProxyFixture.PASSWORD));
  }

  private static RawClient logIn(Proxy proxy, SaslPeer peer) throws Exception {
    RawClient client = RawClient.connect(proxy.address("app"));
    BsonDocument first = client.call(peer.start()).document();
    assertTrue(client.call(peer.proof(first)).ok());
    return client;
  }

  private void remove(String tenant) throws IOException {
    UsersFileWriter.remove(users, new Users.Name("org-" + tenant, "admin"));
  }

  private void put(String tenant, String password) throws IOException {
    String user = "org-" + tenant;
    UsersFileWriter.put(
        users,
        new Users.Name(user, "admin"),
        Verifiers.ofPassword(user, password, new SecureRandom()));
  }

  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void endsEveryConnectionOfALoginThatIsGoneAndNoOther(Mechanism mechanism) throws Exception {
    SaslPeer acme = peer(mechanism, ProxyFixture.ACME, ProxyFixture.PASSWORD);
    try (Proxy proxy = fixture.start();
        RawClient one = logIn(proxy, acme);
        RawClient another = logIn(proxy, ProxyFixture.ACME);
        RawClient globex = logIn(proxy, ProxyFixture.GLOBEX)) {
      assertTrue(one.call(COUNT).ok());
      remove(ProxyFixture.ACME);

      assertNull(proxy.reload());

      one.awaitEnd();
      another.awaitEnd();
      assertEquals(3, globex.call(COUNT).document().getNumber("n").intValue());
      try (RawClient late = RawClient.connect(proxy.address("app"))) {
        SaslPeer again = peer(mechanism, ProxyFixture.ACME, ProxyFixture.PASSWORD);
        BsonDocument first = late.call(again.start()).document();
        assertEquals(18, late.call(again.proof(first)).code());
      }
    }
  }

  @Test
  void endsTheCursorsOfALoginThatIsGoneAndLeavesThoseOfOthers() throws Exception {
    try (Proxy proxy = fixture.start();
        RawClient acme = logIn(proxy, ProxyFixture.ACME);
        RawClient globex = logIn(proxy, ProxyFixture.GLOBEX)) {
      long gone = cursor(acme);
      long kept = cursor(globex);
      remove(ProxyFixture.ACME);
      assertNull(proxy.reload());
      acme.awaitEnd();
      put(ProxyFixture.ACME, ProxyFixture.PASSWORD);
      assertNull(proxy.reload());

      try (RawClient back = logIn(proxy, ProxyFixture.ACME)) {
        assertEquals(43, back.call(more(gone)).code());
        assertEquals(3, back.call(COUNT).document().getNumber("n").intValue());
      }
      RawClient.Reply rest = globex.call(more(kept));
      assertTrue(rest.ok(), rest.document().toString());
    }
  }

  private static long cursor(RawClient client) throws IOException {
    BsonDocument reply = client.call(FIRST).document();
    long id = reply.getDocument("cursor").getInt64("id").getValue();
    assertFalse(id == 0);
    return id;
  }

  private static String more(long id) {
    return "{getMore: {$numberLong: '"
        + id
        + "'}, collection: 'orders', batchSize: 9, $db: 'shop'}";
  }

  @Test
  void endsTheConnectionsOfAChangedPasswordAndNoOther() throws Exception {
    try (Proxy proxy = fixture.start();
        RawClient acme = logIn(proxy, ProxyFixture.ACME);
        RawClient globex = logIn(proxy, ProxyFixture.GLOBEX)) {
      put(ProxyFixture.ACME, "another password");

      assertNull(proxy.reload());

      acme.awaitEnd();
      assertTrue(globex.call(COUNT).ok());
      logIn(proxy, peer(Mechanism.SCRAM_SHA_256, ProxyFixture.ACME, "another password")).close();
    }
  }

  @Test
  void keepsAllConnectionsWhenAUserIsAdded() throws Exception {
    try (Proxy proxy = fixture.start();
        RawClient acme = logIn(proxy, ProxyFixture.ACME)) {
      put("665f1c2ab8e4d3a1f0c9e003", "new");

      assertNull(proxy.reload());

      assertTrue(acme.call(COUNT).ok());
      logIn(proxy, peer(Mechanism.SCRAM_SHA_1, "665f1c2ab8e4d3a1f0c9e003", "new")).close();
    }
  }

  @Test
  void keepsEverybodyWhenTheFileIsBroken() throws Exception {
    try (Proxy proxy = fixture.start();
        RawClient acme = logIn(proxy, ProxyFixture.ACME)) {
      Files.writeString(users, "users: [");

      assertFalse(proxy.reload() == null);

      assertTrue(acme.call(COUNT).ok());
      logIn(proxy, ProxyFixture.GLOBEX).close();
    }
  }

  @Test
  void looksForItselfAsOftenAsThePollSays() throws Exception {
    String config = Files.readString(fixture.configFile()).replace("poll: 0s", "poll: 50ms");
    Files.writeString(fixture.configFile(), config);
    try (Proxy proxy = fixture.start();
        RawClient acme = logIn(proxy, ProxyFixture.ACME);
        RawClient globex = logIn(proxy, ProxyFixture.GLOBEX)) {
      remove(ProxyFixture.ACME);

      acme.awaitEnd();

      assertTrue(globex.call(COUNT).ok());
    }
  }

  @Test
  void endsAUserWhomThePolicyGivesAnotherTenantAndItsCursors() throws Exception {
    try (Proxy proxy = fixture.start();
        RawClient acme = logIn(proxy, ProxyFixture.ACME);
        RawClient globex = logIn(proxy, ProxyFixture.GLOBEX)) {
      long gone = cursor(acme);
      String entry = "  - { name: app, user: \"org-${tenant}\", authSource: admin }\n";
      String moved =
          "  - { name: app, user: \"org-"
              + ProxyFixture.ACME
              + "\", authSource: admin, tenant: \""
              + ProxyFixture.GLOBEX
              + "\" }\n"
              + "  - { name: other, user: \"org-"
              + ProxyFixture.GLOBEX
              + "\", authSource: admin, tenant: \""
              + ProxyFixture.GLOBEX
              + "\" }\n";
      Files.writeString(fixture.policyFile(), ProxyFixture.POLICY.replace(entry, moved));

      assertNull(proxy.reload());

      acme.awaitEnd();
      globex.awaitEnd();
      try (RawClient back = logIn(proxy, ProxyFixture.ACME)) {
        assertEquals(43, back.call(more(gone)).code());
        assertEquals(3, back.call(COUNT).document().getNumber("n").intValue());
      }
    }
  }
}
