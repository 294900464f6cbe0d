package io.bailiwick.proxy.token;

import io.bailiwick.policy.model.ClaimValue;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The claims of a token whose signature has been checked, against the rules. */
final class TokenClaims {
  /** Far beyond any calendar: what is larger is no time. */
  private static final long LAST_SECOND = 253_402_300_799L;

  private final Map<String, Object> claims;

  TokenClaims(Map<String, Object> claims) {
    this.claims = claims;
  }

  /**
   * @throws TokenRefusedException with the first rule that is broken
   */
  VerifiedToken check(TokenRules rules, Instant now) {
    if (rules.issuer() != null && !rules.issuer().equals(claims.get("iss"))) {
      throw new TokenRefusedException(TokenFault.ISSUER);
    }
    if (!isFor(rules.audience())) {
      throw new TokenRefusedException(TokenFault.AUDIENCE);
    }
    Instant until = required("exp").plus(TokenRules.LEEWAY);
    if (!now.isBefore(until)) {
      throw new TokenRefusedException(TokenFault.EXPIRED);
    }
    if (isLater(time("nbf"), now) || isLater(time("iat"), now)) {
      throw new TokenRefusedException(TokenFault.NOT_YET_VALID);
    }
    Duration longest = rules.purpose().longest();
    if (longest != null && until.isAfter(now.plus(longest).plus(TokenRules.LEEWAY))) {
      throw new TokenRefusedException(TokenFault.LIFETIME);
    }
    return new VerifiedToken(rules.name(), values(), until);
  }

  private boolean isFor(String audience) {
    Object value = claims.get("aud");
    return value instanceof List<?> several ? several.contains(audience) : audience.equals(value);
  }

  private static boolean isLater(@Nullable Instant time, Instant now) {
    return time != null && time.isAfter(now.plus(TokenRules.LEEWAY));
  }

  private Instant required(String name) {
    Instant time = time(name);
    if (time == null) {
      throw new TokenRefusedException(TokenFault.CLAIM);
    }
    return time;
  }

  /** A NumericDate (RFC 7519), whose fraction is left out; null if it is not there. */
  private @Nullable Instant time(String name) {
    Object value = claims.get(name);
    if (value == null && !claims.containsKey(name)) {
      return null;
    }
    if (!(value instanceof Number number)
        || number.doubleValue() < 0
        || number.doubleValue() > LAST_SECOND) {
      throw new TokenRefusedException(TokenFault.CLAIM);
    }
    return Instant.ofEpochSecond(number.longValue());
  }

  private Map<String, ClaimValue> values() {
    Map<String, ClaimValue> values = new LinkedHashMap<>();
    claims.forEach(
        (name, value) -> {
          if (value instanceof String text) {
            values.put(name, new ClaimValue(text, false));
          } else if (value instanceof Long || value instanceof Integer) {
            values.put(name, new ClaimValue(value.toString(), true));
          }
        });
    return values;
  }
}
