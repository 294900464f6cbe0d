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
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what the README and the pages tell people to do, in their order, on a copy of what ships.
 */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern SHELL = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

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

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    Matcher link = LINK.matcher(Files.readString(ROOT.resolve("README.md")));
    while (link.find()) {
      assertTrue(Files.exists(ROOT.resolve(link.group(1))), link.group(1));
    }
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
