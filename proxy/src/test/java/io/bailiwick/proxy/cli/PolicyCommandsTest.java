package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check}, {@code test} and {@code explain} on files of an operator. */
final class PolicyCommandsTest {
  private static final String ACME = "{ user: org-665f1c2ab8e4d3a1f0c9e001, authSource: admin }";
  private static final String POLICY =
      """
      apiVersion: bailiwick.io/v1
      kind: Policy
      metadata: { name: shop }
      tenancy: { field: organization_id, type: objectId }
      principals:
        - { name: app, user: "org-${tenant}", authSource: admin }
      collections: { shop.orders: shared }
      rules:
        - { name: orders-stay, collections: [shop.orders], deny: [delete] }
      """;
  private static final String TESTS =
      """
      - name: a delete is denied
        as: { user: org-665f1c2ab8e4d3a1f0c9e001, authSource: admin }
        send: { delete: orders, $db: shop, deletes: [{ q: {}, limit: 0 }] }
        expect: { deny: orders-stay }
      """;

  @TempDir Path directory;

  @Test
  void whatShipsIsInOrder() {
    CliRun.Result check = new CliRun().run("check", "../config", "../config/policies");
    CliRun.Result test = new CliRun().run("test", "../config/policies");

    // users.yaml is made by the operator.
    assertTrue(check.err().lines().allMatch(line -> line.contains("users.yaml")), check.err());
    assertEquals(ExitCode.OK, new CliRun().run("check", "../config/policies").code());
    assertEquals(ExitCode.OK, test.code(), test.out());
  }

  @Test
  void checkFindsNothingWrongWithGoodFiles() throws IOException {
    write("policy.yaml", POLICY);
    write("policy_test.yaml", TESTS);

    CliRun.Result result = new CliRun().run("check", directory.toString());

    assertEquals(ExitCode.OK, result.code());
    assertEquals("2 files checked: 0 errors, 0 warnings\n", result.out());
    assertEquals("", result.err());
  }

  @Test
  void checkNamesPlaceAndSuggestionOfEveryMistake() throws IOException {
    write(
        "policy.yaml",
        POLICY.replace("deny: [delete]", "deny: [delet]").replace("field:", "feild:"));
    write("more_test.yaml", "- name: x\n  sned: {}\n");

    CliRun.Result result = new CliRun().run("check", directory.toString());

    assertEquals(ExitCode.INVALID, result.code());
    assertTrue(result.err().contains("policy.yaml:4:12: error[P005]"), result.err());
    assertTrue(result.err().contains("did you mean 'field'?"), result.err());
    assertTrue(result.err().contains("did you mean 'delete'?"), result.err());
    assertTrue(result.err().contains("more_test.yaml:2:3: error[P005]"), result.err());
  }

  @Test
  void checkFollowsTheConfigurationToEverythingItNames() throws IOException {
    write("policy.yaml", POLICY);
    write("password", "");
    write("key", "c2hvcnQ=\n");
    String config =
        TestConfig.write(
                directory,
                "upstream: { uri: \"mongodb://db\", username: u, passwordFile: password }\n"
                    + "keyFile: key\npolicies: { files: [policy.yaml] }")
            .toString();

    CliRun.Result result = new CliRun().run("check", "--config", config);

    assertEquals(ExitCode.INVALID, result.code());
    for (String part : new String[] {"users.yaml", "password:1:1", "keyFile " + directory}) {
      assertTrue(result.err().contains(part), part + " in " + result.err());
    }
    assertFalse(result.err().contains("c2hvcnQ"), result.err());
    assertTrue(result.out().contains(" 3 errors"), result.out());
  }

  @Test
  void checkDoesNotCallAnUnreadableOrEmptyPlaceClean() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));

    assertEquals(ExitCode.INVALID, new CliRun().run("check", empty.toString()).code());
    assertEquals(ExitCode.INVALID, new CliRun().run("check", "no-such-file.yaml").code());
    assertEquals(
        ExitCode.INVALID, new CliRun().run("check", "--config", "no-such-file.yaml").code());
  }

  @Test
  void strictCheckFailsOnAnEndedShadowRuleAndOnWarnings() throws IOException {
    write(
        "policy.yaml",
        POLICY.replace("deny: [delete]", "deny: [delete], mode: shadow, until: 2020-01-01"));

    assertEquals(ExitCode.INVALID, new CliRun().run("check", directory.toString()).code());
  }

  @Test
  void testRunsWhatStandsBesideThePolicy() throws IOException {
    write("policy.yaml", POLICY);
    write("policy_test.yaml", TESTS);
    Path report = directory.resolve("report.xml");

    CliRun.Result result =
        new CliRun().run("test", "--junit", report.toString(), directory.toString());

    assertEquals(ExitCode.OK, result.code());
    assertEquals("ok      a delete is denied\n1 tests, 0 failed\n", result.out());
    assertTrue(Files.readString(report).contains("tests=\"1\" failures=\"0\""));
  }

  @Test
  void aTestThatFailsShowsPlaceAndDifference() throws IOException {
    write("policy.yaml", POLICY);
    write("policy_test.yaml", TESTS.replace("orders-stay", "another-rule"));

    CliRun.Result tree = new CliRun().run("test", directory.toString());
    CliRun.Result json = new CliRun().run("test", "-o", "json", directory.toString());

    assertEquals(ExitCode.TESTS_FAILED, tree.code());
    assertTrue(tree.out().contains("FAILED  a delete is denied\n"), tree.out());
    assertTrue(tree.out().contains("policy_test.yaml:1:"), tree.out());
    assertTrue(tree.out().contains("orders-stay"), tree.out());
    assertEquals("failed", Document.parse(json.out()).getString("result"));
  }

  @Test
  void noTestAtAllIsNoSuccess() throws IOException {
    write("policy.yaml", POLICY);
    write("policy_test.yaml", TESTS);

    CliRun.Result none = new CliRun().run("test", "--run", "nothing", directory.toString());

    assertEquals(ExitCode.INVALID, none.code());
    assertEquals(
        ExitCode.OK, new CliRun().run("test", "--run", "delete", directory.toString()).code());
    assertEquals(ExitCode.USAGE, new CliRun().run("test", "--run", "(", ".").code());
  }

  @Test
  void explainShowsTheCommandBeforeAndAfter() throws IOException {
    CliRun.Result result = explain("{ find: orders, $db: shop, filter: { a: 1 } }");

    assertEquals(ExitCode.OK, result.code(), result.err());
    assertTrue(result.out().startsWith("forwarded to MongoDB\n"), result.out());
    assertTrue(result.out().contains("principal  app (" + directory), result.out());
    assertTrue(result.out().contains("sent       {\"find\": \"orders\""), result.out());
    assertTrue(result.out().contains("MongoDB    {\"find\": \"orders\""), result.out());
    assertTrue(result.out().contains("organization_id"), result.out());
    assertTrue(result.out().contains("why        "), result.out());
  }

  @Test
  void explainNamesTheRuleAndItsPlace() throws IOException {
    CliRun.Result result = explain("{ delete: orders, $db: shop, deletes: [{ q: {}, limit: 1 }] }");

    assertEquals(ExitCode.DENIED, result.code());
    assertTrue(result.out().startsWith("denied by rule orders-stay (" + directory), result.out());
    assertTrue(result.out().contains("policy.yaml:9:"), result.out());
    assertTrue(result.out().contains("MongoDB    gets nothing"), result.out());
  }

  @Test
  void explainTakesTheCommandFromStandardInputAndSpeaksJson() throws IOException {
    Path policy = write("policy.yaml", POLICY);

    CliRun.Result result =
        new CliRun()
            .input("{\"find\": \"orders\", \"$db\": \"shop\", \"filter\": {\"$where\": \"1\"}}")
            .run("explain", "-f", policy.toString(), "--as", ACME, "-o", "json");

    assertEquals(ExitCode.DENIED, result.code(), result.err());
    Document json = Document.parse(result.out());
    assertEquals("deny", json.getString("decision"));
    assertEquals("server-side-javascript", json.getString("rule"));
    assertEquals("orders", json.get("before", Document.class).getString("find"));
    assertTrue(json.containsKey("after") && json.get("after") == null);
  }

  @Test
  void explainOfSomebodyUnknownIsARefusedLogin() throws IOException {
    Path policy = write("policy.yaml", POLICY);

    CliRun.Result result =
        new CliRun()
            .run(
                "explain",
                "-f",
                policy.toString(),
                "--as",
                "{ user: somebody, authSource: admin }",
                "{ ping: 1, $db: shop }");

    assertEquals(ExitCode.DENIED, result.code());
    assertTrue(result.out().contains("the login is refused"), result.out());
  }

  @Test
  void explainSaysWhatItCannotRead() throws IOException {
    CliRun.Result result = explain("{ find: orders, find: orders }");

    assertEquals(ExitCode.INVALID, result.code());
    assertTrue(result.err().contains("COMMAND:1:17: error[P004]"), result.err());
    assertEquals(ExitCode.USAGE, new CliRun().run("explain", "{}").code());
  }

  private CliRun.Result explain(String command) throws IOException {
    Path policy = write("policy.yaml", POLICY);
    return new CliRun().run("explain", "-f", policy.toString(), "--as", ACME, command);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
