package io.bailiwick.policy;

import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.Treatments;
import io.bailiwick.protocol.MessageEdits;
import java.util.List;

/** Permits for tests that are not about judging: the class stands where permits can be built. */
public final class TestForwards {
  private TestForwards() {}

  /** Lets a message through unchanged. */
  public static Verdict.Forward unchanged(ReplyPlan plan) {
    return edited(new MessageEdits(), plan);
  }

  /** Lets a message through unchanged, under its own name. */
  public static Verdict.Forward named(String command, ReplyPlan plan) {
    return forward(command, new MessageEdits(), plan);
  }

  /** Lets a message through unchanged, with claims. */
  public static Verdict.Forward claiming(ReplyPlan plan, List<Claim> claims) {
    return new Verdict.Forward(
        "test", new MessageEdits(), claims, plan, new Treatments(), List.of());
  }

  /** Lets a message through with edits. */
  public static Verdict.Forward edited(MessageEdits edits, ReplyPlan plan) {
    return forward("test", edits, plan);
  }

  private static Verdict.Forward forward(String command, MessageEdits edits, ReplyPlan plan) {
    return new Verdict.Forward(command, edits, List.of(), plan, new Treatments(), List.of());
  }
}
