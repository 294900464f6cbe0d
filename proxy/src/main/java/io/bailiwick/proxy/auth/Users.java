package io.bailiwick.proxy.auth;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every user of one users file, by exact name and authentication database. Immutable. */
public final class Users {
  /** A user is a name in a database: {@code bob} of {@code a} is not {@code bob} of {@code b}. */
  public record Name(String user, String authSource) {}

  public static final Users NONE = new Users(Map.of());

  private final Map<Name, Verifiers> entries;
  private final int usualIterationsSha1;
  private final int usualIterationsSha256;

  /**
   * @param entries in file order
   */
  public Users(Map<Name, Verifiers> entries) {
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    this.usualIterationsSha1 = mostCommonIterations(Mechanism.SCRAM_SHA_1);
    this.usualIterationsSha256 = mostCommonIterations(Mechanism.SCRAM_SHA_256);
  }

  public Map<Name, Verifiers> entries() {
    return entries;
  }

  /** The user's verifier for the mechanism, or null. */
  public @Nullable Verifier find(Mechanism mechanism, Name name) {
    Verifiers verifiers = entries.get(name);
    return verifiers == null ? null : verifiers.of(mechanism);
  }

  /** True if the user is still there and has that very verifier, for whichever mechanism. */
  boolean holds(Name name, Verifier verifier) {
    Verifiers now = entries.get(name);
    return now != null && (same(verifier, now.sha1()) || same(verifier, now.sha256()));
  }

  private static boolean same(Verifier one, @Nullable Verifier other) {
    return other != null && Arrays.equals(one.storedKey(), other.storedKey());
  }

  /** The number most users have: an unknown user is told the same. */
  int usualIterations(Mechanism mechanism) {
    return mechanism == Mechanism.SCRAM_SHA_1 ? usualIterationsSha1 : usualIterationsSha256;
  }

  private int mostCommonIterations(Mechanism mechanism) {
    Map<Integer, Integer> counts = new HashMap<>();
    int usual = mechanism.defaultIterations();
    for (Verifiers verifiers : entries.values()) {
      Verifier verifier = verifiers.of(mechanism);
      if (verifier != null) {
        int count = counts.merge(verifier.iterations(), 1, Integer::sum);
        usual = count > counts.getOrDefault(usual, 0) ? verifier.iterations() : usual;
      }
    }
    return usual;
  }
}
