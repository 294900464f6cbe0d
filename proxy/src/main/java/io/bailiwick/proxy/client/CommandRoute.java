package io.bailiwick.proxy.client;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.LegacyQuery;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.token.TokenRefusedException;
import io.bailiwick.proxy.token.VerifiedToken;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The route of one message: parsed, judged, and then forwarded, answered here, or refused. One per
 * event loop; everything it works in is used up before it returns.
 */
final class CommandRoute {
  private final ClientLoop loop;
  private final PolicyEngine engine;
  private final TenantRoute tenants;
  private final Admission admission;
  private final DecisionNotes notes;
  private final ForwardRoute forwards;
  private final DenialRoute denials;
  private final OwnRoute own;
  private final OpMsg message = new OpMsg();
  private final MessageEdits edits = new MessageEdits();
  private final BsonValidator validator = new BsonValidator();

  CommandRoute(ClientLoop loop, PolicyEngine engine, LocalAnswers local) {
    this.loop = loop;
    this.engine = engine;
    this.tenants = new TenantRoute(loop, engine);
    this.admission = new Admission(loop.services().observer());
    this.notes = new DecisionNotes(loop, engine);
    this.denials = new DenialRoute(loop, notes);
    this.own = new OwnRoute(local, new LoginRoute(loop), denials);
    this.forwards = new ForwardRoute(loop, admission, notes, denials);
  }

  /**
   * @param started when the message was handed over
   */
  void take(ClientSession session, Frame frame, long started) {
    denials.begin();
    switch (frame.opCode()) {
      case OpCode.OP_MSG -> takeMessage(session, frame, started);
      case OpCode.OP_QUERY -> takeQuery(session, frame, started);
      default -> session.close(CloseCause.PROTOCOL);
    }
  }

  /**
   * Refuses a message that there was no room for. A close would let drivers send it again at once.
   *
   * @param flags of OP_MSG
   */
  void refuseUnread(ClientSession session, int opCode, int requestId, int flags, long started) {
    denials.begin();
    if (opCode != OpCode.OP_MSG) {
      admission.unread();
      session.close(CloseCause.OVERLOAD);
      return;
    }
    Binding binding = session.state().binding();
    if (binding != null && !binding.isActing()) {
      denials.askedBy(binding.owner());
    }
    Request request = Request.message(requestId, OpMsg.moreToCome(flags), started);
    denials.take(session, request, admission.unread());
  }

  private void takeMessage(ClientSession session, Frame frame, long started) {
    try {
      message.parse(frame);
    } catch (MalformedMessageException e) {
      boolean silent = message.moreToCome();
      onMalformed(session, Request.message(frame.requestId(), silent, started), e);
      return;
    }
    denials.read(message);
    Request request = Request.message(frame.requestId(), message.moreToCome(), started);
    Binding binding = session.state().binding();
    if (binding == null) {
      Verdict verdict = engine.judgeBeforeLogin(message);
      own.take(session, request, verdict, databaseOf(message.body()));
      return;
    }
    denials.askedBy(binding.isActing() ? null : binding.owner());
    if (session.tenancy().login().expired()) {
      takeExpired(session, request);
      return;
    }
    if (binding.isActing()) {
      takeFor(session, request, binding, tenants.find(message, binding, session), frame);
    } else {
      judge(session, request, binding.owner(), null);
    }
  }

  /**
   * @param decisionId stands in the place of a comment that is a token; null if comments stay
   */
  private void judge(
      ClientSession session, Request request, Owner owner, @Nullable String decisionId) {
    denials.askedBy(owner);
    Limits limits = owner.policy().policy().limits();
    Admission.Refused tooMany =
        admission.ask(session.tenancy().share(), limits, message, request.startedNanos());
    if (tooMany != null) {
      denials.take(session, request, tooMany);
      return;
    }
    byte[] comment = decisionId == null ? null : comment(decisionId);
    Verdict verdict = engine.judge(owner.policy(), message, edits, notes.trace(), comment);
    if (verdict instanceof Verdict.Forward forward) {
      if (decisionId != null) {
        forward.decidedAs(decisionId, false);
      }
      forwards.take(session, request, forward, owner, message);
    } else {
      own.take(session, request, verdict, databaseOf(message.body()));
    }
  }

  private static byte[] comment(String decisionId) {
    byte[] document =
        new BsonWriter().startDocument().string("comment", decisionId).end().toBytes();
    return Arrays.copyOfRange(document, 4, document.length - 1);
  }

  /** A command of a principal that acts for tenants. */
  private void takeFor(
      ClientSession session,
      Request request,
      Binding binding,
      TenantRoute.Found found,
      Frame frame) {
    if (found instanceof TenantRoute.Found.Tenant tenant) {
      Owner owner = binding.actingFor(tenant.value());
      loop.services().ownership().onOperation(binding.acting(), owner);
      session.tenancy().share().serve(tenant.value());
      judge(session, request, owner, loop.ids().next());
    } else if (found instanceof TenantRoute.Found.Unchecked unchecked) {
      check(session, request, unchecked, frame);
    } else if (found instanceof TenantRoute.Found.None none) {
      own.take(session, request, none.verdict(), databaseOf(message.body()));
    }
  }

  /** The command is kept until its token has been checked, away from the event loop. */
  private void check(
      ClientSession session, Request request, TenantRoute.Found.Unchecked unchecked, Frame frame) {
    ByteBudget budget = loop.services().parts().afterLogin();
    int size = frame.size();
    if (!budget.tryReserve(size)) {
      denials.take(session, request, admission.unread());
      return;
    }
    byte[] kept = Arrays.copyOfRange(frame.bytes(), frame.start(), frame.end());
    session.inCheckingToken(request);
    unchecked
        .issuer()
        .verify(unchecked.token())
        .whenComplete(
            (token, failure) ->
                loop.eventLoop()
                    .execute(
                        () -> {
                          budget.release(size);
                          loop.route().onChecked(session, request, kept, token, failure);
                        }));
  }

  private void onChecked(
      ClientSession session,
      Request request,
      byte[] kept,
      @Nullable VerifiedToken token,
      @Nullable Throwable failure) {
    try {
      if (session.onTokenChecked(request)) {
        Frame frame = new Frame(kept, 0, kept.length);
        message.parse(frame);
        denials.begin();
        denials.read(message);
        Binding binding = Objects.requireNonNull(session.state().binding());
        TenantRoute.Found found =
            token == null
                ? tenants.denied(message, TokenRefusedException.of(Objects.requireNonNull(failure)))
                : tenants.checked(message, binding, token);
        takeFor(session, request, binding, found, frame);
        session.intake().proceed();
      }
    } catch (Throwable defect) {
      session.fail(defect);
    }
  }

  /** Before anything else the client has to show a token that has not run out. */
  private void takeExpired(ClientSession session, Request request) {
    Verdict verdict = engine.judgeBeforeLogin(message);
    if (verdict instanceof Verdict.Deny deny) {
      verdict =
          new Verdict.Deny(
              deny.command(),
              deny.database(),
              ErrorCode.REAUTHENTICATION_REQUIRED,
              RefusalType.AUTHENTICATION,
              RuleId.LOGIN_EXPIRED,
              "the token of this login has run out",
              message.moreToCome());
    }
    own.take(session, request, verdict, databaseOf(message.body()));
  }

  private void takeQuery(ClientSession session, Frame frame, long started) {
    Request request = Request.query(frame.requestId(), started);
    try {
      LegacyQuery query = LegacyQuery.parse(frame, validator);
      own.take(session, request, engine.judgeBeforeLogin(query), query.database());
    } catch (MalformedMessageException e) {
      onMalformed(session, request, e);
    }
  }

  private void onMalformed(
      ClientSession session, Request request, MalformedMessageException fault) {
    if (fault.severity() == MalformedMessageException.Severity.FRAMING) {
      session.close(CloseCause.PROTOCOL);
      return;
    }
    Binding binding = session.state().binding();
    if (binding != null && !binding.isActing()) {
      Limits limits = binding.owner().policy().policy().limits();
      Admission.Refused tooMany =
          admission.askMalformed(session.tenancy().share(), limits, request.startedNanos());
      if (tooMany != null) {
        denials.askedBy(binding.owner());
        denials.take(session, request, tooMany);
        return;
      }
    }
    denials.take(
        session,
        request,
        new Verdict.Deny(
            PolicyEngine.OTHER,
            "",
            ErrorCode.INVALID_BSON,
            RefusalType.MALFORMED,
            RuleId.AMBIGUOUS_BSON,
            fault.getMessage(),
            false));
  }

  static String databaseOf(RawDocument body) {
    @Nullable Elements database = body.find("$db");
    return database == null || database.type() != BsonType.STRING ? "" : database.string();
  }
}
