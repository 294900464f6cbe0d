package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.proxy.config.OwnershipLimits;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.observe.Observer;
import java.time.Clock;

/** Puts MongoDB's id of a session in the place of the client's, as long as it may have more. */
final class SessionAdmission {
  private final SessionIds ids;
  private final OwnershipLimits limits;
  private final Clock clock;
  private final Observer observer;

  SessionAdmission(SessionIds ids, OwnershipLimits limits, Clock clock, Observer observer) {
    this.ids = ids;
    this.limits = limits;
    this.clock = clock;
    this.observer = observer;
  }

  /**
   * Maps the id at the offset in its place. Any thread.
   *
   * @return as MongoDB knows it
   * @throws RefusedException if the holder has too many live sessions
   */
  SessionId use(Holder holder, byte[] bytes, int at) {
    SessionId clientId = SessionId.at(bytes, at);
    LiveSession session = holder.session(clientId);
    if (session == null) {
      return admit(holder, clientId, bytes, at).upstreamId();
    }
    session.use(clock.millis());
    session.upstreamId().putAt(bytes, at);
    return session.upstreamId();
  }

  private LiveSession admit(Holder holder, SessionId clientId, byte[] bytes, int at) {
    ids.map(holder.identity(), bytes, at);
    LiveSession session = new LiveSession(SessionId.at(bytes, at), clock.millis());
    if (!holder.admit(clientId, session, limits.sessions())) {
      observer.limited(Limit.SESSIONS);
      throw RefusedException.of(
          ErrorCode.TOO_MANY_LOGICAL_SESSIONS,
          RefusalType.OVERLOAD,
          RuleId.LIMIT,
          "more live sessions than " + limits.sessions());
    }
    return session;
  }
}
