package io.bailiwick.proxy.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/operations.md shows of bailiwick.yaml is taken as it stands. */
final class OperationsPageTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\n(.*?)```");
  private static final List<String> REST =
      List.of(
          "apiVersion: bailiwick.io/v1\n",
          "kind: Proxy\n",
          "listeners: [ { name: app, login: { users: users.yaml } } ]\n",
          "upstream: { uri: mongodb://127.0.0.1:27018 }\n",
          "keyFile: bailiwick.key\n");

  @TempDir Path directory;

  @Test
  void showsNothingThatTheParserRefuses() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "operations.md"));
    List<String> blocks =
        BLOCK.matcher(page).results().map((MatchResult found) -> found.group(1)).toList();
    assertTrue(blocks.size() >= 3, "blocks: " + blocks.size());
    for (String block : blocks) {
      StringBuilder whole = new StringBuilder();
      for (String line : REST) {
        String key = line.substring(0, line.indexOf(':') + 1);
        boolean shown = block.lines().anyMatch(written -> written.startsWith(key));
        whole.append(shown ? "" : line);
      }
      // Listeners that can be reached from outside want certificates, which have a page of their
      // own.
      whole.append(block.replace("0.0.0.0", "127.0.0.1"));
      Path file = Files.writeString(directory.resolve("bailiwick.yaml"), whole);
      assertDoesNotThrow(() -> ConfigParser.parse(file, Overrides.NONE), whole.toString());
    }
  }
}
