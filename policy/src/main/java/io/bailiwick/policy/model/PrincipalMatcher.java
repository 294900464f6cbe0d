package io.bailiwick.policy.model;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Matches an identity against the entries of a policy. Every field an entry names must be met, and
 * what it captures must be one whole typed value. All matching entries together must give one
 * tenant; the principal is then the first of them in file order.
 */
final class PrincipalMatcher {
  /** Kept out of the names that entries may have, so that no rule names such a principal. */
  private static final String LISTENER_PREFIX = "listener/";

  private static final String EXTERNAL = "$external";

  private PrincipalMatcher() {}

  static PrincipalResolution resolve(Policy policy, Identity identity) {
    TenantType type = policy.tenantType();
    List<PrincipalRule> matching =
        policy.principals().stream().filter(rule -> isAbout(rule, identity, type)).toList();
    Set<TenantValue> tenants = new LinkedHashSet<>();
    for (PrincipalRule rule : matching) {
      ActsForTenants acts = rule.actsForTenants();
      if (acts != null) {
        return matching.size() == 1
            ? acting(rule, identity, acts)
            : refused(rule, "acts for tenants, and another entry matches the login too");
      }
      Set<TenantValue> found = tenants(rule, identity, type);
      if (found.isEmpty()) {
        return refused(rule, "the login holds no " + type.word());
      }
      tenants.addAll(found);
    }
    if (tenants.isEmpty()) {
      return new PrincipalResolution.Refused("no entry of principals matches");
    }
    if (tenants.size() > 1) {
      return new PrincipalResolution.Refused("entries of principals give two tenants");
    }
    return new PrincipalResolution.Resolved(
        principal(matching.get(0).name(), identity, tenants.iterator().next()));
  }

  static PrincipalResolution listener(Policy policy, String listener, String tenantText) {
    try {
      TenantValue tenant = TenantValue.parse(policy.tenantType(), tenantText);
      return new PrincipalResolution.Resolved(
          new Principal(LISTENER_PREFIX + listener, listener, EXTERNAL, tenant));
    } catch (IllegalArgumentException e) {
      return new PrincipalResolution.Refused(
          "listener " + listener + ": its tenant is no " + policy.tenantType().word());
    }
  }

  /** True if every field the entry names is met. */
  private static boolean isAbout(PrincipalRule rule, Identity identity, TenantType type) {
    return names(rule)
        && isMet(rule.user(), asList(identity.user()), type)
        && isMet(rule.subject(), asList(identity.subject()), type)
        && isMet(rule.sanUri(), identity.sanUris(), type)
        && isMet(rule.sanDns(), identity.sanDnsNames(), type)
        && (rule.authSource() == null || rule.authSource().equals(identity.authSource()))
        && Objects.equals(rule.issuer(), identity.issuer())
        && (rule.claim() == null || identity.claims().containsKey(rule.claim()));
  }

  /** An entry that names no party would match everyone. */
  private static boolean names(PrincipalRule rule) {
    return rule.user() != null
        || rule.subject() != null
        || rule.sanUri() != null
        || rule.sanDns() != null
        || rule.issuer() != null;
  }

  private static boolean isMet(@Nullable Pattern pattern, List<String> texts, TenantType type) {
    return pattern == null || texts.stream().anyMatch(text -> pattern.matches(text, type));
  }

  /** Every tenant the entry gives; a certificate may carry several names. */
  private static Set<TenantValue> tenants(PrincipalRule rule, Identity identity, TenantType type) {
    Set<TenantValue> found = new LinkedHashSet<>();
    if (rule.tenant() != null) {
      found.add(rule.tenant());
    }
    if (rule.claim() != null) {
      ClaimValue claim = identity.claims().get(rule.claim());
      TenantValue tenant = claim == null ? null : claim.tenant(type);
      if (tenant != null) {
        found.add(tenant);
      }
    }
    capture(rule.user(), asList(identity.user()), type, found);
    capture(rule.subject(), asList(identity.subject()), type, found);
    capture(rule.sanUri(), identity.sanUris(), type, found);
    capture(rule.sanDns(), identity.sanDnsNames(), type, found);
    return found;
  }

  private static void capture(
      @Nullable Pattern pattern, List<String> texts, TenantType type, Set<TenantValue> found) {
    if (pattern != null) {
      texts.forEach(text -> pattern.capture(text, type).ifPresent(found::add));
    }
  }

  private static Principal principal(String entry, Identity identity, TenantValue tenant) {
    return new Principal(entry, user(entry, identity), source(identity), tenant);
  }

  private static PrincipalResolution acting(
      PrincipalRule rule, Identity identity, ActsForTenants acts) {
    return new PrincipalResolution.Acting(
        new ActingPrincipal(rule.name(), user(rule.name(), identity), source(identity), acts));
  }

  /** Subjects of tokens are an issuer's own: two issuers may have the same. */
  private static String user(String entry, Identity identity) {
    String user = identity.user() != null ? identity.user() : identity.subject();
    if (user == null) {
      return entry;
    }
    return identity.issuer() == null ? user : identity.issuer() + "/" + user;
  }

  private static String source(Identity identity) {
    return identity.authSource() == null ? EXTERNAL : identity.authSource();
  }

  private static List<String> asList(@Nullable String text) {
    return text == null ? List.of() : List.of(text);
  }

  private static PrincipalResolution refused(PrincipalRule rule, String reason) {
    return new PrincipalResolution.Refused("principal " + rule.name() + ": " + reason);
  }
}
