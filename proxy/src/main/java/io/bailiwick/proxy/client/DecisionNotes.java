package io.bailiwick.proxy.client;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
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
import io.bailiwick.proxy.ownership.Owner;
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

  /** MongoDB 4.4; older ones refuse comments on writes. */
  private static final int COMMENTS_EVERYWHERE = 9;

  private final ClientLoop loop;
  private final PolicyEngine engine;
  private final Audit audit;
  private final MessageEdits unused = new MessageEdits();
  private Trace.Recorder recorder = new Trace.Recorder();

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

  /** True while nothing may be forwarded because the audit takes nothing. */
  boolean refuses() {
    return audit.refuses();
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

  /** A command is forwarded; MongoDB's comment names the decision unless the client's does. */
  void forwarded(
      ClientSession session, Verdict.Forward forward, OpMsg message, BoundPolicy policy) {
    if (!audit.recordsAll()) {
      return;
    }
    String given = forward.decisionId();
    String id = given == null ? loop.ids().next() : given;
    int version = loop.services().gate().facts().maxWireVersion();
    forward.decidedAs(id, given == null && version >= COMMENTS_EVERYWHERE);
    audit.record(
        new AuditRecord(
            Kind.ALLOWED,
            asked(session, id, policy),
            what(forward.command(), message),
            null,
            recorder.notes()));
  }

  /**
   * A command was denied.
   *
   * @param message null if it could not be read
   * @param policy null before login
   */
  void denied(
      ClientSession session,
      Verdict.Deny deny,
      String id,
      @Nullable OpMsg message,
      @Nullable BoundPolicy policy) {
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
    audit.record(new AuditRecord(Kind.DENIED, asked(session, id, policy), what, ruling, notes));
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
    for (String rule : forward.shadowedBy()) {
      audit.record(
          new AuditRecord(
              Kind.SHADOW_DENIED,
              asked(session, loop.ids().next(), policy),
              what,
              new AuditRecord.Ruling(rule, RefusalType.POLICY.word(), 0, ""),
              List.of()));
    }
  }

  private AuditRecord.Asked asked(ClientSession session, String id, @Nullable BoundPolicy policy) {
    return asked(loop, session, id, policy);
  }

  private static AuditRecord.Asked asked(
      ClientLoop loop, ClientSession session, String id, @Nullable BoundPolicy policy) {
    return new AuditRecord.Asked(
        loop.services().clock().instant(), id, session.id(), session.remote(), policy);
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
  static void alarm(ClientLoop loop, ClientSession session, String command, String id) {
    Owner asking = session.asking();
    BoundPolicy policy = asking == null ? null : asking.policy();
    loop.services().observer().tripwire(command, id, policy, session.id());
    loop.services()
        .audit()
        .record(
            new AuditRecord(
                Kind.ALARM,
                asked(loop, session, id, policy),
                new AuditRecord.What(command, "", null, null),
                new AuditRecord.Ruling("tripwire", RefusalType.INTERNAL.word(), 0, ""),
                List.of()));
  }
}
