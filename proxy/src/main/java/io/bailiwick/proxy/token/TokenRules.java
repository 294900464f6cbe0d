package io.bailiwick.proxy.token;

import com.nimbusds.jose.JWSAlgorithm;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must stand in a token of one issuer for one purpose.
 *
 * @param name of the configured issuer
 * @param issuer what {@code iss} must say, or null where the keys alone tell the issuer
 * @param audience what {@code aud} must be or hold
 * @param algorithms the signatures that count: never {@code none}, never one with a shared secret
 */
public record TokenRules(
    String name,
    Purpose purpose,
    @Nullable String issuer,
    String audience,
    Set<JWSAlgorithm> algorithms) {

  /** For clocks that differ. */
  static final Duration LEEWAY = Duration.ofSeconds(10);

  /** What a token is for; the types differ, so that none is taken for the other. */
  public enum Purpose {
    /** Logs a connection in. */
    LOGIN(Set.of("", "jwt", "at+jwt"), null),
    /** Names the tenant of an operation. */
    OPERATION(Set.of("bailiwick-operation+jwt"), Duration.ofMinutes(5));

    private final Set<String> types;
    private final @Nullable Duration longest;

    Purpose(Set<String> types, @Nullable Duration longest) {
      this.types = types;
      this.longest = longest;
    }

    /** True if {@code typ} is one of the types; the prefix may be left out (RFC 7515). */
    boolean takes(@Nullable String typ) {
      String type = typ == null ? "" : typ.toLowerCase(Locale.ROOT);
      return types.contains(
          type.startsWith("application/") ? type.substring("application/".length()) : type);
    }

    /** The longest time that a token may still hold, or null for any. */
    @Nullable Duration longest() {
      return longest;
    }
  }

  /** Every algorithm that can be allowed. */
  public static final List<String> ALGORITHMS =
      List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  public TokenRules {
    algorithms = Set.copyOf(algorithms);
    if (!algorithms.stream().allMatch(one -> ALGORITHMS.contains(one.getName()))) {
      throw new IllegalArgumentException("algorithms: one without a public key");
    }
  }
}
