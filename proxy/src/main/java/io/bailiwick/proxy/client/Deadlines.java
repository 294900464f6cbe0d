package io.bailiwick.proxy.client;

import io.bailiwick.protocol.FrameDecoder;
import io.bailiwick.proxy.config.ClientDeadlines;
import io.bailiwick.proxy.observe.CloseCause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Since when one connection has been in what it is in, and what that is too long for. Event-loop
 * confined; times are those of {@link System#nanoTime()}.
 */
final class Deadlines {
  /** Sure to hold some looks at the clock, and not so many that they cost anything. */
  private static final Duration LOOKS = Duration.ofSeconds(5);

  private final ClientDeadlines limits;
  private final long connectedNanos;
  private long activeNanos;
  private long loginSinceNanos;
  private long closedNanos;
  private boolean greeted;
  private boolean loginAnnounced;
  private boolean full;
  private long fullSinceNanos;

  Deadlines(ClientDeadlines limits, long nowNanos) {
    this.limits = limits;
    this.connectedNanos = nowNanos;
    this.activeNanos = nowNanos;
  }

  /** A whole message came, or an answer went. */
  void onActivity(long nowNanos) {
    greeted = true;
    activeNanos = nowNanos;
  }

  /** The client means to log in: from here on it has so long, however often it begins. */
  void onLoginAnnounced(long nowNanos) {
    if (!loginAnnounced) {
      loginAnnounced = true;
      loginSinceNanos = nowNanos;
    }
  }

  /** As much waits for the client as may, or does not any more. */
  void onWritability(boolean writable, long nowNanos) {
    if (full == writable) {
      full = !writable;
      fullSinceNanos = nowNanos;
    }
  }

  void onClosed(long nowNanos) {
    closedNanos = nowNanos;
  }

  long idleNanos(long nowNanos) {
    return nowNanos - activeNanos;
  }

  /**
   * True for some seconds after as much silence as tells that a client may be gone: to be asked for
   * at each look at the clock.
   */
  boolean mayHaveVanished(long nowNanos) {
    long since = idleNanos(nowNanos) - limits.keepAlive().toNanos();
    return since >= 0 && since < LOOKS.toNanos();
  }

  /** Why the connection has to end now, or null. */
  @Nullable CloseCause overdue(SessionState state, FrameDecoder decoder, long now) {
    if (state instanceof SessionState.Closed closed) {
      return past(limits.linger(), closedNanos, now) ? closed.cause() : null;
    }
    if (decoder.midFrame() && past(limits.message(), decoder.partialSince(), now)) {
      return CloseCause.SLOW_WRITER;
    }
    if (full && past(limits.reply(), fullSinceNanos, now)) {
      return CloseCause.SLOW_READER;
    }
    if (state instanceof SessionState.Ready) {
      boolean limited = !limits.idle().isZero();
      return limited && past(limits.idle(), activeNanos, now) ? CloseCause.IDLE : null;
    }
    boolean anonymous =
        state instanceof SessionState.NotLoggedIn || state instanceof SessionState.LoggingIn;
    return anonymous ? overdueBeforeLogin(now) : null;
  }

  private @Nullable CloseCause overdueBeforeLogin(long now) {
    if (!greeted && past(limits.greeting(), connectedNanos, now)) {
      return CloseCause.GREETING_TIMEOUT;
    }
    if (loginAnnounced && past(limits.login(), loginSinceNanos, now)) {
      return CloseCause.LOGIN_TIMEOUT;
    }
    return past(limits.anonymousIdle(), activeNanos, now) ? CloseCause.ANONYMOUS_IDLE : null;
  }

  private static boolean past(Duration limit, long since, long now) {
    return now - since > limit.toNanos();
  }
}
