package io.bailiwick.proxy.client;

import io.bailiwick.proxy.observe.CloseCause;
import org.jspecify.annotations.Nullable;

/**
 * Where one client connection stands. Messages are taken in {@link NotLoggedIn} and {@link Ready}
 * only; in all others the decoder holds them back, so that answers keep the order of requests.
 *
 * <pre>
 *      connected                                     connected to a port of one tenant
 *          │                                                       │
 *   ┌──────▼──────┐     sasl…     ┌───────────┐     admitted    ┌──▼──────┐ forwarded ┌─────────────┐
 *   │ NotLoggedIn ├──────────────▶│ LoggingIn ├────────────────▶│  Ready  ├──────────▶│ Outstanding │
 *   │             │◀──────────────┤           │                 │         │◀──────────┤             │
 *   └──────┬──────┘ goes on, no   └─────┬─────┘                 └────┬────┘  answered └──────┬──────┘
 *          │                            │                            │                       │ drain
 *          │                            │                            │                ┌──────▼──────┐
 *          ▼                            ▼                            ▼     answered   │  Draining   │
 *        Closed ◀─────────────────────────────────────────────────────────────────────┤             │
 *                                                                                     └─────────────┘
 * </pre>
 *
 * Every state leads to {@link Closed} when the client goes, misbehaves, or something fails.
 */
sealed interface SessionState {
  /** True if a message may be handed over. */
  default boolean takesMessages() {
    return false;
  }

  /** What the connection may do; null before its login and after its end. */
  default @Nullable Binding binding() {
    return null;
  }

  /** The command that is with MongoDB, or null. */
  default @Nullable Exchange exchange() {
    return null;
  }

  /** True if a login has not answered this request. */
  default boolean isLoggingIn(Request request) {
    return false;
  }

  /** The same state under another generation of the policy. */
  default SessionState with(Binding binding) {
    return this;
  }

  /** Nobody yet: greeting, pinging, starting to log in. */
  record NotLoggedIn() implements SessionState {
    @Override
    public boolean takesMessages() {
      return true;
    }
  }

  /** The login thinks, or lets time pass before it says no. */
  record LoggingIn(Request request) implements SessionState {
    @Override
    public boolean isLoggingIn(Request asked) {
      return request == asked;
    }
  }

  /**
   * The token that the client logged in with has run out, and it has shown another.
   *
   * @param before where the connection goes back to
   */
  record LoggingInAgain(Ready before, Request request) implements SessionState {
    @Override
    public boolean isLoggingIn(Request asked) {
      return request == asked;
    }

    @Override
    public Binding binding() {
      return before.binding();
    }

    @Override
    public SessionState with(Binding anew) {
      return new LoggingInAgain(new Ready(anew), request);
    }
  }

  /** A command waits until its token has been checked. */
  record CheckingToken(Ready before, Request request) implements SessionState {
    @Override
    public Binding binding() {
      return before.binding();
    }

    @Override
    public SessionState with(Binding anew) {
      return new CheckingToken(new Ready(anew), request);
    }
  }

  /** Known, with nothing to be answered. */
  record Ready(Binding binding) implements SessionState {
    @Override
    public boolean takesMessages() {
      return true;
    }

    @Override
    public SessionState with(Binding anew) {
      return new Ready(anew);
    }
  }

  /**
   * One command is with MongoDB.
   *
   * @param before where the connection goes back to
   */
  record Outstanding(Ready before, Exchange exchange) implements SessionState {
    @Override
    public Binding binding() {
      return before.binding();
    }

    @Override
    public SessionState with(Binding anew) {
      return new Outstanding(new Ready(anew), exchange);
    }
  }

  /** One command is with MongoDB, and it is the last. */
  record Draining(Binding binding, Exchange exchange) implements SessionState {
    @Override
    public SessionState with(Binding anew) {
      return new Draining(anew, exchange);
    }
  }

  /** Nothing is taken any more; the last bytes may still be on their way. */
  record Closed(CloseCause cause) implements SessionState {}
}
