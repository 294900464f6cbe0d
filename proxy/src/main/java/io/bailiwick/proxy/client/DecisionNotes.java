package io.bailiwick.proxy.client;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Namespace;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.audit.Audit;
import io.bailiwick.proxy.audit.AuditRecord;
import io.bailiwick.proxy.audit.AuditRecord.Kind;
import io.bailiwick.proxy.audit.CommandShape;
import io.bailiwick.proxy.business.WriteNotes;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.trace.Span;
import io.bailiwick.proxy.trace.TraceContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the audit is told of the commands of one event loop. Nothing is made for it that it does not
 * record: by default that is nothing at all for a command that is let through.
 */
final class DecisionNotes {
  /** Commands whose first value is a collection's name. */
  private static final Set<String> NAMING_A_COLLECTION =
      Set.of(
          "find",
          "aggregate",
          "count",
          "distinct",
          "insert",
          "update",
          "delete",
          "findAndModify",
          "findandmodify",
          "killCursors",
          "create",
          "createIndexes",
          "listIndexes",
          "drop",
          "dropIndexes",
          "collMod",
          "collStats",
          "validate");

  private static final int LONGEST_COLLECTION = 255;
  private static final int NANOS_IN_MICRO = 1000;

  /** MongoDB 4.4; older ones refuse comments on writes. */
  private static final int COMMENTS_EVERYWHERE = 9;

  private final ClientLoop loop;
  private final PolicyEngine engine;
  private final Audit audit;
  private final MessageEdits unused = new MessageEdits();
  private Trace.Recorder recorder = new Trace.Recorder();

  /** True while the audit keeps a place for the command that is on its way. */
  private boolean reserved;

  DecisionNotes(ClientLoop loop, PolicyEngine engine) {
    this.loop = loop;
    this.engine = engine;
    this.audit = loop.services().audit();
  }

  /** Takes the notes of the next judgement, if they will be recorded. */
  Trace trace() {
    if (!audit.recordsAll()) {
      return Trace.NONE;
    }
    recorder = new Trace.Recorder();
    return recorder;
  }

  /**
   * True while nothing may be forwarded because the audit takes nothing. Where it records all, a
   * place is kept for the command at hand.
   */
  boolean refuses() {
    if (audit.refuses()) {
      return true;
    }
    if (audit.recordsAll() && !reserved) {
      reserved = audit.tryReserve();
    }
    return audit.isRequired() && audit.recordsAll() && !reserved;
  }

  /** The refusal of a command that was to be forwarded meanwhile. */
  static Verdict.Deny unrecorded(Verdict.Forward forward, String database) {
    return new Verdict.Deny(
        forward.command(),
        database,
        ErrorCode.INTERNAL_ERROR,
        RefusalType.INTERNAL,
        RuleId.AUDIT,
        "the audit cannot be written",
        false);
  }

  /**
   * A command is about to be forwarded; MongoDB's comment names the decision unless the client's
   * does.
   *
   * @param written what it would count for, or null
   * @return what is to be told when it has ended
   */
  Sequel forwarded(
      ClientSession session,
      Verdict.Forward forward,
      OpMsg message,
      BoundPolicy policy,
      @Nullable WriteNotes written) {
    TraceContext context = TraceContext.of(message);
    Sequel.Line line = audit.recordsAll() ? line(session, forward, message, policy, context) : null;
    Sequel.Begun span =
        context != null && context.sampled() && loop.services().spans().isOn()
            ? new Sequel.Begun(loop.services().clock().instant(), about(forward))
            : null;
    return written == null && line == null && context == null
        ? Sequel.NONE
        : new Sequel(written, line, context, span);
  }

  private static Span.About about(Verdict.Forward forward) {
    List<CollectionAccess> touched = forward.replyPlan().touched();
    Namespace namespace = touched.size() == 1 ? touched.get(0).namespace() : null;
    return new Span.About(forward.command(), namespace, forward.decisionId());
  }

  private Sequel.Line line(
      ClientSession session,
      Verdict.Forward forward,
      OpMsg message,
      BoundPolicy policy,
      @Nullable TraceContext context) {
    String given = forward.decisionId();
    String id = given == null ? loop.ids().next() : given;
    int version = loop.services().gate().facts().maxWireVersion();
    forward.decidedAs(id, given == null && version >= COMMENTS_EVERYWHERE);
    AuditRecord record =
        new AuditRecord(
            Kind.ALLOWED,
            asked(session, id, policy, context),
            what(forward.command(), message),
            null,
            recorder.notes());
    return new Sequel.Line(audit, record, takePlace());
  }

  private boolean takePlace() {
    boolean had = reserved;
    reserved = false;
    return had;
  }

  /**
   * A command was denied.
   *
   * @param message null if it could not be read
   * @param policy null before login
   * @param nanos since the command was taken
   */
  void denied(
      ClientSession session,
      Verdict.Deny deny,
      String id,
      @Nullable OpMsg message,
      @Nullable BoundPolicy policy,
      long nanos) {
    if (!audit.isOn()) {
      return;
    }
    AuditRecord.What what = new AuditRecord.What(deny.command(), deny.database(), null, null);
    List<String> notes = List.of();
    if (message != null && policy != null) {
      what = what(deny.command(), message);
      notes = notes(policy, message);
    }
    AuditRecord.Ruling ruling =
        new AuditRecord.Ruling(deny.rule(), deny.type().word(), deny.code().code(), deny.detail());
    TraceContext context = message == null ? null : TraceContext.of(message);
    AuditRecord record =
        new AuditRecord(Kind.DENIED, asked(session, id, policy, context), what, ruling, notes);
    AuditRecord.Ended ended = new AuditRecord.Ended(nanos / NANOS_IN_MICRO, null);
    new Sequel.Line(audit, record, takePlace()).end(ended);
  }

  /** Judging depends on nothing else, so that doing it again tells how it went. */
  private List<String> notes(BoundPolicy policy, OpMsg message) {
    if (!audit.recordsAll()) {
      recorder = new Trace.Recorder();
      engine.judge(policy, message, unused, recorder);
    }
    return recorder.notes();
  }

  /** Rules in shadow mode would have denied a command. */
  void shadowed(ClientSession session, Verdict.Forward forward, OpMsg message, BoundPolicy policy) {
    if (!audit.isOn()) {
      return;
    }
    AuditRecord.What what = what(forward.command(), message);
    TraceContext context = TraceContext.of(message);
    for (String rule : forward.shadowedBy()) {
      audit.record(
          new AuditRecord(
              Kind.SHADOW_DENIED,
              asked(session, loop.ids().next(), policy, context),
              what,
              new AuditRecord.Ruling(rule, RefusalType.POLICY.word(), 0, ""),
              List.of()));
    }
  }

  private AuditRecord.Asked asked(
      ClientSession session,
      String id,
      @Nullable BoundPolicy policy,
      @Nullable TraceContext context) {
    return asked(loop, session, id, policy, context);
  }

  private static AuditRecord.Asked asked(
      ClientLoop loop,
      ClientSession session,
      String id,
      @Nullable BoundPolicy policy,
      @Nullable TraceContext context) {
    return new AuditRecord.Asked(
        loop.services().clock().instant(),
        id,
        session.id(),
        session.remote(),
        policy,
        context == null ? null : context.traceId());
  }

  private AuditRecord.What what(String command, OpMsg message) {
    return new AuditRecord.What(
        command,
        text(message.body().find("$db")),
        collection(command, message),
        CommandShape.of(message, audit.hashesValues()));
  }

  /** What stands where a collection's name is meant; any other value is none of the audit's. */
  private static @Nullable String collection(String command, OpMsg message) {
    Elements first = new Elements(message.bytes(), message.bodyStart());
    String named = "";
    if (command.equals("getMore")) {
      named = text(message.body().find("collection"));
    } else if (NAMING_A_COLLECTION.contains(command) && first.next()) {
      named = text(first);
    }
    return named.isEmpty() || named.length() > LONGEST_COLLECTION ? null : named;
  }

  private static String text(@Nullable Elements element) {
    return element == null || element.type() != BsonType.STRING ? "" : element.string();
  }

  /** A document of another tenant was met in a reply. */
  static void alarm(
      ClientLoop loop,
      ClientSession session,
      String command,
      String id,
      @Nullable TraceContext context) {
    Owner asking = session.asking();
    BoundPolicy policy = asking == null ? null : asking.policy();
    loop.services().observer().tripwire(command, id, policy, session.id());
    loop.services()
        .audit()
        .record(
            new AuditRecord(
                Kind.ALARM,
                asked(loop, session, id, policy, context),
                new AuditRecord.What(command, "", null, null),
                new AuditRecord.Ruling("tripwire", RefusalType.INTERNAL.word(), 0, ""),
                List.of()));
  }
}
