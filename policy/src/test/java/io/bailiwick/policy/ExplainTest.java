package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainTest {
  private final Judge judge = Judge.ofSample();

  private static String explain(String inner) {
    return "{explain: {" + inner + "}, verbosity: 'queryPlanner', $db: 'app'}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "find: 'orders' | find: 'orders', filter: {organization_id: {$eq: %A%}}",
        "find: 'orders', filter: {s: 1}, $db: 'app', comment: 'x'"
            + " | find: 'orders', filter: {$and: [{organization_id: {$eq: %A%}}, {s: 1}]},"
            + " $db: 'app', comment: 'x'",
        "count: 'orders' | count: 'orders', query: {organization_id: {$eq: %A%}}",
        "distinct: 'orders', key: 'x'"
            + " | distinct: 'orders', key: 'x', query: {organization_id: {$eq: %A%}}",
        "aggregate: 'orders', pipeline: [], cursor: {}"
            + " | aggregate: 'orders', pipeline: [{$match: {organization_id: {$eq: %A%}}}],"
            + " cursor: {}",
        "delete: 'orders', deletes: [{q: {}, limit: 1}]"
            + " | delete: 'orders', deletes: [{q: {organization_id: {$eq: %A%}}, limit: 1}]",
        "update: 'orders', updates: [{q: {}, u: {x: 1}}]"
            + " | update: 'orders', updates: [{q: {organization_id: {$eq: %A%}},"
            + " u: {x: 1, organization_id: %A%}}]",
        "findAndModify: 'orders', remove: true"
            + " | findAndModify: 'orders', remove: true, query: {organization_id: {$eq: %A%}}",
      })
  void judgesTheCommandInsideAsIfItWereToRun(String inner, String expected) {
    judge.forwards(explain(inner), explain(expected));
  }

  @Test
  void asksForThePlannerOnly() {
    judge.forwards(
        "{explain: {find: 'plans'}, $db: 'app'}",
        "{explain: {find: 'plans'}, $db: 'app', verbosity: 'queryPlanner'}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"executionStats", "allPlansExecution", "QueryPlanner", ""})
  void deniesOtherVerbosities(String verbosity) {
    judge.denies(
        "{explain: {find: 'orders'}, verbosity: '" + verbosity + "', $db: 'app'}",
        RuleId.OPTION_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "find: 'orders', filter: {$where: 'sleep(5000)'} | server-side-javascript",
        "find: 'orders', $db: 'other' | namespace",
        "find: 'orders', $db: 'admin' | namespace",
        "find: 'secrets' | namespace",
        "find: 'orders', bogus: 1 | field",
        "find: 'orders', lsid: {id: {$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}} | field",
        "find: 'orders', $readPreference: {mode: 'nearest'} | field",
        "update: 'orders', updates: [{q: {}, u: {$set: {organization_id: %B%}}}] | tenant-field",
        "aggregate: 'orders', pipeline: [{$out: 'x'}], cursor: {} | write-stage",
        "insert: 'orders', documents: [{x: 1}] | command",
        "explain: {find: 'orders'} | command",
        "mapReduce: 'orders' | command",
        "ping: 1 | command",
        "getMore: {$numberLong: '1'}, collection: 'orders' | command",
        "foo: 1 | command",
      })
  void deniesWhatWouldBeDeniedInside(String inner, String rule) {
    judge.denies(explain(inner), rule);
  }

  @Test
  void deniesWhatIsNoCommand() {
    judge.denies("{explain: 'find', $db: 'app'}", RuleId.OPTION_VALUE);
    judge.denies("{explain: {}, $db: 'app'}", RuleId.COMMAND);
    judge.denies("{explain: ['find'], $db: 'app'}", RuleId.OPTION_VALUE);
  }

  @Test
  void closesOnSequencesBesideIt() {
    Command command =
        Command.of("{explain: {delete: 'orders'}, $db: 'app'}")
            .with("deletes", "{q: {}, limit: 1}");

    assertTrue(judge.denies(command, RuleId.PROTOCOL).closes());
  }

  @Test
  void countsAsWhatTheCommandInsideDoes() {
    Judge ruled =
        Sample.policy()
            .deny("keep", "app.orders", Effect.DELETE)
            .shadow("unread", "app.orders", Effect.READ)
            .judge();

    ruled.denies(explain("delete: 'orders', deletes: [{q: {}, limit: 1}]"), "keep");
    Verdict.Forward forward =
        assertInstanceOf(Verdict.Forward.class, ruled.verdict(explain("find: 'orders'")));
    assertEquals(List.of("unread"), forward.shadowedBy());
  }

  @Test
  void plansAnExplainedReplyWithoutACursor() {
    Verdict.Forward forward =
        assertInstanceOf(Verdict.Forward.class, judge.verdict(explain("find: 'orders'")));

    assertEquals(ReplyPlan.Kind.EXPLAIN, forward.replyPlan().kind());
    assertEquals(List.of(), forward.claims());
  }
}
