package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.proxy.upstream.ReplyElements.Step;
import io.netty.buffer.ByteBuf;
import java.util.function.BooleanSupplier;

/**
 * The newest {@code $clusterTime} that MongoDB itself has said, to be told to its other servers:
 * clients' own are never passed on, since what they say of time is theirs to make up. Kept only
 * where there is more than one server, for a single one knows its own. Thread-safe.
 */
final class ClusterTime {
  private static final String FIELD = "$clusterTime";
  private static final Known NOTHING = new Known(0, new byte[0]);

  private final BooleanSupplier kept;
  private volatile Known newest = NOTHING;

  /** One cluster time, signature and all, as an element to stand in a command's body. */
  private record Known(long time, byte[] element) {}

  /**
   * @param kept whether there are several servers now
   */
  ClusterTime(BooleanSupplier kept) {
    this.kept = kept;
  }

  /** False if there is no need to look for it in replies. */
  boolean isKept() {
    return kept.getAsBoolean();
  }

  /** The element for the body of the next command; empty if nothing is known. */
  byte[] element() {
    return newest.element();
  }

  /** True if an element of a reply is what {@link #offer} takes. */
  static boolean isOne(ReplyElements element) {
    return element.nameIs(FIELD) && element.type() == BsonType.DOCUMENT;
  }

  /** Takes the element that stands between two offsets of a reply, if it is newer. */
  void offer(ReplyBuffer reply, int from, int to) {
    ReplyElements fields = new ReplyElements(reply);
    fields.start(from + 1 + FIELD.length() + 1 + 4, to);
    ByteBuf in = reply.bytes();
    while (fields.next() == Step.ELEMENT) {
      if (fields.nameIs("clusterTime") && fields.type() == BsonType.TIMESTAMP) {
        long time = in.getLongLE(reply.index(fields.valueStart()));
        if (Long.compareUnsigned(time, newest.time()) > 0) {
          byte[] element = new byte[to - from];
          in.getBytes(reply.index(from), element);
          put(new Known(time, element));
        }
      }
      fields.skip();
    }
  }

  private synchronized void put(Known known) {
    if (Long.compareUnsigned(known.time(), newest.time()) > 0) {
      newest = known;
    }
  }

  /** Forgets everything: MongoDB does not take what it said before, its keys have changed. */
  void forget() {
    newest = NOTHING;
  }

  /** True for MongoDB's error codes by which it refuses a cluster time. */
  static boolean isRefusedBy(int code) {
    return switch (code) {
      case 204, // TimeProofMismatch
          205, // ClusterTimeFailsRateLimiter
          210, // CannotVerifyAndSignLogicalTime
          211 -> // KeyNotFound
          true;
      default -> false;
    };
  }
}
