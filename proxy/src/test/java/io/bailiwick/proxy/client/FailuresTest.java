package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailuresTest {
  private static final RequestFacts READ =
      new RequestFacts(true, false, false, false, false, false);
  private static final RequestFacts WRITE =
      new RequestFacts(false, false, false, false, false, false);
  private static final RequestFacts RETRYABLE =
      new RequestFacts(false, true, false, false, false, false);
  private static final RequestFacts IN_TRANSACTION =
      new RequestFacts(false, true, true, false, false, false);
  private static final RequestFacts COMMIT =
      new RequestFacts(false, true, true, true, false, false);

  private ClientFixture proxy;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    proxy = new ClientFixture();
    client = proxy.connectBound();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    proxy.close();
  }

  private static BsonDocument insert() {
    return BsonDocument.parse("{insert: 'orders', documents: [{s: 'SECRET'}], $db: 'app'}");
  }

  private static BsonDocument document(Kind kind, RequestFacts facts) {
    byte[] bytes = FailureReplies.document(new UpstreamFailure(kind, true, false), facts, "ID");
    return new org.bson.RawBsonDocument(bytes);
  }

  private static List<String> labels(BsonDocument error) {
    return error.containsKey("errorLabels")
        ? error.getArray("errorLabels").stream()
            .map(BsonValue::asString)
            .map(org.bson.BsonString::getValue)
            .toList()
        : List.of();
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"UNREACHABLE", "CONNECT_TIMEOUT", "LOGIN_FAILED", "LOGIN_TIMEOUT", "DISCONNECTED"})
  void labelsNetworkErrorsExactlyWhereARetryIsSafe(Kind kind) {
    assertEquals(List.of(), labels(document(kind, READ)));
    assertEquals(List.of(), labels(document(kind, WRITE)));
    assertEquals(List.of("RetryableWriteError"), labels(document(kind, RETRYABLE)));
    assertEquals(List.of("TransientTransactionError"), labels(document(kind, IN_TRANSACTION)));
    assertEquals(
        List.of("RetryableWriteError", "UnknownTransactionCommitResult"),
        labels(document(kind, COMMIT)));
    int code = document(kind, READ).getInt32("code").getValue();
    assertEquals(kind.name().endsWith("_TIMEOUT") ? 89 : 6, code);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"TIMEOUT", "TRIPWIRE", "TOO_LARGE", "OTHER_SERVER", "INTERNAL"})
  void labelsNothingElse(Kind kind) {
    assertEquals(List.of(), labels(document(kind, RETRYABLE)));
  }

  /** What became of the command nobody knows, as when the connection is lost. */
  @Test
  void labelsAReplyThatWasNotUsableAsALostConnection() {
    assertEquals(List.of(), labels(document(Kind.PROTOCOL, WRITE)));
    assertEquals(List.of("RetryableWriteError"), labels(document(Kind.PROTOCOL, RETRYABLE)));
    assertEquals(
        List.of("TransientTransactionError"), labels(document(Kind.PROTOCOL, IN_TRANSACTION)));
    assertEquals(
        List.of("RetryableWriteError", "UnknownTransactionCommitResult"),
        labels(document(Kind.PROTOCOL, COMMIT)));
    assertEquals(
        List.of("UnknownTransactionCommitResult"), labels(document(Kind.INTERNAL, COMMIT)));
  }

  @Test
  void beginsATransactionAnewWhoseServerIsAnotherNowButNotACommit() {
    BsonDocument error = document(Kind.OTHER_SERVER, IN_TRANSACTION);
    assertEquals(251, error.getInt32("code").getValue());
    assertEquals(List.of("TransientTransactionError"), labels(error));
    assertEquals(
        List.of("RetryableWriteError", "UnknownTransactionCommitResult"),
        labels(document(Kind.OTHER_SERVER, COMMIT)));
    assertEquals(List.of("UnknownTransactionCommitResult"), labels(document(Kind.TIMEOUT, COMMIT)));
    assertEquals(List.of(), labels(document(Kind.TIMEOUT, IN_TRANSACTION)));
  }

  @Test
  void asksDriversToComeAgainLaterWhileTheBreakerIsOpen() {
    BsonDocument error = document(Kind.BREAKER_OPEN, WRITE);
    assertEquals(462, error.getInt32("code").getValue());
    assertEquals("IngressRequestRateLimitExceeded", error.getString("codeName").getValue());
    assertEquals(List.of("SystemOverloadedError", "RetryableError"), labels(error));
    assertTrue(error.getInt32("baseBackoffMS").getValue() > 0);
    assertEquals("overload", error.getString("type").getValue());
  }

  @Test
  void tellsATimeoutByWhoSetIt() {
    RequestFacts timedRead = new RequestFacts(true, false, false, false, false, true);
    assertEquals(262, document(Kind.TIMEOUT, READ).getInt32("code").getValue());
    assertEquals(50, document(Kind.TIMEOUT, timedRead).getInt32("code").getValue());
    assertEquals(50, document(Kind.TIMEOUT, WRITE).getInt32("code").getValue());
    assertEquals("timeout", document(Kind.TIMEOUT, READ).getString("type").getValue());
  }

  @ParameterizedTest
  @CsvSource({"OTHER_SERVER, 43", "TOO_LARGE, 2", "PROTOCOL, 1", "INTERNAL, 1"})
  void hasACodeForEachOtherFailure(Kind kind, int code) {
    BsonDocument error = document(kind, READ);
    assertEquals(code, error.getInt32("code").getValue());
    assertTrue(error.getString("errmsg").getValue().endsWith("ID]"));
  }

  @Test
  void answersAFailureAndLivesOn() throws Exception {
    client.send(insert());
    proxy.gate.take().fail(Kind.UNREACHABLE, false, false);
    RawClient.Reply reply = client.receive();
    assertEquals(6, reply.code());
    assertFalse(reply.ok());
    client.send(insert());
    proxy.gate.take().reply("{n: 1, ok: 1.0}");
    assertTrue(client.receive().ok());
    proxy.tick();
    assertEquals(
        List.of("insert:upstream_error", "insert:ok"), List.copyOf(proxy.observer.commands));
  }

  @Test
  void answersAFailureThatComesWithinTheCallThatSends() throws Exception {
    proxy.gate.atOnce = sent -> sent.fail(Kind.BREAKER_OPEN, false, false);
    assertEquals(462, client.call(insert()).code());
    assertEquals(462, client.call(insert()).code());
  }

  @Test
  void readsTheLabelsOffTheCommandItself() throws Exception {
    proxy.gate.atOnce = sent -> sent.fail(Kind.DISCONNECTED, true, false);
    BsonDocument numbered =
        BsonDocument.parse(
            "{insert: 'orders', documents: [{}], lsid: {id: {$uuid:"
                + " '01234567-89ab-4cde-8f01-23456789abcd'}}, txnNumber: {$numberLong: '1'},"
                + " $db: 'app'}");
    assertEquals(List.of("RetryableWriteError"), labels(client.call(numbered).document()));
    assertEquals(List.of(), labels(client.call(insert()).document()));
    proxy.gate.atOnce = sent -> sent.fail(Kind.TIMEOUT, true, false);
    BsonDocument timed =
        BsonDocument.parse("{insert: 'orders', documents: [{}], maxTimeMS: 5, $db: 'app'}");
    assertEquals(50, client.call(timed).code());
  }

  @Test
  void endsTheConnectionOnceBytesOfAReplyAreOut() throws Exception {
    client.send(insert());
    StandInGate.Sent sent = proxy.gate.take();
    var whole = sent.chunk("{n: 1, ok: 1.0}");
    sent.chunk(whole.readRetainedSlice(10));
    sent.fail(Kind.DISCONNECTED, true, true);
    org.junit.jupiter.api.Assertions.assertThrows(
        java.io.IOException.class, () -> client.receive());
    assertEquals(CloseCause.UPSTREAM, proxy.observer.takeEnd());
    whole.release();
  }

  @Test
  @AdversarialCase(193)
  void endsTheConnectionAndRaisesTheAlarmWhenTheTripwireIsMet() throws Exception {
    client.send(insert());
    proxy.gate.take().fail(Kind.TRIPWIRE, true, false);
    client.awaitEnd();
    assertEquals("insert", proxy.observer.tripwires.take());
    assertEquals(CloseCause.TRIPWIRE, proxy.observer.takeEnd());
  }

  @Test
  void stopsTheOperationOfAClientThatIsGone() throws Exception {
    client.send(insert());
    StandInGate.Sent sent = proxy.gate.take();
    client.close();
    assertEquals(sent.lease(), proxy.gate.takeClosed());
    assertEquals(CloseCause.CLIENT, proxy.observer.takeEnd());
    sent.reply("{n: 1, ok: 1.0}");
    assertFalse(proxy.ownership.disconnected.isEmpty());
  }

  @Test
  void stopsTheOperationOfAClientThatResets() throws Exception {
    client.send(insert());
    StandInGate.Sent sent = proxy.gate.take();
    client.reset();
    assertEquals(sent.lease(), proxy.gate.takeClosed());
  }

  @ParameterizedTest
  @CsvSource({
    "java.lang.IllegalStateException",
    "java.lang.StackOverflowError",
    "java.lang.OutOfMemoryError"
  })
  @AdversarialCase(202)
  void I8_endsOnlyTheConnectionOfADefectAndLogsNoValue(Class<? extends Throwable> type)
      throws Exception {
    proxy.gate.atOnce =
        sent -> {
          throw sneaky(type);
        };
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.DEBUG);
        RawClient other = proxy.connectBound()) {
      client.send(insert());
      client.awaitEnd();
      assertEquals(CloseCause.INTERNAL, proxy.observer.takeEnd());
      assertTrue(other.call("{ping: 1, $db: 'admin'}").ok());
      String lines = String.join("\n", log.lines());
      assertTrue(lines.contains(type.getName()), lines);
      assertFalse(lines.contains("SECRET"), lines);
    }
  }

  private static RuntimeException sneaky(Class<? extends Throwable> type) {
    try {
      Throwable thrown = type.getConstructor(String.class).newInstance("SECRET");
      if (thrown instanceof Error error) {
        throw error;
      }
      return (RuntimeException) thrown;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @AdversarialCase(200)
  void I8_keepsValuesOutOfLogsAndReplies() throws Exception {
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.DEBUG)) {
      proxy.gate.atOnce = sent -> sent.fail(Kind.PROTOCOL, true, false);
      assertFalse(client.call(insert()).document().toJson().contains("SECRET"));
      RawClient.Reply denied =
          client.call("{insert: 'other', documents: [{s: 'SECRET'}], $db: 'app'}");
      assertFalse(denied.document().toJson().contains("SECRET"));
      client.write(
          RawClient.message(1, 0, BsonDocument.parse("{SECRET: 'SECRET', $db: 'SECRET'}")));
      client.receive();
      assertFalse(String.join("\n", log.lines()).contains("SECRET"));
      assertFalse(proxy.observer.commands.toString().contains("SECRET"));
    }
  }

  @Test
  void endsTheConnectionEvenIfWhatItHoldsCannotBeGivenBack() throws Exception {
    proxy.ownership.broken = true;
    client.send(2, BsonDocument.parse("{shutdown: 1, $db: 'admin'}"));
    client.awaitEnd();
    assertEquals(CloseCause.DENIED, proxy.observer.takeEnd());
    while (proxy.connections.open() > 0) {
      proxy.tick();
    }
  }
}
