package io.bailiwick.proxy.auth;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.upstream.Relay;
import io.bailiwick.proxy.upstream.Relay.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a hello wants to know of a login that MongoDB checks: by which mechanisms a user may log in,
 * and MongoDB's answer to a first message that came along. Event-loop confined.
 */
final class RelayedGreeting {
  private final RelayLogin login;
  private final Relay relay;
  private final UnfinishedLogins.Place place;
  private List<String> mechanisms = Mechanism.words();
  private @Nullable Speculation speculation;

  RelayedGreeting(RelayLogin login, Relay relay, UnfinishedLogins.Place place) {
    this.login = login;
    this.relay = relay;
    this.place = place;
  }

  List<String> mechanisms() {
    return mechanisms;
  }

  /** What came of the last hello's first message; once. */
  @Nullable Speculation takeSpeculation() {
    Speculation asked = speculation;
    speculation = null;
    return asked;
  }

  /**
   * @param free false if MongoDB may not be asked about mechanisms now
   * @param then runs once there is everything to say
   */
  void onHello(RawDocument hello, boolean free, Runnable then) {
    speculation = null;
    Users.Name name = nameIn(hello.find("saslSupportedMechs"));
    if (!free || name == null || !RelayedConversation.isApplications(name) || !place.take()) {
      speculate(hello, then);
      return;
    }
    login.asking(true);
    relay.mechanisms(
        name.authSource(),
        name.user(),
        answer -> {
          login.asking(false);
          onMechanisms(answer);
          speculate(hello, then);
        });
  }

  /** The name in {@code database.user}; a database has no dot in it, a user may. */
  private static Users.@Nullable Name nameIn(@Nullable Elements field) {
    if (field == null || field.type() != BsonType.STRING) {
      return null;
    }
    String text = field.string();
    int dot = text.indexOf('.');
    return dot < 0 || text.length() > SaslCommand.MAX_PAYLOAD
        ? null
        : new Users.Name(text.substring(dot + 1), text.substring(0, dot));
  }

  /** For a user that MongoDB does not know the list is that of any other user. */
  private void onMechanisms(Answer answer) {
    if (answer instanceof Answer.Mechanisms named) {
      List<String> relayed = Mechanism.words().stream().filter(named.names()::contains).toList();
      mechanisms = relayed.isEmpty() ? Mechanism.words() : relayed;
    }
  }

  private void speculate(RawDocument hello, Runnable then) {
    Elements field = hello.find("speculativeAuthenticate");
    if (field == null || field.type() != BsonType.DOCUMENT) {
      then.run();
      return;
    }
    RawDocument document = field.document();
    String database = new SaslCommand(document).database();
    login.begin(
        document,
        database == null ? "" : database,
        step -> {
          RelayedConversation begun = login.conversation();
          if (step instanceof LoginStep.Continue && begun != null) {
            speculation = new Speculation(begun.serverFirst().end().toBytes(), null);
          }
          then.run();
        });
  }
}
