package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.policy.walk.WalkContext;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command while it is judged: what it holds, and what shall become of it. A guard walks the
 * command's own arguments once, in the order of their bytes, with {@link #next}; edits noted on the
 * way come out in order. Reusable; confined to one thread; borrows the message's bytes.
 */
@SuppressWarnings("NullAway.Init") // begin() sets what is judged before anything reads it
public final class Draft {
  private final int upstreamWireVersion;
  private final GenericArguments generic = new GenericArguments();
  private final List<Claim> claims = new ArrayList<>();
  private final List<String> shadowedBy = new ArrayList<>();

  private BoundPolicy policy;
  private OpMsg message;
  private MessageEdits edits;
  private Trace trace;
  private CommandEntry entry;
  private Elements fields;
  private @Nullable Field field;
  private boolean walking;
  private long present;

  private @Nullable WalkContext walk;
  private @Nullable ReplyPlan plan;
  private byte @Nullable [] answer;
  private @Nullable LocalCommand local;

  /**
   * @param upstreamWireVersion the lowest maxWireVersion of any server behind
   */
  public Draft(int upstreamWireVersion) {
    this.upstreamWireVersion = upstreamWireVersion;
  }

  /** Starts over with another command and checks everything about it that no guard needs to. */
  public void begin(
      BoundPolicy policy, OpMsg message, MessageEdits edits, Trace trace, CommandEntry entry) {
    this.policy = policy;
    this.message = message;
    this.edits = edits;
    this.trace = trace;
    this.entry = entry;
    claims.clear();
    shadowedBy.clear();
    walk = null;
    plan = null;
    answer = null;
    local = null;
    walking = false;
    present = 0;
    generic.reset();
    readFields();
    checkSections();
  }

  private void readFields() {
    fields = new Elements(bytes(), message.bodyStart());
    fields.next();
    while (fields.next()) {
      GenericField any = fields.lookUp(GenericField.TABLE);
      if (any != null) {
        generic.read(any, fields);
      } else if (!entry.lenient()) {
        readField(fields.lookUp(entry.fields()));
      }
    }
    if (!entry.lenient()) {
      generic.check(entry);
    }
  }

  private void readField(@Nullable Field own) {
    if (own == null) {
      throw RefusedException.policy(RuleId.FIELD, fields.name());
    }
    if (!own.shape().fits(fields)) {
      throw RefusedException.policy(RuleId.OPTION_VALUE, own.word());
    }
    present |= 1L << own.ordinal();
  }

  private void checkSections() {
    for (int i = 0; i < message.sequenceCount(); i++) {
      if (sequenceField(i) == null) {
        throw RefusedException.protocol("document sequence that the command does not take");
      }
    }
    if (message.moreToCome() && !(entry.unacknowledged() && saysNobodyWaits())) {
      throw RefusedException.protocol("moreToCome on a command that is answered");
    }
  }

  /** Writes must say w:0 too; housekeeping such as endSessions has no writeConcern to say it in. */
  private boolean saysNobodyWaits() {
    return !entry.retryable() || !generic.acknowledged();
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
    WalkContext current = walk;
    if (current == null) {
      current =
          new WalkContext(policy, message, edits, trace, this::effect)
              .in(generic.databaseStart(), generic.databaseEnd())
              .upstream(upstreamWireVersion);
      walk = current;
    }
    return current;
  }

  /** The command's own element, which names the collection, the cursor, or just {@code 1}. */
  public Elements command() {
    Elements first = new Elements(bytes(), message.bodyStart());
    first.next();
    return first;
  }

  /** The database as the command names it. */
  public String database() {
    return Bytes.utf8(bytes(), generic.databaseStart(), generic.databaseEnd());
  }

  public boolean databaseIs(String name) {
    return database().equals(name);
  }

  /** The collection that the command's first element names, as this principal may use it. */
  public CollectionAccess collection() {
    return collection(command());
  }

  /** The collection of the command's database that a string names. */
  public CollectionAccess collection(Elements name) {
    if (name.type() != BsonType.STRING) {
      throw RefusedException.policy(RuleId.NAMESPACE, "a collection is named by a string");
    }
    CollectionAccess access =
        policy.access(
            bytes(),
            generic.databaseStart(),
            generic.databaseEnd(),
            name.stringStart(),
            name.stringEnd());
    if (access == null) {
      throw RefusedException.policy(RuleId.NAMESPACE, "no such namespace in the policy");
    }
    return access;
  }

  /** True if the command carries the argument in its body. */
  public boolean has(Field argument) {
    return (present & 1L << argument.ordinal()) != 0;
  }

  /** False for writeConcern w:0. */
  public boolean acknowledged() {
    return generic.acknowledged();
  }

  /** True if the command carries txnNumber. */
  public boolean numbered() {
    return generic.numberAt() >= 0;
  }

  /** Steps to the next argument of the command's own; false behind the last. */
  public boolean next() {
    if (!walking) {
      walking = true;
      edits.section(message.bodyStart());
      edits.enter(message.bodyStart());
      fields = command();
    }
    while (fields.next()) {
      GenericField any = fields.lookUp(GenericField.TABLE);
      if (any == null) {
        field = fields.lookUp(entry.fields());
        return true;
      }
      if (any == GenericField.CLUSTER_TIME) {
        edits.remove(fields.elementStart(), fields.valueEnd());
      }
    }
    return false;
  }

  /** The argument that {@link #next} stepped to. */
  public Field field() {
    Field current = field;
    if (current == null) {
      throw new IllegalStateException("no argument was stepped to");
    }
    return current;
  }

  /** The element that {@link #next} stepped to. */
  public Elements element() {
    return fields;
  }

  /** Where arguments are added to the command, once {@link #next} has returned false. */
  public int end() {
    return fields.elementStart();
  }

  /** The argument that document sequence {@code i} stands for, or null. */
  public @Nullable Field sequenceField(int i) {
    for (Field takes : entry.sequences()) {
      if (message.sequenceIs(i, takes.word())) {
        return takes;
      }
    }
    return null;
  }

  /**
   * The command does this to that collection.
   *
   * @throws RefusedException if the collection's class or a rule of the policy denies it
   */
  public void effect(CollectionAccess access, Effect effect) {
    if (effect != Effect.READ && access.collectionClass() == CollectionClass.REFERENCE) {
      throw RefusedException.policy(RuleId.READ_ONLY_COLLECTION, access.namespace().toString());
    }
    String rule = access.deniedBy(effect);
    if (rule != null) {
      throw RefusedException.policy(rule, effect.word() + " on " + access.namespace());
    }
    String shadow = access.shadowed().get(effect);
    if (shadow != null && !shadowedBy.contains(shadow)) {
      shadowedBy.add(shadow);
    }
  }

  /** Something the proxy must prove before it forwards. */
  public void claim(Claim claim) {
    claims.add(claim);
  }

  /** Forwards, and this is what the reply may be. */
  public void plan(ReplyPlan replyPlan) {
    plan = replyPlan;
  }

  /** Answers from the policy. */
  public void answer(byte[] document) {
    answer = document;
  }

  /** Leaves the answer to the proxy. */
  public void local(LocalCommand command) {
    local = command;
  }

  /** Ends the judgement: the command's edits are complete. */
  public void finish() {
    if (plan == null) {
      return;
    }
    while (next()) {
      // What the guard did not look at is forwarded as it is; $clusterTime is still taken out.
    }
    edits.leave(end());
    if (generic.sessionAt() >= 0) {
      claims.add(new Claim.UsesSession(generic.sessionAt()));
    }
  }

  public List<Claim> claims() {
    return List.copyOf(claims);
  }

  public List<String> shadowedBy() {
    return List.copyOf(shadowedBy);
  }

  public @Nullable ReplyPlan plan() {
    return plan;
  }

  public byte @Nullable [] answer() {
    return answer;
  }

  public @Nullable LocalCommand local() {
    return local;
  }
}
