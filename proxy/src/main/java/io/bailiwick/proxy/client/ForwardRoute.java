package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.business.WriteNotes;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import org.jspecify.annotations.Nullable;

/**
 * The route of a command that the policy lets through: recorded if it must be, within the tenant's
 * limits, proven to touch only what its principal owns, and then sent. One per event loop.
 */
final class ForwardRoute {
  private final ClientLoop loop;
  private final Admission admission;
  private final DecisionNotes notes;
  private final DenialRoute denials;

  ForwardRoute(ClientLoop loop, Admission admission, DecisionNotes notes, DenialRoute denials) {
    this.loop = loop;
    this.admission = admission;
    this.notes = notes;
    this.denials = denials;
  }

  void take(
      ClientSession session, Request request, Verdict.Forward forward, Owner owner, OpMsg message) {
    if (notes.refuses()) {
      String database = CommandRoute.databaseOf(message.body());
      denials.take(session, request, DecisionNotes.unrecorded(forward, database));
      return;
    }
    Admission.@Nullable Refused tooMuch =
        admission.begin(
            session.tenancy().share(),
            forward.command(),
            owner.policy().policy().limits(),
            message);
    if (tooMuch != null) {
      denials.take(session, request, tooMuch);
      return;
    }
    Proof proof;
    try {
      proof = loop.services().ownership().prove(forward.claims(), message.bytes(), owner);
    } catch (RefusedException e) {
      session.tenancy().share().settle();
      String database = CommandRoute.databaseOf(message.body());
      denials.take(session, request, Admission.of(e, forward.command(), database, message));
      return;
    }
    report(session, forward, owner, message);
    WriteNotes written = loop.services().business().read(forward, message, proof);
    Sequel sequel = notes.forwarded(session, forward, message, owner.policy(), written);
    session.forward(request, forward, message, owner, proof, sequel);
  }

  private void report(ClientSession session, Verdict.Forward forward, Owner owner, OpMsg message) {
    if (!forward.shadowedBy().isEmpty()) {
      notes.shadowed(session, forward, message, owner.policy());
      for (String rule : forward.shadowedBy()) {
        loop.services().observer().shadowed(rule, forward, owner.policy(), session.id());
      }
    }
    if (!forward.treatments().isEmpty()) {
      loop.services().observer().expressions(forward.treatments());
    }
  }
}
