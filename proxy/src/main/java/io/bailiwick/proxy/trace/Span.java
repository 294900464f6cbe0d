package io.bailiwick.proxy.trace;

import io.bailiwick.policy.model.Namespace;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One command as part of its client's trace. Holds nothing that the client wrote but the digits of
 * the trace.
 *
 * @param parent where in the trace the client's command stands
 * @param about what the command was
 * @param start when it was taken
 * @param nanos until its end, as the client sees it
 * @param result how it ended
 */
public record Span(TraceContext parent, About about, Instant start, long nanos, Result result) {

  /**
   * What the command was.
   *
   * @param command from the catalogue, or {@code _other}
   * @param namespace that the policy lists, or null
   * @param decisionId the id in audit, log and errors; null if it got none
   */
  public record About(String command, @Nullable Namespace namespace, @Nullable String decisionId) {}

  /**
   * How it ended.
   *
   * @param outcome bounded, as in the metrics
   * @param failed true if the client got an error or no reply
   * @param code MongoDB's error code, 0 for none; null if MongoDB was not asked or gave no answer
   * @param upstreamNanos time that MongoDB took, or -1
   */
  public record Result(
      String outcome, boolean failed, @Nullable Integer code, long upstreamNanos) {}
}
