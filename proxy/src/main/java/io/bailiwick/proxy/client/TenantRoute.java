package io.bailiwick.proxy.client;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.ActingPrincipal;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import io.bailiwick.proxy.ownership.Ownership;
import io.bailiwick.proxy.ownership.SessionAt;
import io.bailiwick.proxy.token.TokenFault;
import io.bailiwick.proxy.token.TokenIssuer;
import io.bailiwick.proxy.token.TokenRefusedException;
import io.bailiwick.proxy.token.VerifiedToken;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tenant of each command of a principal that acts for tenants: named by a token, or known
 * from the cursor or transaction that the command goes on with.
 */
final class TenantRoute {
  /** What is known of a command's tenant. */
  sealed interface Found {
    /** It is this one. */
    record Tenant(TenantValue value) implements Found {}

    /** None is needed, or there is none to be had: the verdict says. */
    record None(Verdict verdict) implements Found {}

    /** The token has to be checked first. */
    record Unchecked(TokenIssuer issuer, String token) implements Found {}
  }

  private enum Way {
    CURSOR,
    TRANSACTION
  }

  private static final NameTable<Way> WAYS =
      NameTable.of(
          Map.of(
              "getMore", Way.CURSOR,
              "commitTransaction", Way.TRANSACTION,
              "abortTransaction", Way.TRANSACTION));

  private final ClientLoop loop;
  private final PolicyEngine engine;

  TenantRoute(ClientLoop loop, PolicyEngine engine) {
    this.loop = loop;
    this.engine = engine;
  }

  Found find(OpMsg message, Binding binding, ClientSession session) {
    ActingPrincipal principal = binding.acting();
    Elements first = message.body().elements();
    Way way = first.next() ? first.lookUp(WAYS) : null;
    String token = TenantTokens.of(message);
    if (TenantTokens.repeats(message)) {
      return denied(message, TokenFault.PARTY, "a token that stands in the command twice");
    }
    if (way == Way.CURSOR) {
      return ofCursor(first, principal, token, message);
    }
    TenantValue open = way == Way.TRANSACTION ? ofTransaction(message, principal) : null;
    if (open != null) {
      return TenantTokens.contradicts(token, principal, open)
          ? denied(message, TokenFault.PARTY)
          : new Found.Tenant(open);
    }
    Verdict verdict = engine.judgeWithoutTenant(message);
    if (verdict instanceof Verdict.Local || token == null) {
      return new Found.None(verdict);
    }
    return session.tenancy().isConfidential()
        ? ofToken(message, binding, token)
        : denied(message, TokenFault.PARTY, "a token on a connection that others can read");
  }

  private Found ofToken(OpMsg message, Binding binding, String token) {
    ActingPrincipal principal = binding.acting();
    TokenIssuer issuer = loop.services().tokens().get(principal.tokens().issuer());
    if (issuer == null) {
      return denied(message, TokenFault.ISSUER);
    }
    VerifiedToken known = issuer.known(token);
    return known == null ? new Found.Unchecked(issuer, token) : checked(message, binding, known);
  }

  /** The tenant that a token names which has been checked. */
  Found checked(OpMsg message, Binding binding, VerifiedToken token) {
    try {
      TenantValue tenant =
          TenantTokens.tenant(token, binding.acting(), binding.generation().policy().tenantType());
      // The tenants' sessions are different ones to MongoDB, so that this would begin another.
      boolean inside = message.body().find("autocommit") != null;
      TenantValue open = inside ? ofTransaction(message, binding.acting()) : null;
      return open == null || open.equals(tenant)
          ? new Found.Tenant(tenant)
          : denied(message, TokenFault.PARTY, "a transaction is one tenant's");
    } catch (TokenRefusedException e) {
      return denied(message, e.fault());
    }
  }

  /** Whoever guesses learns no more than that there is no such cursor. */
  private Found ofCursor(
      Elements first, ActingPrincipal principal, @Nullable String token, OpMsg message) {
    TenantValue tenant =
        first.type() == BsonType.INT64
            ? ownership().tenantOfCursor(principal, first.int64())
            : null;
    if (tenant == null || TenantTokens.contradicts(token, principal, tenant)) {
      return new Found.None(
          deny(
              message,
              ErrorCode.CURSOR_NOT_FOUND,
              RefusalType.POLICY,
              RuleId.CURSOR,
              "no such cursor"));
    }
    return new Found.Tenant(tenant);
  }

  private @Nullable TenantValue ofTransaction(OpMsg message, ActingPrincipal principal) {
    Elements session = message.body().find("lsid");
    Elements number = message.body().find("txnNumber");
    byte[] id = session == null ? null : SessionAt.uuid(session);
    return id == null || number == null || number.type() != BsonType.INT64
        ? null
        : ownership().tenantOfTransaction(principal, id, number.int64());
  }

  private Ownership ownership() {
    return loop.services().ownership();
  }

  Found denied(OpMsg message, TokenFault fault) {
    return denied(message, fault, "token: " + fault.word());
  }

  private Found denied(OpMsg message, TokenFault fault, String detail) {
    boolean busy = fault == TokenFault.OVERLOAD;
    return new Found.None(
        deny(
            message,
            busy ? ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED : ErrorCode.UNAUTHORIZED,
            busy ? RefusalType.OVERLOAD : RefusalType.AUTHENTICATION,
            RuleId.TENANT_TOKEN,
            detail));
  }

  private Verdict.Deny deny(
      OpMsg message, ErrorCode code, RefusalType type, String rule, String detail) {
    Verdict verdict = engine.judgeWithoutTenant(message);
    String command = verdict.command();
    String database = verdict instanceof Verdict.Deny deny ? deny.database() : "";
    return new Verdict.Deny(command, database, code, type, rule, detail, message.moreToCome());
  }
}
