package io.bailiwick.proxy.business;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.ownership.SessionAt;
import io.bailiwick.proxy.token.Recent;
import org.jspecify.annotations.Nullable;

/**
 * Which numbered writes were counted: a driver that missed the reply sends the write again, and
 * MongoDB answers as it did the first time. A session's numbers only grow. Thread-safe.
 */
final class CountedWrites {
  private static final int MOST_SESSIONS = 50_000;

  /** A session by its id in MongoDB, which is different for every principal. */
  private record Session(long first, long second) {}

  /** A write that MongoDB carries out once, however often it is sent. */
  record Numbered(Session session, long number) {
    /** Null for any other, and for one that is part of a transaction. */
    static @Nullable Numbered of(RawDocument body) {
      Elements number = body.find("txnNumber");
      Elements lsid = body.find("lsid");
      byte[] id = lsid == null ? null : SessionAt.uuid(lsid);
      return number == null
              || number.type() != BsonType.INT64
              || id == null
              || body.find("autocommit") != null
          ? null
          : new Numbered(
              new Session(Bytes.int64(id, 0), Bytes.int64(id, Long.BYTES)), number.int64());
    }
  }

  private final Recent<Session, Long> latest = new Recent<>(MOST_SESSIONS);

  /** True for the first time that the write is named. */
  synchronized boolean isFirst(Numbered write) {
    Long before = latest.get(write.session());
    if (before != null && before >= write.number()) {
      return false;
    }
    latest.put(write.session(), write.number());
    return true;
  }
}
