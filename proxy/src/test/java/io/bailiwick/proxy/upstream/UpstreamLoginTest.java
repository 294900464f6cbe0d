package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ongres.scram.common.ScramMechanism;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedLogin;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamLoginTest {
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";
  private static final String PASSWORD = "pencil";

  /** What SCRAM-SHA-1 takes for the password: MD5 of {@code bail,i=wick:mongo:pencil}. */
  private static final String DIGESTED = md5("bail,i=wick:mongo:" + PASSWORD);

  private final ExecutorService hashing =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "hashing"));
  private final AtomicInteger passwordReads = new AtomicInteger();
  private volatile String password = PASSWORD;
  private volatile String readOn = "";
  private final ServiceAccount account =
      new ServiceAccount(
          "bail,i=wick",
          "accounts",
          () -> {
            passwordReads.incrementAndGet();
            readOn = Thread.currentThread().getName();
            return password.toCharArray();
          },
          hashing,
          new SecureRandom());
  private ScriptedUpstream upstream;
  private GateFixture fixture;

  private static String md5(String text) {
    try {
      return java.util.HexFormat.of()
          .formatHex(
              java.security.MessageDigest.getInstance("MD5")
                  .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start();
    upstream.always(
        "find",
        any -> ScriptedReply.json("{cursor: {firstBatch: [], id: {$numberLong: '0'}}, ok: 1}"));
    fixture =
        new GateFixture(GateFixture.timeouts(Duration.ofSeconds(10)), account, upstream.address());
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    upstream.close();
    hashing.shutdownNow();
  }

  private static ScriptedLogin sha256() {
    return new ScriptedLogin(ScramMechanism.SCRAM_SHA_256, PASSWORD);
  }

  @Test
  void logsInByScramSha256() throws Exception {
    sha256().on(upstream);

    assertTrue(fixture.send(FIND).await().outcome().ok());

    BsonDocument hello = upstream.take("hello").body();
    assertEquals("accounts.bail,i=wick", hello.getString("saslSupportedMechs").getValue());
    BsonDocument start = upstream.take("saslStart").body();
    assertEquals("SCRAM-SHA-256", start.getString("mechanism").getValue());
    assertEquals("accounts", start.getString("$db").getValue());
  }

  @Test
  void logsInByScramSha1WhereThatIsAllThereIs() throws Exception {
    new ScriptedLogin(ScramMechanism.SCRAM_SHA_1, DIGESTED).on(upstream);

    assertTrue(fixture.send(FIND).await().outcome().ok());
  }

  @Test
  void goesThroughTheEmptyExchangeIfItIsAskedFor() throws Exception {
    sha256().asksForEmptyExchange().on(upstream);

    assertTrue(fixture.send(FIND).await().outcome().ok());
  }

  @Test
  void hashesThePasswordOnceAndOffTheEventLoop() throws Exception {
    sha256().on(upstream);
    fixture.send(FIND).await();
    upstream.next("find", ScriptedReply.json("{ok: 1.0}").responseTo(99));
    fixture.send(FIND).await().failure();

    fixture.send(FIND).await().outcome();

    assertEquals(2, upstream.connections());
    assertEquals(1, passwordReads.get());
    assertEquals("hashing", readOn);
  }

  @Test
  void readsThePasswordAgainAfterItWasRefused() throws Exception {
    sha256().on(upstream);
    password = "old";
    assertEquals(Kind.LOGIN_FAILED, fixture.send(FIND).await().failure().kind());

    password = PASSWORD;

    assertTrue(fixture.send(FIND).await().outcome().ok());
  }

  @Test
  void sendsNothingOfTheClientIfTheLoginFails() throws Exception {
    sha256().on(upstream);
    password = "wrong";

    CollectingSink sink = fixture.send(FIND).await();

    assertEquals(new UpstreamFailure(Kind.LOGIN_FAILED, false, false), sink.failure());
    assertTrue(upstream.received().stream().map(ReceivedCommand::name).noneMatch("find"::equals));
  }

  @Test
  void failsTheLoginIfThePasswordCannotBeRead() throws Exception {
    sha256().on(upstream);
    password = "\u0007";

    assertEquals(Kind.LOGIN_FAILED, fixture.send(FIND).await().failure().kind());
  }

  @Test
  void trustsNoServerThatDoesNotKnowThePassword() throws Exception {
    sha256().signsWrongly().on(upstream);

    assertEquals(Kind.LOGIN_FAILED, fixture.send(FIND).await().failure().kind());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 4095, 1_000_001})
  void takesNoChallengeThatIsTooCheapOrTooDear(int iterations) throws Exception {
    sha256().iterations(iterations).on(upstream);

    assertEquals(Kind.LOGIN_FAILED, fixture.send(FIND).await().failure().kind());
    assertEquals(0, passwordReads.get());
  }

  @Test
  void takesNoChallengeWithoutTheServersOwnNonce() throws Exception {
    sha256().nonceSuffix("").on(upstream);

    assertEquals(Kind.LOGIN_FAILED, fixture.send(FIND).await().failure().kind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ok: 1.0}",
        "{ok: 1.0, payload: {$binary: {base64: 'Zm9v', subType: '00'}}, conversationId: 1}",
        "{ok: 0.0, code: 18, errmsg: 'no'}",
        "{}"
      })
  void takesNoMalformedChallenge(String reply) throws Exception {
    sha256().on(upstream);
    upstream.always("saslStart", any -> ScriptedReply.json(reply));

    assertEquals(Kind.LOGIN_FAILED, fixture.send(FIND).await().failure().kind());
  }

  @Test
  void saysNothingOfTheAccountWhereItIsPrinted() throws Exception {
    char[] secret = PASSWORD.toCharArray();
    ScramKeys keys =
        ScramKeys.derive(ScramMechanism.SCRAM_SHA_256, "bailiwick", secret, new byte[16], 4096);

    assertEquals("ScramKeys", keys.toString());
    assertFalse(account.toString().contains("bail,i"));
    assertEquals("\0".repeat(PASSWORD.length()), new String(secret));
  }
}
