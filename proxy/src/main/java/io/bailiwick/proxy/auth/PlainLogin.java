package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.tls.TlsConnection;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * PLAIN on one connection: one message, checked against the SCRAM-SHA-256 verifier of the user. An
 * unknown user costs the same work and ends the same way.
 */
final class PlainLogin implements ClientLogin {
  private static final String MECHANISM = PlainLogins.MECHANISM;

  private final PlainLogins shared;
  private final Peer peer;
  private Users.@Nullable Name loggedInAs;
  private @Nullable Verifier loggedInWith;

  PlainLogin(PlainLogins shared, Peer peer) {
    this.shared = shared;
    this.peer = peer;
  }

  /** None: no driver may fall into it by itself. */
  @Override
  public List<String> mechanisms() {
    return List.of();
  }

  @Override
  public void start(RawDocument command, String database, Consumer<LoginStep> then) {
    TlsConnection tls = peer.tls();
    if (tls == null || !tls.established()) {
      then.accept(failed(LoginFault.NOT_OFFERED, 0));
      return;
    }
    try {
      PlainMessage message = PlainMessage.parse(new SaslCommand(command).payload());
      checkInTurn(new Attempt(message, new Users.Name(message.user(), database)), then);
    } catch (LoginRefusedException e) {
      then.accept(failed(e.fault(), 0));
    }
  }

  private void checkInTurn(Attempt attempt, Consumer<LoginStep> then) {
    long wait = shared.users().throttle().reserveMillis(attempt.key());
    if (wait < 0) {
      then.accept(throttled());
    } else if (wait == 0) {
      check(attempt, then);
    } else {
      peer.after(wait, () -> check(attempt, then));
    }
  }

  private void check(Attempt attempt, Consumer<LoginStep> then) {
    boolean runs =
        shared.tryRun(
            () -> {
              boolean proven = attempt.prove();
              peer.execute(() -> then.accept(conclude(attempt, proven)));
            });
    if (!runs) {
      then.accept(throttled());
    }
  }

  private LoginStep conclude(Attempt attempt, boolean proven) {
    LoginThrottle throttle = shared.users().throttle();
    // The users may have been read again while the password was hashed.
    if (!proven || !shared.users().users().holds(attempt.name, attempt.candidate.verifier())) {
      throttle.onFailure(attempt.key());
      return failed(LoginFault.PROOF, 0);
    }
    throttle.onSuccess(attempt.key());
    loggedInAs = attempt.name;
    loggedInWith = attempt.candidate.verifier();
    byte[] reply =
        new BsonWriter()
            .startDocument()
            .int32("conversationId", 1)
            .bool("done", true)
            .binary("payload", (byte) 0, new byte[0])
            .float64("ok", 1.0)
            .end()
            .toBytes();
    Users.Name name = attempt.name;
    return new LoginStep.Done(reply, Identity.ofUser(MECHANISM, name.user(), name.authSource()));
  }

  private LoginStep throttled() {
    return failed(LoginFault.THROTTLED, shared.users().throttle().refusalMillis());
  }

  private static LoginStep failed(LoginFault fault, long delayMillis) {
    return new LoginStep.Failed(MECHANISM, fault, delayMillis);
  }

  @Override
  public void proceed(RawDocument command, String database, Consumer<LoginStep> then) {
    then.accept(failed(LoginFault.ORDER, 0));
  }

  @Override
  public @Nullable Speculation speculate(RawDocument speculative) {
    return null;
  }

  @Override
  public boolean underWay() {
    return false;
  }

  @Override
  public boolean stillValid() {
    Users.Name name = loggedInAs;
    Verifier with = loggedInWith;
    return name == null || with == null || shared.users().users().holds(name, with);
  }

  /** One password to be checked, by the users as they are when it comes. */
  private final class Attempt {
    private final PlainMessage message;
    private final Users.Name name;
    private final Candidate candidate;

    Attempt(PlainMessage message, Users.Name name) {
      this.message = message;
      this.name = name;
      this.candidate = shared.users().candidate(Mechanism.SCRAM_SHA_256, name);
    }

    LoginThrottle.Key key() {
      return new LoginThrottle.Key(peer.address(), name);
    }

    /** Takes some ten milliseconds. */
    boolean prove() {
      Verifier wanted = candidate.verifier();
      byte[] stored = Verifiers.storedKeyOf(message.password(), wanted);
      return candidate.exists() & MessageDigest.isEqual(stored, wanted.storedKey());
    }
  }
}
