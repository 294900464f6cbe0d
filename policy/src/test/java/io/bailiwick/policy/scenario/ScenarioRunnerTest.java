package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.yaml.Problems;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioRunnerTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 3, 1);
  private static final Policy POLICY =
      PolicyParser.parse(
          List.of(
              new PolicyFile(
                  "p.yaml",
                  """
                  apiVersion: bailiwick.io/v1
                  kind: Policy
                  metadata: { name: ads }
                  tenancy: { field: organization_id, type: objectId }
                  principals: [ { name: app, user: "org-${tenant}", authSource: admin } ]
                  collections: { ads.campaigns: shared, ads.stats: shared }
                  rules:
                    - { name: silent, collections: [ads.stats], deny: [insert], mode: shadow, until: 2026-03-02 }
                  """
                      .getBytes(StandardCharsets.UTF_8))));

  private static ScenarioResult run(String test) {
    Problems problems = new Problems();
    String text = "- { name: t, as: { user: org-665f1c2ab8e4d3a1f0c9e001, authSource: admin }, ";
    byte[] bytes = (text + test + " }\n").getBytes(StandardCharsets.UTF_8);
    List<Scenario> scenarios = ScenarioFile.read("t_test.yaml", bytes, problems);
    problems.throwIfErrors();
    return new ScenarioRunner((file, override) -> POLICY, TODAY).run(scenarios).get(0);
  }

  private static @Nullable String difference(String test) {
    return run(test).difference();
  }

  private static final String FIND = "send: { find: campaigns, filter: { x: 1 }, $db: ads }, ";
  private static final String FILTER =
      "{ find: campaigns, filter: { $and: [ { organization_id: { $eq: { $oid:"
          + " 665f1c2ab8e4d3a1f0c9e001 } } }, { x: %s } ] }, $db: ads }";

  @Test
  void passesWhereTheForwardedCommandIsTheSame() {
    assertNull(difference(FIND + "expect: { forward: " + FILTER.formatted("1") + " }"));
    assertTrue(run(FIND + "expect: { forwards: true }").passed());
  }

  @Test
  void showsBothCommandsAndWhereTheyDiffer() {
    String difference = difference(FIND + "expect: { forward: " + FILTER.formatted("2") + " }");
    assertEquals(
        """
        expected: {"find": "campaigns", "filter": {"$and": [{"organization_id": {"$eq": {"$oid": "665f1c2ab8e4d3a1f0c9e001"}}}, {"x": 2}]}, "$db": "ads"}
             got: {"find": "campaigns", "filter": {"$and": [{"organization_id": {"$eq": {"$oid": "665f1c2ab8e4d3a1f0c9e001"}}}, {"x": 1}]}, "$db": "ads"}
          differ: filter.$and.1.x has another value""",
        difference);
  }

  @Test
  void showsTypesWhereOnlyTheyDiffer() {
    String difference =
        String.valueOf(
            difference(
                FIND + "expect: { forward: " + FILTER.formatted("{ $numberLong: 1 }") + " }"));
    assertTrue(difference.contains("{\"x\": {\"$numberLong\": \"1\"}}"), difference);
    assertTrue(difference.endsWith("differ: filter.$and.1.x is int, not long"), difference);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { find: campaigns, $db: ads, filter: {} }     | filter is expected where
          { find: campaigns }                           | filter is not expected
          { find: campaigns, filter: { $and: [] }, $db: ads } | filter.$and.0 is not expected
          """)
  void saysWhatStandsWhereAndWhatDoesNot(String forward, String expected) {
    String difference = String.valueOf(difference(FIND + "expect: { forward: " + forward + " }"));
    assertTrue(
        difference.contains(expected) || difference.contains("$db is expected where filter"),
        difference);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          send: { find: other, $db: ads }, expect: { deny: namespace }               | ok
          send: { find: other, $db: ads }, expect: { deny: namespace, code: 13 }     | ok
          send: { find: other, $db: ads }, expect: { deny: namespace, code: 59 }     | expected: deny namespace with code 59
          send: { find: other, $db: ads }, expect: { deny: field }                   | got: deny namespace with code 13
          send: { find: other, $db: ads }, expect: { deny: namespace, close: true }  | expected: deny namespace and close
          send: { find: other, $db: ads }, expect: { close: true }                   | expected: close
          send: { find: other, $db: ads }, expect: { forwards: true }                | expected: forward
          send: { find: other, $db: ads }, expect: { forward: unchanged }            | expected: forward unchanged
          send: { find: other, $db: ads }, expect: { answer: { ok: 1 } }             | expected: answer with {"ok": 1}
          send: { find: other, $db: ads }, expect: { local: ping }                   | expected: local PING
          send: { find: campaigns, $db: ads }, expect: { deny: namespace }           | got: forward {"find": "campaigns"
          send: { find: campaigns, $db: ads }, expect: { forward: unchanged }        | filter is not expected
          send: { ping: 1, $db: ads }, expect: { local: ping }                       | ok
          send: { ping: 1, $db: ads }, expect: { local: hello }                      | got: local PING
          send: { hello: 1, $db: admin }, expect: { deny: x }                        | got: local HELLO
          send: { listDatabases: 1, $db: admin }, expect: { answer: { ok: 1.0 } }    | ok
          send: { listDatabases: 1, $db: admin }, expect: { answer: { ok: 1 } }      | ok is double, not int
          send: { listDatabases: 1, $db: admin }, expect: { answer: { no: 1 } }      | no is missing
          send: { listDatabases: 1, $db: admin }, expect: { forwards: true }         | got: answer {
          """)
  void comparesVerdicts(String test, String expected) {
    String difference = difference(test);
    if (expected.equals("ok")) {
      assertNull(difference);
    } else {
      assertTrue(String.valueOf(difference).contains(expected), difference);
    }
  }

  @Test
  void comparesDocumentSequences() {
    String send =
        "send: { insert: campaigns, $db: ads }, sequences: { documents: [ { _id: 1 } ] }, ";
    String body = "expect: { forward: { insert: campaigns, $db: ads }, ";
    String stamped = "{ organization_id: { $oid: 665f1c2ab8e4d3a1f0c9e001 }";
    ScenarioResult result = run(send + "expect: { forwards: true }");
    assertTrue(result.passed(), result::toString);
    assertEquals(
        "expected: sequences []\n     got: [documents]",
        difference(send + "expect: { forward: { insert: campaigns, $db: ads } }"));
    assertEquals(
        "expected: 0 documents in documents\n     got: 1",
        difference(send + body + "sequences: { documents: [] } }"));
    String other =
        String.valueOf(
            difference(send + body + "sequences: { documents: [ " + stamped + " } ] } }"));
    assertTrue(other.startsWith("documents[0]\nexpected: "), other);
  }

  @Test
  void comparesShadowRules() {
    String send = "send: { insert: stats, documents: [ { _id: 1 } ], $db: ads }, ";
    assertNull(difference(send + "expect: { forwards: true, shadowedBy: [silent] }"));
    assertEquals(
        "expected: shadowed by []\n     got: [silent]",
        difference(send + "expect: { forwards: true, shadowedBy: [] }"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          pairs: [ [find, campaigns], [find, stats], [$db, ads] ], expect: { deny: ambiguous-bson, code: 22 }
          bytes: "05 00 00 00 00", expect: { close: true }
          bytes: "05 00 00 00 01", expect: { deny: ambiguous-bson }
          message: "05 00 00 00", expect: { close: true }
          message: "10000000 01000000 00000000 D5070000", expect: { deny: protocol, close: true }
          message: "10000000 01000000 00000000 00000000", expect: { close: true }
          message: "11000000 01000000 00000000 DD070000 00", expect: { close: true }
          send: { find: campaigns, $db: ads }, flags: [checksumPresent], expect: { forwards: true }
          send: { find: campaigns, $db: ads }, flags: [exhaustAllowed], expect: { forwards: true }
          send: { find: campaigns, $db: ads }, flags: [moreToCome], expect: { close: true }
          send: { insert: campaigns, $db: ads }, sequences: { documents: [ {} ] }, sectionOrder: [documents, body], expect: { forwards: true }
          """)
  void sendsBytesAsTheyAreSaid(String test) {
    assertNull(difference(test));
  }

  @Test
  void namesTheStepThatFails() {
    String difference =
        String.valueOf(
            difference(
                "steps: [ { send: { ping: 1, $db: ads }, expect: { local: ping } }, { send: { ping: 1, $db: ads },"
                    + " expect: { close: true } } ]"));
    assertTrue(difference.startsWith("step 2 (t_test.yaml:1:"), difference);
  }

  private static @Nullable String asks(String asker, String test) {
    Problems problems = new Problems();
    byte[] bytes =
        ("- { name: t, as: " + asker + ", " + test + " }\n").getBytes(StandardCharsets.UTF_8);
    List<Scenario> scenarios = ScenarioFile.read("t_test.yaml", bytes, problems);
    problems.throwIfErrors();
    ScenarioRunner runner = new ScenarioRunner((file, override) -> POLICY, TODAY);
    return runner.run(scenarios.get(0)).difference();
  }

  @Test
  void resolvesWhoAsks() {
    String ping = "send: { ping: 1, $db: ads }, expect: { local: ping }";
    assertNull(asks("{ tenant: 665f1c2ab8e4d3a1f0c9e002 }", ping));
    assertEquals(
        "the login is refused: listener test: its tenant is no objectId",
        asks("{ tenant: acme }", ping));
    assertEquals(
        "the login is refused: no entry of principals matches",
        asks("{ user: x, authSource: admin }", ping));
    assertNull(asks("{ user: x, authSource: admin }", "expect: { login: refused }"));
    assertEquals(
        "expected: a refused login\n     got: principal app",
        asks(
            "{ user: org-665f1c2ab8e4d3a1f0c9e001, authSource: admin }",
            "expect: { login: refused }"));
  }

  @Test
  void judgesWhoHasNotLoggedInYet() {
    assertNull(asks("nobody", "send: { hello: 1, $db: admin }, expect: { local: hello }"));
    assertNull(
        asks("nobody", "send: { find: campaigns, $db: ads }, expect: { deny: login-required }"));
  }

  @Test
  void judgesTheOldFormOfAHello() {
    String hello =
        "3A000000 01000000 00000000 D4070000 00000000 61646D696E2E24636D6400 00000000 FFFFFFFF"
            + " 13000000 10 69734D617374657200 01000000 00";
    assertNull(asks("nobody", "message: \"" + hello + "\", expect: { local: hello }"));
    assertNull(
        asks(
            "{ tenant: 665f1c2ab8e4d3a1f0c9e002 }",
            "message: \"" + hello + "\", expect: { close: true }"));
  }

  @Test
  void turnsADefectIntoAFailedTest() {
    Problems problems = new Problems();
    byte[] bytes =
        "- { name: t, as: nobody, send: { hello: 1 }, expect: { local: hello } }\n"
            .getBytes(StandardCharsets.UTF_8);
    ScenarioRunner runner =
        new ScenarioRunner(
            (file, override) -> {
              throw new IllegalStateException("no such policy");
            },
            TODAY);
    ScenarioResult result = runner.run(ScenarioFile.read("t_test.yaml", bytes, problems).get(0));
    assertFalse(result.passed());
    assertEquals(
        "the judge failed: java.lang.IllegalStateException: no such policy", result.difference());
  }
}
