package io.bailiwick.proxy.auth;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Slows the guessing of passwords down. After some failures for one user from one address, checks
 * of further proofs are spaced out and stand in a queue, whichever connection they come from: the
 * right password still gets through, later. Bounded; thread-safe.
 */
public final class LoginThrottle {
  static final int FREE_FAILURES = 5;
  static final int MAX_KEYS = 10_000;
  private static final long FIRST_SPACING_MILLIS = 100;
  private static final long LAST_SPACING_MILLIS = 2_000;
  private static final long LONGEST_WAIT_MILLIS = 5_000;
  private static final long FORGET_AFTER_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** One user as seen from one address. */
  record Key(InetAddress address, Users.Name name) {}

  private static final class Record {
    private int failures;
    private long failedAtNanos;
    private long nextNanos;
  }

  private final LongSupplier nanoClock;
  private final RandomGenerator random;
  private final Map<Key, Record> records =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Record> eldest) {
          return size() > MAX_KEYS;
        }
      };

  /**
   * @param nanoClock as {@link System#nanoTime()}
   * @param random for jitter
   */
  public LoginThrottle(LongSupplier nanoClock, RandomGenerator random) {
    this.nanoClock = nanoClock;
    this.random = random;
  }

  /**
   * Takes the next place in the queue.
   *
   * @return how long to wait before the proof is checked, or -1 if the queue is too long
   */
  synchronized long reserveMillis(Key key) {
    Record record = records.get(key);
    if (record == null || record.failures < FREE_FAILURES) {
      return 0;
    }
    long now = nanoClock.getAsLong();
    if (now - record.failedAtNanos > FORGET_AFTER_NANOS) {
      records.remove(key);
      return 0;
    }
    long waitNanos = Math.max(0, record.nextNanos - now);
    if (waitNanos > TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MILLIS)) {
      return -1;
    }
    record.nextNanos =
        now + waitNanos + TimeUnit.MILLISECONDS.toNanos(spacingMillis(record.failures));
    return TimeUnit.NANOSECONDS.toMillis(waitNanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
  }

  synchronized void onFailure(Key key) {
    Record record = records.computeIfAbsent(key, any -> new Record());
    record.failures = Math.min(record.failures + 1, 1_000);
    record.failedAtNanos = nanoClock.getAsLong();
    if (record.failures == FREE_FAILURES) {
      record.nextNanos =
          record.failedAtNanos + TimeUnit.MILLISECONDS.toNanos(spacingMillis(FREE_FAILURES));
    }
  }

  /**
   * The spacing falls back to its shortest. It does not end: beside the one who knows the password
   * there may be one who guesses.
   */
  synchronized void onSuccess(Key key) {
    Record record = records.get(key);
    if (record != null) {
      record.failures = Math.min(record.failures, FREE_FAILURES);
    }
  }

  /** How long to let pass before somebody who found no place in the queue is told. */
  long refusalMillis() {
    return jittered(LAST_SPACING_MILLIS);
  }

  private long spacingMillis(int failures) {
    int doublings = Math.min(failures - FREE_FAILURES, 10);
    return jittered(Math.min(FIRST_SPACING_MILLIS << doublings, LAST_SPACING_MILLIS));
  }

  private long jittered(long millis) {
    return millis - millis / 4 + random.nextLong(millis / 2 + 1);
  }
}
