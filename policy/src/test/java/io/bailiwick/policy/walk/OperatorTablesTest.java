package io.bailiwick.policy.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.bailiwick.policy.Place;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** I3: the tables of stages and operators hold what the files of places tell, and nothing else. */
class OperatorTablesTest {
  private static Set<String> names(String... titles) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String title : titles) {
      Place place = Place.all().get(title);
      assertNotNull(place, title);
      names.addAll(place.names());
    }
    return names;
  }

  private static Set<String> names(OperatorTable table) {
    Set<String> names = new TreeSet<>();
    table.names().forEach(names::add);
    return names;
  }

  @Test
  void operatorsOfExpressions() throws IOException {
    assertEquals(
        names("expressions", "expressions with named arguments"), names(Operators.EXPRESSION));
    assertEquals(names("accumulators"), names(Operators.ACCUMULATOR));
    assertEquals(names("accumulators", "window functions"), names(Operators.WINDOW));
  }

  @Test
  void operatorsOfTheMatchLanguage() throws IOException {
    assertEquals(
        names("about the document, in a query"),
        new TreeSet<>(MatchOperator.OF_DOCUMENTS.entries().keySet()));
    assertEquals(
        names("about the value of a field"),
        new TreeSet<>(MatchOperator.OF_VALUES.entries().keySet()));
  }

  @Test
  void operatorsOfUpdates() throws IOException {
    assertEquals(names("update operators"), new TreeSet<>(UpdateOperator.TABLE.entries().keySet()));
  }

  @Test
  void stages() throws IOException {
    assertEquals(
        names("stages", "the first stage", "the first stage without a collection"),
        new TreeSet<>(StageName.TABLE.entries().keySet()));
  }
}
