package io.bailiwick.policy.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who logged in, as the party that checked the credential says; the policy's patterns are matched
 * against it field by field. Absent fields are null or empty.
 *
 * @param mechanism SASL mechanism name, or {@code "listener"} for a port bound to one tenant
 * @param user user name, unescaped
 * @param authSource database the user was checked against
 * @param subject certificate subject, RFC 2253, or the token's {@code sub}
 * @param sanUris subject alternative names of type URI
 * @param sanDnsNames subject alternative names of type DNS
 * @param issuer name of the configured issuer that signed the token
 * @param claims string and integer claims of the token
 */
public record Identity(
    String mechanism,
    @Nullable String user,
    @Nullable String authSource,
    @Nullable String subject,
    List<String> sanUris,
    List<String> sanDnsNames,
    @Nullable String issuer,
    Map<String, ClaimValue> claims) {

  /** A user name checked by password. */
  public static Identity ofUser(String mechanism, String user, String authSource) {
    return new Identity(mechanism, user, authSource, null, List.of(), List.of(), null, Map.of());
  }
}
