package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.upstream.Relay;
import io.bailiwick.proxy.upstream.Relay.Answer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Login of one connection by a password that MongoDB checks. Every message is read strictly and
 * said anew to MongoDB, one at a time; who has logged in, MongoDB says, and only once it has said
 * so is the client anybody. A new start ends the conversation before it, and a success ends them
 * all.
 */
final class RelayLogin implements ClientLogin {
  private static final byte[] NOTHING = new byte[0];

  private final Relay relay;
  private final UnfinishedLogins.Place place;
  private final LoginThrottle throttle;
  private final Peer peer;
  private final RelayedGreeting greeting;
  private @Nullable RelayedConversation conversation;
  private int conversations;
  private boolean asking;
  private boolean proven;
  private boolean loggedIn;

  RelayLogin(Relay relay, UnfinishedLogins.Place place, LoginThrottle throttle, Peer peer) {
    this.relay = relay;
    this.place = place;
    this.throttle = throttle;
    this.peer = peer;
    this.greeting = new RelayedGreeting(this, relay, place);
  }

  @Override
  public List<String> mechanisms() {
    return greeting.mechanisms();
  }

  @Override
  public boolean asksElsewhere() {
    return true;
  }

  @Override
  public void greet(RawDocument hello, Runnable then) {
    greeting.onHello(hello, !asking && !loggedIn, then);
  }

  @Override
  public @Nullable Speculation speculate(RawDocument speculative) {
    return greeting.takeSpeculation();
  }

  @Override
  public void start(RawDocument command, String database, Consumer<LoginStep> then) {
    begin(command, database, then);
  }

  /** Begins a conversation, by command or in a hello. */
  void begin(RawDocument command, String database, Consumer<LoginStep> then) {
    RelayedConversation begun;
    try {
      refuseIfLoggedInOrAsking();
      if (proven) {
        throw new LoginRefusedException(LoginFault.ALREADY_LOGGED_IN);
      }
      conversation = null;
      begun = RelayedConversation.start(++conversations, command, database);
      if (!place.take()) {
        then.accept(failed(LoginFault.THROTTLED, throttle.refusalMillis()));
        return;
      }
    } catch (LoginRefusedException e) {
      then.accept(failed(e.fault(), 0));
      return;
    }
    conversation = begun;
    asking = true;
    relay.start(
        database,
        begun.mechanism().word(),
        begun.clientFirst(),
        answer -> {
          asking = false;
          then.accept(onStarted(begun, answer));
        });
  }

  private LoginStep onStarted(RelayedConversation begun, Answer answer) {
    if (answer instanceof Answer.Challenge challenge && begun.onChallenge(challenge.payload())) {
      return new LoginStep.Continue(ok(begun.serverFirst()));
    }
    return notAnswered(answer);
  }

  @Override
  public void proceed(RawDocument command, String database, Consumer<LoginStep> then) {
    try {
      refuseIfLoggedInOrAsking();
      RelayedConversation current = conversation;
      if (current == null) {
        throw new LoginRefusedException(LoginFault.ORDER);
      }
      SaslCommand sasl = new SaslCommand(command);
      current.checkContinues(sasl, database);
      byte[] payload = sasl.payload();
      Identity identity = current.proven();
      if (identity != null) {
        acknowledge(current, payload, identity, then);
      } else {
        current.checkProof(payload);
        proveInTurn(current, payload, then);
      }
    } catch (LoginRefusedException e) {
      then.accept(failed(e.fault(), 0));
    }
  }

  /** The conversation that has begun, or null. */
  @Nullable RelayedConversation conversation() {
    return conversation;
  }

  /** While MongoDB is asked something outside a conversation, nothing else may be. */
  void asking(boolean now) {
    asking = now;
  }

  private void refuseIfLoggedInOrAsking() {
    if (loggedIn) {
      throw new LoginRefusedException(LoginFault.ALREADY_LOGGED_IN);
    }
    if (asking) {
      throw new LoginRefusedException(LoginFault.ORDER);
    }
  }

  private void proveInTurn(RelayedConversation current, byte[] proof, Consumer<LoginStep> then) {
    LoginThrottle.Key key = new LoginThrottle.Key(peer.address(), current.name());
    long wait = throttle.reserveMillis(key);
    if (wait < 0) {
      then.accept(failed(LoginFault.THROTTLED, throttle.refusalMillis()));
      return;
    }
    asking = true;
    Runnable prove =
        () ->
            relay.prove(
                proof,
                answer -> {
                  asking = false;
                  then.accept(onProof(current, key, answer));
                });
    if (wait == 0) {
      prove.run();
    } else {
      peer.after(wait, prove);
    }
  }

  private LoginStep onProof(RelayedConversation current, LoginThrottle.Key key, Answer answer) {
    if (answer instanceof Answer.Refused) {
      throttle.onFailure(key);
      return failed(LoginFault.PROOF, 0);
    }
    if (!(answer instanceof Answer.Proven who) || !current.onProven(who.user(), who.database())) {
      return notAnswered(answer);
    }
    proven = true;
    throttle.onSuccess(key);
    Identity identity = current.proven();
    return identity == null || !current.skipsEmptyExchange()
        ? new LoginStep.Continue(ok(current.reply(false, who.payload())))
        : done(current, identity, who.payload());
  }

  /** The client has seen MongoDB's signature and says so with an empty message. */
  private void acknowledge(
      RelayedConversation current, byte[] payload, Identity identity, Consumer<LoginStep> then) {
    if (payload.length != 0) {
      throw new LoginRefusedException(LoginFault.ORDER);
    }
    then.accept(done(current, identity, NOTHING));
  }

  private LoginStep done(RelayedConversation finished, Identity identity, byte[] payload) {
    loggedIn = true;
    place.giveBack();
    conversation = null;
    return new LoginStep.Done(ok(finished.reply(true, payload)), identity);
  }

  /** MongoDB said no; or it said something that is no answer, and nothing it says is believed. */
  private LoginStep notAnswered(Answer answer) {
    if (answer instanceof Answer.Refused) {
      return failed(LoginFault.PROOF, 0);
    }
    LoginStep.Failed failed = failed(LoginFault.NO_ANSWER, 0);
    return new LoginStep.Unavailable(failed.mechanism());
  }

  private LoginStep.Failed failed(LoginFault fault, long delayMillis) {
    RelayedConversation broken = conversation;
    conversation = null;
    return new LoginStep.Failed(
        broken == null ? "other" : broken.mechanism().word(), fault, delayMillis);
  }

  private static byte[] ok(BsonWriter reply) {
    return reply.float64("ok", 1.0).end().toBytes();
  }

  @Override
  public boolean underWay() {
    return conversation != null;
  }

  /** MongoDB takes the rights of a user away by itself, at the next command. */
  @Override
  public boolean stillValid() {
    return true;
  }

  @Override
  public Relay relay() {
    return relay;
  }

  @Override
  public void close() {
    place.giveBack();
    relay.close();
  }
}
