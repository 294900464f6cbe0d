package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Outcome;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.trace.LogTrace;
import io.bailiwick.proxy.trace.Span;
import io.bailiwick.proxy.trace.TraceContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The route of a message that is refused: counted, logged, audited, and answered, or its connection
 * closed. Remembers of the message at hand what is known of it by then. One per event loop.
 */
final class DenialRoute {
  private final ClientLoop loop;
  private final DecisionNotes notes;
  private @Nullable OpMsg judged;
  private @Nullable Owner asking;

  DenialRoute(ClientLoop loop, DecisionNotes notes) {
    this.loop = loop;
    this.notes = notes;
  }

  /** Another message comes. */
  void begin() {
    judged = null;
    asking = null;
  }

  /** It is this, and well formed. */
  void read(OpMsg message) {
    judged = message;
  }

  /** It comes from them; null for nobody, or nobody yet. */
  void askedBy(@Nullable Owner owner) {
    asking = owner;
  }

  void take(ClientSession session, Request request, Admission.Refused refused) {
    take(session, request, refused.deny(), refused.labels());
  }

  void take(ClientSession session, Request request, Verdict.Deny deny) {
    take(session, request, deny, List.of());
  }

  private void take(
      ClientSession session, Request request, Verdict.Deny deny, List<String> labels) {
    String decisionId = loop.ids().next();
    BoundPolicy policy = asking == null ? null : asking.policy();
    OpMsg read = judged;
    TraceContext trace = read == null ? null : TraceContext.of(read);
    LogTrace.during(
        trace, () -> loop.services().observer().denied(deny, decisionId, policy, session.id()));
    long nanos = loop.nanos() - request.startedNanos();
    notes.denied(session, deny, decisionId, read, policy, nanos);
    if (trace != null && trace.sampled() && loop.services().spans().isOn()) {
      loop.services().spans().record(span(deny.command(), decisionId, trace, nanos));
    }
    session.answers().report(deny.command(), Outcome.DENIED, request, -1);
    if (deny.closes() || request.silent()) {
      session.close(CloseCause.DENIED);
    } else {
      session.answers().answer(request, ErrorReplies.denied(deny, labels, decisionId));
    }
  }

  private Span span(String command, String decisionId, TraceContext trace, long nanos) {
    return new Span(
        trace,
        new Span.About(command, null, decisionId),
        loop.services().clock().instant().minusNanos(nanos),
        nanos,
        new Span.Result(Outcome.DENIED.label(), true, null, -1));
  }
}
