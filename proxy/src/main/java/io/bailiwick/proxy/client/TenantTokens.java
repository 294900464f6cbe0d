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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the token of an operation says, and where in a command it stands. */
final class TenantTokens {
  private static final String COMMENT = "comment";

  /** No signed token is shorter than its signature, in bytes; what is shorter is only a word. */
  private static final int SHORTEST = 64;

  private TenantTokens() {}

  /**
   * The text that is the command's comment, or stands in it as {@code token}; null without one. The
   * command inside an explain may bring it instead.
   */
  static @Nullable String of(OpMsg message) {
    Elements comment = comment(message);
    return comment == null ? null : text(comment);
  }

  private static @Nullable Elements comment(OpMsg message) {
    Elements comment = message.body().find(COMMENT);
    if (comment == null) {
      Elements first = message.body().elements();
      boolean explain =
          first.next() && first.nameIs("explain") && first.type() == BsonType.DOCUMENT;
      comment = explain ? first.document().find(COMMENT) : null;
    }
    return comment;
  }

  private static @Nullable String text(Elements comment) {
    if (comment.type() == BsonType.STRING) {
      return comment.string();
    }
    Elements token = comment.type() == BsonType.DOCUMENT ? comment.document().find("token") : null;
    return token != null && token.type() == BsonType.STRING ? token.string() : null;
  }

  /**
   * True if the command's token stands in it a second time, outside of the comment: there it would
   * not be taken out, and MongoDB would be told a token that is still good.
   */
  static boolean repeats(OpMsg message) {
    Elements comment = comment(message);
    String token = comment == null ? null : text(comment);
    if (comment == null || token == null || token.length() < SHORTEST) {
      return false;
    }
    byte[] wanted = token.getBytes(StandardCharsets.UTF_8);
    return holds(message.bytes(), message.start(), comment.elementStart(), wanted)
        || holds(message.bytes(), comment.valueEnd(), message.end(), wanted);
  }

  /**
   * Boyer, Moore and Horspool: looks at about one byte in as many as the token has, for a command
   * may be long and this runs on an event loop.
   */
  private static boolean holds(byte[] bytes, int from, int to, byte[] wanted) {
    int last = wanted.length - 1;
    int[] steps = new int[256];
    Arrays.fill(steps, wanted.length);
    for (int i = 0; i < last; i++) {
      steps[wanted[i] & 0xFF] = last - i;
    }
    for (int end = from + last; end < to; end += steps[bytes[end] & 0xFF]) {
      if (bytes[end] == wanted[last]
          && Arrays.equals(bytes, end - last, end + 1, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
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
