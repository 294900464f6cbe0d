package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.policy.verdict.Treatments;
import io.bailiwick.policy.walk.FilterWalker;
import io.bailiwick.policy.walk.OptionWalker;
import io.bailiwick.policy.walk.WalkContext;
import io.bailiwick.policy.walk.Walkers;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Elements;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command while it is judged: what it holds, and what shall become of it. A guard first handles
 * document sequences, then walks the command's own arguments once, in the order of their bytes,
 * with {@link #next}; edits noted on the way come out in order. Reusable; confined to one thread;
 * borrows the message's bytes.
 */
@SuppressWarnings("NullAway.Init") // begin() sets what is judged before anything reads it
public final class Draft {
  private static final byte[] NOTHING = new byte[0];

  private final int upstreamWireVersion;
  private final Arguments arguments = new Arguments();
  private final Walkers walkers;
  private final CommandNamespace namespace;
  private final Effects effects = new Effects();
  private final Decision decision = new Decision();
  private final FindOutcomes finds = new FindOutcomes();
  private final Treatments ownTreatments = new Treatments();
  private @Nullable Draft outer;
  private byte @Nullable [] comment;

  private BoundPolicy policy;
  private OpMsg message;
  private MessageEdits edits;
  private Trace trace;
  private Treatments treatments;

  /**
   * @param upstreamWireVersion the lowest maxWireVersion of any server behind
   */
  public Draft(int upstreamWireVersion) {
    this.upstreamWireVersion = upstreamWireVersion;
    this.walkers = new Walkers(effects, upstreamWireVersion);
    this.namespace = new CommandNamespace(arguments, walkers.context());
  }

  /**
   * For the next command: what stands in the place of the client's comment.
   *
   * @param element a whole element, or null to leave comments as they are
   */
  public void replaceComment(byte @Nullable [] element) {
    comment = element;
    arguments.replaceComment(element);
  }

  /** Starts over with another command and checks everything about it that no guard needs to. */
  public void begin(
      BoundPolicy policy, OpMsg message, MessageEdits edits, Trace trace, CommandEntry entry) {
    start(null, policy, message, edits, trace);
    arguments.read(message.bytes(), message.bodyStart(), message.bodyEnd(), entry, false);
    if (!entry.lenient()) {
      arguments.generic().check(entry);
    }
    if (arguments.generic().transaction().inside()) {
      effects.note();
    }
    Sections.check(message, entry, arguments.generic());
    namespace.begin(message, trace);
  }

  /**
   * Starts over with a command that another one holds: {@code document} lies in its body. What the
   * inner command does to collections counts as done by the outer one.
   */
  void beginInner(Draft holder, Elements document, CommandEntry entry) {
    start(holder, holder.policy, holder.message, holder.edits, holder.trace);
    arguments.replaceComment(holder.comment == null ? null : NOTHING);
    comment = holder.comment;
    arguments.read(bytes(), document.valueStart(), document.valueEnd(), entry, true);
    arguments.generic().inherit(holder.arguments.generic(), bytes());
    namespace.begin(message, trace);
  }

  private void start(
      @Nullable Draft holder, BoundPolicy policy, OpMsg message, MessageEdits edits, Trace trace) {
    outer = holder;
    this.policy = policy;
    this.message = message;
    this.edits = edits;
    this.trace = trace;
    effects.begin(holder == null ? null : holder.effects);
    decision.begin();
    if (holder == null) {
      ownTreatments.reset();
    }
    treatments = holder == null ? ownTreatments : holder.treatments;
    walkers.begin(policy, message, edits, trace, treatments);
  }

  public BoundPolicy policy() {
    return policy;
  }

  public OpMsg message() {
    return message;
  }

  /** The message's bytes. */
  public byte[] bytes() {
    return message.bytes();
  }

  public MessageEdits edits() {
    return edits;
  }

  public Trace trace() {
    return trace;
  }

  /** The lowest maxWireVersion of any server behind. */
  public int upstreamWireVersion() {
    return upstreamWireVersion;
  }

  /** What the walkers share while this command is judged. */
  public WalkContext walk() {
    return walkers.context();
  }

  /** Walks filters of this command. */
  public FilterWalker filters() {
    return walkers.filters();
  }

  /** Walks what stands beside filters of this command. */
  public OptionWalker options() {
    return walkers.options();
  }

  /** All walkers, about to walk this command. */
  public Walkers walkers() {
    return walkers;
  }

  /** What becomes of finds, by collection. */
  FindOutcomes finds() {
    return finds;
  }

  /** The command's own element, which names the collection, the cursor, or is just {@code 1}. */
  public Elements command() {
    return arguments.command();
  }

  /** Where the command is at work. */
  public CommandNamespace namespace() {
    return namespace;
  }

  /** True if the command carries the argument in its body. */
  public boolean has(Field argument) {
    return arguments.has(argument);
  }

  /** A walk that stands on the argument, or null; for what must be known before its turn. */
  public @Nullable Elements find(Field argument) {
    return arguments.find(argument);
  }

  /** False for writeConcern w:0. */
  public boolean acknowledged() {
    return arguments.generic().acknowledged();
  }

  /** Document sequences of the command; a command inside another has none. */
  public int sequences() {
    return outer == null ? message.sequenceCount() : 0;
  }

  /** The argument that document sequence {@code i} stands for. */
  public Field sequence(int i) {
    return Sections.field(message, arguments.entry(), i);
  }

  /** Steps to the next argument of the command's own; false behind the last. */
  public boolean next() {
    open();
    return arguments.next(edits);
  }

  /** Enters the command's document, so that edits may be noted in its first element. */
  void open() {
    if (arguments.isWalking()) {
      return;
    }
    if (outer == null) {
      edits.section(message.bodyStart());
    } else {
      outer.open();
    }
    arguments.enter(edits);
  }

  /** The argument that {@link #next} stepped to. */
  public Field field() {
    return arguments.field();
  }

  /** The element that {@link #next} stepped to. */
  public Elements element() {
    return arguments.element();
  }

  /** Where arguments are added to the command, once {@link #next} has returned false. */
  public int end() {
    return arguments.appendAt();
  }

  /**
   * The command does this to that collection.
   *
   * @throws RefusedException if the collection's class or a rule of the policy denies it
   */
  public void effect(CollectionAccess access, Effect effect) {
    effects.effect(access, effect);
  }

  /** Only what the policy's rules say of an effect; the collection's class is not asked. */
  void applyRules(CollectionAccess access, Effect effect) {
    effects.applyRules(access, effect);
  }

  /** Something the proxy must prove before it forwards. */
  public void claim(Claim claim) {
    decision.claim(claim);
  }

  /** Forwards, and this is what the reply may be. */
  public void plan(ReplyPlan replyPlan) {
    decision.plan(replyPlan);
  }

  /** Answers from the policy. */
  public void answer(byte[] document) {
    decision.answer(document);
  }

  /** Leaves the answer to the proxy. */
  public void local(LocalCommand command) {
    decision.local(command);
  }

  /** Ends the judgement: the edits are complete and all claims are made. */
  public void finish() {
    if (decision.plan() == null) {
      return;
    }
    open();
    arguments.leave(edits);
    Decision outermost = outer == null ? decision : outer.decision;
    arguments.generic().claim(decision, outermost, arguments.entry().role(), effects);
  }

  /** What was decided; to be read before the next command begins. */
  public Decision decision() {
    return decision;
  }

  /** How expressions in filters were treated; to be read before the next command begins. */
  public Treatments treatments() {
    return treatments;
  }

  /** Names of rules in shadow mode that would have denied the command. */
  public List<String> shadowedBy() {
    return effects.shadowedBy();
  }
}
