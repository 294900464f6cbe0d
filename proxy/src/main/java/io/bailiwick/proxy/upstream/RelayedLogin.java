package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.proxy.upstream.Relay.Answer;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a relayed login on an open connection. What goes out is written anew from its
 * fields; what comes back is read field by field. Event-loop confined.
 */
final class RelayedLogin {
  private final UpstreamConnection connection;
  private final Duration bound;
  private String database = "";
  private int conversation;

  /**
   * @param bound how long MongoDB may take for each step
   */
  RelayedLogin(UpstreamConnection connection, Duration bound) {
    this.connection = connection;
    this.bound = bound;
  }

  void mechanisms(String user, Consumer<Answer> then) {
    tell(
        new OwnCommand.Mechanisms(user),
        then,
        reply -> new Answer.Mechanisms(Greeting.texts(reply.find("saslSupportedMechs"))));
  }

  void start(String ofDatabase, String mechanism, byte[] payload, Consumer<Answer> then) {
    database = ofDatabase;
    tell(
        new OwnCommand.SaslStart(database, mechanism, payload),
        then,
        reply -> {
          conversation = (int) reply.number("conversationId");
          return new Answer.Challenge(reply.payload());
        });
  }

  void prove(byte[] payload, Consumer<Answer> then) {
    tell(
        new OwnCommand.SaslContinue(database, conversation, payload),
        then,
        reply -> {
          if (reply.isTrue("done")) {
            identify(reply.payload(), then);
          } else {
            finish(reply.payload(), then);
          }
          return null;
        });
  }

  /** The empty exchange that servers ask for which do not know skipEmptyExchange. */
  private void finish(byte[] signature, Consumer<Answer> then) {
    tell(
        new OwnCommand.SaslContinue(database, conversation, new byte[0]),
        then,
        reply -> {
          if (!reply.isTrue("done")) {
            throw UnexpectedReplyException.protocol("the login has no end");
          }
          identify(signature, then);
          return null;
        });
  }

  private void identify(byte[] signature, Consumer<Answer> then) {
    tell(
        new OwnCommand.ConnectionStatus(),
        then,
        reply -> proven(signature, reply.find("authInfo", "authenticatedUsers")));
  }

  private static Answer proven(byte[] signature, @Nullable Elements users) {
    if (users == null || users.type() != BsonType.ARRAY) {
      throw UnexpectedReplyException.protocol("nobody says who is logged in");
    }
    Elements each = users.inside();
    if (!each.next() || each.type() != BsonType.DOCUMENT) {
      throw UnexpectedReplyException.protocol("nobody is logged in");
    }
    OwnReply one =
        new OwnReply(Arrays.copyOfRange(each.bytes(), each.valueStart(), each.valueEnd()));
    String user = one.text("user");
    String ofDatabase = one.text("db");
    if (user == null || ofDatabase == null || each.next()) {
      throw UnexpectedReplyException.protocol("not one user is logged in");
    }
    return new Answer.Proven(signature, user, ofDatabase);
  }

  /**
   * @param next the answer to what was asked; null if it takes another step, which has begun
   */
  private void tell(
      OwnCommand command, Consumer<Answer> then, Function<OwnReply, @Nullable Answer> next) {
    connection.tell(
        command,
        bound,
        new OwnSink() {
          @Override
          public void onReply(OwnReply reply) {
            @Nullable Answer answer = answer(reply, next);
            if (answer != null) {
              then.accept(answer);
            }
          }

          @Override
          public void onFailure(Kind kind) {
            then.accept(new Answer.Lost(kind));
          }
        });
  }

  private @Nullable Answer answer(OwnReply reply, Function<OwnReply, @Nullable Answer> next) {
    try {
      if (reply.ok()) {
        return next.apply(reply);
      }
      if (!StateChange.isOne(reply.code())) {
        return new Answer.Refused();
      }
      connection.abandon();
      return new Answer.Lost(Kind.UNREACHABLE);
    } catch (UnexpectedReplyException | MalformedMessageException e) {
      connection.abandon();
      return new Answer.Lost(Kind.PROTOCOL);
    }
  }
}
