package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CollectionTruthTest {
  private static final String WITH_CURRENCIES =
      ProxyFixture.POLICY + "  shop.currencies: reference\n";
  private static final int UNAUTHORIZED = 13;

  @TempDir Path directory;
  private ProxyFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private void currency(Document document) {
    try (MongoClient direct = fixture.direct()) {
      direct.getDatabase("shop").getCollection("currencies").insertOne(document);
    }
  }

  private static Document first(MongoClient client, String collection) {
    return client.getDatabase("shop").getCollection(collection).find().first();
  }

  @Test
  void servesNoReferenceCollectionThatHoldsTenantsDocuments() throws Exception {
    Files.writeString(fixture.policyFile(), WITH_CURRENCIES);
    currency(new Document("organization_id", new ObjectId(ProxyFixture.GLOBEX)));
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);

      assertNull(first(acme, "orders"));
      MongoCommandException refused =
          assertThrows(MongoCommandException.class, () -> first(acme, "currencies"));
      assertEquals(UNAUTHORIZED, refused.getErrorCode());
    }
  }

  @Test
  void servesACollectionOfANewerPolicyOnceItWasLookedAt() throws Exception {
    currency(new Document("_id", "EUR"));
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      assertThrows(MongoCommandException.class, () -> first(acme, "currencies"));

      Files.writeString(fixture.policyFile(), WITH_CURRENCIES);
      assertNull(proxy.reload());

      assertEquals("EUR", soon(acme).getString("_id"));
    }
  }

  @Test
  void servesNoCollectionOfANewerPolicyThatIsNotWhatItSays() throws Exception {
    currency(new Document("organization_id", new ObjectId(ProxyFixture.GLOBEX)));
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      Files.writeString(fixture.policyFile(), WITH_CURRENCIES);
      assertNull(proxy.reload());

      for (int i = 0; i < 50; i++) {
        assertThrows(MongoCommandException.class, () -> first(acme, "currencies"));
      }
    }
  }

  @Test
  void letsNoClientReachMongoDbBeforeTheCollectionsWereLookedAt() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
      upstream.always("listCollections", any -> ScriptedReply.silence());
      fixture.config("127.0.0.1:" + upstream.address().getPort(), "");
      try (Proxy proxy = fixture.start();
          MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {

        assertThrows(MongoException.class, () -> first(acme, "orders"));

        Http.Answer ready = Http.get(proxy.metricsAddress(), "/readyz");
        assertTrue(
            ready.text().contains("[-] collections: collections have not been looked at yet"),
            ready.text());
        assertTrue(
            upstream.received().stream().map(ReceivedCommand::name).noneMatch("find"::equals));
      }
    }
  }

  /** What a greeting promises holds for its connection's whole life. */
  @Test
  void greetsNobodyBeforeItKnowsWhatMongoDbCanDo() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
      upstream.always(
          "hello",
          any -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            return ScriptedReply.json(ScriptedUpstream.GREETING);
          });
      fixture.config("127.0.0.1:" + upstream.address().getPort(), "");
      try (Proxy proxy = fixture.start();
          RawClient client = RawClient.connect(proxy.address("app"))) {
        assertTrue(
            client
                .call("{hello: 1, $db: 'admin'}")
                .document()
                .containsKey("logicalSessionTimeoutMinutes"));
      }
    }
  }

  /** Who cannot be reached keeps no port shut: clients are to hear of it. */
  @Test
  void greetsAllTheSameWhereMongoDbIsNot() throws Exception {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = socket.getLocalPort();
    }
    fixture.config("127.0.0.1:" + nobody, "");
    try (Proxy proxy = fixture.start();
        RawClient client = RawClient.connect(proxy.address("app"))) {
      assertFalse(
          client
              .call("{hello: 1, $db: 'admin'}")
              .document()
              .containsKey("logicalSessionTimeoutMinutes"));
    }
  }

  /** The collection is looked at on another thread; asking again waits no longer than needed. */
  private static Document soon(MongoClient client) {
    while (true) {
      try {
        return first(client, "currencies");
      } catch (MongoCommandException e) {
        assertEquals(UNAUTHORIZED, e.getErrorCode());
      }
    }
  }
}
