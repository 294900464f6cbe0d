package io.bailiwick.policy.scenario;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.PrincipalResolution;
import io.bailiwick.policy.model.PrincipalRule;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.protocol.OpMsg;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command judged and told to people.
 *
 * @param decision what becomes of the command
 * @param principal the entry of {@code principals:} that asks, or null if nobody is logged in
 * @param principalPlace where that entry stands, or null
 * @param rule the built-in rule or the policy's rule that denies, or null
 * @param place where the policy's rule stands; null for built-in rules
 * @param detail what exactly is denied or answered; may be empty
 * @param before the command as sent, in extended JSON
 * @param after the command as MongoDB would get it, or null if it gets none
 * @param notes what was done with parts of the command, and why
 * @param shadowedBy rules in shadow mode that would deny
 */
public record Explanation(
    Decision decision,
    @Nullable String principal,
    @Nullable Place principalPlace,
    @Nullable String rule,
    @Nullable Place place,
    String detail,
    String before,
    @Nullable String after,
    List<String> notes,
    List<String> shadowedBy) {

  /** What becomes of a command. */
  public enum Decision {
    /** MongoDB gets it, changed as {@code after} shows. */
    FORWARD,
    /** The proxy answers; MongoDB is not asked. */
    ANSWER,
    DENY
  }

  /**
   * Judges and tells.
   *
   * @param as who asks, as {@code as:} in a test file says it
   * @param command the body, {@code $db} included
   * @param today the day by which rules in shadow mode are bound
   * @param wireVersion maxWireVersion of the MongoDB that is thought to stand behind
   */
  public static Explanation of(
      Policy policy, YamlMap as, YamlMap command, LocalDate today, int wireVersion) {
    byte[] body = DataWriter.document(command);
    PrincipalResolution resolution = ScenarioRunner.resolve(AskerText.read(as.field()), policy);
    if (resolution instanceof PrincipalResolution.Refused refused) {
      return new Explanation(
          Decision.DENY,
          null,
          null,
          RuleId.LOGIN_REQUIRED,
          null,
          "the login is refused: " + refused.reason(),
          Json.of(body),
          null,
          List.of(),
          List.of());
    }
    BoundPolicy bound = policy.bind(((PrincipalResolution.Resolved) resolution).principal(), today);
    Trace.Recorder trace = new Trace.Recorder();
    Judged judged =
        Judged.of(MessageText.ofBody(body), bound, new PolicyEngine(wireVersion), trace);
    return told(bound, judged, Json.of(body), trace.notes());
  }

  private static Explanation told(
      BoundPolicy bound, Judged judged, String before, List<String> notes) {
    String entry = bound.principal().entry();
    Place entryPlace =
        bound.policy().principals().stream()
            .filter(rule -> rule.name().equals(entry))
            .map(PrincipalRule::place)
            .findFirst()
            .orElse(null);
    Verdict verdict = judged.verdict();
    String rule = verdict instanceof Verdict.Deny deny ? deny.rule() : null;
    return new Explanation(
        decision(verdict),
        entry,
        entryPlace,
        rule,
        rule == null ? null : place(bound.policy(), rule),
        detail(verdict),
        before,
        after(judged.forwarded()),
        notes,
        verdict instanceof Verdict.Forward forward ? forward.shadowedBy() : List.of());
  }

  private static Decision decision(Verdict verdict) {
    if (verdict instanceof Verdict.Deny) {
      return Decision.DENY;
    }
    return verdict instanceof Verdict.Forward ? Decision.FORWARD : Decision.ANSWER;
  }

  private static String detail(Verdict verdict) {
    if (verdict instanceof Verdict.Deny deny) {
      return deny.detail();
    }
    return verdict instanceof Verdict.Answer answer ? Json.of(answer.document()) : "";
  }

  private static @Nullable Place place(Policy policy, String rule) {
    return policy.rules().stream()
        .filter(each -> each.name().equals(rule))
        .map(EffectRule::place)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String after(@Nullable OpMsg forwarded) {
    return forwarded == null ? null : Json.of(forwarded.body().toBytes());
  }
}
