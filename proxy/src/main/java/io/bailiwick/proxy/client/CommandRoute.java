package io.bailiwick.proxy.client;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.LegacyQuery;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Outcome;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The route of one message: parsed, judged, and then forwarded, answered here, or refused. One per
 * event loop; everything it works in is used up before it returns.
 */
final class CommandRoute {
  private final ClientLoop loop;
  private final PolicyEngine engine;
  private final LocalAnswers local;
  private final LoginRoute logins;
  private final DecisionNotes notes;
  private final OpMsg message = new OpMsg();
  private final MessageEdits edits = new MessageEdits();
  private @Nullable OpMsg judged;
  private final BsonValidator validator = new BsonValidator();

  CommandRoute(ClientLoop loop, PolicyEngine engine, LocalAnswers local) {
    this.loop = loop;
    this.engine = engine;
    this.local = local;
    this.logins = new LoginRoute(loop);
    this.notes = new DecisionNotes(loop, engine);
  }

  /**
   * @param started when the message was handed over
   */
  void take(ClientSession session, Frame frame, long started) {
    judged = null;
    switch (frame.opCode()) {
      case OpCode.OP_MSG -> takeMessage(session, frame, started);
      case OpCode.OP_QUERY -> takeQuery(session, frame, started);
      default -> session.close(CloseCause.PROTOCOL);
    }
  }

  private void takeMessage(ClientSession session, Frame frame, long started) {
    try {
      message.parse(frame);
    } catch (MalformedMessageException e) {
      boolean silent = message.moreToCome();
      onMalformed(session, Request.message(frame.requestId(), silent, started), e);
      return;
    }
    judged = message;
    Request request = Request.message(frame.requestId(), message.moreToCome(), started);
    Binding binding = session.state().binding();
    if (binding == null) {
      Verdict verdict = engine.judgeBeforeLogin(message);
      carryOut(session, request, verdict, databaseOf(message.body()));
      return;
    }
    if (session.login().expired()) {
      takeExpired(session, request);
      return;
    }
    int perSecond = binding.owner().policy().policy().limits().ratePerTenant();
    if (!session.load().admits(perSecond, started)) {
      deny(session, request, overload(PolicyEngine.OTHER, "more than " + perSecond + " a second"));
      return;
    }
    Verdict verdict = engine.judge(binding.owner().policy(), message, edits, notes.trace());
    if (verdict instanceof Verdict.Forward forward) {
      forward(session, request, forward, binding.owner());
    } else {
      carryOut(session, request, verdict, databaseOf(message.body()));
    }
  }

  private static Verdict.Deny overload(String command, String what) {
    return new Verdict.Deny(
        command,
        "",
        ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED,
        RefusalType.OVERLOAD,
        RuleId.LIMIT,
        what,
        false);
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
    carryOut(session, request, verdict, databaseOf(message.body()));
  }

  private void takeQuery(ClientSession session, Frame frame, long started) {
    Request request = Request.query(frame.requestId(), started);
    try {
      LegacyQuery query = LegacyQuery.parse(frame, validator);
      carryOut(session, request, engine.judgeBeforeLogin(query), query.database());
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
    deny(
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

  private void forward(
      ClientSession session, Request request, Verdict.Forward forward, Owner owner) {
    Verdict.Deny unrecorded = notes.refusal(forward, databaseOf(message.body()));
    if (unrecorded != null) {
      deny(session, request, unrecorded);
      return;
    }
    long most = owner.policy().policy().limits().inFlightBytes();
    if (!session.begin(message.end() - message.bodyStart(), most)) {
      deny(session, request, overload(forward.command(), "more bytes in flight than " + most));
      return;
    }
    Proof proof;
    try {
      proof = loop.services().ownership().prove(forward.claims(), message.bytes(), owner);
    } catch (RefusedException e) {
      session.settle();
      deny(
          session,
          request,
          new Verdict.Deny(
              forward.command(),
              databaseOf(message.body()),
              e.code(),
              e.type(),
              e.rule(),
              e.detail(),
              e.closes()),
          e.labels());
      return;
    }
    if (!forward.shadowedBy().isEmpty()) {
      reportShadowed(session, forward, owner);
    }
    if (!forward.treatments().isEmpty()) {
      loop.services().observer().expressions(forward.treatments());
    }
    notes.forwarded(session, forward, message, owner.policy());
    session.forward(request, forward, message, proof);
  }

  private void reportShadowed(ClientSession session, Verdict.Forward forward, Owner owner) {
    notes.shadowed(session, forward, message, owner.policy());
    for (String rule : forward.shadowedBy()) {
      loop.services().observer().shadowed(rule, forward, owner.policy(), session.id());
    }
  }

  private void carryOut(ClientSession session, Request request, Verdict verdict, String database) {
    if (verdict instanceof Verdict.Deny deny) {
      deny(session, request, deny);
    } else if (verdict instanceof Verdict.Answer answer) {
      session.answers().answer(request, answer.document());
      session.answers().report(answer.command(), Outcome.OK, request, -1);
    } else if (verdict instanceof Verdict.Local own) {
      answerHere(session, request, own, database);
    } else {
      throw new IllegalStateException("only a principal's command is forwarded (I1)");
    }
  }

  private void answerHere(
      ClientSession session, Request request, Verdict.Local own, String database) {
    if (LoginRoute.takes(own.local())) {
      logins.take(session, request, own, database);
      return;
    }
    if (own.local() == LocalCommand.HELLO && logins.asksFor(session, own.body())) {
      logins.greet(session, request, own, local);
      return;
    }
    session.answers().answer(request, local.answer(own, database, session));
    session.answers().report(own.command(), Outcome.OK, request, -1);
    if (own.local() == LocalCommand.LOGOUT) {
      session.close(CloseCause.CLIENT);
    }
  }

  private void deny(ClientSession session, Request request, Verdict.Deny deny) {
    deny(session, request, deny, List.of());
  }

  private void deny(
      ClientSession session, Request request, Verdict.Deny deny, List<String> labels) {
    String decisionId = loop.ids().next();
    Binding binding = session.state().binding();
    BoundPolicy policy = binding == null ? null : binding.owner().policy();
    loop.services().observer().denied(deny, decisionId, policy, session.id());
    notes.denied(session, deny, decisionId, judged, policy);
    session.answers().report(deny.command(), Outcome.DENIED, request, -1);
    if (deny.closes() || request.silent()) {
      session.close(CloseCause.DENIED);
    } else {
      session.answers().answer(request, ErrorReplies.denied(deny, labels, decisionId));
    }
  }

  private static String databaseOf(RawDocument body) {
    @Nullable Elements database = body.find("$db");
    return database == null || database.type() != BsonType.STRING ? "" : database.string();
  }
}
