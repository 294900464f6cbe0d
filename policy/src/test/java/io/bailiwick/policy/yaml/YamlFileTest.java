package io.bailiwick.policy.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlFileTest {
  private final Problems problems = new Problems();

  private @Nullable YamlNode read(String text) {
    return YamlFile.read("p.yaml", text.getBytes(StandardCharsets.UTF_8), problems);
  }

  private YamlMap map(String text) {
    return (YamlMap) Objects.requireNonNull(read(text));
  }

  private String only() {
    List<Problem> all = problems.all();
    assertEquals(1, all.size(), () -> Problems.render(all));
    return all.get(0).headline();
  }

  @Test
  void keepsTheSourceTextOfScalars() {
    YamlMap map =
        map("id: 507e11111111111111111111\non: off\nn: 0o17\nq: '1'\ne: !\n".replace("e: !\n", ""));
    assertEquals("507e11111111111111111111", map.field("id").text());
    assertEquals("off", map.field("on").text());
    assertEquals("0o17", map.field("n").text());
    assertEquals("1", map.field("q").text());
    assertTrue(problems.all().isEmpty());
  }

  @Test
  void knowsThePlaceAndPathOfEveryValue() {
    YamlMap map = map("a:\n  - b: 1\n    cé: 2\n");
    YamlField item = map.field("a").items().get(0).map().field("cé");
    assertEquals("p.yaml:3:9", item.place().toString());
    assertEquals("a[0].cé", item.path());
  }

  @Test
  void reportsADuplicateKeyAtEveryLevel() {
    map("a: { x: 1, x: 2 }\na: 3\n");
    List<String> all = problems.all().stream().map(Problem::headline).toList();
    assertEquals(
        List.of(
            "p.yaml:1:12: error[P004] a.x: duplicate key (expected: once; first at line 1)",
            "p.yaml:2:1: error[P004] a: duplicate key (expected: once; first at line 1)"),
        all);
  }

  @Test
  void takesKeysThatDifferOnlyInWritingForDuplicates() {
    map("a: 1\n\"\\x61\": 2\n");
    assertTrue(only().contains("duplicate key"));
  }

  @Test
  void refusesAnEmptyFile() {
    assertNull(read(""));
    assertEquals("p.yaml:1:1: error[P001] the file is empty", only());
  }

  @Test
  void refusesAFileOfCommentsOnly() {
    assertNull(read("# nothing\n"));
    assertEquals("p.yaml:1:1: error[P001] the file is empty", only());
  }

  @Test
  void refusesASecondDocument() {
    assertNull(read("a: 1\n---\nb: 2\n"));
    assertTrue(only().startsWith("p.yaml:3:1: error[P003] a second document"));
  }

  @Test
  void refusesAnchorsAliasesAndTags() {
    assertNull(read("a: &x { b: 1 }\nc: *x\nd: !!int 3\n"));
    List<String> all = problems.all().stream().map(Problem::headline).toList();
    assertEquals(3, all.size());
    assertTrue(all.get(0).startsWith("p.yaml:1:4: error[P003] an anchor"));
    assertTrue(all.get(1).startsWith("p.yaml:2:4: error[P003] an alias"));
    assertTrue(all.get(2).startsWith("p.yaml:3:4: error[P003] a tag"));
  }

  @Test
  void refusesKeysThatAreNoScalars() {
    assertNull(read("? [a, b]\n: 1\n"));
    assertTrue(only().contains("a key that is a map or a list"));
  }

  @Test
  void namesTabsInIndentation() {
    assertNull(read("a:\n\tb: 1\n"));
    assertTrue(only().startsWith("p.yaml:2:1: error[P002] a tab where spaces are expected"));
  }

  @Test
  void refusesAByteOrderMark() {
    assertNull(read("\uFEFFa: 1\n"));
    assertTrue(only().startsWith("p.yaml:1:1: error[P001] the file starts with a byte order mark"));
  }

  @Test
  void namesTheFirstByteThatIsNotUtf8() {
    byte[] bytes = {'a', ':', '\n', ' ', (byte) 0xE9, '\n'};
    assertNull(YamlFile.read("p.yaml", bytes, problems));
    assertTrue(only().startsWith("p.yaml:2:2: error[P001] byte 0xE9 is not UTF-8"));
  }

  @Test
  void refusesACharacterSequenceThatIsCutOff() {
    assertNull(YamlFile.read("p.yaml", new byte[] {'a', (byte) 0xC3}, problems));
    assertTrue(only().contains("0xC3 is not UTF-8"));
  }

  @Test
  void refusesControlCharacters() {
    assertNull(read("a: 1\nb: \u0000\n"));
    assertTrue(only().startsWith("p.yaml:2:4: error[P002] character U+0000 is not allowed"));
  }

  @Test
  void refusesALargeFile() {
    assertNull(YamlFile.read("p.yaml", new byte[YamlFile.MAX_BYTES + 1], problems));
    assertTrue(only().contains("expected: at most 1048576"));
  }

  @Test
  void survivesEndlessNesting() {
    assertNull(read("[".repeat(YamlFile.MAX_BYTES)));
    assertTrue(problems.hasErrors());
  }

  @Test
  void refusesNestingThatIsTooDeepAndReadsOn() {
    assertNull(read("a: " + "[".repeat(300) + "]".repeat(300) + "\nb: *x\n"));
    assertEquals(2, problems.all().size());
  }

  @Test
  void showsTheLineWithACaret() {
    read("tenancy:\n\tx: 1");
    String shown = problems.all().get(0).render();
    assertTrue(shown.endsWith("\n    \tx: 1\n    ^"), shown);
  }

  @Test
  void refusesARootThatIsNoMap() {
    assertNull(YamlFile.readMap("p.yaml", "- a\n".getBytes(StandardCharsets.UTF_8), problems));
    assertEquals(
        "p.yaml:1:1: error[P007] file: a list (expected: a map of keys and values)", only());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\UFFFFFFFF",
        "\\U00110000",
        "\\x",
        "\\xZZ",
        "\\u12",
        "\\q",
        "\\uD800",
        "\\uDC00a"
      })
  void refusesEscapesThatMeanNoCharacter(String escape) {
    assertNull(read("a: 1\nb: \"" + escape + "\"\n"));
    assertTrue(only().startsWith("p.yaml:2:"), () -> problems.all().toString());
  }

  @Test
  void resolvesEscapesOfWholeCharacters() {
    assertEquals("A\uD83D\uDE00\u00e9", map("a: \"\\x41\\U0001F600\\u00e9\"\n").field("a").text());
  }

  @Tag("exhaustive")
  @Test
  void takesRandomBytesWithoutAnException() {
    Random random = new Random(7);
    byte[] alphabet =
        "aab:: -[]{}\\\\xuUFD80,\"'|>&*!%@#?\n\n\t\\~0.\r<=x\u00e9\u2028"
            .getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      if (round % 4 != 0) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = alphabet[random.nextInt(alphabet.length)];
        }
      }
      Problems found = new Problems();
      YamlNode node = YamlFile.read("p.yaml", bytes, found);
      assertTrue(
          node != null || found.hasErrors(),
          () -> "nothing read and nothing said: " + Arrays.toString(bytes));
      found.all().forEach(Problem::render);
    }
  }
}
