package io.bailiwick.proxy.noninterference;

import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;

/**
 * Makes commands parts of transactions: one begins, goes on and is committed or aborted, now and
 * then with an odd number or once too often. While one is open nothing else of the run writes, for
 * it would wait for locks.
 */
final class Transactions {
  private final Draw draw;
  private final BsonDocument session;
  private long number;
  private boolean open;

  /**
   * @param session of which no other run knows
   */
  Transactions(Draw draw, byte[] session) {
    this.draw = draw;
    this.session = new BsonDocument("id", new BsonBinary(BsonBinarySubType.UUID_STANDARD, session));
  }

  boolean isOpen() {
    return open;
  }

  /** The command as the first of a transaction. */
  BsonDocument begin(BsonDocument command) {
    open = true;
    number++;
    return part(command).append("startTransaction", BsonBoolean.TRUE);
  }

  /** The command as another of the open transaction. */
  BsonDocument part(BsonDocument command) {
    command.put("lsid", session);
    command.put("txnNumber", new BsonInt64(draw.chance(3) ? number - 1 : number));
    return command.append("autocommit", BsonBoolean.FALSE);
  }

  /** Ends the open transaction. */
  BsonDocument end() {
    open = false;
    return ending(draw.chance(60) ? "commitTransaction" : "abortTransaction", number);
  }

  /** Aborts for certain, so that nothing is left open behind a run. */
  BsonDocument abort() {
    open = false;
    return ending("abortTransaction", number);
  }

  /** Ends one that has ended, or never was. */
  BsonDocument endAgain() {
    return ending(draw.of("commitTransaction", "abortTransaction"), number + draw.below(2));
  }

  private BsonDocument ending(String name, long which) {
    return new BsonDocument(name, new BsonInt32(1))
        .append("lsid", session)
        .append("txnNumber", new BsonInt64(which))
        .append("autocommit", BsonBoolean.FALSE)
        .append("$db", new BsonString("admin"));
  }
}
