package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.config.SettingOverride;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CliTest {
  private static final String[] VERBS = {
    "serve", "check", "test", "explain", "demo", "user", "health", "wait", "version", "completion"
  };

  @Test
  void helpShowsExamplesFirstAndExitCodesLast() {
    CliRun.Result help = new CliRun().run("--help");

    assertEquals(ExitCode.OK, help.code());
    int examples = help.out().indexOf("Examples:");
    int usage = help.out().indexOf("Usage:");
    int commands = help.out().indexOf("Commands:");
    int codes = help.out().indexOf("Exit codes:");
    assertTrue(0 < examples && examples < usage && usage < commands && commands < codes);
    for (String verb : VERBS) {
      assertTrue(help.out().contains("\n  " + verb + " "), verb);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "check",
        "test",
        "explain",
        "demo",
        "user",
        "health",
        "wait",
        "version",
        "completion"
      })
  void everyVerbHasPurposeExampleAndExitCodes(String verb) {
    CliRun.Result help = new CliRun().run(verb, "--help");

    assertEquals(ExitCode.OK, help.code());
    assertTrue(help.out().lines().findFirst().orElse("").endsWith("."), help.out());
    assertTrue(help.out().contains("Examples:\n"), help.out());
    assertTrue(help.out().contains("Exit codes:\n"), help.out());
  }

  @Test
  void everySettingNamesFlagVariableAndKey() {
    String help = new CliRun().run("serve", "--help").out().replaceAll("\\s+", " ");

    for (SettingOverride setting : SettingOverride.values()) {
      assertTrue(help.contains(setting.flag() + "="), setting.flag());
      assertTrue(
          help.contains("(env " + setting.variable() + ", key " + setting.path() + ")"),
          setting.variable());
    }
  }

  @Test
  void aMisspeltVerbOrOptionIsUsageWithASuggestion() {
    CliRun.Result verb = new CliRun().run("serv");
    CliRun.Result option = new CliRun().run("serve", "--confg", "x");

    assertEquals(ExitCode.USAGE, verb.code());
    assertTrue(verb.err().contains("bailiwick serve"), verb.err());
    assertEquals(ExitCode.USAGE, option.code());
    assertTrue(option.err().contains("--config"), option.err());
    assertEquals("", option.out());
  }

  @Test
  void withoutAVerbItServes() {
    CliRun.Result result = new CliRun().run("--config", "no-such-file.yaml");

    assertEquals(ExitCode.INVALID, result.code());
    assertTrue(result.err().contains("no-such-file.yaml:1:1: error[P001] cannot be read"));
  }

  @Test
  void aFaultOfOursIsShortUnlessAskedFor(@TempDir Path directory) throws IOException {
    Server faulty =
        configuration -> {
          throw new IllegalArgumentException("fault");
        };
    String config = TestConfig.write(directory, "upstream: { uri: \"mongodb://db\" }").toString();
    CliRun.Result brief = new CliRun().server(faulty).run("serve", "-c", config);
    CliRun.Result full =
        new CliRun().server(faulty).with("BAILIWICK_DEBUG", "1").run("serve", "-c", config);

    assertEquals(ExitCode.INTERNAL, brief.code());
    assertTrue(brief.err().contains("internal error"), brief.err());
    assertFalse(brief.err().contains("\tat "), brief.err());
    assertTrue(full.err().contains("\tat "), full.err());
  }

  @Test
  void colourIsOffWithNoColor() {
    CliRun.Result help =
        new CliRun().with("NO_COLOR", "").with("CLICOLOR_FORCE", "1").run("serve", "--help");

    assertFalse(help.out().contains("\u001b["), help.out());
  }

  @Test
  void versionIsTextOrJson() {
    String text = new CliRun().run("version").out();
    String json = new CliRun().run("version", "-o", "json").out();

    String version = BsonDocument.parse(json).getString("version").getValue();
    assertTrue(text.startsWith("bailiwick " + version + " (revision "), text);
    assertEquals(text, new CliRun().run("--version").out());
    assertEquals(ExitCode.USAGE, new CliRun().run("version", "-o", "xml").code());
  }

  @Test
  void completionIsAScriptThatKnowsTheVerbs() {
    CliRun.Result script = new CliRun().run("completion");

    assertEquals(ExitCode.OK, script.code());
    assertTrue(script.out().startsWith("#!/usr/bin/env bash"));
    for (String word : List.of("serve", "--password-file", "--print-config", "explain")) {
      assertTrue(script.out().contains(word), word);
    }
  }

  @Test
  void withoutTheDemoOnTheClassPathItSaysWhereItIs() {
    CliRun.Result result = new CliRun().run("demo", "--once");

    assertEquals(ExitCode.USAGE, result.code());
    assertTrue(result.err().contains("checkout of the sources"), result.err());
  }
}
