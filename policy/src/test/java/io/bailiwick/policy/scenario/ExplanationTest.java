package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.scenario.Explanation.Decision;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final Policy POLICY =
      PolicyParser.parse(
          List.of(
              new PolicyFile(
                  "shop.yaml",
                  """
                  apiVersion: bailiwick.io/v1
                  kind: Policy
                  metadata: { name: shop }
                  tenancy: { field: organization_id, type: int64 }
                  principals: [{ name: app, user: "org-${tenant}", authSource: admin }]
                  collections: { shop.orders: shared }
                  rules:
                    - { name: orders-stay, deny: [delete] }
                    - { name: no-inserts, deny: [insert], mode: shadow, until: 2099-01-01 }
                  """
                      .getBytes(StandardCharsets.UTF_8))));

  @Test
  void showsWhatMongoDbWouldGetAndWhy() {
    Explanation told = explain("{ find: orders, $db: shop, filter: { a: 1 } }");

    assertEquals(Decision.FORWARD, told.decision());
    assertEquals("app", told.principal());
    assertEquals("shop.yaml:5", place(told.principalPlace()));
    assertNull(told.rule());
    assertTrue(String.valueOf(told.after()).contains("organization_id"));
    assertTrue(told.notes().stream().anyMatch(note -> note.startsWith("filter: ")));
  }

  @Test
  void namesTheRuleOfThePolicyWithItsPlace() {
    Explanation told =
        explain("{ delete: orders, $db: shop, deletes: [{ q: { _id: 1 }, limit: 1 }] }");

    assertEquals(Decision.DENY, told.decision());
    assertEquals("orders-stay", told.rule());
    assertEquals("shop.yaml:8", place(told.place()));
    assertNull(told.after());
  }

  @Test
  void aBuiltInRuleHasNoPlace() {
    Explanation told = explain("{ find: orders, $db: shop, filter: { $where: x } }");

    assertEquals("server-side-javascript", told.rule());
    assertNull(told.place());
  }

  @Test
  void tellsWhichRuleInShadowModeWouldDeny() {
    Explanation told = explain("{ insert: orders, $db: shop, documents: [{ _id: 1 }] }");

    assertEquals(Decision.FORWARD, told.decision());
    assertEquals(List.of("no-inserts"), told.shadowedBy());
  }

  @Test
  void anAnswerOfTheProxyIsShown() {
    Explanation told = explain("{ listCollections: 1, $db: shop }");

    assertEquals(Decision.ANSWER, told.decision());
    assertTrue(told.detail().contains("orders"), told.detail());
    assertEquals(Decision.ANSWER, explain("{ ping: 1, $db: shop }").decision());
  }

  @Test
  void aLoginThatIsRefusedIsADenial() {
    Explanation told = explain("{ user: nobody, authSource: admin }", "{ ping: 1, $db: shop }");

    assertEquals(Decision.DENY, told.decision());
    assertTrue(told.detail().startsWith("the login is refused: "), told.detail());
  }

  @Test
  void aPortOfOneTenantAsksToo() {
    Explanation told = explain("{ tenant: 7 }", "{ find: orders, $db: shop, filter: {} }");

    assertEquals(Decision.FORWARD, told.decision());
  }

  private static String place(@Nullable Place place) {
    return Objects.requireNonNull(place).file() + ":" + Objects.requireNonNull(place).line();
  }

  private static Explanation explain(String command) {
    return explain("{ user: org-42, authSource: admin }", command);
  }

  private static Explanation explain(String as, String command) {
    return Explanation.of(POLICY, map(as), map(command), LocalDate.of(2026, 11, 25), 25);
  }

  private static YamlMap map(String text) {
    Problems problems = new Problems();
    YamlMap map = YamlFile.readMap("text", text.getBytes(StandardCharsets.UTF_8), problems);
    problems.throwIfErrors();
    assertNotNull(map);
    return map;
  }
}
