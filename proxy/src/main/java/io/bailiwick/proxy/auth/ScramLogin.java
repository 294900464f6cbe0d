package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.RawDocument;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Login of one connection by password. A new start ends the conversation before it (a driver whose
 * speculative start was for nothing begins again); a fault ends it too; a success ends them all.
 */
final class ScramLogin implements ClientLogin {
  private static final byte[] NOTHING = new byte[0];

  private final ScramLogins shared;
  private final InetAddress address;
  private final ScramLogins.Delay delay;
  private @Nullable ScramConversation conversation;
  private int conversations;
  private boolean checking;
  private Users.@Nullable Name loggedInAs;
  private @Nullable Verifier loggedInWith;

  ScramLogin(ScramLogins shared, InetAddress address, ScramLogins.Delay delay) {
    this.shared = shared;
    this.address = address;
    this.delay = delay;
  }

  @Override
  public List<String> mechanisms() {
    return Mechanism.words();
  }

  @Override
  public @Nullable Speculation speculate(RawDocument speculative) {
    String database = new SaslCommand(speculative).database();
    if (database == null) {
      return null;
    }
    try {
      return new Speculation(reply(begin(speculative, database), false).end().toBytes(), null);
    } catch (LoginRefusedException e) {
      return null;
    }
  }

  @Override
  public void start(RawDocument command, String database, Consumer<LoginStep> then) {
    LoginStep step;
    try {
      step = new LoginStep.Continue(ok(reply(begin(command, database), false)));
    } catch (LoginRefusedException e) {
      step = failed(e.fault(), 0);
    }
    then.accept(step);
  }

  private ScramConversation begin(RawDocument command, String database) {
    refuseIfLoggedInOrChecking();
    conversation = null;
    ScramConversation begun = ScramConversation.start(++conversations, command, database, shared);
    conversation = begun;
    return begun;
  }

  @Override
  public void proceed(RawDocument command, String database, Consumer<LoginStep> then) {
    try {
      refuseIfLoggedInOrChecking();
      ScramConversation current = conversation;
      if (current == null) {
        throw new LoginRefusedException(LoginFault.ORDER);
      }
      SaslCommand sasl = new SaslCommand(command);
      current.checkContinues(sasl, database);
      byte[] payload = sasl.payload();
      if (current.expected() == ScramConversation.Expected.PROOF) {
        checkInTurn(current, payload, then);
      } else {
        current.acknowledge(payload);
        then.accept(done(current, NOTHING));
      }
    } catch (LoginRefusedException e) {
      then.accept(failed(e.fault(), 0));
    }
  }

  private void refuseIfLoggedInOrChecking() {
    if (loggedInAs != null) {
      throw new LoginRefusedException(LoginFault.ALREADY_LOGGED_IN);
    }
    if (checking) {
      throw new LoginRefusedException(LoginFault.ORDER);
    }
  }

  private void checkInTurn(ScramConversation current, byte[] proof, Consumer<LoginStep> then) {
    LoginThrottle.Key key = new LoginThrottle.Key(address, current.name());
    long wait = shared.throttle().reserveMillis(key);
    if (wait < 0) {
      then.accept(failed(LoginFault.THROTTLED, shared.throttle().refusalMillis()));
    } else if (wait == 0) {
      then.accept(check(current, proof, key));
    } else {
      checking = true;
      delay.after(
          wait,
          () -> {
            checking = false;
            then.accept(check(current, proof, key));
          });
    }
  }

  private LoginStep check(ScramConversation current, byte[] proof, LoginThrottle.Key key) {
    byte[] last;
    try {
      last = current.check(proof);
    } catch (LoginRefusedException e) {
      shared.throttle().onFailure(key);
      return failed(e.fault(), 0);
    }
    shared.throttle().onSuccess(key);
    if (current.expected() == ScramConversation.Expected.OVER) {
      return done(current, last);
    }
    return new LoginStep.Continue(ok(payload(current, false, last)));
  }

  private LoginStep done(ScramConversation finished, byte[] payload) {
    loggedInAs = finished.name();
    loggedInWith = finished.verifier();
    if (!stillValid()) {
      loggedInAs = null;
      return failed(LoginFault.PROOF, 0);
    }
    conversation = null;
    Users.Name name = finished.name();
    return new LoginStep.Done(
        ok(payload(finished, true, payload)),
        Identity.ofUser(finished.mechanism().word(), name.user(), name.authSource()));
  }

  private LoginStep failed(LoginFault fault, long delayMillis) {
    ScramConversation broken = conversation;
    conversation = null;
    return new LoginStep.Failed(
        broken == null ? "other" : broken.mechanism().word(), fault, delayMillis);
  }

  @Override
  public boolean underWay() {
    return conversation != null;
  }

  @Override
  public boolean stillValid() {
    Users.Name name = loggedInAs;
    Verifier with = loggedInWith;
    if (name == null) {
      return true;
    }
    return with != null && shared.users().holds(name, with);
  }

  private static BsonWriter reply(ScramConversation of, boolean done) {
    return payload(of, done, of.serverFirst());
  }

  private static BsonWriter payload(ScramConversation of, boolean done, byte[] payload) {
    return new BsonWriter()
        .startDocument()
        .int32("conversationId", of.id())
        .bool("done", done)
        .binary("payload", (byte) 0, payload);
  }

  private static byte[] ok(BsonWriter reply) {
    return reply.float64("ok", 1.0).end().toBytes();
  }
}
