package io.bailiwick.proxy.config;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.PrincipalRule;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sees to it that a policy speaks only of issuers that the proxy's file knows. */
public final class KnownIssuers {
  private KnownIssuers() {}

  /**
   * The same policy.
   *
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException naming every entry that is about an
   *     issuer which is not there
   */
  public static Policy check(Policy policy, ProxyConfig config) {
    Set<String> known =
        config.issuers().stream().map(IssuerConfig::name).collect(Collectors.toSet());
    Problems problems = new Problems();
    for (PrincipalRule rule : policy.principals()) {
      check(rule, rule.issuer(), known, problems);
      if (rule.actsForTenants() != null) {
        check(rule, rule.actsForTenants().issuer(), known, problems);
      }
    }
    problems.throwIfErrors();
    return policy;
  }

  private static void check(
      PrincipalRule rule, @Nullable String issuer, Set<String> known, Problems problems) {
    if (issuer != null && !known.contains(issuer)) {
      problems.add(
          ProblemCode.BAD_VALUE,
          rule.place().toString(),
          "principal "
              + rule.name()
              + ": no issuer "
              + issuer
              + " (expected: the name of an entry of issuers in the proxy's own file)");
    }
  }
}
