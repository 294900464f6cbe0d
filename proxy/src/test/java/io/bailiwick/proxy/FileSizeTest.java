package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No source file of any module is longer than one can hold in one's head. */
class FileSizeTest {
  private static final int MOST = 300;

  @Test
  void everyFileIsShortEnoughToBeReadWithoutAMap() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("protocol", "policy", "proxy", "demo", "bench")) {
      List<Path> found = sources(Path.of("..", module, "src", "main"));
      assertFalse(found.isEmpty(), () -> "no sources of " + module);
      sources.addAll(found);
    }
    assertEquals("", tooLong(sources));
  }

  @Test
  void namesWhatIsTooLong(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("Fits.java"), "\n".repeat(MOST));
    Path long1 = Files.writeString(directory.resolve("TooLong.java"), "\n".repeat(MOST + 1));

    assertEquals(
        long1 + ": 301 lines (expected: at most 300); redraw it along a joint of its own\n",
        tooLong(sources(directory)));
  }

  private static List<Path> sources(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static String tooLong(List<Path> sources) throws IOException {
    StringBuilder found = new StringBuilder();
    for (Path source : sources) {
      int lines = Files.readAllLines(source).size();
      if (lines > MOST) {
        found.append(source).append(": ").append(lines).append(" lines (expected: at most ");
        found.append(MOST).append("); redraw it along a joint of its own\n");
      }
    }
    return found.toString();
  }
}
