package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RuleId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeleteTest {
  private final Judge judge = Judge.ofSample();

  private static String delete(String statement) {
    return "{delete: 'orders', deletes: [" + statement + "], $db: 'app'}";
  }

  @Test
  void confinesEveryStatement() {
    judge.forwards(
        delete("{q: {}, limit: 0}, {q: {organization_id: %B%}, limit: 1}"),
        delete(
            "{q: {organization_id: {$eq: %A%}}, limit: 0},"
                + " {q: {$and: [{organization_id: {$eq: %A%}}, {organization_id: %B%}]}, limit: 1}"));
  }

  @Test
  void confinesStatementsOfASequence() {
    Command command =
        Command.of("{delete: 'orders', ordered: true, $db: 'app'}")
            .with("deletes", "{limit: 1, q: {x: 1}, hint: 'org_status'}");

    assertEquals(
        Command.json(
            "{delete: 'orders', ordered: true, $db: 'app', deletes: [{limit: 1, q: {$and: ["
                + "{organization_id: {$eq: %A%}}, {x: 1}]}, hint: 'org_status'}]}"),
        judge.forwarded(command));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{q: {$where: '1'}, limit: 0} | server-side-javascript",
        "{q: {x: {$bogus: 1}}, limit: 0} | operator",
        "{q: {}, limit: 'all'} | option-value",
        "{q: null, limit: 0} | option-value",
        "{q: [], limit: 0} | option-value",
        "{q: {}} | field",
        "{limit: 0} | field",
        "{q: {}, limit: 0, u: {}} | field",
        "{q: {}, limit: 0, hint: {$natural: 1}} | hint",
        "{q: {}, limit: 0, collation: {locale: 1}} | collation",
      })
  void deniesUnsoundStatements(String statement, String rule) {
    judge.denies(delete(statement), rule);
  }

  @Test
  void deniesDeletesFromReferenceData() {
    judge.denies(
        "{delete: 'plans', deletes: [{q: {}, limit: 0}], $db: 'app'}", RuleId.READ_ONLY_COLLECTION);
  }

  @Test
  void appliesTheRulesOfThePolicy() {
    Sample.policy()
        .deny("keep", "app.orders", Effect.DELETE)
        .judge()
        .denies(delete("{q: {}, limit: 0}"), "keep");
  }

  @Test
  void deniesABatchWithoutStatements() {
    judge.denies("{delete: 'orders', $db: 'app'}", RuleId.FIELD);
  }
}
