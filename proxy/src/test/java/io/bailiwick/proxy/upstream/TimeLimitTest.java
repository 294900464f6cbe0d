package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
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
          """)
  void isTheClientsOwnAndAtTheMostThePolicys(String command, long millis) {
    RawDocument body = RawDocument.of(ScriptedReply.bytes(BsonDocument.parse(command)));

    long limit = Traits.of("find", body).limitNanos(Duration.ofSeconds(30));

    assertEquals(TimeUnit.MILLISECONDS.toNanos(millis), limit);
  }
}
