package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.ReplyPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What shall become of a command that no guard refused: exactly one of a plan for MongoDB's reply,
 * an answer from the policy, and a command for the proxy. Reusable.
 */
public final class Decision {
  private final List<Claim> claims = new ArrayList<>();
  private final List<Claim> readableClaims = Collections.unmodifiableList(claims);
  private @Nullable ReplyPlan plan;
  private byte @Nullable [] answer;
  private @Nullable LocalCommand local;

  void begin() {
    claims.clear();
    plan = null;
    answer = null;
    local = null;
  }

  void claim(Claim claim) {
    claims.add(claim);
  }

  void plan(ReplyPlan replyPlan) {
    plan = replyPlan;
  }

  void answer(byte[] document) {
    answer = document;
  }

  void local(LocalCommand command) {
    local = command;
  }

  /** What must be proven before the command is forwarded; until the next one begins. */
  public List<Claim> claims() {
    return readableClaims;
  }

  /** What the reply may be, or null if the command is not forwarded. */
  public @Nullable ReplyPlan plan() {
    return plan;
  }

  /** The answer, or null. */
  public byte @Nullable [] answer() {
    return answer;
  }

  /** Which command the proxy is to answer, or null. */
  public @Nullable LocalCommand local() {
    return local;
  }
}
