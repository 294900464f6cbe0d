package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.Rejudgement;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.proxy.config.OwnershipLimits;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.ownership.OwnedTransaction.State;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The latest transaction of every session, by the session's id in MongoDB, which is different for
 * every principal. Thread-safe; a transaction's own lock is never held while another one's is
 * taken.
 */
final class TransactionRegistry {
  private final OwnershipLimits limits;
  private final Clock clock;
  private final UpstreamCleanup upstream;
  private final Observer observer;
  private final CursorRegistry cursors;
  private final Map<SessionId, OwnedTransaction> transactions = new ConcurrentHashMap<>();
  private final TenantCounts counts;

  TransactionRegistry(
      OwnershipLimits limits,
      Clock clock,
      UpstreamCleanup upstream,
      Observer observer,
      CursorRegistry cursors) {
    this.limits = limits;
    this.counts = new TenantCounts(limits.transactions());
    this.clock = clock;
    this.upstream = upstream;
    this.observer = observer;
    this.cursors = cursors;
  }

  /**
   * The transaction that a command is part of, as the command leaves it.
   *
   * @param session as MongoDB knows it
   * @throws RefusedException if there is none, or not for whoever asks
   */
  OwnedTransaction take(
      SessionId session, long number, OwnedTransaction.Terms asker, Claim.InTransaction claim) {
    OwnedTransaction transaction =
        claim.step() == Step.START
            ? begin(session, number, asker)
            : known(session, number, asker, claim.step());
    synchronized (transaction) {
      if (claim.step() != Step.START) {
        require(transaction, asker, claim.step());
      }
      if (claim.step() == Step.COMMIT) {
        transaction.onCommit();
      }
      transaction.touches().addAll(claim.touches());
      transaction.use(clock.millis());
      return transaction;
    }
  }

  /** True if the session has come to that transaction here, or further. */
  boolean knows(SessionId session, long number) {
    OwnedTransaction latest = transactions.get(session);
    return latest != null && latest.number() >= number;
  }

  /** True if that is the session's latest transaction here, over or not. */
  boolean isAt(SessionId session, long number) {
    OwnedTransaction latest = transactions.get(session);
    return latest != null && latest.number() == number;
  }

  private OwnedTransaction begin(SessionId session, long number, OwnedTransaction.Terms terms) {
    OwnedTransaction next = new OwnedTransaction(session, number, terms, clock.millis());
    TenantValue tenant = next.policy().tenant();
    if (!counts.tryTake(tenant)) {
      observer.limited(Limit.TRANSACTIONS);
      throw TransactionRefusals.tooMany(limits.transactions());
    }
    @Nullable OwnedTransaction[] before = new OwnedTransaction[1];
    try {
      transactions.compute(
          session,
          (any, latest) -> {
            before[0] = latest;
            return mayFollow(latest, number) ? next : refuse(latest, number);
          });
    } catch (RefusedException e) {
      counts.giveBack(tenant);
      throw e;
    }
    observer.transactions(1);
    OwnedTransaction replaced = before[0];
    if (replaced != null) {
      // MongoDB aborts it when the session goes on to the next one.
      close(replaced, State.ABORTED);
    }
    return next;
  }

  private static boolean mayFollow(@Nullable OwnedTransaction latest, long number) {
    if (latest == null || latest.number() < number) {
      return true;
    }
    synchronized (latest) {
      return latest.number() == number && latest.mayBeginAgain();
    }
  }

  private static OwnedTransaction refuse(@Nullable OwnedTransaction latest, long number) {
    throw latest != null && latest.number() > number
        ? TransactionRefusals.tooOld()
        : TransactionRefusals.begunAlready();
  }

  private OwnedTransaction known(
      SessionId session, long number, OwnedTransaction.Terms asker, Step step) {
    OwnedTransaction latest = transactions.get(session);
    if (latest == null || latest.number() != number) {
      throw TransactionRefusals.unknown(step);
    }
    OwnedTransaction.Terms terms = latest.terms();
    boolean own =
        terms.owner().policy().principal().equals(asker.owner().policy().principal())
            && terms.connection() == asker.connection();
    if (!own) {
      throw TransactionRefusals.unknown(step);
    }
    return latest;
  }

  private void require(OwnedTransaction transaction, OwnedTransaction.Terms asker, Step step) {
    if (transaction.isLive() && transaction.isOver(clock.millis(), limits)) {
      end(transaction);
    }
    switch (transaction.state()) {
      case ABORTED -> throw TransactionRefusals.aborted();
      case COMMITTED, COMMITTING -> {
        if (step == Step.CONTINUE || step == Step.ABORT && transaction.state() == State.COMMITTED) {
          throw TransactionRefusals.committed();
        }
      }
      case OPEN -> {}
    }
    if (transaction.terms().declaredApi() != asker.declaredApi()) {
      throw TransactionRefusals.otherApi();
    }
    if (step != Step.ABORT) {
      judgeAgain(transaction, asker);
    }
  }

  /** What was allowed when it was sent must be allowed today to go on and to be committed. */
  private void judgeAgain(OwnedTransaction transaction, OwnedTransaction.Terms asker) {
    try {
      Rejudgement.require(transaction.policy(), asker.owner().policy(), transaction.touches());
      transaction.judgedBy(asker.owner().policy());
    } catch (RefusedException e) {
      end(transaction);
      throw e;
    }
  }

  /** Ends a transaction here and in MongoDB. Idempotent. */
  void end(OwnedTransaction transaction) {
    boolean sent;
    synchronized (transaction) {
      sent = transaction.server() != Proof.ANY_SERVER;
    }
    if (close(transaction, State.ABORTED) && sent) {
      upstream.abortTransaction(
          transaction.terms().owner().policy().principal(), transaction.upstream());
    }
  }

  /**
   * Its outcome is known, here if not in MongoDB; the cursors in it end.
   *
   * @return false if it was known before
   */
  boolean close(OwnedTransaction transaction, State outcome) {
    List<Long> opened;
    Written written;
    synchronized (transaction) {
      if (!transaction.isLive()) {
        return false;
      }
      transaction.state(outcome);
      opened = List.copyOf(transaction.cursors());
      transaction.cursors().clear();
      written = transaction.takeWritten();
    }
    if (written != null && outcome == State.COMMITTED) {
      written.holds();
    }
    counts.giveBack(transaction.terms().owner().policy().tenant());
    observer.transactions(-1);
    opened.forEach(cursors::end);
    return true;
  }

  /** Nothing of it has reached MongoDB: as if it had never begun. */
  void forget(OwnedTransaction transaction) {
    close(transaction, State.ABORTED);
    transactions.remove(transaction.session(), transaction);
  }

  /** Ends the transaction of a session that ends. */
  void endSession(SessionId session) {
    OwnedTransaction transaction = transactions.remove(session);
    if (transaction != null) {
      end(transaction);
    }
  }

  /** Adds everybody who has one that is not over. */
  void owners(Set<Principal> to) {
    long now = clock.millis();
    for (OwnedTransaction transaction : transactions.values()) {
      synchronized (transaction) {
        if (transaction.isLive() && !transaction.isOver(now, limits)) {
          to.add(transaction.terms().owner().policy().principal());
        }
      }
    }
  }

  /** Ends all of a principal that has left. */
  void endAll(Principal principal) {
    if (counts.hasAny(principal.tenant())) {
      removeIf(transaction -> transaction.terms().owner().policy().principal().equals(principal));
    }
  }

  /** Ends those that belong to one connection of a tenant's. */
  void endConnection(TenantValue tenant, long connection) {
    if (counts.hasAny(tenant)) {
      removeIf(transaction -> transaction.terms().connection() == connection);
    }
  }

  /** Ends what is too old, and forgets what has long been over. */
  void sweep() {
    long now = clock.millis();
    removeIf(
        transaction -> {
          synchronized (transaction) {
            return transaction.isOver(now, limits);
          }
        });
  }

  private void removeIf(Predicate<OwnedTransaction> condition) {
    for (OwnedTransaction transaction : List.copyOf(transactions.values())) {
      if (condition.test(transaction)) {
        transactions.remove(transaction.session(), transaction);
        end(transaction);
      }
    }
  }
}
