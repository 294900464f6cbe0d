package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.Touch;
import io.bailiwick.proxy.config.OwnershipLimits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One transaction: who began it and under which terms, what it has touched, and where it stands.
 * Every method but the constant ones is called under the lock of the object.
 *
 * <pre>
 *        begun                commit               answered
 * ───────────────▶  OPEN  ─────────▶ COMMITTING ─────────▶ COMMITTED
 *                    │ abort, lost, too old │
 *                    └──────────▶ ABORTED ◀─┘
 * </pre>
 */
final class OwnedTransaction {
  /** Where a transaction stands. */
  enum State {
    OPEN,
    /** The outcome is MongoDB's to tell; asked again, it tells the same. */
    COMMITTING,
    COMMITTED,
    ABORTED
  }

  /**
   * Who began it, and what every later command must match.
   *
   * @param connection id of the only connection it may be used on, or {@link Owner#ANY_CONNECTION}
   * @param declaredApi what its commands declare of the API
   */
  record Terms(Owner owner, long connection, int declaredApi) {}

  private final SessionId session;
  private final long number;
  private final Terms terms;
  private final long begunAt;
  private final Set<Touch> touches = new LinkedHashSet<>();
  private final List<Long> cursors = new ArrayList<>();
  private State state = State.OPEN;
  private BoundPolicy policy;
  private long usedAt;
  private int server = Proof.ANY_SERVER;
  private boolean mayBeginAgain;
  private int commits;
  private @Nullable Written written;

  /**
   * @param session as MongoDB knows it
   * @param now milliseconds
   */
  OwnedTransaction(SessionId session, long number, Terms terms, long now) {
    this.session = session;
    this.number = number;
    this.terms = terms;
    this.policy = terms.owner().policy();
    this.begunAt = now;
    this.usedAt = now;
  }

  SessionId session() {
    return session;
  }

  long number() {
    return number;
  }

  Terms terms() {
    return terms;
  }

  State state() {
    return state;
  }

  void state(State next) {
    state = next;
  }

  /** True until its outcome is known: it counts, and MongoDB may hold locks for it. */
  boolean isLive() {
    return state == State.OPEN || state == State.COMMITTING;
  }

  /** The generation by which everything in it was judged last. */
  BoundPolicy policy() {
    return policy;
  }

  void judgedBy(BoundPolicy now) {
    policy = now;
  }

  Set<Touch> touches() {
    return touches;
  }

  void use(long now) {
    usedAt = now;
  }

  /** Position of the server it lives on, or {@link Proof#ANY_SERVER} before anything was sent. */
  int server() {
    return server;
  }

  void livesOn(int position) {
    server = position;
  }

  /** True if MongoDB refused its first command, which drivers may then send as it was. */
  boolean mayBeginAgain() {
    return mayBeginAgain;
  }

  void onBeginningRefused() {
    mayBeginAgain = true;
  }

  /** It is to be committed; the outcome is MongoDB's to tell. */
  void onCommit() {
    commits++;
    if (state == State.OPEN) {
      state = State.COMMITTING;
    }
  }

  /** True if a commit was sent before: the next server to take writes knows the outcome, too. */
  boolean isCommittedAgain() {
    return commits > 1;
  }

  /** Ids, as the client knows them, of cursors that end with it. */
  List<Long> cursors() {
    return cursors;
  }

  boolean isOver(long now, OwnershipLimits limits) {
    return now - begunAt > limits.transactionAge().toMillis()
        || now - usedAt > limits.transactionIdle().toMillis();
  }

  /** Something was written in it that holds once it is committed. */
  void wrote(Written more) {
    if (isLive()) {
      written = written == null ? more : written.and(more);
    }
  }

  /** What was written in it, which it gives out once. */
  @Nullable Written takeWritten() {
    Written all = written;
    written = null;
    return all;
  }

  UpstreamCleanup.Transaction upstream() {
    byte[] id = new byte[SessionIds.SIZE];
    session.putAt(id, 0);
    return new UpstreamCleanup.Transaction(server, id, number, terms.declaredApi());
  }
}
