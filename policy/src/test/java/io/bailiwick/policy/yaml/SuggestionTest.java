package io.bailiwick.policy.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  private static final List<String> KEYS =
      List.of("field", "type", "authSource", "user", "maxTime", "to", "tenant");

  @ParameterizedTest
  @CsvSource({
    "feild, field",
    "Field, field",
    "fields, field",
    "typ, type",
    "authsource, authSource",
    "authSrc, authSource",
    "maxtime, maxTime",
    "tennant, tenant",
    "ot, to"
  })
  void findsTheWordThatWasMeant(String written, String meant) {
    assertEquals(meant, Suggestion.nearest(written, KEYS));
  }

  @ParameterizedTest
  @CsvSource({"x", "collection", "''", "us", "en"})
  void doesNotGuessWildly(String written) {
    assertNull(Suggestion.nearest(written, KEYS));
  }

  @Test
  void isNotMadeToComputeForLong() {
    assertNull(Suggestion.nearest("x".repeat(100_000), KEYS));
  }

  @Test
  void countsASwapOfNeighboursAsOne() {
    assertEquals(1, Suggestion.distance("ab", "ba"));
    assertEquals(3, Suggestion.distance("kitten", "sitting"));
    assertEquals(4, Suggestion.distance("", "four"));
  }
}
