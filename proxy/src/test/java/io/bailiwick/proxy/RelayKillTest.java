package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ch.qos.logback.classic.Level;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The operations of a user whom MongoDB has logged in are ended by the proxy's own account, which
 * needs MongoDB's leave for it; where it has none, that is told.
 */
final class RelayKillTest {
  private static final String UPDATE =
      "{update: 'orders', updates: [{q: {}, u: {$set: {a: 1}}}], maxTimeMS: 1, $db: 'shop'}";

  @TempDir Path directory;
  private final Map<Integer, String> logins = new ConcurrentHashMap<>();
  private RelayFixture fixture;
  private ScriptedUpstream mongo;
  private LogCapture log;

  @BeforeEach
  void start() throws Exception {
    log = LogCapture.of("io.bailiwick.proxy", Level.WARN);
    Path password = Files.writeString(directory.resolve("secret"), RelayFixture.PASSWORD);
    fixture = new RelayFixture(directory, "username: svc\npasswordFile: " + password);
    mongo = fixture.mongo;
    mongo.always(
        "hello",
        command ->
            ScriptedReply.json(
                ScriptedUpstream.GREETING.replace(
                    ", ok: 1.0",
                    ", saslSupportedMechs: ['SCRAM-SHA-256'], connectionId: "
                        + number(command)
                        + ", ok: 1.0")));
    mongo.always(
        "saslStart",
        command -> {
          byte[] first = command.body().getBinary("payload").getData();
          logins.put(command.connection(), new String(first, StandardCharsets.UTF_8));
          return fixture.login.start(command);
        });
    mongo.always("update", any -> ScriptedReply.silence());
    mongo.always(
        "aggregate",
        any ->
            ScriptedReply.json(
                "{cursor: {firstBatch: [{opid: 4242}], id: {$numberLong: '0'},"
                    + " ns: 'admin.$cmd.aggregate'}, ok: 1.0}"));
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    log.close();
  }

  private static int number(ReceivedCommand command) {
    return 100 + command.connection();
  }

  private String user(ReceivedCommand command) {
    return logins.getOrDefault(command.connection(), "").replaceAll(",r=.*", "");
  }

  private void awaitOutcome(String outcome) throws Exception {
    String line = "bailiwick_upstream_operations_killed_total{outcome=\"" + outcome + "\",} 1.0";
    while (Http.get(fixture.proxy.metricsAddress(), "/metrics")
        .text()
        .lines()
        .noneMatch(line::equals)) {
      Thread.onSpinWait();
    }
  }

  private void isEnded(ReceivedCommand update) throws Exception {
    ReceivedCommand question = mongo.take("aggregate");
    assertNotEquals(update.connection(), question.connection());
    assertEquals(
        BsonDocument.parse("{$currentOp: {allUsers: true}}"),
        question.body().getArray("pipeline").get(0));
    assertEquals(
        new BsonDocument("$match", new BsonDocument("connectionId", new BsonInt64(number(update)))),
        question.body().getArray("pipeline").get(1));
    ReceivedCommand kill = mongo.take("killOp");
    assertEquals(new BsonInt64(4242), kill.body().get("op"));
    assertEquals("n,,n=svc", user(kill));
    assertEquals("n,,n=" + RelayFixture.USER, user(update));
    assertEquals(update.connection(), mongo.takeEnd());
    awaitOutcome("killed");
  }

  @Test
  void endsWhatIsPastItsDeadline() throws Exception {
    try (RawClient client = fixture.loggedIn()) {
      assertEquals(50, client.call(UPDATE).code());

      isEnded(mongo.take("update"));
      client.awaitEnd();
    }
  }

  @Test
  void endsAtItsDeadlineWhatAClientLeft() throws Exception {
    ReceivedCommand update;
    try (RawClient client = fixture.loggedIn()) {
      client.write(RawClient.message(1, 0, BsonDocument.parse(UPDATE)));
      update = mongo.take("update");
    }

    isEnded(update);
  }

  @Test
  void warnsAtStartThatItMayNot() {
    while (log.lines().stream().noneMatch(line -> line.contains("operations_not_ended"))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void tellsThatItMayNot() throws Exception {
    mongo.always("aggregate", any -> ScriptedReply.json("{ok: 0.0, code: 13, errmsg: 'no'}"));
    try (RawClient client = fixture.loggedIn()) {
      assertEquals(50, client.call(UPDATE).code());

      assertEquals(mongo.take("update").connection(), mongo.takeEnd());
      awaitOutcome("refused");
      assertEquals(0, fixture.reached("killOp"));
    }
  }
}
