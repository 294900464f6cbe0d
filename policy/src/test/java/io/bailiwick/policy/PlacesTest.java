package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.verdict.RuleId;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * I3, from both sides and place by place: each listed name is taken with a sound value and refused
 * with another, and a name that some other place lists is refused here. Removing an entry from a
 * table of the product fails the first test, adding one the third.
 */
class PlacesTest {
  /** Rules that say more of a stranger than the one of its place. */
  private static final Set<String> MORE_EXACT =
      Set.of(RuleId.SERVER_SIDE_JAVASCRIPT, RuleId.WRITE_STAGE, RuleId.CHANGE_STREAM, RuleId.HINT);

  private final Judge judge = ReadCasesTest.readers().applicationDdl(DdlMode.ALLOW).judge();

  static Stream<Place> places() throws IOException {
    return Place.all().values().stream();
  }

  static Stream<Place.Row> rows() throws IOException {
    return places().flatMap(place -> place.rows().stream());
  }

  static Stream<Place.Row> rowsWithAWrongValue() throws IOException {
    return rows().filter(row -> row.wrong() != null);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void takesAListedName(Place.Row row) {
    Verdict verdict = judge.verdict(row.withRight());

    assertFalse(verdict instanceof Verdict.Deny, () -> row.withRight() + " -> " + verdict);
  }

  @ParameterizedTest
  @MethodSource("rowsWithAWrongValue")
  void refusesAListedNameWithAnUnsoundValue(Place.Row row) {
    judge.denied(Command.of(row.withWrong()));
  }

  @Tag("exhaustive")
  @ParameterizedTest
  @MethodSource("places")
  void I3_refusesWhatOnlyOtherPlacesList(Place place) throws IOException {
    Map<String, Place> all = Place.all();
    for (String name : place.strangers(all)) {
      String json = place.with(name, "1");

      Verdict verdict = judge.verdict(json);

      String rule = assertInstanceOf(Verdict.Deny.class, verdict, () -> json).rule();
      assertTrue(
          rule.equals(place.rule()) || MORE_EXACT.contains(rule), () -> json + " -> " + verdict);
    }
  }
}
