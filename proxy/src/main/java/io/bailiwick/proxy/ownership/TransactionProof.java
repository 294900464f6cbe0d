package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.proxy.ownership.OwnedTransaction.State;

/**
 * The proof of a command in a transaction: it goes where the transaction lives, and how it ends may
 * end the transaction.
 */
final class TransactionProof implements Proof {
  private final TransactionRegistry registry;
  private final OwnedTransaction transaction;
  private final Step step;
  private final Proof cursor;
  private final int server;

  /**
   * @param cursor what is proven of the command's cursor
   */
  TransactionProof(
      TransactionRegistry registry, OwnedTransaction transaction, Step step, Proof cursor) {
    this.registry = registry;
    this.transaction = transaction;
    this.step = step;
    this.cursor = cursor;
    synchronized (transaction) {
      boolean anywhere = step == Step.COMMIT && transaction.isCommittedAgain();
      this.server = anywhere ? ANY_SERVER : transaction.server();
    }
  }

  @Override
  public int server() {
    return server;
  }

  @Override
  public boolean tripwire() {
    return cursor.tripwire();
  }

  @Override
  public long cursorId(long upstreamCursorId, int position, boolean tripwire) {
    long id = cursor.cursorId(upstreamCursorId, position, tripwire);
    if (id != 0 && cursor instanceof OpeningProof) {
      synchronized (transaction) {
        transaction.cursors().add(id);
      }
    }
    return id;
  }

  @Override
  public void onServer(int position) {
    synchronized (transaction) {
      if (transaction.server() == ANY_SERVER) {
        transaction.livesOn(position);
      }
    }
  }

  @Override
  public void onUnsent() {
    cursor.onUnsent();
    if (step == Step.START) {
      registry.forget(transaction);
    } else if (step == Step.ABORT) {
      registry.end(transaction);
    }
  }

  @Override
  public void onWritten(Written written) {
    synchronized (transaction) {
      transaction.wrote(written);
    }
  }

  @Override
  public void onReplied(boolean ok, int code) {
    cursor.onReplied(ok, code);
    if (ok && step == Step.COMMIT) {
      registry.close(transaction, State.COMMITTED);
    } else if (step == Step.ABORT || code == ErrorCode.NO_SUCH_TRANSACTION.code()) {
      registry.close(transaction, State.ABORTED);
    } else if (!ok && step == Step.START) {
      synchronized (transaction) {
        transaction.onBeginningRefused();
      }
    }
  }

  /** Whether a commit was carried out, MongoDB will say when it is asked again. */
  @Override
  public void onLost() {
    cursor.onLost();
    if (step != Step.COMMIT) {
      registry.end(transaction);
    }
  }
}
