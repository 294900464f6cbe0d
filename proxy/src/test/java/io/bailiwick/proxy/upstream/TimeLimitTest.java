package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a command may take, and that it ends then and not before. Time is turned by hand. */
class TimeLimitTest {
  private static final long MOMENT = 1;

  private final EmbeddedChannel time = new EmbeddedChannel();
  private long now = 1_000;
  private int met;
  private Deadline deadline;

  @BeforeEach
  void freeze() {
    time.freezeTime();
    EventLoop loop = time.eventLoop();
    deadline = new Deadline(loop, () -> now, () -> met++);
  }

  @AfterEach
  void close() {
    time.finishAndReleaseAll();
  }

  private void pass(long nanos) {
    now += nanos;
    time.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
    time.runScheduledPendingTasks();
  }

  @ParameterizedTest
  @CsvSource({"1s", "30s", "10m"})
  void isMetAtItsTimeAndNotBefore(String text) {
    long limit = Duration.parse("PT" + text).toNanos();
    deadline.in(limit);

    pass(limit - MOMENT);
    assertEquals(0, met);

    pass(MOMENT);
    assertEquals(1, met);
    pass(limit);
    assertEquals(1, met);
  }

  @Test
  void isMovedLaterAndSooner() {
    deadline.in(Duration.ofSeconds(5).toNanos());
    pass(Duration.ofSeconds(4).toNanos());
    deadline.in(Duration.ofSeconds(60).toNanos());
    pass(Duration.ofSeconds(60).toNanos() - MOMENT);
    assertEquals(0, met);

    deadline.in(Duration.ofSeconds(2).toNanos());
    pass(Duration.ofSeconds(2).toNanos() - MOMENT);
    assertEquals(0, met);
    pass(MOMENT);
    assertEquals(1, met);
  }

  @Test
  void isNotMetOnceItIsCancelled() {
    deadline.in(Duration.ofSeconds(1).toNanos());
    deadline.cancel();
    pass(Duration.ofDays(1).toNanos());
    assertEquals(0, met);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {find: 'c'}                                          | 30000
          {find: 'c', maxTimeMS: 0}                            | 30000
          {find: 'c', maxTimeMS: -1}                           | 30000
          {find: 'c', maxTimeMS: 1}                            | 1
          {find: 'c', maxTimeMS: 29999}                        | 29999
          {find: 'c', maxTimeMS: {$numberLong: '29999'}}       | 29999
          {find: 'c', maxTimeMS: 29999.0}                      | 29999
          {find: 'c', maxTimeMS: 30000}                        | 30000
          {find: 'c', maxTimeMS: 30001}                        | 30000
          {find: 'c', maxTimeMS: {$numberLong: '9223372036854775807'}} | 30000
          {find: 'c', maxTimeMS: 1e300}                        | 30000
          {find: 'c', maxTimeMS: 1e3}                          | 1000
          {find: 'c', maxTimeMS: 0.0}                          | 30000
          {bulkWrite: 1, maxTimeMS: 7}                         | 7
          {commitTransaction: 1, maxTimeMS: 7}                 | 7
          {explain: {find: 'c'}, maxTimeMS: 7}                 | 7
          {explain: {find: 'c', maxTimeMS: 7}}                 | 30000
          {getMore: 1, collection: 'c', maxTimeMS: 7}          | 30000
          """)
  void isTheClientsOwnAndAtTheMostThePolicys(String command, long millis) {
    RawDocument body = RawDocument.of(ScriptedReply.bytes(BsonDocument.parse(command)));

    long limit =
        Traits.of(BsonDocument.parse(command).getFirstKey(), body)
            .limitNanos(Duration.ofSeconds(30));

    assertEquals(TimeUnit.MILLISECONDS.toNanos(millis), limit);
  }

  private static final Duration MOST = Duration.ofSeconds(30);

  private static CommandTime time(String command, long now) {
    BsonDocument document = BsonDocument.parse(command);
    RawDocument body = RawDocument.of(ScriptedReply.bytes(document));
    CommandTime time = new CommandTime();
    time.start(Traits.of(document.getFirstKey(), body), now, MOST);
    return time;
  }

  /** MongoDB ends by itself what it knows the limit of; never is the policy's limit passed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {find: 'c'}                    | 30000 | 30000
          {find: 'c', maxTimeMS: 100}    | 100   | 2100
          {find: 'c', maxTimeMS: 29000}  | 29000 | 30000
          {find: 'c', maxTimeMS: 90000}  | 30000 | 30000
          """)
  void givesMongoDbAMomentToSayThatTheTimeIsOver(String command, long end, long last) {
    CommandTime time = time(command, 5);

    assertEquals(5 + TimeUnit.MILLISECONDS.toNanos(end), time.endNanos());
    assertEquals(5 + TimeUnit.MILLISECONDS.toNanos(last), time.lastNanos());
    assertFalse(time.isOver(time.endNanos() - MOMENT));
    assertTrue(time.isOver(time.endNanos()));
  }

  /** What is written after that many milliseconds, whatever stands around it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {find: 'c', maxTimeMS: 900}                         | 250  | {find: 'c', maxTimeMS: 650}
          {find: 'c', maxTimeMS: 900}                         | 0    | {find: 'c', maxTimeMS: 900}
          {find: 'c', maxTimeMS: 900}                         | 899  | {find: 'c', maxTimeMS: 1}
          {find: 'c', maxTimeMS: 900}                         | 2000 | {find: 'c', maxTimeMS: 1}
          {find: 'c', maxTimeMS: {$numberLong: '900'}}        | 250  | {find: 'c', maxTimeMS: {$numberLong: '650'}}
          {find: 'c', maxTimeMS: 900.0}                       | 250  | {find: 'c', maxTimeMS: 650.0}
          {find: 'c', maxTimeMS: 0}                           | 250  | {find: 'c', maxTimeMS: 0}
          {find: 'c', maxTimeMS: -1}                          | 250  | {find: 'c', maxTimeMS: -1}
          {find: 'c', maxTimeMS: {$numberLong: '2147483648'}} | 250  | {find: 'c', maxTimeMS: {$numberLong: '2147483648'}}
          {find: 'c', filter: {maxTimeMS: 900}, maxTimeMS: 9} | 4    | {find: 'c', filter: {maxTimeMS: 900}, maxTimeMS: 5}
          {find: 'c', filter: {maxTimeMS: 900}}               | 4    | {find: 'c', filter: {maxTimeMS: 900}}
          {getMore: 1, collection: 'c', maxTimeMS: 900}       | 250  | {getMore: 1, collection: 'c', maxTimeMS: 900}
          """)
  void whatHasPassedIsTakenOffWhatMongoDbIsTold(String command, long millis, String told) {
    for (boolean sequenceFirst : new boolean[] {false, true}) {
      ByteBuf message = message(command, sequenceFirst);

      time(command, 5).tell(message, 5 + TimeUnit.MILLISECONDS.toNanos(millis));

      assertEquals(message(told, sequenceFirst), message);
    }
  }

  private static ByteBuf message(String body, boolean sequenceFirst) {
    byte[] document = ScriptedReply.bytes(BsonDocument.parse(body));
    ByteBuf out = Unpooled.buffer().writeZero(20);
    if (sequenceFirst) {
      byte[] member = ScriptedReply.bytes(BsonDocument.parse("{maxTimeMS: 900}"));
      out.writeByte(1).writeIntLE(4 + 10 + member.length);
      out.writeBytes("documents".getBytes(StandardCharsets.US_ASCII)).writeByte(0);
      out.writeBytes(member);
    }
    return out.writeByte(0).writeBytes(document);
  }
}
