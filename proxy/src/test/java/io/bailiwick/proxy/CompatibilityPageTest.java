package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/compatibility.md names as a proof is there: each test, script and check. */
final class CompatibilityPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern CHECK = Pattern.compile("\"([^\"]+)\"");

  @Test
  void everyProofThatIsNamedIsThere() throws IOException {
    String page = Files.readString(ROOT.resolve("docs").resolve("compatibility.md"));
    String tests = sources("src/test/java", ".java");
    String scenarios = sources("interop/scenarios", "");
    List<String> missing = new ArrayList<>();
    int found = 0;
    for (Matcher code = CODE.matcher(page); code.find(); ) {
      String name = code.group(1);
      boolean there = true;
      if (name.matches("(\\w+/)*[A-Z]\\w*Test")) {
        there = tests.contains("class " + name.substring(name.lastIndexOf('/') + 1) + " ");
        found++;
      } else if (name.startsWith("interop/") || name.startsWith(".ci/")) {
        there = Files.exists(ROOT.resolve(name.split(" ", 2)[0]));
        found++;
      } else if (name.matches("(the|is|a)[A-Z]\\w{15,}")) {
        there = tests.contains("void " + name + "(");
        found++;
      }
      if (!there) {
        missing.add(name);
      }
    }
    for (Matcher check = CHECK.matcher(page); check.find(); found++) {
      if (!scenarios.contains(check.group(1))) {
        missing.add(check.group());
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(found > 60, found + " proofs");
  }

  private static String sources(String within, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 14)) {
      return files
          .filter(file -> file.toString().replace('\\', '/').contains(within + "/"))
          .filter(file -> file.toString().endsWith(ending) && Files.isRegularFile(file))
          .map(CompatibilityPageTest::read)
          .collect(Collectors.joining("\n"));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return ""; // Compiled Python, which holds no check of its own.
    }
  }
}
