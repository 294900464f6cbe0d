package io.bailiwick.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.cli.Cli;
import io.bailiwick.proxy.cli.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Does what the README and the pages tell people to do, in their order, on a copy of what ships.
 */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern SHELL = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:\\s]*)(?:#([^)\\s]+))?\\)");

  @TempDir private Path checkout;
  private final StringWriter printed = new StringWriter();

  @BeforeEach
  void copyWhatShips() throws IOException {
    Path config = ROOT.resolve("config");
    try (Stream<Path> files = Files.walk(config)) {
      for (Path file : files.toList()) {
        Path copy = checkout.resolve("config").resolve(config.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    Files.writeString(checkout.resolve("org.password"), "a long password\n");
  }

  @Test
  void everyCommandOfTheReadmeWorksInItsOrder() throws IOException {
    List<String> commands = commands(ROOT.resolve("README.md"));
    for (String command : commands) {
      assertEquals(0, run(command), command + "\n" + printed);
    }
    assertTrue(commands.size() >= 4, commands.toString());
    assertTrue(
        Files.readString(checkout.resolve("config/users.yaml")).contains("storedKey"),
        "the user was added to the file that ships");
  }

  @Test
  void everyCommandOfThePageOnOperationsWorks() throws IOException {
    List<String> commands = commands(ROOT.resolve("docs/operations.md"));
    for (String command : commands) {
      assertEquals(0, run(command), command + "\n" + printed);
    }
    assertFalse(commands.isEmpty());
  }

  @Test
  void whatShipsIsSound() {
    assertEquals(0, run("./bailiwick check config"), () -> printed.toString());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(Path page) throws IOException {
    Matcher link = LINK.matcher(Files.readString(page));
    while (link.find()) {
      Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
      assertTrue(Files.exists(target), page + " leads to " + target);
      String heading = link.group(2);
      if (heading != null) {
        assertTrue(headings(target).contains(heading), page + " leads to " + link.group());
      }
    }
  }

  private static Set<String> headings(Path page) throws IOException {
    return Files.readString(page)
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** What a page shows in these languages is run or read by the test that is named. */
  private static final Map<String, String> TRIED =
      Map.ofEntries(
          Map.entry("README.md sh", "everyCommandOfTheReadmeWorksInItsOrder"),
          Map.entry("operations.md sh", "everyCommandOfThePageOnOperationsWorks"),
          Map.entry("operations.md yaml", "OperationsPageTest"),
          Map.entry("performance.md sh", "bench/run, a stage of .ci/run"),
          Map.entry("policy.md yaml", "PolicyPageTest"),
          Map.entry("tls.md sh", "TlsPageTest"),
          Map.entry("tls.md yaml", "TlsPageTest"),
          Map.entry("tokens.md java", "TokensPageTest"),
          Map.entry("tokens.md js", "TokensPageTest"),
          Map.entry("tokens.md python", "TokensPageTest"),
          Map.entry("tokens.md yaml", "TokensPageTest"));

  @ParameterizedTest
  @MethodSource("pages")
  void everyBlockIsTriedByTheTestOfItsPage(Path page) throws IOException {
    Matcher block = Pattern.compile("(?m)^ *```([a-z]+)$").matcher(Files.readString(page));
    while (block.find()) {
      String shown = page.getFileName() + " " + block.group(1);
      assertTrue(TRIED.containsKey(shown), shown + " is shown and tried by no test");
    }
  }

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String directory : List.of("", "docs", "docs/runbooks")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    assertTrue(pages.size() > 20, pages.toString());
    return pages;
  }

  @Test
  void aCommandThatTheReadmeDoesNotHaveFails() {
    assertFalse(run("./bailiwick check --confg config/bailiwick.yaml") == 0);
  }

  private static List<String> commands(Path page) throws IOException {
    List<String> commands = new ArrayList<>();
    Matcher block = SHELL.matcher(Files.readString(page));
    while (block.find()) {
      block
          .group(1)
          .lines()
          .map(String::strip)
          // The demo is played by its own test; mvn is what runs this one.
          .filter(line -> line.startsWith("./bailiwick") && !line.startsWith("./bailiwick demo"))
          .forEach(commands::add);
    }
    return commands;
  }

  private int run(String command) {
    PrintWriter out = new PrintWriter(printed, true);
    Terminal terminal = new Terminal(out, out, InputStream.nullInputStream(), Map.of(), null);
    String[] arguments =
        Arrays.stream(command.split(" +")).skip(1).map(this::inCheckout).toArray(String[]::new);
    return new Cli(terminal, configuration -> 0).run(arguments);
  }

  private String inCheckout(String argument) {
    if (argument.startsWith("deploy/")) {
      return ROOT.resolve(argument).toString();
    }
    boolean isPath = argument.startsWith("config") || argument.startsWith("./");
    return isPath ? checkout.resolve(argument).normalize().toString() : argument;
  }
}
