package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.verdict.Claim;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one command claims to own, by kind: there is at most one of each. */
final class Claims {
  private int session = -1;
  private int declaredApi;
  private Claim.@Nullable OpensCursor opens;
  private Claim.@Nullable OwnsCursor owns;
  private Claim.@Nullable InTransaction transaction;

  private Claims() {}

  static Claims of(List<Claim> list) {
    Claims claims = new Claims();
    for (int i = 0; i < list.size(); i++) {
      claims.take(list.get(i));
    }
    return claims;
  }

  private void take(Claim claim) {
    if (claim instanceof Claim.UsesSession uses) {
      session = uses.uuidAt();
    } else if (claim instanceof Claim.OpensCursor opening) {
      opens = opening;
    } else if (claim instanceof Claim.OwnsCursor owning) {
      owns = owning;
    } else if (claim instanceof Claim.DeclaresApi declares) {
      declaredApi = declares.declared();
    } else if (claim instanceof Claim.InTransaction part) {
      transaction = part;
    }
  }

  /** Offset of the session id, or -1. */
  int session() {
    return session;
  }

  int declaredApi() {
    return declaredApi;
  }

  Claim.@Nullable OpensCursor opens() {
    return opens;
  }

  Claim.@Nullable OwnsCursor owns() {
    return owns;
  }

  Claim.@Nullable InTransaction transaction() {
    return transaction;
  }
}
