package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoSecurityException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official Java driver logs in and works with nothing changed but host and credentials. */
final class DriverTest {
  private static final String PASSWORD = ProxyFixture.PASSWORD.replace(" ", "%20");

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

  private static String uri(Proxy proxy, String password, String options) {
    int port = proxy.address("app").getPort();
    return "mongodb://org-"
        + ProxyFixture.ACME
        + ":"
        + password
        + "@127.0.0.1:"
        + port
        + "/?serverSelectionTimeoutMS=10000&authSource=admin"
        + options;
  }

  private static MongoCollection<Document> orders(MongoClient client) {
    return client.getDatabase("shop").getCollection("orders");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "&authMechanism=SCRAM-SHA-1",
        "&authMechanism=SCRAM-SHA-256",
        "&directConnection=true",
        "&loadBalanced=true",
        "&retryWrites=false&retryReads=false",
        "&compressors=zlib",
        "&compressors=snappy",
        "&compressors=zstd,snappy,zlib",
        "&appName=shop&w=majority&readPreference=secondaryPreferred",
        "&serverMonitoringMode=stream"
      })
  void worksWithTheConnectionStringsThatApplicationsHave(String options) throws IOException {
    try (Proxy proxy = fixture.start();
        MongoClient client = MongoClients.create(uri(proxy, PASSWORD, options))) {
      orders(client)
          .insertMany(IntStream.range(0, 250).mapToObj(i -> new Document("_id", i)).toList());
      List<Document> found = orders(client).find().batchSize(100).into(new ArrayList<>());
      assertEquals(250, found.size());
      assertEquals(1, orders(client).deleteOne(new Document("_id", 7)).getDeletedCount());
    }
  }

  @Test
  void worksWithSeveralSeeds() throws IOException {
    try (Proxy one = fixture.start();
        Proxy other = fixture.start()) {
      String seeds =
          uri(one, PASSWORD, "")
              .replace("/?", ",127.0.0.1:" + other.address("app").getPort() + "/?");
      try (MongoClient client = MongoClients.create(seeds)) {
        orders(client).insertOne(new Document("_id", 1));
        assertEquals(1, orders(client).countDocuments());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&authMechanism=SCRAM-SHA-1"})
  void isToldThatThePasswordIsWrong(String options) throws IOException {
    try (Proxy proxy = fixture.start();
        MongoClient client = MongoClients.create(uri(proxy, "wrong", options))) {
      MongoSecurityException refused =
          assertThrows(MongoSecurityException.class, () -> orders(client).countDocuments());
      MongoCommandException cause =
          assertInstanceOf(MongoCommandException.class, refused.getCause());
      assertEquals(18, cause.getErrorCode());
    }
  }

  @Test
  void keepsWorkingWhileThePolicyIsReadAgain() throws Exception {
    try (Proxy proxy = fixture.start();
        MongoClient client = MongoClients.create(uri(proxy, PASSWORD, ""))) {
      for (int i = 0; i < 20; i++) {
        Files.writeString(fixture.policyFile(), ProxyFixture.POLICY + "# " + i + "\n");
        assertEquals(null, proxy.reload());
        orders(client).insertOne(new Document("_id", i));
      }
      assertEquals(20, orders(client).countDocuments());
    }
  }

  @Test
  void losesItsUserWithThePolicyThatNamesIt() throws Exception {
    try (Proxy proxy = fixture.start();
        MongoClient client = MongoClients.create(uri(proxy, PASSWORD, "&retryReads=false"))) {
      orders(client).insertOne(new Document("_id", 1));
      Files.writeString(
          fixture.policyFile(), ProxyFixture.POLICY.replace("org-${tenant}", "other-${tenant}"));
      assertEquals(null, proxy.reload());
      assertThrows(
          com.mongodb.MongoException.class,
          () -> {
            orders(client).countDocuments();
            orders(client).countDocuments();
          });
    }
  }

  @Test
  void losesNoAcknowledgedWriteWhenOneOfTwoProxiesGoesDown() throws Exception {
    try (Proxy one = fixture.start();
        Proxy other = fixture.start()) {
      String seeds =
          uri(one, PASSWORD, "&heartbeatFrequencyMS=500")
              .replace("/?", ",127.0.0.1:" + other.address("app").getPort() + "/?");
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try (MongoClient client = MongoClients.create(seeds)) {
        CountDownLatch down = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(4);
        List<Future<Integer>> acknowledged = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
          int first = thread * 1_000_000;
          acknowledged.add(threads.submit(() -> writeUntil(client, first, busy, down)));
        }
        busy.await();
        one.drain();
        down.countDown();
        int sum = 0;
        for (Future<Integer> each : acknowledged) {
          sum += each.get(30, TimeUnit.SECONDS);
        }
        assertEquals(sum, orders(client).countDocuments());
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static int writeUntil(
      MongoClient client, int first, CountDownLatch busy, CountDownLatch over) {
    int written = 0;
    while (over.getCount() > 0) {
      orders(client).insertOne(new Document("_id", first + written));
      written++;
      if (written == 20) {
        busy.countDown();
      }
    }
    return written;
  }
}
