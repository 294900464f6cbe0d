package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.Arrays;

/**
 * What the arguments that any command may carry say in one command. Each is checked as it is read;
 * offsets point into the message. Reusable.
 */
final class GenericArguments {
  private static final int MAX_COMMENT_BYTES = 1024;
  private static final int NONE = -1;

  private int databaseStart;
  private int databaseEnd;
  private int sessionAt;
  private int numberAt;
  private int declaredApi;
  private boolean primary;
  private boolean writeConcern;
  private boolean acknowledged;
  private boolean inner;
  private final ReadConcern readConcern = new ReadConcern();
  private final TransactionArguments transaction = new TransactionArguments();
  private boolean commentLeaves;

  /** From the next command on: true if comments are not forwarded, however long they are. */
  void commentLeaves(boolean leaves) {
    commentLeaves = leaves;
  }

  /** Starts over; {@code inner} for a command that explain holds. */
  void reset(boolean isInner) {
    inner = isInner;
    databaseStart = NONE;
    databaseEnd = NONE;
    sessionAt = NONE;
    numberAt = NONE;
    declaredApi = 0;
    primary = true;
    writeConcern = false;
    acknowledged = true;
    readConcern.reset();
    transaction.reset();
  }

  /** Offset of the database's name, or -1 if the command names none. */
  int databaseStart() {
    return databaseStart;
  }

  int databaseEnd() {
    return databaseEnd;
  }

  /** Offset of the 16 bytes of {@code lsid.id}, or -1. */
  int sessionAt() {
    return sessionAt;
  }

  /** Offset of the int64 {@code txnNumber}, or -1. */
  int numberAt() {
    return numberAt;
  }

  /**
   * What the command declares of the API, each in two bits: version, apiStrict,
   * apiDeprecationErrors; 0 if it declares nothing.
   */
  int declaredApi() {
    return declaredApi;
  }

  ReadConcern readConcern() {
    return readConcern;
  }

  boolean hasWriteConcern() {
    return writeConcern;
  }

  /** True unless {@code $readPreference} lets another server than the primary answer. */
  boolean primary() {
    return primary;
  }

  TransactionArguments transaction() {
    return transaction;
  }

  /** False for writeConcern w:0. */
  boolean acknowledged() {
    return acknowledged;
  }

  void read(GenericField field, Elements value) {
    if (inner && !field.mayLieInside()) {
      throw RefusedException.policy(RuleId.FIELD, value.name());
    }
    if (!field.shape().fits(value)) {
      throw badValue(value);
    }
    switch (field) {
      case DB -> {
        databaseStart = value.stringStart();
        databaseEnd = value.stringEnd();
      }
      case LSID -> sessionAt = SessionId.at(value);
      case TXN_NUMBER -> transactionNumber(value);
      case AUTOCOMMIT -> transaction.autocommit(value);
      case START_TRANSACTION -> transaction.startTransaction(value);
      case READ_PREFERENCE -> primary = RoutingArguments.readPreference(value);
      case READ_CONCERN -> readConcern.read(value);
      case WRITE_CONCERN -> {
        writeConcern = true;
        acknowledged = RoutingArguments.writeConcern(value);
      }
      case MAX_TIME_MS -> require(Integers.isBetween(value, 0, Integer.MAX_VALUE), value);
      case COMMENT ->
          require(
              commentLeaves || value.valueEnd() - value.valueStart() <= MAX_COMMENT_BYTES, value);
      case API_VERSION -> {
        require(isOne(value), value);
        declaredApi |= 1;
      }
      case API_STRICT -> declaredApi |= value.bool() ? 2 << 2 : 1 << 2;
      case API_DEPRECATION_ERRORS -> declaredApi |= value.bool() ? 2 << 4 : 1 << 4;
      case CLUSTER_TIME -> {}
    }
  }

  /** What can only be said once all of them have been read. */
  void check(CommandEntry entry) {
    if (databaseStart < 0) {
      throw RefusedException.policy(RuleId.FIELD, "$db is missing");
    }
    transaction.check(entry, this);
    if (numberAt >= 0 && sessionAt < 0) {
      throw RefusedException.policy(RuleId.SESSION, "txnNumber without lsid");
    }
    if (numberAt >= 0 && !entry.retryable() && !transaction.inside()) {
      throw RefusedException.policy(RuleId.FIELD, "txnNumber on a command that writes nothing");
    }
  }

  /** A command inside another one lives in the same database, whether it says so or not. */
  void inherit(GenericArguments outer, byte[] bytes) {
    boolean same =
        databaseStart < 0
            || Arrays.equals(
                bytes, databaseStart, databaseEnd, bytes, outer.databaseStart, outer.databaseEnd);
    if (!same) {
      throw RefusedException.policy(RuleId.NAMESPACE, "the inner command names another database");
    }
    databaseStart = outer.databaseStart;
    databaseEnd = outer.databaseEnd;
  }

  /**
   * Claims what must be proven before the command is forwarded.
   *
   * @param outermost of the command that holds this one, or this one's own
   * @param effects what the command does, as far as a transaction has to remember it
   */
  void claim(Decision own, Decision outermost, TransactionRole role, Effects effects) {
    if (sessionAt >= 0) {
      own.claim(new Claim.UsesSession(sessionAt));
    }
    if (declaredApi != 0) {
      own.claim(new Claim.DeclaresApi(declaredApi));
    }
    if (readConcern.timestampAt() >= 0) {
      outermost.claim(new Claim.ReadsAt(readConcern.timestampAt()));
    }
    if (transaction.inside()) {
      own.claim(new Claim.InTransaction(transaction.step(role), numberAt, effects.touches()));
    }
  }

  private void transactionNumber(Elements value) {
    require(value.type() == BsonType.INT64 && value.int64() >= 0, value);
    numberAt = value.valueStart();
  }

  private static boolean isOne(Elements value) {
    return value.stringEnd() - value.stringStart() == 1
        && value.bytes()[value.stringStart()] == '1';
  }

  private static void require(boolean holds, Elements value) {
    if (!holds) {
      throw badValue(value);
    }
  }

  private static RefusedException badValue(Elements value) {
    return RefusedException.policy(RuleId.OPTION_VALUE, value.name());
  }
}
