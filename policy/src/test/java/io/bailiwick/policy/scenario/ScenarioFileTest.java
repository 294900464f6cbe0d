package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.ClaimValue;
import io.bailiwick.policy.yaml.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioFileTest {
  private final Problems problems = new Problems();

  private List<Scenario> read(String text) {
    return ScenarioFile.read("t_test.yaml", text.getBytes(StandardCharsets.UTF_8), problems);
  }

  private List<Scenario> sound(String text) {
    List<Scenario> scenarios = read(text);
    assertTrue(problems.all().isEmpty(), () -> Problems.render(problems.all()));
    return scenarios;
  }

  @Test
  void readsAListOfTests() {
    Scenario scenario =
        sound(
                """
                - name: a find
                  as: { user: org-x, authSource: admin }
                  send: { find: campaigns, $db: ads }
                  expect: { forwards: true }
                """)
            .get(0);
    assertEquals("a find", scenario.name());
    assertEquals("t_test.yaml:1:3", scenario.place().toString());
    assertEquals("org-x", assertInstanceOf(Asker.Login.class, scenario.asker()).identity().user());
    assertEquals(25, scenario.wireVersion());
  }

  @Test
  void takesWhatTheFileSaysForAllItsTests() {
    List<Scenario> scenarios =
        sound(
            """
            as: { tenant: acme }
            policy: other.yaml
            wireVersion: 9
            tests:
              - { name: a, send: { ping: 1 }, expect: { local: ping } }
              - { name: b, as: nobody, wireVersion: 21, send: { ping: 1 }, expect: { local: ping } }
            """);
    assertEquals(new Asker.Listener("acme"), scenarios.get(0).asker());
    assertEquals(9, scenarios.get(0).wireVersion());
    assertEquals("other.yaml", scenarios.get(0).policyFile());
    assertEquals(new Asker.Nobody(), scenarios.get(1).asker());
    assertEquals(21, scenarios.get(1).wireVersion());
  }

  @Test
  void readsTheNumbersOfKnownAttacks() {
    List<Scenario> scenarios =
        sound(
            """
            as: nobody
            tests:
              - { name: a, case: 12, send: { ping: 1 }, expect: { local: ping } }
              - { name: b, case: [12, 13], send: { ping: 1 }, expect: { local: ping } }
              - { name: c, send: { ping: 1 }, expect: { local: ping } }
            """);
    assertEquals(
        List.of(List.of(12), List.of(12, 13), List.of()),
        scenarios.stream().map(Scenario::cases).toList());
  }

  @Test
  void readsWhoAsksByTokenOrCertificate() {
    List<Scenario> scenarios =
        sound(
            """
            - name: token
              as: { issuer: corporate, claims: { organization_id: 507e11111111111111111111 } }
              send: { ping: 1 }
              expect: { forwards: true }
            - name: certificate
              as: { subject: "CN=a", sanUris: ["spiffe://x/1"], sanDnsNames: [a.b] }
              send: { ping: 1 }
              expect: { forwards: true }
            """);
    Asker.Login token = assertInstanceOf(Asker.Login.class, scenarios.get(0).asker());
    assertEquals(
        Map.of("organization_id", new ClaimValue("507e11111111111111111111", false)),
        token.identity().claims());
    assertEquals("MONGODB-OIDC", token.identity().mechanism());
    Asker.Login certificate = assertInstanceOf(Asker.Login.class, scenarios.get(1).asker());
    assertEquals(List.of("spiffe://x/1"), certificate.identity().sanUris());
    assertEquals("MONGODB-X509", certificate.identity().mechanism());
  }

  @Test
  void readsStepsOneByOne() {
    Scenario scenario =
        sound(
                """
                - name: two
                  as: nobody
                  steps:
                    - { send: { hello: 1 }, expect: { local: hello } }
                    - { send: { find: x }, expect: { deny: login-required, code: 13 } }
                """)
            .get(0);
    assertEquals(2, scenario.steps().size());
    assertEquals(
        new Expectation.Deny("login-required", 13, false), scenario.steps().get(1).expectation());
  }

  @Test
  void readsARefusedLogin() {
    Scenario scenario =
        sound("- { name: a, as: { user: x, authSource: admin }, expect: { login: refused } }\n")
            .get(0);
    assertTrue(scenario.loginIsRefused());
    assertTrue(scenario.steps().isEmpty());
  }

  @Test
  void givesNoTestsForBrokenYaml() {
    assertTrue(read("- {").isEmpty());
    assertFalse(problems.all().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          name: a, nam: b, as: nobody, send: { x: 1 }, expect: { close: true } | t.yaml:1:14: error[P005] [0].nam: unknown key
          name: a, as: nobody, send: { x: 1 }, expect: { close: true, forwards: true, clos: true } | [0].expect.clos: unknown key
          name: a, as: nobody, steps: [ { send: { x: 1 }, expect: { close: true }, expekt: 1 } ] | [0].steps[0].expekt: unknown key
          name: a, as: nobody, expect: { login: refused, clos: true }        | [0].expect.clos: unknown key
          as: nobody, send: { x: 1 }, expect: { close: true }                | [0].name: missing
          name: a, send: { x: 1 }, expect: { close: true }                   | [0].as: missing
          name: a, as: nobdy, send: { x: 1 }, expect: { close: true }        | [0].as: "nobdy" (expected: nobody) — did you mean 'nobody'?
          name: a, as: { user: x }, send: { x: 1 }, expect: { close: true }  | [0].as.authSource: missing
          name: a, as: { usr: x, tenant: y }, send: { x: 1 }, expect: { close: true } | [0].as.usr: unknown key
          name: a, as: { user: x, tenant: y }, send: { x: 1 }, expect: { close: true } | [0].as: user, tenant (expected: exactly one of user, subject, issuer, tenant)
          name: a, as: nobody, expect: { close: true }                       | [0]: none of them (expected: exactly one of send, pairs, bytes, message)
          name: a, as: nobody, send: { x: 1 }, bytes: "00", expect: { close: true } | [0]: send, bytes (expected: exactly one
          name: a, as: nobody, send: x, expect: { close: true }              | [0].send: "x" (expected: a map)
          name: a, as: nobody, bytes: "0", expect: { close: true }           | [0].bytes: "0" (expected: hexadecimal digits in pairs
          name: a, as: nobody, message: "00", flags: [moreToCome], expect: { close: true } | [0].flags: a list (expected: not beside a whole message)
          name: a, as: nobody, send: { x: 1 }, flags: [more], expect: { close: true } | [0].flags[0]: "more" (expected: checksumPresent, moreToCome, exhaustAllowed)
          name: a, as: nobody, send: { x: 1 }, sequences: { d: {} }, expect: { close: true } | [0].sequences.d: a map (expected: a list)
          name: a, as: nobody, send: { x: 1 }, sequences: { d: [1] }, expect: { close: true } | [0].sequences.d[0]: "1" (expected: a map)
          name: a, as: nobody, send: { x: 1 }, sequences: { d: [] }, sectionOrder: [d], expect: { close: true } | [0].sectionOrder: a list (expected: all sections; missing: [body])
          name: a, as: nobody, send: { x: 1 }, sequences: { d: [] }, sectionOrder: [d, e, body], expect: { close: true } | [0].sectionOrder[1]: "e" (expected: body or a sequence, each once)
          name: a, as: nobody, send: { x: 1 }                                | [0].expect: missing
          name: a, as: nobody, send: { x: 1 }, expect: {}                    | [0].expect: none of them
          name: a, as: nobody, send: { x: 1 }, expect: { deny: a, forwards: true } | [0].expect: forwards, deny (expected: exactly one of
          name: a, as: nobody, send: { x: 1 }, expect: { forwards: false }   | [0].expect.forwards: "false" (expected: true)
          name: a, as: nobody, send: { x: 1 }, expect: { forward: same }     | [0].expect.forward: "same" (expected: unchanged)
          name: a, as: nobody, send: { x: 1 }, expect: { forwards: true, code: 13 } | [0].expect.code: "13" (expected: only beside deny)
          name: a, as: nobody, send: { x: 1 }, expect: { forwards: true, sequences: {} } | [0].expect.sequences: a map (expected: only beside the body in forward)
          name: a, as: nobody, send: { x: 1 }, expect: { close: true, shadowedBy: [r] } | [0].expect.shadowedBy: a list (expected: only beside forward)
          name: a, as: nobody, send: { x: 1 }, expect: { local: helo }       | [0].expect.local: "helo" (expected: hello, saslStart
          name: a, as: nobody, send: { x: 1 }, steps: [], expect: { close: true } | [0].send: a map (expected: inside of steps, where there are steps)
          name: a, as: nobody, send: { x: 1 }, expect: { login: refused }    | [0].send: a map (expected: nothing to send where the login is refused)
          name: a, as: nobody, expect: { login: granted }                    | [0].expect.login: "granted" (expected: refused)
          name: a, as: nobody, wireVersion: 1, send: { x: 1 }, expect: { close: true } | [0].wireVersion: "1" (expected: an integer from 9 to 99)
          """)
  void saysWhatIsWrongWithATest(String test, String expected) {
    ScenarioFile.read(
        "t.yaml", ("- { " + test + " }\n").getBytes(StandardCharsets.UTF_8), problems);
    assertTrue(
        problems.all().stream().anyMatch(problem -> problem.headline().contains(expected)),
        () -> Problems.render(problems.all()));
  }

  @Test
  void refusesNamesThatStandTwiceAndEmptyFiles() {
    read(
        """
        - { name: a, as: nobody, send: { x: 1 }, expect: { close: true } }
        - { name: a, as: nobody, send: { x: 1 }, expect: { close: true } }
        """);
    assertEquals(
        "t_test.yaml:2:11: error[P010] [1].name: \"a\" (expected: once in a file; first at"
            + " t_test.yaml:1:3)",
        problems.all().get(0).headline());
    Problems empty = new Problems();
    ScenarioFile.read("t.yaml", "[]".getBytes(StandardCharsets.UTF_8), empty);
    assertEquals(
        "t.yaml:1:1: error[P008] file: a list (expected: at least one test)",
        empty.all().get(0).headline());
  }

  @Test
  void refusesUnknownKeysAroundItsTests() {
    read(
        """
        as: nobody
        polcy: other.yaml
        tests:
          - { name: a, send: { ping: 1 }, expect: { local: ping } }
        """);

    assertTrue(
        Problems.render(problems.all()).contains("polcy: unknown key"),
        () -> Problems.render(problems.all()));
  }
}
