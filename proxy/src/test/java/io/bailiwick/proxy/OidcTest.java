package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoCredential.IdpInfo;
import com.mongodb.MongoCredential.OidcCallback;
import com.mongodb.MongoCredential.OidcCallbackResult;
import com.mongodb.MongoSecurityException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.nimbusds.jose.JWSAlgorithm;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.ForeignDriver;
import io.bailiwick.proxy.testing.StubHttp;
import io.bailiwick.proxy.testing.Tokens;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official Java driver logs in with tokens of an issuer, and stays logged in. */
final class OidcTest {
  private static final Clock CLOCK = Clock.systemUTC();

  @TempDir Path directory;
  private ProxyFixture fixture;
  private StubHttp issuer;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    issuer = new StubHttp().answering(StubHttp.json(Tokens.jwks(Tokens.first(), Tokens.curve())));
    fixture.login(
        "{ issuers: [corporate] }",
        """
        issuers:
          - { name: corporate, issuer: "https://id.example", audience: mongodb, jwks: "%s" }
        """
            .formatted(issuer.uri()));
    Files.writeString(
        fixture.policyFile(),
        ProxyFixture.POLICY.replace(
            "principals:\n",
            "principals:\n  - { name: sso, issuer: corporate, claim: organization_id }\n"));
  }

  @AfterEach
  void stop() {
    issuer.close();
    fixture.close();
  }

  private static Tokens token(String organization) {
    return Tokens.login(CLOCK).claim("organization_id", organization);
  }

  private static MongoClient client(Proxy proxy, OidcCallback callback) {
    InetSocketAddress address = proxy.address("app");
    return MongoClients.create(
        MongoClientSettings.builder()
            .applyToClusterSettings(
                cluster ->
                    cluster
                        .hosts(List.of(new ServerAddress(address.getAddress(), address.getPort())))
                        .serverSelectionTimeout(20, TimeUnit.SECONDS))
            .credential(
                MongoCredential.createOidcCredential(null)
                    .withMechanismProperty(MongoCredential.OIDC_CALLBACK_KEY, callback))
            .build());
  }

  private static MongoClient client(Proxy proxy, Tokens tokens) {
    String signed = tokens.sign();
    return client(proxy, context -> new OidcCallbackResult(signed));
  }

  private static MongoCollection<Document> orders(MongoClient client) {
    return client.getDatabase("shop").getCollection("orders");
  }

  @Test
  void isTheOrganizationThatItsTokenSays() throws IOException {
    try (Proxy proxy = fixture.start();
        MongoClient acme = client(proxy, token(ProxyFixture.ACME));
        MongoClient globex =
            client(proxy, token(ProxyFixture.GLOBEX).by(Tokens.curve(), JWSAlgorithm.ES256))) {
      orders(acme).insertOne(new Document("_id", 1));
      assertEquals(1, orders(acme).countDocuments());
      assertEquals(0, orders(globex).countDocuments());
      Document status = acme.getDatabase("admin").runCommand(new Document("connectionStatus", 1));
      assertTrue(status.toJson().contains("corporate/svc"), status.toJson());
    }
  }

  @Test
  void isToldNoMoreThanThatItsTokenIsRefused() throws IOException {
    List<Tokens> bad =
        List.of(
            token(ProxyFixture.ACME).expiring(-60),
            token(ProxyFixture.ACME).claim("aud", "other"),
            token(ProxyFixture.ACME).claim("iss", "https://other.example"),
            token(ProxyFixture.ACME).type(Tokens.OPERATION),
            token(ProxyFixture.ACME).without("sub"),
            token(ProxyFixture.ACME).by(Tokens.second(), JWSAlgorithm.RS256).naming("first"),
            Tokens.login(CLOCK).claim("organization_id", 7L),
            Tokens.login(CLOCK));
    try (Proxy proxy = fixture.start()) {
      for (Tokens tokens : bad) {
        try (MongoClient client = client(proxy, tokens)) {
          MongoSecurityException refused =
              assertThrows(MongoSecurityException.class, () -> orders(client).countDocuments());
          MongoCommandException cause =
              assertInstanceOf(MongoCommandException.class, refused.getCause());
          assertEquals(18, cause.getErrorCode());
          assertEquals("Authentication failed.", cause.getErrorMessage());
        }
      }
    }
  }

  @Test
  void showsAnotherTokenWhenOneRunsOutAndNoOperationFails() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    // Within the leeway for another two seconds.
    OidcCallback callback =
        context ->
            new OidcCallbackResult(
                token(ProxyFixture.ACME).expiring(asked.getAndIncrement() == 0 ? -8 : 600).sign());
    try (Proxy proxy = fixture.start();
        MongoClient client = client(proxy, callback)) {
      int operations = 0;
      while (asked.get() < 2 && operations < 100_000) {
        orders(client).insertOne(new Document("_id", operations++));
      }
      assertEquals(2, asked.get());
      assertEquals(operations, orders(client).countDocuments());
    }
  }

  @Test
  void becomesNobodyElseByAnotherToken() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    OidcCallback callback =
        context ->
            new OidcCallbackResult(
                asked.getAndIncrement() == 0
                    ? token(ProxyFixture.ACME).expiring(-8).sign()
                    : token(ProxyFixture.GLOBEX).sign());
    try (Proxy proxy = fixture.start();
        MongoClient globex = client(proxy, token(ProxyFixture.GLOBEX));
        MongoClient client = client(proxy, callback)) {
      orders(globex).insertOne(new Document("_id", "of globex"));
      assertThrows(
          MongoSecurityException.class,
          () -> {
            while (true) {
              assertEquals(0, orders(client).countDocuments());
            }
          });
    }
  }

  @Test
  void logsInWithANewKeyFromTheFirstMomentOn() throws Exception {
    try (Proxy proxy = fixture.start()) {
      try (MongoClient before = client(proxy, token(ProxyFixture.ACME))) {
        orders(before).countDocuments();
      }
      issuer.answering(StubHttp.json(Tokens.jwks(Tokens.second())));
      CountDownLatch go = new CountDownLatch(1);
      ExecutorService many = Executors.newFixedThreadPool(4);
      List<Future<Long>> counts =
          java.util.stream.IntStream.range(0, 4)
              .mapToObj(
                  i ->
                      many.submit(
                          () -> {
                            go.await();
                            Tokens fresh =
                                token(ProxyFixture.ACME).by(Tokens.second(), JWSAlgorithm.RS256);
                            try (MongoClient client = client(proxy, fresh)) {
                              return orders(client).countDocuments();
                            }
                          }))
              .toList();
      go.countDown();
      for (Future<Long> count : counts) {
        assertEquals(0, count.get(60, TimeUnit.SECONDS));
      }
      many.shutdown();
    }
  }

  @Test
  void waitsForNoIssuerToServeOthers() throws IOException {
    issuer.answering(StubHttp.status(500));
    fixture.login(
        "{ users: users.yaml, issuers: [corporate] }",
        """
        issuers:
          - { name: corporate, issuer: "https://id.example", audience: mongodb, jwks: "%s" }
        """
            .formatted(issuer.uri()));
    try (Proxy proxy = fixture.start();
        MongoClient byPassword = ProxyFixture.client(proxy, ProxyFixture.ACME);
        MongoClient byToken = client(proxy, token(ProxyFixture.ACME))) {
      assertEquals(0, orders(byPassword).countDocuments());
      assertThrows(MongoSecurityException.class, () -> orders(byToken).countDocuments());
    }
  }

  @Test
  void keepsTokensOutOfTheAudit() throws IOException {
    String token = token(ProxyFixture.ACME).expiring(-60).sign();
    try (Proxy proxy = fixture.start();
        MongoClient client = client(proxy, context -> new OidcCallbackResult(token))) {
      assertThrows(MongoSecurityException.class, () -> orders(client).countDocuments());
    }
    String audit = Files.readString(fixture.auditFile());
    assertFalse(audit.contains(token.substring(token.lastIndexOf('.') + 1)), audit);
  }

  private static MongoClient person(Proxy proxy, OidcCallback callback) {
    InetSocketAddress address = proxy.address("app");
    return MongoClients.create(
        MongoClientSettings.builder()
            .applyToClusterSettings(
                cluster ->
                    cluster
                        .hosts(List.of(new ServerAddress("127.0.0.1", address.getPort())))
                        .serverSelectionTimeout(20, TimeUnit.SECONDS))
            .credential(
                MongoCredential.createOidcCredential(null)
                    .withMechanismProperty(MongoCredential.OIDC_HUMAN_CALLBACK_KEY, callback))
            .build());
  }

  @Test
  void tellsPeopleWhereToGetATokenAndTakesIt() throws IOException {
    fixture.login(
        "{ issuers: [corporate] }",
        """
        issuers:
          - name: corporate
            issuer: "https://id.example"
            audience: mongodb
            jwks: "%s"
            clientId: mongodb-people
            scopes: [openid, shop]
        """
            .formatted(issuer.uri()));
    AtomicReference<IdpInfo> told = new AtomicReference<>();
    AtomicInteger asked = new AtomicInteger();
    // The first runs out while the person works, within the leeway of clocks.
    OidcCallback callback =
        context -> {
          told.set(context.getIdpInfo());
          long seconds = asked.getAndIncrement() == 0 ? -8 : 600;
          return new OidcCallbackResult(token(ProxyFixture.ACME).expiring(seconds).sign());
        };
    try (Proxy proxy = fixture.start();
        MongoClient client = person(proxy, callback)) {
      int operations = 0;
      while (asked.get() < 2 && operations < 100_000) {
        orders(client).insertOne(new Document("_id", operations++));
      }
      assertEquals(operations, orders(client).countDocuments());
      assertEquals(2, asked.get());
    }
    IdpInfo info = Objects.requireNonNull(told.get());
    assertEquals("https://id.example", info.getIssuer());
    assertEquals("mongodb-people", info.getClientId());
    assertEquals(List.of("openid", "shop"), info.getRequestScopes());
  }

  @Test
  void refusesPeopleWhereTheIssuerKnowsNone() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    OidcCallback callback =
        context -> {
          asked.incrementAndGet();
          return new OidcCallbackResult(token(ProxyFixture.ACME).sign());
        };
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.INFO);
        Proxy proxy = fixture.start();
        MongoClient client = person(proxy, callback)) {
      assertThrows(MongoSecurityException.class, () -> orders(client).countDocuments());
      assertEquals(0, asked.get());
      assertTrue(
          log.lines().stream().anyMatch(line -> line.contains("not-offered")),
          "the operator is not told why");
    }
  }

  @Test
  void worksWithPyMongo() throws Exception {
    assertWorks(
        ForeignDriver.PYTHON,
        """
        from pymongo.auth_oidc import OIDCCallback, OIDCCallbackResult
        class Given(OIDCCallback):
            def fetch(self, context):
                return OIDCCallbackResult(access_token=token)
        client = MongoClient(uri, authMechanism="MONGODB-OIDC", authMechanismProperties={"OIDC_CALLBACK": Given()})
        client.shop.orders.insert_one({"_id": 1})
        print("found", client.shop.orders.count_documents({}))
        """);
  }

  @Test
  void worksWithTheNodeDriver() throws Exception {
    assertWorks(
        ForeignDriver.NODE,
        """
        const client = new MongoClient(uri, { authMechanism: 'MONGODB-OIDC', authMechanismProperties: {
          OIDC_CALLBACK: async () => ({ accessToken: token }) } });
        const orders = client.db('shop').collection('orders');
        await orders.insertOne({ _id: 1 });
        console.log('found', await orders.countDocuments());
        await client.close();
        """);
  }

  private void assertWorks(ForeignDriver driver, String script) throws Exception {
    try (Proxy proxy = fixture.start()) {
      String uri = "mongodb://127.0.0.1:" + proxy.address("app").getPort() + "/";
      String token = token(ProxyFixture.ACME).sign();
      assertTrue(driver.run(directory, script, uri, token).contains("found 1"));
    }
  }
}
