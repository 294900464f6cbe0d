package io.bailiwick.policy.walk;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.policy.verdict.Treatment;
import io.bailiwick.policy.verdict.Treatments;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the walkers share while one command is judged: who asks, where edits and notes go, what has
 * been used up of the limits, and which namespaces were met. Every container that is read as
 * structure is opened here, so that what is tolerable only in stored values is refused in one
 * place. Used for command after command, confined to one thread; borrows the message's bytes.
 */
@SuppressWarnings("NullAway.Init") // begin() sets what is walked before anything reads it
public final class WalkContext {
  private static final int MAX_PIPELINES = 50;
  private static final int MAX_PIPELINE_DEPTH = 20;

  private final EffectSink effects;
  private final int upstreamWireVersion;
  private final Containers containers = new Containers();
  private final Scope scope = new Scope();
  private final List<CollectionAccess> touched = new ArrayList<>(2);
  private BoundPolicy policy;
  private OpMsg message;
  private Trace trace;
  private Treatments treatments;
  private int databaseFrom;
  private int databaseTo;
  private int stages;
  private int pipelines;
  private int pipelineDepth;

  /**
   * @param effects hears of every namespace that a walker meets
   * @param upstreamWireVersion the lowest maxWireVersion of any server behind
   */
  WalkContext(EffectSink effects, int upstreamWireVersion) {
    this.effects = effects;
    this.upstreamWireVersion = upstreamWireVersion;
  }

  /**
   * Starts over with another command, whatever became of the one before.
   *
   * @param edits where changes are noted, in the order of the message's bytes
   * @param treatments where expressions in filters are counted
   */
  void begin(
      BoundPolicy policy, OpMsg message, MessageEdits edits, Trace trace, Treatments treatments) {
    this.treatments = treatments;
    this.policy = policy;
    this.message = message;
    this.trace = trace;
    containers.begin(edits);
    scope.restore(0);
    touched.clear();
    databaseFrom = 0;
    databaseTo = 0;
    stages = 0;
    pipelines = 0;
    pipelineDepth = 0;
  }

  /** The database, as a range of the message's bytes, that namespaces are resolved in. */
  public void in(int from, int to) {
    databaseFrom = from;
    databaseTo = to;
  }

  public BoundPolicy policy() {
    return policy;
  }

  /** Where the next change is noted; the containers around it come out with the right length. */
  MessageEdits edits() {
    return containers.edits();
  }

  /**
   * Steps into a container of the message, whose length is patched if something inside changes.
   *
   * @param lengthAt offset of its int32 length
   */
  public void enter(int lengthAt) {
    containers.enter(lengthAt);
  }

  /** Steps out of the container entered last, which ends in front of the offset. */
  public void leave(int end) {
    containers.leave(end);
  }

  /** The lowest maxWireVersion of any server behind. */
  int upstreamWireVersion() {
    return upstreamWireVersion;
  }

  Limits limits() {
    return policy.policy().limits();
  }

  Scope scope() {
    return scope;
  }

  /** Where the declared variables stand; to be given back to {@link #forget}. */
  public int variables() {
    return scope.mark();
  }

  /** Forgets the variables that were declared since. */
  public void forget(int variables) {
    scope.restore(variables);
  }

  /** Every namespace met so far, each once, in the order of the first meeting. */
  public List<CollectionAccess> touched() {
    return touched.size() == 1 ? List.of(touched.get(0)) : List.copyOf(touched);
  }

  /** Notes what was done with a part of the command, and why. */
  void note(String what, String why) {
    trace.note(what, why);
  }

  /** Counts and notes how an expression in a filter is kept from telling about others. */
  void treat(String what, Treatment treatment) {
    treatments.add(treatment);
    trace.note(what, treatment.why());
  }

  /**
   * Notes what was done with a part that the client named; builds no text unless notes are taken.
   */
  void note(Elements element, String why) {
    if (trace != Trace.NONE) {
      trace.note(element.name(), why);
    }
  }

  /** True if the path's first component is the tenant field. */
  boolean isTenantPath(byte[] bytes, int from, int to) {
    byte[] field = policy.tenantFieldBytes();
    int end = from + field.length;
    return to >= end
        && (to == end || bytes[end] == '.')
        && Arrays.equals(bytes, from, end, field, 0, field.length);
  }

  /**
   * The collection of the command's database that a string names; reading it is an effect of the
   * command.
   *
   * @throws RefusedException if the policy does not list it, the element is no string, or a rule
   *     denies reading
   */
  public CollectionAccess read(Elements name) {
    CollectionAccess access = collection(name);
    effects.effect(access, Effect.READ);
    if (!isTouched(access)) {
      touched.add(access);
    }
    return access;
  }

  /**
   * The collection of the command's database that a string names; nothing is done to it.
   *
   * @throws RefusedException if the policy does not list it or the element is no string
   */
  public CollectionAccess collection(Elements name) {
    if (name.type() != BsonType.STRING) {
      throw RefusedException.policy(RuleId.NAMESPACE, "a collection is named by a string");
    }
    CollectionAccess access =
        policy.access(name.bytes(), databaseFrom, databaseTo, name.stringStart(), name.stringEnd());
    if (access == null) {
      throw RefusedException.policy(RuleId.NAMESPACE, "no such namespace in the policy");
    }
    return access;
  }

  /** By identity: a policy has one object for each namespace, and comparing its parts is slow. */
  private boolean isTouched(CollectionAccess access) {
    for (int i = 0; i < touched.size(); i++) {
      if (touched.get(i) == access) {
        return true;
      }
    }
    return false;
  }

  /** Steps into a document that is read as structure. */
  public Elements document(Elements holder) {
    if (holder.type() != BsonType.DOCUMENT) {
      throw Refusals.value(holder, "a document");
    }
    return structure(holder);
  }

  /** Steps into an array that is read as structure. */
  public Elements array(Elements holder) {
    if (holder.type() != BsonType.ARRAY) {
      throw Refusals.value(holder, "an array");
    }
    return structure(holder);
  }

  private Elements structure(Elements holder) {
    if (message.findings() != 0) {
      checkStructure(holder);
    }
    return new Elements(holder.bytes(), holder.valueStart());
  }

  private static void checkStructure(Elements holder) {
    boolean array = holder.type() == BsonType.ARRAY;
    Elements members = new Elements(holder.bytes(), holder.valueStart());
    for (int i = 0; members.next(); i++) {
      if (array && !members.nameIs(Integer.toString(i))) {
        throw RefusedException.malformed("array keys are not 0, 1, 2 and so on");
      }
      if (isDeprecated(members.type()) && !members.nameIs("$literal")) {
        throw RefusedException.malformed("a deprecated BSON type where structure is read");
      }
    }
  }

  /** True for types that are tolerable only inside stored values. */
  public static boolean isDeprecated(byte type) {
    return type == BsonType.UNDEFINED
        || type == BsonType.DB_POINTER
        || type == BsonType.SYMBOL
        || type == BsonType.JAVASCRIPT_WITH_SCOPE;
  }

  /** Members of one array of an operator, so far. */
  void checkMembers(int count) {
    if (count > limits().inMembers()) {
      throw Refusals.limit("an operator with more members than the policy allows");
    }
  }

  /** Counts one stage of any pipeline of the command. */
  void countStage() {
    if (++stages > limits().stages()) {
      throw Refusals.limit("too many stages");
    }
  }

  /** Counts one pipeline and how deep it lies in others; {@link #leavePipeline} ends it. */
  void enterPipeline() {
    if (++pipelines > MAX_PIPELINES || ++pipelineDepth > MAX_PIPELINE_DEPTH) {
      throw Refusals.limit("too many pipelines, or too many in one another");
    }
  }

  void leavePipeline() {
    pipelineDepth--;
  }
}
