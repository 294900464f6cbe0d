package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.topology.ReadPreference;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What of a command decides where it may go, how long it may take and whether it may be sent again.
 *
 * @param read true if it changes nothing and may be carried out any number of times: reads other
 *     than getMore, outside transactions
 * @param numbered true for a write outside transactions that MongoDB carries out once, however
 *     often it is sent
 * @param inTransaction true if it is part of a transaction
 * @param maxMillis the time limit that the client gave, in milliseconds; 0 for none
 * @param preference who may answer it
 */
record Traits(
    boolean read,
    boolean numbered,
    boolean inTransaction,
    long maxMillis,
    ReadPreference preference) {
  private static final Set<String> READS =
      Set.of("find", "aggregate", "count", "distinct", "listCollections", "listIndexes", "explain");

  private static final Traits READ = plain(true, false, false);
  private static final Traits NUMBERED = plain(false, true, false);
  private static final Traits IN_TRANSACTION = plain(false, false, true);
  private static final Traits OTHER = plain(false, false, false);

  private static Traits plain(boolean read, boolean numbered, boolean inTransaction) {
    return new Traits(read, numbered, inTransaction, 0, ReadPreference.PRIMARY);
  }

  /**
   * Reads the body, which has been judged.
   *
   * @param command its name in the catalogue
   */
  static Traits of(String command, RawDocument body) {
    boolean numbered = false;
    boolean inTransaction = false;
    long maxMillis = 0;
    ReadPreference preference = ReadPreference.PRIMARY;
    Elements elements = body.elements();
    while (elements.next()) {
      if (elements.nameIs("txnNumber")) {
        numbered = true;
      } else if (elements.nameIs("autocommit")) {
        inTransaction = true;
      } else if (elements.nameIs("maxTimeMS") && !command.equals("getMore")) {
        // There it says how long to wait for more, not how long it may take.
        maxMillis = Math.max(0, number(elements));
      } else if (elements.nameIs("$readPreference") && elements.type() == BsonType.DOCUMENT) {
        preference = ReadPreference.of(elements);
      }
    }
    boolean read = !inTransaction && READS.contains(command);
    ReadPreference routed = read ? preference : ReadPreference.PRIMARY;
    if (maxMillis != 0 || routed != ReadPreference.PRIMARY) {
      return new Traits(read, numbered && !inTransaction, inTransaction, maxMillis, routed);
    }
    return inTransaction ? IN_TRANSACTION : read ? READ : numbered ? NUMBERED : OTHER;
  }

  /**
   * How long it may take: the client's own limit, and at the most the policy's.
   *
   * @param most the policy's
   */
  long limitNanos(Duration most) {
    return maxMillis == 0
        ? most.toNanos()
        : Math.min(most.toNanos(), TimeUnit.MILLISECONDS.toNanos(maxMillis));
  }

  private static long number(Elements field) {
    return switch (field.type()) {
      case BsonType.INT32 -> field.int32();
      case BsonType.INT64 -> field.int64();
      case BsonType.DOUBLE -> (long) field.float64();
      default -> 0;
    };
  }
}
