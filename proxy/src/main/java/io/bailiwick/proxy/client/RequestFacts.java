package io.bailiwick.proxy.client;

import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/**
 * What of a forwarded command decides how a driver may go on if no reply comes. Read before the
 * command's bytes are gone.
 *
 * @param read true if it changes nothing
 * @param numbered true if it carries txnNumber: sent again, it is not carried out again
 * @param inTransaction true if it is part of a transaction
 * @param commits true for commitTransaction
 * @param aborts true for abortTransaction
 * @param timed true if the client gave maxTimeMS
 */
record RequestFacts(
    boolean read,
    boolean numbered,
    boolean inTransaction,
    boolean commits,
    boolean aborts,
    boolean timed) {

  /** All there are: a command leaves no garbage behind for having been looked at. */
  private static final RequestFacts[] ALL = new RequestFacts[64];

  static {
    for (int i = 0; i < ALL.length; i++) {
      ALL[i] =
          new RequestFacts(
              (i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0, (i & 16) != 0, (i & 32) != 0);
    }
  }

  static RequestFacts of(OpMsg message, ReplyPlan.Kind kind) {
    Elements elements = new Elements(message.bytes(), message.bodyStart());
    boolean named = elements.next();
    boolean commits = named && elements.nameIs("commitTransaction");
    boolean aborts = named && elements.nameIs("abortTransaction");
    boolean numbered = false;
    boolean inTransaction = false;
    boolean timed = false;
    while (elements.next()) {
      numbered |= elements.nameIs("txnNumber");
      inTransaction |= elements.nameIs("autocommit");
      timed |= elements.nameIs("maxTimeMS") && isPositive(elements);
    }
    return ALL[
        (isRead(kind) && !commits && !aborts ? 1 : 0)
            | (numbered ? 2 : 0)
            | (inTransaction ? 4 : 0)
            | (commits ? 8 : 0)
            | (aborts ? 16 : 0)
            | (timed ? 32 : 0)];
  }

  private static boolean isRead(ReplyPlan.Kind kind) {
    return switch (kind) {
      case CURSOR, PLAIN, EXPLAIN -> true;
      case WRITE, FIND_AND_MODIFY, BULK_WRITE -> false;
    };
  }

  private static boolean isPositive(Elements number) {
    return switch (number.type()) {
      case BsonType.INT32 -> number.int32() > 0;
      case BsonType.INT64 -> number.int64() > 0;
      case BsonType.DOUBLE -> number.float64() > 0;
      default -> false;
    };
  }
}
