package io.bailiwick.proxy.client;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.observe.Observer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a tenant may have one more command carried out just now. What is too much is refused
 * before anything was done, in the way that drivers come again later.
 */
final class Admission {
  private final Observer observer;

  Admission(Observer observer) {
    this.observer = observer;
  }

  /**
   * A command that is not carried out.
   *
   * @param labels by which drivers decide how to go on, beside those of overload
   */
  record Refused(Verdict.Deny deny, List<String> labels) {}

  /** Counts a command; null if it may be judged. */
  @Nullable Refused ask(TenantShare share, Limits limits, OpMsg message, long now) {
    int perSecond = limits.ratePerTenant();
    return share.load().admits(perSecond, now)
        ? null
        : new Refused(tooOften(perSecond), labels(message));
  }

  /** Counts a message of which nobody can say what it is; null if it may be told so. */
  @Nullable Refused askMalformed(TenantShare share, Limits limits, long now) {
    int perSecond = limits.ratePerTenant();
    return share.load().admits(perSecond, now) ? null : new Refused(tooOften(perSecond), List.of());
  }

  private Verdict.Deny tooOften(int perSecond) {
    return deny(PolicyEngine.OTHER, Limit.RATE_PER_TENANT, "more than " + perSecond + " a second");
  }

  /** Counts a command that is to be forwarded, until the share settles; null if it may be. */
  @Nullable Refused begin(TenantShare share, String command, Limits limits, OpMsg message) {
    @Nullable Limit reached = share.begin(message.end() - message.bodyStart(), limits);
    return reached == null ? null : refused(command, reached, text(reached, limits), message);
  }

  private static String text(Limit reached, Limits limits) {
    return switch (reached) {
      case OPERATIONS_PER_TENANT -> "more unanswered commands than " + limits.operationsPerTenant();
      case IN_FLIGHT_BYTES -> "more bytes in flight than " + limits.inFlightBytes();
      default -> "the proxy has too much to do";
    };
  }

  private Refused refused(String command, Limit limit, String what, OpMsg message) {
    return new Refused(deny(command, limit, what), labels(message));
  }

  /** A message that there was no room for, so that nobody knows what it says. */
  Refused unread() {
    String what = "no room for a message of this size";
    return new Refused(deny(PolicyEngine.OTHER, Limit.MEMORY, what), List.of());
  }

  private Verdict.Deny deny(String command, Limit limit, String what) {
    observer.limited(limit);
    return new Verdict.Deny(
        command,
        "",
        ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED,
        RefusalType.OVERLOAD,
        RuleId.LIMIT,
        what,
        false);
  }

  /** What could not be proven of a command that was to be forwarded. */
  static Refused of(RefusedException why, String command, String database, OpMsg message) {
    Verdict.Deny deny =
        new Verdict.Deny(
            command, database, why.code(), why.type(), why.rule(), why.detail(), why.closes());
    boolean overload = why.type() == RefusalType.OVERLOAD && why.labels().isEmpty();
    return new Refused(deny, overload ? labels(message) : why.labels());
  }

  private static List<String> labels(OpMsg message) {
    return FailureReplies.overloadLabels(RequestFacts.of(message, ReplyPlan.Kind.PLAIN));
  }
}
