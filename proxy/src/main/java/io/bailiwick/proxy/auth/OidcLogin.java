package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.ClaimValue;
import io.bailiwick.policy.model.Identity;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.token.TokenFault;
import io.bailiwick.proxy.token.TokenIssuer;
import io.bailiwick.proxy.token.TokenRefusedException;
import io.bailiwick.proxy.token.VerifiedToken;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * MONGODB-OIDC on one connection: a token in the first message, or in the second after the client
 * was told where to get one. Tokens are checked off the event loop. Once the token has run out the
 * client may begin again; whether it is still the same party, others judge.
 */
final class OidcLogin implements ClientLogin {
  private static final String DATABASE = "$external";
  private static final byte[] NOTHING = new byte[0];

  private final OidcLogins shared;
  private final Peer peer;
  private int conversation;
  private boolean awaitsToken;
  private boolean checking;
  private @Nullable Instant validUntil;

  OidcLogin(OidcLogins shared, Peer peer) {
    this.shared = shared;
    this.peer = peer;
  }

  /** None: drivers use this mechanism only if they are told to. */
  @Override
  public List<String> mechanisms() {
    return List.of();
  }

  @Override
  public void start(RawDocument command, String database, Consumer<LoginStep> then) {
    try {
      checkMayStart(database);
      conversation++;
      awaitsToken = false;
      String token = OidcPayload.token(command);
      if (token == null) {
        then.accept(new LoginStep.Continue(whereToGetOne()));
      } else {
        check(token, then);
      }
    } catch (LoginRefusedException e) {
      then.accept(failed(e.fault()));
    }
  }

  private void checkMayStart(String database) {
    if (checking) {
      throw new LoginRefusedException(LoginFault.ORDER);
    }
    if (validUntil != null && !expired()) {
      throw new LoginRefusedException(LoginFault.ALREADY_LOGGED_IN);
    }
    if (!peer.confidential()) {
      throw new LoginRefusedException(LoginFault.NOT_CONFIDENTIAL);
    }
    if (!database.equals(DATABASE)) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
  }

  private byte[] whereToGetOne() {
    OidcLogins.ForPeople people = shared.forPeople();
    if (people == null) {
      throw new LoginRefusedException(LoginFault.NOT_OFFERED);
    }
    awaitsToken = true;
    return reply(false, OidcPayload.of(people)).float64("ok", 1.0).end().toBytes();
  }

  @Override
  public void proceed(RawDocument command, String database, Consumer<LoginStep> then) {
    try {
      boolean expected = awaitsToken && database.equals(DATABASE);
      awaitsToken = false;
      if (!expected || new SaslCommand(command).conversationId() != conversation) {
        throw new LoginRefusedException(LoginFault.ORDER);
      }
      String token = OidcPayload.token(command);
      if (token == null) {
        throw new LoginRefusedException(LoginFault.PAYLOAD);
      }
      check(token, then);
    } catch (LoginRefusedException e) {
      then.accept(failed(e.fault()));
    }
  }

  private void check(String text, Consumer<LoginStep> then) {
    TokenIssuer issuer = shared.issuers().find(text);
    if (issuer == null) {
      throw new LoginRefusedException(LoginFault.token(TokenFault.ISSUER));
    }
    VerifiedToken known = issuer.known(text);
    if (known != null) {
      then.accept(done(known));
      return;
    }
    checking = true;
    issuer
        .verify(text)
        .whenComplete(
            (token, failure) ->
                peer.execute(
                    () -> {
                      checking = false;
                      then.accept(
                          token == null
                              ? failed(LoginFault.token(TokenRefusedException.of(failure)))
                              : done(token));
                    }));
  }

  private LoginStep done(VerifiedToken token) {
    Identity identity = identity(token);
    if (identity == null) {
      return failed(LoginFault.token(TokenFault.CLAIM));
    }
    validUntil = token.validUntil();
    byte[] reply = reply(true, NOTHING).float64("ok", 1.0).end().toBytes();
    return new LoginStep.Done(reply, identity);
  }

  /** Null if the token does not say whose it is. */
  private static @Nullable Identity identity(VerifiedToken token) {
    ClaimValue subject = token.claims().get("sub");
    if (subject == null || subject.number() || subject.text().isEmpty()) {
      return null;
    }
    return new Identity(
        OidcLogins.MECHANISM,
        null,
        DATABASE,
        subject.text(),
        List.of(),
        List.of(),
        token.issuer(),
        token.claims());
  }

  /** Takes a token that was checked for another connection already; any other waits its turn. */
  @Override
  public @Nullable Speculation speculate(RawDocument speculative) {
    String database = new SaslCommand(speculative).database();
    if (database == null || validUntil != null) {
      return null;
    }
    try {
      checkMayStart(database);
      String text = OidcPayload.token(speculative);
      TokenIssuer issuer = text == null ? null : shared.issuers().find(text);
      VerifiedToken known = issuer == null || text == null ? null : issuer.known(text);
      Identity identity = known == null ? null : identity(known);
      if (known == null || identity == null) {
        return null;
      }
      conversation++;
      validUntil = known.validUntil();
      return new Speculation(reply(true, NOTHING).end().toBytes(), identity);
    } catch (LoginRefusedException e) {
      return null;
    }
  }

  private BsonWriter reply(boolean done, byte[] payload) {
    return new BsonWriter()
        .startDocument()
        .int32("conversationId", conversation)
        .bool("done", done)
        .binary("payload", (byte) 0, payload);
  }

  private static LoginStep failed(LoginFault fault) {
    return new LoginStep.Failed(OidcLogins.MECHANISM, fault, 0);
  }

  @Override
  public boolean underWay() {
    return awaitsToken || checking;
  }

  @Override
  public boolean stillValid() {
    return true;
  }

  @Override
  public boolean expired() {
    return validUntil != null && !shared.clock().instant().isBefore(validUntil);
  }
}
