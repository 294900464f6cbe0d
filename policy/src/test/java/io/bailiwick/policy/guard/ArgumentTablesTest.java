package io.bailiwick.policy.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.bailiwick.policy.Place;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.NameTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** I3: the tables of arguments hold what the files of places tell, and nothing else. */
class ArgumentTablesTest {
  /** Taken only together with others, so that no place has a row for them. */
  private static final Set<String> OF_TRANSACTIONS =
      Set.of("txnNumber", "autocommit", "startTransaction");

  private final Map<String, Place> places = all();

  private static Map<String, Place> all() {
    try {
      return Place.all();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Set<String> names(String title) {
    @Nullable Place place = places.get(title);
    assertNotNull(place, title);
    return place.names();
  }

  private static Set<String> names(NameTable<?> table) {
    return new TreeSet<>(table.entries().keySet());
  }

  @Test
  void everyCommandTakesWhatItsPlaceTells() {
    CommandCatalog catalog = new CommandCatalog();
    for (String name : catalog.names()) {
      byte[] bytes = Bytes.utf8(name);
      CommandEntry entry = catalog.find(bytes, 0, bytes.length);
      assertNotNull(entry, name);
      if (entry.guard() != null && !entry.lenient()) {
        assertEquals(names("arguments of " + entry.name()), names(entry.fields()), name);
      } else {
        assertEquals(Set.of(), names(entry.fields()), name);
      }
    }
  }

  @Test
  void anyCommandTakesWhatItsPlaceTells() {
    Set<String> expected = new TreeSet<>(names("any command"));
    expected.addAll(OF_TRANSACTIONS);

    assertEquals(expected, names(GenericField.TABLE));
  }

  @Test
  void aCommandInsideExplainTakesWhatItsPlaceTells() {
    Set<String> inside =
        GenericField.TABLE.entries().entrySet().stream()
            .filter(field -> field.getValue().mayLieInside())
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(names("a command inside explain"), inside);
  }

  @Test
  void statementsTakeWhatTheirPlacesTell() {
    assertEquals(names("a member of updates"), names(StatementField.OF_UPDATE));
    assertEquals(names("a member of deletes"), names(StatementField.OF_DELETE));
    assertEquals(names("an insert among ops"), names(StatementField.OF_BULK_INSERT));
    assertEquals(names("an update among ops"), names(StatementField.OF_BULK_UPDATE));
    assertEquals(names("a delete among ops"), names(StatementField.OF_BULK_DELETE));
    assertEquals(Set.of("insert", "update", "delete"), names(BulkOperation.TABLE));
  }

  private static List<CommandEntry> rows() {
    CommandCatalog catalog = new CommandCatalog();
    List<CommandEntry> rows = new ArrayList<>();
    for (String name : catalog.names()) {
      byte[] bytes = Bytes.utf8(name);
      CommandEntry entry = catalog.find(bytes, 0, bytes.length);
      assertNotNull(entry, name);
      rows.add(entry);
    }
    return rows;
  }

  private static Set<String> rows(Predicate<CommandEntry> which) {
    return rows().stream()
        .filter(which)
        .map(CommandEntry::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void noArgumentIsListedThatNoCommandTakes() {
    Set<Field> taken = EnumSet.noneOf(Field.class);
    rows().forEach(entry -> taken.addAll(entry.fields().entries().values()));

    assertEquals(EnumSet.allOf(Field.class), taken);
  }

  @Test
  void onlyWritesMayBeRepeatedByTheirNumber() {
    assertEquals(
        Set.of("insert", "update", "delete", "findAndModify", "bulkWrite"),
        rows(CommandEntry::retryable));
  }

  @Test
  void onlyWritesAndHousekeepingMayGoUnanswered() {
    assertEquals(
        Set.of(
            "insert",
            "update",
            "delete",
            "findAndModify",
            "bulkWrite",
            "killCursors",
            "endSessions"),
        rows(CommandEntry::unacknowledged));
  }

  @Test
  void partsOfTransactionsAreReadsAndWritesOfCollections() {
    assertEquals(
        Set.of(
            "find",
            "aggregate",
            "distinct",
            "insert",
            "update",
            "delete",
            "findAndModify",
            "bulkWrite"),
        rows(entry -> entry.role() == TransactionRole.STARTS));
    assertEquals(
        Set.of("getMore", "killCursors"), rows(entry -> entry.role() == TransactionRole.CONTINUES));
    assertEquals(Set.of("commitTransaction"), rows(e -> e.role() == TransactionRole.COMMITS));
    assertEquals(Set.of("abortTransaction"), rows(e -> e.role() == TransactionRole.ABORTS));
  }

  @Test
  void onlyHandshakesMayCarryAnything() {
    assertEquals(
        Set.of("hello", "saslStart", "saslContinue", "authenticate"), rows(CommandEntry::lenient));
  }

  @Test
  void sequencesStandForTheBatchesOfWrites() {
    Map<String, List<Field>> sequences = new TreeMap<>();
    for (CommandEntry entry : rows()) {
      if (!entry.sequences().isEmpty()) {
        sequences.put(entry.name(), entry.sequences());
      }
    }

    assertEquals(
        Map.of(
            "insert", List.of(Field.DOCUMENTS),
            "update", List.of(Field.UPDATES),
            "delete", List.of(Field.DELETES),
            "bulkWrite", List.of(Field.OPS, Field.NS_INFO)),
        sequences);
  }
}
