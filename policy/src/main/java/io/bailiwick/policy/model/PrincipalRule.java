package io.bailiwick.policy.model;

import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code principals:}. Exactly one source of the tenant: a capture in one of the
 * patterns, {@code tenant:}, or a claim.
 *
 * @param user pattern for the user name, or null if the entry is not about users
 * @param authSource database the user must come from, or null
 * @param sanUri pattern for a subject alternative name of type URI, or null
 * @param sanDns pattern for a subject alternative name of type DNS, or null
 * @param subject pattern for a certificate's or a token's subject, or null
 * @param issuer name of a configured token issuer, or null
 * @param claim claim that holds the tenant, or null
 * @param tenant the tenant itself, or null
 * @param actsForTenants where each operation's tenant comes from, or null
 */
public record PrincipalRule(
    String name,
    @Nullable Pattern user,
    @Nullable String authSource,
    @Nullable Pattern sanUri,
    @Nullable Pattern sanDns,
    @Nullable Pattern subject,
    @Nullable String issuer,
    @Nullable String claim,
    @Nullable TenantValue tenant,
    @Nullable ActsForTenants actsForTenants,
    Place place) {}
