package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.config.ProxyConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code audit verify}, against a chain that was made by what the page says and nothing else. */
final class AuditCommandTest {
  @TempDir Path directory;

  /** Each line ends in the SHA-256 of the line before it. */
  private static List<String> chain(int lines) throws Exception {
    List<String> chain = new ArrayList<>();
    String previous = "0".repeat(64);
    for (int i = 0; i < lines; i++) {
      String line = "{\"n\":" + i + ",\"prev\":\"" + previous + "\"}";
      chain.add(line);
      previous =
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-256")
                      .digest(line.getBytes(StandardCharsets.US_ASCII)));
    }
    return chain;
  }

  private String file(String name, List<String> lines) throws IOException {
    return Files.write(directory.resolve(name), lines).toString();
  }

  private static String last(CliRun.Result result) {
    return result.out().lines().filter(line -> line.startsWith("last: ")).findFirst().orElseThrow();
  }

  @Test
  void aChainOverSeveralFilesHolds() throws Exception {
    List<String> lines = chain(6);
    String full = file("audit.jsonl.1", lines.subList(0, 4));
    String open = file("audit.jsonl", lines.subList(4, 6));

    CliRun.Result result = new CliRun().run("audit", "verify", full, open);

    assertEquals("", result.err());
    assertEquals(ExitCode.OK, result.code());
    assertTrue(result.out().startsWith("6 lines, the chain holds"), result.out());
    CliRun.Result swapped = new CliRun().run("audit", "verify", open, full);
    assertEquals(ExitCode.INVALID, swapped.code());
  }

  @Test
  void aChangedLineIsNamedWithItsPlace() throws Exception {
    List<String> lines = chain(4);
    lines.set(1, lines.get(1).replace("\"n\":1", "\"n\":8"));

    CliRun.Result result = new CliRun().run("audit", "verify", file("audit.jsonl", lines));

    assertEquals(ExitCode.INVALID, result.code());
    assertTrue(result.err().contains("audit.jsonl:3: does not follow"), result.err());
  }

  @Test
  void linesMissingAtTheEndShowAgainstTheLastHash() throws Exception {
    String last = last(new CliRun().run("audit", "verify", file("a", chain(4)))).substring(6);

    assertEquals(
        ExitCode.OK,
        new CliRun().run("audit", "verify", "--last", last, file("a", chain(4))).code());
    assertEquals(
        ExitCode.INVALID,
        new CliRun().run("audit", "verify", "--last", last, file("b", chain(3))).code());
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    CliRun.Result result = new CliRun().run("audit", "verify", "/nowhere/audit.jsonl");

    assertEquals(ExitCode.INVALID, result.code());
    assertTrue(result.err().contains("/nowhere/audit.jsonl"), result.err());
  }

  @Test
  void theExampleOfThePageSetsEveryKey() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "operations.md"));
    int from = page.indexOf("```yaml\naudit:") + "```yaml\n".length();
    String example = page.substring(from, page.indexOf("```", from));

    Path file =
        TestConfig.write(directory, example + "upstream: { uri: \"mongodb://127.0.0.1:27018\" }");
    ProxyConfig.Audit audit = ConfigParser.parse(file, Overrides.NONE).config().audit();

    assertTrue(audit.required());
    assertTrue(audit.lines().all() && audit.lines().hashes() && audit.lines().chain());
    assertEquals(directory.resolve("audit.key"), audit.lines().keyFile());
    assertEquals(directory.resolve("audit.token"), audit.delivery().tokenFile());
    assertEquals(5, audit.delivery().rotateKeep());
  }
}
