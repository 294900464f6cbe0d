package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.ActingPrincipal;
import io.bailiwick.policy.model.ClaimValue;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.token.IssuerChoice;
import io.bailiwick.proxy.token.TokenFault;
import io.bailiwick.proxy.token.TokenRefusedException;
import io.bailiwick.proxy.token.VerifiedToken;
import org.jspecify.annotations.Nullable;

/** What the token of an operation says, and where in a command it stands. */
final class TenantTokens {
  private static final String COMMENT = "comment";

  private TenantTokens() {}

  /**
   * The text that is the command's comment, or stands in it as {@code token}; null without one. The
   * command inside an explain may bring it instead.
   */
  static @Nullable String of(OpMsg message) {
    Elements comment = message.body().find(COMMENT);
    if (comment == null) {
      Elements first = message.body().elements();
      boolean explain =
          first.next() && first.nameIs("explain") && first.type() == BsonType.DOCUMENT;
      comment = explain ? first.document().find(COMMENT) : null;
    }
    return comment == null ? null : text(comment);
  }

  private static @Nullable String text(Elements comment) {
    if (comment.type() == BsonType.STRING) {
      return comment.string();
    }
    Elements token = comment.type() == BsonType.DOCUMENT ? comment.document().find("token") : null;
    return token != null && token.type() == BsonType.STRING ? token.string() : null;
  }

  /**
   * The tenant that a checked token names to this principal.
   *
   * @throws TokenRefusedException if it names it to another one, or names none
   */
  static TenantValue tenant(VerifiedToken token, ActingPrincipal principal, TenantType type) {
    if (!token.says("azp", principal.entry())) {
      throw new TokenRefusedException(TokenFault.PARTY);
    }
    ClaimValue claim = token.claims().get(principal.tokens().claim());
    TenantValue tenant = claim == null ? null : claim.tenant(type);
    if (tenant == null) {
      throw new TokenRefusedException(TokenFault.CLAIM);
    }
    return tenant;
  }

  /**
   * True if a command that continues something carries a token of another tenant. It need not be
   * valid any more, for cursors outlive tokens, and so it opens nothing.
   */
  static boolean contradicts(
      @Nullable String token, ActingPrincipal principal, TenantValue tenant) {
    if (token == null) {
      return false;
    }
    Object said = IssuerChoice.claimOf(token, principal.tokens().claim());
    if (said instanceof String || said instanceof Long || said instanceof Integer) {
      boolean number = !(said instanceof String);
      TenantValue named = new ClaimValue(said.toString(), number).tenant(tenant.type());
      return named == null || !named.equals(tenant);
    }
    return false;
  }
}
