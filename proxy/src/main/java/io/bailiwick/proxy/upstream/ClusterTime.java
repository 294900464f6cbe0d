package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.upstream.ReplyElements.Step;
import io.netty.buffer.ByteBuf;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest {@code $clusterTime} that MongoDB itself has said, to be told to its other servers:
 * clients' own are never passed on, since what they say of time is theirs to make up, and no client
 * may ask to read at a later time. Looked for in replies only where there is more than one server,
 * or once a client has asked for a time. Thread-safe.
 */
final class ClusterTime {
  private static final String FIELD = "$clusterTime";
  private static final Known NOTHING = new Known(0, new byte[0]);

  private final BooleanSupplier told;
  private volatile boolean asked;
  private volatile long latest;
  private volatile Known newest = NOTHING;

  /** One cluster time, signature and all, as an element to stand in a command's body. */
  private record Known(long time, byte[] element) {}

  /**
   * @param told whether there are several servers now
   */
  ClusterTime(BooleanSupplier told) {
    this.told = told;
  }

  /** False if there is no need to look for it in replies. */
  boolean isKept() {
    return asked || told.getAsBoolean();
  }

  /** The element for the body of the next command; empty if nothing is known. */
  byte[] element() {
    return newest.element();
  }

  /** True if MongoDB has come to that time, as far as it has said. */
  boolean hasReached(long time) {
    asked = true;
    return Long.compareUnsigned(time, latest) <= 0;
  }

  /** Takes what an answer to one of the proxy's own commands says; it is not told to others. */
  void offer(OwnReply reply) {
    @Nullable Elements time = reply.find(FIELD, "clusterTime");
    if (time != null && time.type() == BsonType.TIMESTAMP) {
      reach(Bytes.int64(time.bytes(), time.valueStart()));
    }
  }

  private synchronized void reach(long time) {
    if (Long.compareUnsigned(time, latest) > 0) {
      latest = time;
    }
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
        reach(time);
        if (told.getAsBoolean() && Long.compareUnsigned(time, newest.time()) > 0) {
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
