package io.bailiwick.proxy.token;

import io.bailiwick.policy.model.ClaimValue;
import java.time.Instant;
import java.util.Map;

/**
 * A token whose signature, issuer, audience, type and times were checked.
 *
 * @param issuer name of the configured issuer
 * @param claims those that are text or whole numbers, {@code sub} and {@code azp} included
 * @param validUntil when it ends to be accepted, the leeway included
 */
public record VerifiedToken(String issuer, Map<String, ClaimValue> claims, Instant validUntil) {
  public VerifiedToken {
    claims = Map.copyOf(claims);
  }

  /** True if the claim is that text. */
  public boolean says(String claim, String text) {
    ClaimValue value = claims.get(claim);
    return value != null && !value.number() && value.text().equals(text);
  }

  /** Claims stay out of logs. */
  @Override
  public String toString() {
    return "VerifiedToken[" + issuer + "]";
  }
}
