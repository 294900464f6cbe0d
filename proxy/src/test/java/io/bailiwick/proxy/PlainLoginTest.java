package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCredential;
import com.mongodb.MongoSecurityException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.testing.Pki;
import io.bailiwick.proxy.testing.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send the password itself, which only TLS may carry. */
final class PlainLoginTest {
  private static final Pki PKI = Pki.create("ca");
  private static final String USER = "org-" + ProxyFixture.ACME;
  private static final String PASSWORD = "pläin password";

  @TempDir Path directory;
  private ProxyFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    Pki.write(PKI.server(), directory.resolve("tls.crt"), directory.resolve("tls.key"));
    fixture.tls("certificate: tls.crt, key: tls.key");
    writePolicy();
    put(PASSWORD);
  }

  private void writePolicy() throws IOException {
    Files.writeString(
        fixture.policyFile(),
        ProxyFixture.POLICY.replace(
            "principals:\n",
            "principals:\n  - { name: plain, user: \"org-${tenant}\", authSource: $external }\n"));
  }

  private void put(String password) throws IOException {
    UsersFileWriter.put(
        directory.resolve("users.yaml"),
        new Users.Name(USER, "$external"),
        Verifiers.ofPassword(USER, password, new SecureRandom()));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static MongoClient driver(Proxy proxy, String source, String password) {
    return MongoClients.create(
        ProxyFixture.settings(proxy.address("app"), ProxyFixture.ACME)
            .credential(MongoCredential.createPlainCredential(USER, source, password.toCharArray()))
            .applyToClusterSettings(c -> c.serverSelectionTimeout(5, TimeUnit.SECONDS))
            .applyToSslSettings(ssl -> ssl.enabled(true).context(PKI.context(null)))
            .build());
  }

  private static MongoCollection<Document> orders(MongoClient client) {
    return client.getDatabase("shop").getCollection("orders");
  }

  private static RawClient raw(Proxy proxy) throws IOException {
    InetSocketAddress address = proxy.address("app");
    return RawClient.over(
        PKI.context(null).getSocketFactory().createSocket(address.getAddress(), address.getPort()));
  }

  private static RawClient.Reply start(RawClient client, String mechanism, String payload)
      throws IOException {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    return client.call(
        BsonDocument.parse("{saslStart: 1, mechanism: '" + mechanism + "', $db: '$external'}")
            .append("payload", new BsonBinary(bytes)));
  }

  @Test
  void aDriverLogsInByTheUsersOfTheFile() throws IOException {
    try (Proxy proxy = fixture.start();
        MongoClient external = driver(proxy, "$external", PASSWORD);
        MongoClient admin = driver(proxy, "admin", ProxyFixture.PASSWORD)) {
      orders(external).insertOne(new Document("_id", 1));
      assertEquals(1, orders(admin).countDocuments());
    }
  }

  @Test
  void aWrongPasswordAndAnUnknownUserAreRefusedAlike() throws IOException {
    try (Proxy proxy = fixture.start()) {
      try (MongoClient client = driver(proxy, "$external", "wrong")) {
        assertThrows(MongoSecurityException.class, () -> orders(client).countDocuments());
      }
      try (RawClient client = raw(proxy)) {
        BsonDocument wrong = start(client, "PLAIN", "\0" + USER + "\0wrong").document();
        BsonDocument unknown = start(client, "PLAIN", "\0nobody\0" + PASSWORD).document();
        assertEquals(18, wrong.getInt32("code").getValue());
        assertEquals(wrong, unknown);
        assertTrue(start(client, "PLAIN", "\0" + USER + "\0" + PASSWORD).ok());
        assertTrue(client.call("{find: 'orders', $db: 'shop'}").ok());
        assertEquals(18, start(client, "PLAIN", "\0" + USER + "\0" + PASSWORD).code());
      }
    }
  }

  @Test
  void nobodySendsAPasswordWithoutTls() throws IOException {
    try (ProxyFixture open = new ProxyFixture(directory)) {
      writePolicy();
      try (Proxy proxy = open.start();
          RawClient client = RawClient.connect(proxy.address("app"))) {
        assertEquals(18, start(client, "PLAIN", "\0" + USER + "\0" + PASSWORD).code());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "admin|USER|PASSWORD",
        "|USER|",
        "||PASSWORD",
        "USER|PASSWORD",
        "|USER|PASSWORD|",
        "|USER|PASSWORD|more",
        ""
      })
  void aMessageThatIsNotAsRfc4616WantsItIsRefused(String payload) throws IOException {
    String sent = payload.replace('|', '\0').replace("USER", USER).replace("PASSWORD", PASSWORD);
    try (Proxy proxy = fixture.start();
        RawClient client = raw(proxy)) {
      assertEquals(18, start(client, "PLAIN", sent).code());
      assertEquals(13, client.call("{find: 'orders', $db: 'shop'}").code());
    }
  }

  @Test
  void noOtherMechanismTakesUsersOfExternal() throws IOException {
    try (Proxy proxy = fixture.start();
        RawClient client = raw(proxy)) {
      assertEquals(18, start(client, "SCRAM-SHA-256", "n,,n=" + USER + ",r=abc").code());
      assertEquals(18, start(client, "GSSAPI", "x").code());
      assertEquals(
          18,
          client
              .call("{saslContinue: 1, conversationId: 1, payload: '', $db: '$external'}")
              .code());
    }
  }

  @Test
  void aPasswordThatIsChangedEndsItsConnections() throws Exception {
    try (Proxy proxy = fixture.start();
        RawClient client = raw(proxy)) {
      assertTrue(start(client, "PLAIN", "\0" + USER + "\0" + PASSWORD).ok());
      put("another");
      assertNull(proxy.reload());
      client.awaitEnd();
    }
  }
}
