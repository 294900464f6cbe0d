package io.bailiwick.proxy.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.Problem;
import io.bailiwick.policy.yaml.Problems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsersFileTest {
  private static final String GOOD =
      """
      apiVersion: bailiwick.io/v1
      kind: Users
      users:
        - user: alice
          authSource: admin
          SCRAM-SHA-1:
            iterations: 10000
            salt: "AAAAAAAAAAAAAAAAAAAAAA=="
            storedKey: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
            serverKey: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
      """;

  private static final Users.Name ALICE = new Users.Name("alice", "admin");

  @TempDir private Path directory;

  private static Users parse(String text) {
    Problems problems = new Problems();
    Users users = UsersFile.parse("users.yaml", text.getBytes(StandardCharsets.UTF_8), problems);
    problems.throwIfErrors();
    return users;
  }

  private static List<Problem> problemsOf(String text) {
    return assertThrows(InvalidPolicyException.class, () -> parse(text)).problems();
  }

  @Test
  void readsAUserWithOneMechanism() {
    Users users = parse(GOOD);
    assertNotNull(users.find(Mechanism.SCRAM_SHA_1, ALICE));
    assertNull(users.find(Mechanism.SCRAM_SHA_256, ALICE));
    assertNull(users.find(Mechanism.SCRAM_SHA_1, new Users.Name("alice", "app")));
  }

  @ParameterizedTest
  @CsvSource({
    "iterations: 10000, iterations: 4095, 7, 19",
    "iterations: 10000, iteratons: 10000, 7, 7",
    "kind: Users, kind: Policy, 2, 7",
    "authSource: admin, authSource: config, 5, 17",
    "authSource: admin, authSource: local, 5, 17",
    "user: alice, user: __system, 4, 11",
  })
  void namesThePlaceOfAMistake(String from, String to, int line, int column) {
    Problem problem = problemsOf(GOOD.replace(from, to)).get(0);
    assertEquals("users.yaml:" + line + ":" + column, problem.place().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"salt: \"SECRETSECRET\"", "salt: \"SECRET!\"", "storedKey: \"U0VDUkVU\""})
  void I8_hidesKeysThatAreWrong(String wrong) {
    String key = wrong.substring(0, wrong.indexOf(':'));
    String text = GOOD.replaceAll(key + ": \".*\"", wrong);
    String shown = Problems.render(problemsOf(text));
    assertTrue(shown.contains("users[0].SCRAM-SHA-1." + key), shown);
    assertFalse(shown.contains("SECRET") || shown.contains("U0VDUkVU"), shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "users: [ { user: x, SCRAM-SHA-1: { salt: \"SECRET",
        "users: [ { usre: x, SCRAM-SHA-1: { salt: \"SECRET\" } } ]",
        "users: [ { user: x, authSource: local, SCRAM-SHA-1: { salt: SECRET } } ]"
      })
  void I8_showsNoLineOfTheFile(String line) {
    String text = "apiVersion: bailiwick.io/v1\nkind: Users\n" + line;
    String shown = Problems.render(problemsOf(text));
    assertTrue(shown.contains("users.yaml:3:"), shown);
    assertFalse(shown.contains("SECRET"), shown);
  }

  @Test
  void refusesAUserWhoStandsThereTwice() {
    String twice = GOOD + GOOD.substring(GOOD.indexOf("  - user"));
    assertTrue(problemsOf(twice).get(0).message().contains("twice"));
  }

  @Test
  void refusesAUserWithoutACredential() {
    String none = GOOD.substring(0, GOOD.indexOf("    SCRAM-SHA-1"));
    assertTrue(problemsOf(none).get(0).message().contains("no credential"));
  }

  @Test
  void reportsAFileThatIsNotThere() {
    Problems problems = new Problems();
    UsersFile.read(directory.resolve("none.yaml"), problems);
    assertTrue(problems.hasErrors());
  }

  @Test
  void readsBackWhatWasWritten() throws IOException {
    Path file = directory.resolve("users.yaml");
    Users.Name odd = new Users.Name("o\"d\\d \u00fc\ud83d\ude00: #", "app");
    Verifiers verifiers = Verifiers.ofPassword(odd.user(), "pencil", new SecureRandom());
    assertFalse(UsersFileWriter.put(file, odd, verifiers));
    assertFalse(UsersFileWriter.put(file, ALICE, verifiers));
    assertTrue(UsersFileWriter.put(file, ALICE, verifiers));
    Problems problems = new Problems();
    Users users = UsersFile.read(file, problems);
    assertFalse(problems.hasErrors(), () -> Problems.render(problems.all()));
    assertEquals(List.of(odd, ALICE), List.copyOf(users.entries().keySet()));
    assertEquals(Files.readString(file), UsersFileWriter.render(users.entries()));
  }

  @Test
  void writesForItsOwnerOnlyAndLeavesNothingElseBehind() throws IOException {
    Path file = directory.resolve("users.yaml");
    Files.writeString(file, GOOD);
    Verifiers verifiers = Verifiers.ofPassword("bob", "pencil", new SecureRandom());
    UsersFileWriter.put(file, new Users.Name("bob", "admin"), verifiers);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    try (var files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void replacesTheFileBehindALink() throws IOException {
    Path file = Files.writeString(directory.resolve("real.yaml"), GOOD);
    Path link = Files.createSymbolicLink(directory.resolve("users.yaml"), file);
    assertTrue(UsersFileWriter.remove(link, ALICE));
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.readString(file).contains("users: []"));
  }

  @Test
  void removesOnlyWhomItKnows() throws IOException {
    Path file = Files.writeString(directory.resolve("users.yaml"), GOOD);
    assertFalse(UsersFileWriter.remove(file, new Users.Name("alice", "app")));
    assertEquals(GOOD, Files.readString(file));
    assertTrue(UsersFileWriter.remove(file, ALICE));
    assertTrue(parse(Files.readString(file)).entries().isEmpty());
  }

  @Test
  void leavesABrokenFileAlone() throws IOException {
    Path file = Files.writeString(directory.resolve("users.yaml"), "users: [");
    Verifiers verifiers = Verifiers.ofPassword("bob", "pencil", new SecureRandom());
    assertThrows(
        InvalidPolicyException.class,
        () -> UsersFileWriter.put(file, new Users.Name("bob", "admin"), verifiers));
    assertEquals("users: [", Files.readString(file));
  }

  @Test
  void refusesToWriteAUserWhoCouldNotBeRead() {
    Path file = directory.resolve("users.yaml");
    Verifiers verifiers = Verifiers.ofPassword("bob", "pencil", new SecureRandom());
    assertThrows(
        InvalidPolicyException.class,
        () -> UsersFileWriter.put(file, new Users.Name("bob", "local"), verifiers));
    assertFalse(Files.exists(file));
  }
}
