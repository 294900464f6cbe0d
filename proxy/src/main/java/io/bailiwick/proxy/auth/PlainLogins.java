package io.bailiwick.proxy.auth;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Login by the password itself, over TLS only. A check costs as much as the password was made to
 * cost, so it is done elsewhere and only so many wait. Thread-safe.
 */
public final class PlainLogins implements Logins {
  /** The name on the wire. */
  public static final String MECHANISM = "PLAIN";

  /** Of some ten milliseconds each. */
  private static final int MOST_WAITING = 32;

  private final ScramLogins users;
  private final Executor executor;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param users whose passwords are checked
   * @param executor where passwords are hashed: never an event loop
   */
  public PlainLogins(ScramLogins users, Executor executor) {
    this.users = users;
    this.executor = executor;
  }

  @Override
  public ClientLogin open(Peer peer) {
    return new PlainLogin(this, peer);
  }

  ScramLogins users() {
    return users;
  }

  /**
   * Runs a check elsewhere.
   *
   * @return false if there are too many already
   */
  boolean tryRun(Runnable check) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return false;
    }
    executor.execute(
        () -> {
          waiting.decrementAndGet();
          check.run();
        });
    return true;
  }
}
