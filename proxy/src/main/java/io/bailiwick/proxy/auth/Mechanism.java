package io.bailiwick.proxy.auth;

import com.ongres.scram.common.ScramMechanism;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The SCRAM mechanisms that MongoDB's drivers speak (RFC 5802, RFC 7677). Sizes are in bytes and
 * are those of credentials that MongoDB itself makes, so that one made by either looks the same.
 */
public enum Mechanism {
  SCRAM_SHA_1("SCRAM-SHA-1", ScramMechanism.SCRAM_SHA_1, 20, 16, 10_000),
  SCRAM_SHA_256("SCRAM-SHA-256", ScramMechanism.SCRAM_SHA_256, 32, 28, 15_000);

  private static final List<String> WORDS = List.of("SCRAM-SHA-1", "SCRAM-SHA-256");

  private final String word;
  private final ScramMechanism functions;
  private final int hashSize;
  private final int saltSize;
  private final int iterations;

  Mechanism(String word, ScramMechanism functions, int hashSize, int saltSize, int iterations) {
    this.word = word;
    this.functions = functions;
    this.hashSize = hashSize;
    this.saltSize = saltSize;
    this.iterations = iterations;
  }

  /** The mechanism of that exact name, or null. */
  public static @Nullable Mechanism of(String word) {
    for (Mechanism mechanism : values()) {
      if (mechanism.word.equals(word)) {
        return mechanism;
      }
    }
    return null;
  }

  /** Both names, in the order in which MongoDB lists them. */
  public static List<String> words() {
    return WORDS;
  }

  /** The name on the wire and in the users file. */
  public String word() {
    return word;
  }

  public int hashSize() {
    return hashSize;
  }

  public int saltSize() {
    return saltSize;
  }

  /** Iterations of new credentials. */
  public int defaultIterations() {
    return iterations;
  }

  ScramMechanism functions() {
    return functions;
  }
}
