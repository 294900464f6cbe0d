package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.ownership.UpstreamCleanup;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What the proxy itself has to say on a connection right before a client's request may follow on
 * it: to abort a transaction that nobody here knows, or to learn whether MongoDB has come to the
 * time that the request wants to read at.
 *
 * @param command to be told first
 */
record Prelude(OwnCommand command, UpstreamRequest request, ClusterTime time) {
  /** Null for nearly all requests: they are sent at once. */
  static @Nullable Prelude of(UpstreamRequest request, ClusterTime time) {
    UpstreamCleanup.Transaction unsettled = request.proof().unsettled();
    if (unsettled != null) {
      OwnCommand abort =
          new OwnCommand.AbortTransaction(
              unsettled.session(), unsettled.number(), unsettled.declaredApi());
      return new Prelude(abort, request, time);
    }
    return request.readsAt() == 0 || time.hasReached(request.readsAt())
        ? null
        : new Prelude(new OwnCommand.Ping(), request, time);
  }

  /** Why the request may not follow after that answer; null if it may. */
  @Nullable Kind refusal(OwnReply answer) {
    if (command instanceof OwnCommand.Ping) {
      return time.hasReached(request.readsAt()) ? null : Kind.TIME_AHEAD;
    }
    return answer.ok() || isSettled(answer.code()) ? null : Kind.UNREACHABLE;
  }

  /** True for errors that say that there is nothing open to be committed. */
  private static boolean isSettled(int code) {
    return switch (code) {
      case 20, // IllegalOperation: a server without transactions
          59, // CommandNotFound: the same
          225, // TransactionTooOld
          251, // NoSuchTransaction
          256 -> // TransactionCommitted
          true;
      default -> false;
    };
  }
}
