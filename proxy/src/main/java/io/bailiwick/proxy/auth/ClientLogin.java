package io.bailiwick.proxy.auth;

import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.upstream.Relay;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The login of one connection: one conversation at a time, no second login after the first
 * succeeded. Event-loop confined; answers may come later, on the same loop, and nothing may be
 * asked before they came.
 */
public interface ClientLogin {
  /** Mechanisms to name in hello for any user, known or not; empty where the port is bound. */
  List<String> mechanisms();

  /** A {@code saslStart} command; {@code database} is its {@code $db}. */
  void start(RawDocument command, String database, Consumer<LoginStep> then);

  /** A {@code saslContinue} command; {@code database} is its {@code $db}. */
  void proceed(RawDocument command, String database, Consumer<LoginStep> then);

  /** An {@code authenticate} command; {@code database} is its {@code $db}. */
  default void authenticate(RawDocument command, String database, Consumer<LoginStep> then) {
    then.accept(new LoginStep.Failed("other", LoginFault.MECHANISM, 0));
  }

  /**
   * The {@code speculativeAuthenticate} document of a hello, on a connection that nobody logged in
   * on.
   *
   * @return null to pass over it, so that the client logs in by commands
   */
  @Nullable Speculation speculate(RawDocument speculative);

  /** True if a hello that announces a login takes {@link #greet} before it can be answered. */
  default boolean asksElsewhere() {
    return false;
  }

  /**
   * Finds out what {@link #mechanisms()} and {@link #speculate} are to say to this hello.
   *
   * @param hello lives until {@code then} has run
   */
  default void greet(RawDocument hello, Runnable then) {
    then.run();
  }

  /**
   * The connection to MongoDB on which the login has happened, and which the client's commands have
   * to take; null where any will do.
   */
  default @Nullable Relay relay() {
    return null;
  }

  /** The client has gone. Idempotent. */
  default void close() {}

  /** True between the first message of a conversation and its end. */
  boolean underWay();

  /**
   * False once the credential this connection logged in with is gone or was changed; to be asked
   * after the users were read again.
   */
  boolean stillValid();

  /**
   * True once the credential this connection logged in with has run out, so that the client has to
   * show another one for the same party before anything else.
   */
  default boolean expired() {
    return false;
  }
}
