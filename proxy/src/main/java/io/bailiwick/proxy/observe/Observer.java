package io.bailiwick.proxy.observe;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.Treatments;
import org.jspecify.annotations.Nullable;

/**
 * What the data path reports. Called on event loops: never blocks, never throws. All labels are
 * bounded: commands come from the catalogue, rules from the policy. What an observer does not care
 * about it leaves alone.
 */
public interface Observer {
  /** A client connected to the named listener. */
  default void connected(String listener) {}

  /** A client connection ended; {@code cause} is one of {@link CloseCause}. */
  default void disconnected(String listener, CloseCause cause) {}

  /**
   * A command was answered (or dropped, or its connection closed).
   *
   * @param command catalogue name or {@code _other}
   * @param clientNanos from the frame's last byte read to the reply's last byte written
   * @param upstreamNanos time MongoDB took, or -1 where it was not asked
   */
  default void command(String command, Outcome outcome, long clientNanos, long upstreamNanos) {}

  /**
   * A command was denied: counted by rule, audited, logged.
   *
   * @param decisionId stands in the client's error too
   * @param policy null before login
   */
  default void denied(
      Verdict.Deny deny, String decisionId, @Nullable BoundPolicy policy, long connectionId) {}

  /** A rule in shadow mode would have denied the command. */
  default void shadowed(
      String rule, Verdict.Forward forward, BoundPolicy policy, long connectionId) {}

  /**
   * Expressions in the filters of a command that is forwarded were treated so; not called for
   * commands without any. The counts are borrowed for the call.
   */
  default void expressions(Treatments treatments) {}

  /**
   * A login succeeded or failed; {@code mechanism} comes from the listed ones, else {@code other}.
   */
  default void login(String mechanism, boolean succeeded) {}

  /** Reading from one side was paused for back-pressure: {@code client} or {@code upstream}. */
  default void readsPaused(String side) {}

  /**
   * A document of another tenant was found in a reply: alarm.
   *
   * @param policy of the principal whose command it was
   */
  default void tripwire(
      String command, String decisionId, @Nullable BoundPolicy policy, long connectionId) {}

  /** State of the breaker of one configured upstream server: closed, open or half_open. */
  default void breaker(String upstream, String state) {}

  /**
   * A request came back without a reply and might be sent again.
   *
   * @param reason bounded: connection, state_change or error
   * @param sent false if too much was sent again lately
   */
  default void retried(String reason, boolean sent) {}

  /**
   * A command of a client was to be ended in MongoDB.
   *
   * @param outcome bounded: killed, over, partly, refused or unreachable
   */
  default void operationKilled(String outcome) {}

  /** A connection to MongoDB was opened or ended. */
  default void upstreamConnections(int change) {}

  /**
   * A connection to MongoDB has ended.
   *
   * @param cause why, bounded
   */
  default void upstreamDisconnected(String cause) {}

  /** Cursors open now; called with the difference. */
  default void cursors(int change) {}

  /** Transactions of clients began or ended. */
  default void transactions(int change) {}

  /**
   * MongoDB gave no reply to a command.
   *
   * @param kind why, bounded
   */
  default void noReply(String kind) {}

  /**
   * A compressed message was not what it promises, not agreed on, or too large: of the {@code
   * client} or {@code upstream}.
   */
  default void compressedRefused(String side) {}

  /** A connection or a command was refused for the sake of a roof. */
  default void limited(Limit limit) {}

  /** Commands that wait for a shared connection to MongoDB now; called with the difference. */
  default void poolWaiting(int change) {}

  /** A message of a client's has arrived. */
  default void request(int bytes) {}

  /** A whole reply has gone out to a client. */
  default void reply(long bytes) {}

  /** Commands of clients that MongoDB has not answered yet; called with the difference. */
  default void upstreamRequests(int change) {}

  /** A command has waited for a shared connection, whether it got one or not. */
  default void poolWaited(long nanos) {}

  /**
   * What a server of MongoDB was seen to be.
   *
   * @param role primary, secondary, mongos, standalone, other, unknown, or gone
   */
  default void serverRole(String upstream, String role) {}
}
