package io.bailiwick.policy.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlFieldTest {
  private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("x", 1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Problems problems = new Problems();

  private YamlMap map(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Objects.requireNonNull(YamlFile.readMap("p.yaml", bytes, problems));
  }

  private YamlField value(String text) {
    return map("k: " + text + "\n").field("k");
  }

  private String only() {
    assertEquals(1, problems.all().size(), () -> Problems.render(problems.all()));
    return problems.all().get(0).headline();
  }

  @ParameterizedTest
  @CsvSource({"250ms, 250", "0s, 0", "30s, 30000", "10m, 600000", "1h, 3600000", "'\"7s\"', 7000"})
  void readsDurations(String text, long millis) {
    assertEquals(millis, value(text).duration(HOUR, Duration.ZERO, HOUR).toMillis());
    assertTrue(problems.all().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"30", "30 s", "1.5s", "-1s", "1H", "61m", "s", "1e3s", "01s", "9999999999s"})
  void refusesOtherDurations(String text) {
    assertEquals(HOUR, value(text).duration(HOUR, Duration.ofMillis(1500), HOUR));
    assertEquals(
        "p.yaml:1:4: error[P008] k: \""
            + text
            + "\" (expected: a duration such as 250ms, 30s,"
            + " 10m, 1h, from 1500ms to 1h)",
        only());
  }

  @ParameterizedTest
  @CsvSource({"0B, 0", "512KiB, 524288", "64MiB, 67108864", "2GiB, 2147483648"})
  void readsSizes(String text, long bytes) {
    assertEquals(bytes, value(text).size(1, 0, 4L << 30));
    assertTrue(problems.all().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"64", "64MB", "64 MiB", "5GiB", "-1B", "999999999999GiB"})
  void refusesOtherSizes(String text) {
    assertEquals(7, value(text).size(7, 100, 4L << 30));
    assertTrue(only().contains("a size such as 512KiB, 64MiB, from 100B to 4GiB"), this::only);
  }

  @Test
  void readsRatesPercentagesAndDates() {
    assertEquals(2000, value("2000/s").perSecond(0, 1, 5000));
    assertEquals(0.125, value("12.5%").percent(1));
    assertEquals(1.0, value("100%").percent(0.5));
    assertEquals(LocalDate.of(2028, 2, 29), value("2028-02-29").date());
    assertNull(map("a: 1").field("k").date());
    assertTrue(problems.all().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"2000", "2000/m", "0/s", "5001/s", "2e3/s"})
  void refusesOtherRates(String text) {
    assertEquals(7, value(text).perSecond(7, 1, 5000));
    assertTrue(only().contains("a rate such as 2000/s, from 1/s to 5000/s"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"50", "0%", "100.5%", "-1%", "1e2%", "0.5"})
  void refusesOtherPercentages(String text) {
    assertEquals(0.5, value(text).percent(0.5));
    assertTrue(only().contains("a percentage such as 50%"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2027-02-29", "2027-1-1", "01.02.2027", "2027-01-31T00:00:00Z", "+2027-01-31"})
  void refusesOtherDates(String text) {
    assertNull(value(text).date());
    assertTrue(only().contains("a date such as 2027-01-31"));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:27017, 127.0.0.1, 27017",
    "'\"[::1]:9216\"', ::1, 9216",
    "db-0.example:1, db-0.example, 1",
    "a_b:0, a_b, 0"
  })
  void readsAddresses(String text, String host, int port) {
    InetSocketAddress address = value(text).address(NOWHERE);
    assertEquals(host, address.getHostString());
    assertEquals(port, address.getPort());
    assertTrue(address.isUnresolved());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "27017",
        "\":27017\"",
        "\"h:\"",
        "h:65536",
        "h:1:2",
        "a b:1",
        "\"::1:5\""
      })
  void refusesOtherAddresses(String text) {
    assertEquals(NOWHERE, value(text).address(NOWHERE));
    assertTrue(only().contains("host:port such as 127.0.0.1:27017 or [::1]:27017"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1e3", "0x10", "1_000", "+5", "05", "1.0", "11", "-1", "99999999999999999999"})
  void refusesWhatIsNoPlainInteger(String text) {
    assertEquals(3, value(text).integer(3, 0, 10));
    assertTrue(only().contains("an integer from 0 to 10"));
  }

  @Test
  void readsIntegersAndBooleans() {
    assertEquals(10, value("10").integer(3, 0, 10));
    assertEquals(-5, value("-5").integer(3, -9, 10));
    assertTrue(value("true").bool(false));
    assertFalse(value("false").bool(true));
    assertTrue(map("a: 1").field("k").bool(true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "on", "True", "1", "tru"})
  void refusesWordsThatYamlWouldTakeForBooleans(String text) {
    assertFalse(value(text).bool(false));
    assertTrue(only().contains("(expected: false, true)"));
  }

  @Test
  void suggestsTheNearestWord() {
    Map<String, Integer> words = new TreeMap<>(Map.of("mongos", 1, "replica", 2));
    assertEquals(9, value("mongo").word(9, words));
    assertEquals(
        "p.yaml:1:4: error[P008] k: \"mongo\" (expected: mongos, replica) — did you mean 'mongos'?",
        only());
  }

  @Test
  void reportsAMissingValueOnceAndNothingBelowIt() {
    YamlMap map = map("a: 1\n");
    map.field("section").required().map().field("inner").required().text();
    assertEquals("p.yaml:1:1: error[P006] section: missing", only());
  }

  @Test
  void reportsWhatAnAbsentButOptionalSectionMustHave() {
    map("a: 1\n").field("section").map().field("inner").required();
    assertEquals("p.yaml:1:1: error[P006] section.inner: missing", only());
  }

  @Test
  void reportsAWrongKindOfValueOnce() {
    YamlMap map = map("section: [1]\nlist: { a: 1 }\ntext: { a: 1 }\n");
    map.field("section").map().field("inner").required();
    map.field("section").map().exactlyOne(List.of("x", "y"));
    assertTrue(map.field("list").items().isEmpty());
    assertNull(map.field("text").text());
    assertEquals(
        List.of(
            "p.yaml:1:10: error[P007] section: a list (expected: a map)",
            "p.yaml:1:10: error[P007] section: a list (expected: a map)",
            "p.yaml:2:7: error[P007] list: a map (expected: a list)",
            "p.yaml:3:7: error[P007] text: a map (expected: a single value that is not empty)"),
        problems.all().stream().map(Problem::headline).toList());
  }

  @Test
  void wantsExactlyOneOfSomeKeys() {
    YamlMap map = map("a: 1\nb: 2\n");
    assertEquals("a", map.exactlyOne(List.of("a", "c")));
    assertTrue(problems.all().isEmpty());
    assertNull(map.exactlyOne(List.of("c", "d")));
    assertNull(map.exactlyOne(List.of("a", "b")));
    assertEquals(
        List.of(
            "p.yaml:1:1: error[P006] file: none of them (expected: exactly one of c, d)",
            "p.yaml:1:1: error[P009] file: a, b (expected: exactly one of a, b)"),
        problems.all().stream().map(Problem::headline).toList());
  }

  @Test
  void hidesWhatMayBeSecret() {
    value("mongodb://u:p4ss@h").failHidden(ProblemCode.BAD_VALUE, "no password");
    Problem problem = problems.all().get(0);
    assertEquals(
        "p.yaml:1:4: error[P008] k: not shown (expected: no password)", problem.headline());
    assertFalse(problem.render().contains("p4ss"));
  }

  @Test
  void escapesAndCutsWhatItShows() {
    value("\"a\\u202eb\\nc" + "x".repeat(200) + "\"").fail(ProblemCode.BAD_VALUE, "else");
    assertTrue(only().contains("k: \"a\\u202eb\\u000ac" + "x".repeat(75) + "…\""), this::only);
  }

  @Test
  void throwsWithEveryProblemIfOneIsAnError() {
    value("x").fail(ProblemCode.ADVICE, "more thought");
    problems.throwIfErrors();
    assertEquals(1, problems.warnings().size());
    value("y").fail(ProblemCode.BAD_VALUE, "z");
    InvalidPolicyException thrown =
        org.junit.jupiter.api.Assertions.assertThrows(
            InvalidPolicyException.class, problems::throwIfErrors);
    assertEquals(2, thrown.problems().size());
    assertTrue(String.valueOf(thrown.getMessage()).contains("warning[W001] k: \"x\""));
  }

  @Test
  void keepsABoundedNumberOfProblems() {
    for (int i = 0; i < 1000; i++) {
      problems.add(ProblemCode.BAD_VALUE, "p.yaml", "x");
    }
    assertTrue(problems.all().size() <= 200);
    assertTrue(problems.hasErrors());
  }
}
