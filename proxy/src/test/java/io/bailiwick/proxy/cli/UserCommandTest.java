package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UserCommandTest {
  @TempDir Path directory;
  private String file = "";
  private String password = "";

  @BeforeEach
  void writePassword() throws IOException {
    file = directory.resolve("users.yaml").toString();
    Path secret = directory.resolve("password");
    Files.writeString(secret, "correct horse\n");
    password = secret.toString();
  }

  @Test
  void addsListsReplacesAndRemoves() throws IOException {
    CliRun.Result added = add("app");
    assertEquals(ExitCode.OK, added.code());
    assertEquals("added app in " + file + "\n", added.out());
    assertFalse(Files.readString(Path.of(file)).contains("correct horse"));

    assertEquals("new password for app in " + file + "\n", add("app").out());
    assertEquals(
        "app\tadmin\tSCRAM-SHA-1,SCRAM-SHA-256\n",
        new CliRun().run("user", "list", "--file", file).out());

    assertEquals(
        "removed app from " + file + "\n",
        new CliRun().run("user", "remove", "--name", "app", "--file", file).out());
    assertEquals("", new CliRun().run("user", "list", "--file", file).out());
  }

  @Test
  void takesThePasswordFromStandardInput() {
    CliRun.Result added =
        new CliRun()
            .input("secret\r\n")
            .run("user", "add", "--name", "a", "--password-file", "-", "--file", file);

    assertEquals(ExitCode.OK, added.code());
  }

  @Test
  void neverTakesThePasswordAsAnArgument() {
    CliRun.Result result =
        new CliRun().run("user", "add", "--name", "a", "--password", "x", "--file", file);

    assertEquals(ExitCode.USAGE, result.code());
  }

  @Test
  void withoutATerminalItNamesTheOption() {
    CliRun.Result result = new CliRun().run("user", "add", "--name", "a", "--file", file);

    assertEquals(ExitCode.USAGE, result.code());
    assertTrue(result.err().contains("--password-file"), result.err());
  }

  @Test
  void refusesAnEmptyPasswordAndAMissingFile() throws IOException {
    Files.writeString(Path.of(password), "\n");
    assertEquals(ExitCode.INVALID, add("a").code());

    Files.delete(Path.of(password));
    CliRun.Result missing = add("a");
    assertEquals(ExitCode.INVALID, missing.code());
    assertTrue(missing.err().contains("cannot be read"), missing.err());
  }

  @Test
  void usesTheFileThatTheConfigurationNames() throws IOException {
    String config = TestConfig.write(directory, "upstream: { uri: \"mongodb://db\" }").toString();

    CliRun.Result added =
        new CliRun()
            .with("BAILIWICK_CONFIG", config)
            .run("user", "add", "--name", "a", "--password-file", password);

    assertEquals("added a in " + file + "\n", added.out());
  }

  @Test
  void removingNobodyIsSaid() {
    assertEquals(ExitCode.OK, add("a").code());

    CliRun.Result result = new CliRun().run("user", "remove", "--name", "b", "--file", file);

    assertEquals(ExitCode.INVALID, result.code());
    assertTrue(result.err().contains("no such user"), result.err());
  }

  @Test
  void withoutASubcommandItIsUsage() {
    assertEquals(ExitCode.USAGE, new CliRun().run("user").code());
  }

  private CliRun.Result add(String name) {
    return new CliRun()
        .run("user", "add", "--name", name, "--password-file", password, "--file", file);
  }
}
