package io.bailiwick.policy.scenario;

import io.bailiwick.policy.verdict.LocalCommand;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must become of one message. */
sealed interface Expectation {
  /**
   * Forwarded.
   *
   * @param body what MongoDB must get, or null for anything
   * @param sequences identifier to the documents of each document sequence MongoDB must get
   * @param shadowedBy names of rules in shadow mode that would have denied it, in order; null for
   *     anything
   */
  record Forward(
      byte @Nullable [] body,
      Map<String, List<byte[]>> sequences,
      @Nullable List<String> shadowedBy)
      implements Expectation {}

  /** Forwarded, body and sequences byte for byte as sent. */
  record Unchanged() implements Expectation {}

  /**
   * Denied.
   *
   * @param code error code, or null for any
   * @param closes true if the connection must end without a reply
   */
  record Deny(String rule, @Nullable Integer code, boolean closes) implements Expectation {}

  /** The connection ends without a reply, for whatever reason. */
  record Close() implements Expectation {}

  /** Answered from the policy; what is expected must be in the answer, more may be. */
  record Answer(byte[] document) implements Expectation {}

  /** Answered by the proxy from what it knows of the connection. */
  record Local(LocalCommand command) implements Expectation {}
}
