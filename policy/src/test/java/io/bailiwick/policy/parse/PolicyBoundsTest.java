package io.bailiwick.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long the names of a policy may be, and what is not looked at where too little is known. */
class PolicyBoundsTest {
  private static final String OK = "ok";

  private static void assertSaysOnly(PolicyText text, String expected) {
    List<String> said = text.check();
    assertEquals(expected.equals(OK) ? 0 : 1, said.size(), said::toString);
    assertTrue(said.stream().allMatch(line -> line.contains(expected)), said::toString);
  }

  @ParameterizedTest
  @CsvSource({"63, true", "64, false"})
  void boundsTheNameOfADatabase(int length, boolean sound) {
    String collections = "{ " + "d".repeat(length) + ".c: shared }";

    assertSaysOnly(
        new PolicyText().with("collections", collections), sound ? OK : "error[P012] collections");
  }

  /** The tenant counts as long as it is, 24 digits, and not as its stand-in is. */
  @ParameterizedTest
  @CsvSource({
    "a., 253, '', shared, true",
    "a., 254, '', shared, false",
    "a., 229, ${tenant}, private, true",
    "a., 230, ${tenant}, private, false",
  })
  void boundsTheNameOfANamespace(
      String start, int length, String end, String ownership, boolean sound) {
    String name = start + "c".repeat(length) + end;

    assertSaysOnly(
        new PolicyText().with("collections", "{ \"" + name + "\": " + ownership + " }"),
        sound ? OK : "error[P012] collections");
  }

  @ParameterizedTest
  @CsvSource({"64, true", "65, false"})
  void boundsTheNameOfTheTenantField(int length, boolean sound) {
    String tenancy = "{ field: " + "f".repeat(length) + ", type: uuid }";

    assertSaysOnly(
        new PolicyText().with("tenancy", tenancy), sound ? OK : "error[P008] tenancy.field");
  }

  @ParameterizedTest
  @CsvSource({"127, true", "128, false"})
  void boundsTheNameOfAnIndex(int length, boolean sound) {
    String index = "{ name: " + "i".repeat(length) + ", key: { organization_id: 1 } }";

    assertSaysOnly(
        new PolicyText()
            .with("collections", "{ a.b: { class: shared, indexes: [ " + index + " ] } }"),
        sound ? OK : "error[P008] collections.a.b.indexes[0].name");
  }

  @Test
  void comparesNoPrincipalsOfAnUnknownTenancy() {
    String twice =
        "[ { name: a, user: \"a${tenant}\", authSource: admin },"
            + " { name: b, user: \"${tenant}b\", authSource: admin } ]";

    assertSaysOnly(
        new PolicyText().without("tenancy").with("principals", twice), "error[P006] tenancy");
  }

  @ParameterizedTest
  @CsvSource({"32, 64, true", "33, 64, false", "32, 65, false"})
  void boundsTheValuesOfALabel(int count, int length, boolean sound) {
    String values =
        IntStream.range(10, 10 + count)
            .mapToObj(i -> "v" + i + "x".repeat(length - 3))
            .collect(Collectors.joining(", "));
    String metric =
        "{ name: m, collection: ads.stats, when: insert, sum: a, by: { p: [" + values + "] } }";
    List<String> said = new PolicyText().with("businessMetrics", "[ " + metric + " ]").check();

    assertEquals(sound, said.isEmpty(), said::toString);
  }
}
