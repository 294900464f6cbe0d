package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.PrincipalRule;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds entries of principals that one login can meet both. Such a login is refused if they give
 * two tenants; what can be seen before anyone logs in is said here. Certificates may carry several
 * names, so only entries about the same kind of name are compared.
 */
final class PrincipalOverlaps {
  private PrincipalOverlaps() {}

  static void check(PrincipalRule rule, YamlField at, Generation generation) {
    TenantType type = generation.tenantType();
    if (type == null) {
      return;
    }
    for (PrincipalRule earlier : generation.principals().values()) {
      if (!canBothBeMet(earlier, rule, type)) {
        continue;
      }
      if (givesSameTenant(earlier, rule)) {
        at.fail(
            ProblemCode.ADVICE,
            "logins that " + earlier.name() + " does not match already; it stands first and wins");
      } else {
        at.fail(
            ProblemCode.AMBIGUOUS_PRINCIPAL,
            "no login that " + earlier.name() + " at " + earlier.place() + " gives another tenant");
      }
    }
  }

  private static boolean canBothBeMet(PrincipalRule a, PrincipalRule b, TenantType type) {
    if (a.user() != null && b.user() != null) {
      return Objects.equals(a.authSource(), b.authSource()) && meet(a.user(), b.user(), type);
    }
    if (a.issuer() != null && b.issuer() != null) {
      boolean differentClaims =
          a.claim() != null && b.claim() != null && !a.claim().equals(b.claim());
      return a.issuer().equals(b.issuer())
          && !differentClaims
          && bothOrNeither(a.subject(), b.subject())
          && meet(a.subject(), b.subject(), type);
    }
    // An entry that names one more field can be the narrower of two: then only a login can tell.
    return bothOrNeither(a.sanUri(), b.sanUri())
        && bothOrNeither(a.sanDns(), b.sanDns())
        && bothOrNeither(a.subject(), b.subject())
        && a.user() == null
        && b.user() == null
        && a.issuer() == null
        && b.issuer() == null
        && meet(a.sanUri(), b.sanUri(), type)
        && meet(a.sanDns(), b.sanDns(), type)
        && meet(a.subject(), b.subject(), type);
  }

  private static boolean bothOrNeither(@Nullable Object a, @Nullable Object b) {
    return (a == null) == (b == null);
  }

  private static boolean meet(@Nullable Pattern a, @Nullable Pattern b, TenantType type) {
    return a == null || b == null || Meeting.possible(a, b, type, Meeting.Spelling.ANY);
  }

  /** True if whatever both entries match is one tenant: fixed alike, or captured alike. */
  private static boolean givesSameTenant(PrincipalRule a, PrincipalRule b) {
    if (a.actsForTenants() != null || b.actsForTenants() != null) {
      return false;
    }
    return Objects.equals(a.tenant(), b.tenant())
        && Objects.equals(a.claim(), b.claim())
        && (a.tenant() != null || a.claim() != null || samePatterns(a, b));
  }

  private static boolean samePatterns(PrincipalRule a, PrincipalRule b) {
    return Objects.equals(a.user(), b.user())
        && Objects.equals(a.sanUri(), b.sanUri())
        && Objects.equals(a.sanDns(), b.sanDns())
        && Objects.equals(a.subject(), b.subject());
  }
}
