package io.bailiwick.policy;

import io.bailiwick.policy.guard.CommandCatalog;
import io.bailiwick.policy.guard.CommandEntry;
import io.bailiwick.policy.guard.Decision;
import io.bailiwick.policy.guard.Draft;
import io.bailiwick.policy.guard.Guard;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.LegacyQuery;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Elements;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges commands: a pure function of principal, command and policy snapshot that never throws
 * (I2). Anything unexpected is a Deny. Holds scratch space: one engine per event loop.
 */
public final class PolicyEngine {
  /** Stands for every command that is not in the catalogue. */
  public static final String OTHER = "_other";

  private final CommandCatalog catalog;
  private final Greetings greetings;
  private final Draft draft;
  private final Elements name = new Elements(new byte[5], 0);

  /**
   * @param upstreamWireVersion the lowest maxWireVersion of any server behind
   */
  public PolicyEngine(int upstreamWireVersion) {
    this(upstreamWireVersion, new CommandCatalog());
  }

  PolicyEngine(int upstreamWireVersion, CommandCatalog catalog) {
    this.catalog = catalog;
    this.greetings = new Greetings(catalog);
    this.draft = new Draft(upstreamWireVersion);
  }

  /** Every command name that can stand in a verdict, but for {@link #OTHER}. */
  public Set<String> commandNames() {
    return catalog.names();
  }

  /**
   * @param policy the snapshot bound to who asks
   * @param message the parsed command; borrowed
   * @param edits reset and filled in by the judgement; the caller's own
   * @param trace notes why
   */
  public Verdict judge(BoundPolicy policy, OpMsg message, MessageEdits edits, Trace trace) {
    return judge(policy, message, edits, trace, null);
  }

  /**
   * The same for a command whose comment is a token: it says who asks, and goes no further.
   *
   * @param comment the element that stands in its place; null to leave comments as they are
   */
  public Verdict judge(
      BoundPolicy policy,
      OpMsg message,
      MessageEdits edits,
      Trace trace,
      byte @Nullable [] comment) {
    CommandEntry entry = null;
    try {
      edits.reset();
      draft.replaceComment(comment);
      entry = entryOf(message);
      return judgeBy(entry, policy, message, edits, trace);
    } catch (RuntimeException | StackOverflowError e) {
      Verdict.Deny deny = denied(entry, message, e);
      trace.note("denied", deny.rule());
      return deny;
    }
  }

  private CommandEntry entryOf(OpMsg message) {
    Elements first = name.restart(message.bytes(), message.bodyStart());
    if (!first.next()) {
      throw RefusedException.protocol("a command without a name");
    }
    CommandEntry entry = catalog.find(first.bytes(), first.nameStart(), first.nameEnd());
    if (entry == null) {
      throw RefusedException.unknownCommand("neither Bailiwick nor MongoDB knows the command");
    }
    return entry;
  }

  private Verdict judgeBy(
      CommandEntry entry, BoundPolicy policy, OpMsg message, MessageEdits edits, Trace trace) {
    Guard guard = entry.guard();
    if (guard == null) {
      throw RefusedException.policy(entry.refusedBy(), entry.name());
    }
    draft.begin(policy, message, edits, trace, entry);
    guard.judge(draft);
    draft.finish();
    return verdict(entry, message, edits);
  }

  private Verdict verdict(CommandEntry entry, OpMsg message, MessageEdits edits) {
    Decision decision = draft.decision();
    ReplyPlan plan = decision.plan();
    if (plan != null) {
      return new Verdict.Forward(
          entry.name(), edits, decision.claims(), plan, draft.treatments(), draft.shadowedBy());
    }
    byte[] answer = decision.answer();
    if (answer != null) {
      return new Verdict.Answer(entry.name(), answer);
    }
    LocalCommand local = decision.local();
    if (local != null) {
      return new Verdict.Local(entry.name(), local, message.body());
    }
    throw new IllegalStateException("a guard decided nothing");
  }

  /**
   * Judges what a connection may say before its login: greeting, logging in, and little else. Never
   * throws.
   */
  public Verdict judgeBeforeLogin(OpMsg message) {
    if (message.moreToCome() || message.sequenceCount() > 0 || message.body().isEmpty()) {
      return greetings.refuse(message.body(), RuleId.PROTOCOL, true);
    }
    return greetings.judge(message.body(), false);
  }

  /**
   * Judges what a principal that acts for tenants may say without naming one: what the proxy
   * answers itself and what tells nothing of anyone's data. Never throws.
   */
  public Verdict judgeWithoutTenant(OpMsg message) {
    return greetings.judgeWithoutTenant(message);
  }

  /** The same for an OP_QUERY, in which drivers only greet, log in and ping. */
  public Verdict judgeBeforeLogin(LegacyQuery query) {
    return greetings.judge(query.command(), true);
  }

  private static Verdict.Deny denied(
      @Nullable CommandEntry entry, OpMsg message, Throwable thrown) {
    String name = entry == null ? OTHER : entry.name();
    String database = Greetings.databaseOf(message.body());
    if (thrown instanceof RefusedException refused) {
      return new Verdict.Deny(
          name,
          database,
          refused.code(),
          refused.type(),
          refused.rule(),
          refused.detail(),
          refused.closes() || message.moreToCome());
    }
    return new Verdict.Deny(
        name,
        database,
        ErrorCode.INTERNAL_ERROR,
        RefusalType.INTERNAL,
        RuleId.INTERNAL,
        placeOf(thrown),
        message.moreToCome());
  }

  /** Where a defect lies; its message might hold a client's value. */
  private static String placeOf(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    String kind = thrown.getClass().getSimpleName();
    return trace.length == 0
        ? kind
        : kind + " at " + trace[0].getFileName() + ":" + trace[0].getLineNumber();
  }
}
