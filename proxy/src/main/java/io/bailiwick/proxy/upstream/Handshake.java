package io.bailiwick.proxy.upstream;

import com.ongres.scram.common.ScramMechanism;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Greets a server and logs in: {@code hello}, or {@code isMaster} where that is not known, then
 * SCRAM, or one command where the certificate is the account. No byte of a client is part of it.
 * Confined to the connection's event loop.
 */
final class Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
  private static final int COMMAND_NOT_FOUND = 59;

  /** Told once how it went. */
  interface Then {
    void onReady(Greeting greeting);

    void onFailure(Kind kind);
  }

  private final UpstreamConnection connection;
  private final EventLoop loop;
  private final @Nullable ServiceAccount account;
  private final Terms terms;
  private final Then then;
  private Introduction introduction = Introduction.NONE;

  /**
   * What a server has to be, and what it is told.
   *
   * @param account whom to log in as; null for a MongoDB without login
   * @param replicaSet the set that the server must belong to; null for any server
   * @param fits false for a server that is no use, so that nobody logs in to it
   * @param compression what clients' commands may be compressed with, what is preferred first
   * @param own true for the account of the proxy's own connections
   * @param left how long greeting and login together may take still
   */
  record Terms(
      @Nullable ServiceAccount account,
      @Nullable String replicaSet,
      Predicate<Greeting> fits,
      List<Compressor> compression,
      boolean own,
      Supplier<Duration> left) {}

  Handshake(UpstreamConnection connection, EventLoop loop, Terms terms, Then then) {
    this.connection = connection;
    this.loop = loop;
    this.account = terms.account();
    this.terms = terms;
    this.then = then;
  }

  void start() {
    greet("hello");
  }

  private void greet(String name) {
    String user =
        account == null || account.isCertificate()
            ? null
            : account.authSource() + "." + account.username();
    tell(
        new OwnCommand.Hello(name, user, terms.compression()),
        reply -> {
          if (reply.ok()) {
            introduction = Introduction.of(reply, terms);
            onGreeting(Greeting.of(reply));
          } else if (reply.code() == COMMAND_NOT_FOUND && name.equals("hello")) {
            greet("isMaster");
          } else {
            fail(Kind.PROTOCOL, "the greeting was refused");
          }
        });
  }

  private void onGreeting(Greeting greeting) {
    String replicaSet = terms.replicaSet();
    if (replicaSet != null && !replicaSet.equals(greeting.setName())) {
      fail(Kind.UNREACHABLE, "it is not a member of the replica set that upstream.uri names");
      return;
    }
    // Who cannot take the request is not logged in to: the next server is tried instead.
    if (account == null || !terms.fits().test(greeting)) {
      ready(greeting);
    } else if (account.isCertificate()) {
      tell(new OwnCommand.Authenticate(), step(reply -> ready(greeting)));
    } else {
      start(account, greeting);
    }
  }

  private void start(ServiceAccount who, Greeting greeting) {
    boolean sha1 =
        greeting.mechanisms().contains("SCRAM-SHA-1")
            && !greeting.mechanisms().contains("SCRAM-SHA-256");
    ScramMechanism mechanism = sha1 ? ScramMechanism.SCRAM_SHA_1 : ScramMechanism.SCRAM_SHA_256;
    ScramClient scram = new ScramClient(mechanism, who.username(), who.nonce());
    tell(
        new OwnCommand.SaslStart(who.authSource(), mechanism.getName(), scram.first()),
        step(
            reply -> {
              ScramClient.Challenge challenge = scram.challenge(reply.payload());
              who.keys(mechanism, challenge.salt(), challenge.iterations())
                  .whenCompleteAsync(
                      (keys, problem) -> {
                        if (keys == null) {
                          who.forget();
                          fail(who.refused(), unusable(problem));
                        } else {
                          prove(who, greeting, scram, challenge, keys, id(reply));
                        }
                      },
                      loop);
            }));
  }

  private void prove(
      ServiceAccount who,
      Greeting greeting,
      ScramClient scram,
      ScramClient.Challenge challenge,
      ScramKeys keys,
      int conversation) {
    tell(
        new OwnCommand.SaslContinue(who.authSource(), conversation, scram.proof(challenge, keys)),
        step(
            reply -> {
              if (!scram.isServer(reply.payload(), keys)) {
                fail(Kind.LOGIN_FAILED, "the server does not know the account's password");
              } else if (reply.isTrue("done")) {
                ready(greeting);
              } else {
                finish(who, greeting, conversation);
              }
            }));
  }

  /** The empty exchange that servers ask for which do not know skipEmptyExchange. */
  private void finish(ServiceAccount who, Greeting greeting, int conversation) {
    tell(
        new OwnCommand.SaslContinue(who.authSource(), conversation, new byte[0]),
        step(
            reply -> {
              if (reply.isTrue("done")) {
                ready(greeting);
              } else {
                fail(Kind.LOGIN_FAILED, "the login has no end");
              }
            }));
  }

  /** What is wrong with a password; only what we wrote ourselves, which never quotes it. */
  private static String unusable(Throwable problem) {
    Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
    return cause instanceof InvalidPolicyException ours
        ? "the account's password could not be read: " + ours.getMessage()
        : "the account's password could not be used";
  }

  private static int id(OwnReply reply) {
    return (int) reply.number("conversationId");
  }

  private Consumer<OwnReply> step(Consumer<OwnReply> next) {
    return reply -> {
      if (reply.ok()) {
        next.accept(reply);
      } else {
        onRefused(reply.code());
      }
    };
  }

  private void onRefused(int code) {
    boolean goingDown = StateChange.isOne(code);
    if (account != null && !goingDown) {
      account.forget();
    }
    Kind blame = account == null ? Kind.LOGIN_FAILED : account.refused();
    fail(goingDown ? Kind.UNREACHABLE : blame, "the login was refused with code " + code);
  }

  private void tell(OwnCommand command, Consumer<OwnReply> next) {
    connection.tell(
        command,
        terms.left().get(),
        new OwnSink() {
          @Override
          public void onReply(OwnReply reply) {
            try {
              next.accept(reply);
            } catch (UnexpectedReplyException | MalformedMessageException e) {
              fail(Kind.LOGIN_FAILED, String.valueOf(e.getMessage()));
            }
          }

          @Override
          public void onFailure(Kind kind) {
            then.onFailure(kind);
          }
        });
  }

  private void ready(Greeting greeting) {
    connection.ready(introduction);
    then.onReady(greeting);
  }

  private void fail(Kind kind, String why) {
    LOG.atWarn()
        .addKeyValue("server", connection.server())
        .addKeyValue("account", account == null ? "none" : account.username())
        .log("no login to MongoDB: {}", why);
    connection.abandon(kind == Kind.UNREACHABLE ? Ending.STATE_CHANGE : Ending.of(kind));
    then.onFailure(kind);
  }
}
