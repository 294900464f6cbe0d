package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FindAndModifyTest {
  private static final String CONFINED = "{$and: [{organization_id: {$eq: %A%}}, {_id: 101}]}";

  private final Judge judge = Judge.ofSample();

  private static String command(String rest) {
    return "{findAndModify: 'orders', $db: 'app', " + rest + "}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"findAndModify", "findandmodify"})
  void confinesBothSpellings(String name) {
    judge.forwards(
        "{" + name + ": 'orders', query: {_id: 101}, remove: true, $db: 'app'}",
        "{" + name + ": 'orders', query: " + CONFINED + ", remove: true, $db: 'app'}");
    assertEquals(
        "findAndModify",
        judge.verdict("{" + name + ": 'orders', remove: true, $db: 'app'}").command());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "query: {_id: 101}, update: {$set: {x: 1}}, new: true, fields: {x: 1}, sort: {x: -1}"
            + " | query: "
            + CONFINED
            + ", update: {$set: {x: 1}}, new: true, fields: {x: 1}, sort: {x: -1}",
        "update: {x: 1}, query: {_id: 101}"
            + " | update: {x: 1, organization_id: %A%}, query: "
            + CONFINED,
        "query: {_id: 101}, update: [{$set: {x: 1}}]"
            + " | query: "
            + CONFINED
            + ", update: [{$set: {x: 1}}, {$set: {organization_id: {$literal: %A%}}}]",
        "update: {$set: {x: 1}}, upsert: true, query: {_id: 101}"
            + " | update: {$set: {x: 1}, $setOnInsert: {organization_id: %A%}}, upsert: true, query: "
            + CONFINED,
        "query: {_id: 101, organization_id: %A%}, update: {x: 1}, upsert: true"
            + " | query: "
            + CONFINED
            + ", update: {x: 1, organization_id: %A%}, upsert: true",
        "query: {_id: 101}, update: {$set: {'x.$[e]': 1}}, arrayFilters: [{e: 1}]"
            + " | query: "
            + CONFINED
            + ", update: {$set: {'x.$[e]': 1}}, arrayFilters: [{e: 1}]",
        "query: {_id: 101}, remove: true, hint: 'org_status', collation: {locale: 'en'}"
            + " | query: "
            + CONFINED
            + ", remove: true, hint: 'org_status', collation: {locale: 'en'}",
        "remove: true | remove: true, query: {organization_id: {$eq: %A%}}",
      })
  void confinesAndStamps(String sent, String expected) {
    judge.forwards(command(sent), command(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "update: {$set: {organization_id: %B%}} | tenant-field",
        "update: {organization_id: %B%} | tenant-field",
        "update: {$set: {x: 1}}, upsert: true, query: {organization_id: %B%} | tenant-field",
        "update: {$set: {x: 1}}, arrayFilters: [{organization_id: 1}] | tenant-field",
        "remove: true, query: {$where: '1'} | server-side-javascript",
        "remove: true, fields: {x: {$function: {}}} | server-side-javascript",
        "remove: true, update: {x: 1} | field",
        "remove: true, upsert: true | field",
        "remove: false | field",
        "query: {} | field",
        "remove: true, upsertSupplied: true | field",
        "remove: true, $_originalQuery: {} | field",
        "remove: true, stmtId: 1 | field",
        "update: {x: 1}, bypassDocumentValidation: true | option-value",
        "remove: 1 | option-value",
        "remove: true, query: null | option-value",
        "remove: true, sort: {$natural: 1} | hint",
        "remove: true, hint: '_id_' | hint",
        "update: [{$set: {x: '$$v'}}] | variable",
        "update: [{$set: {x: 1}}], let: {CURRENT: 1} | variable",
      })
  void deniesUnsoundCommands(String rest, String rule) {
    judge.denies(command(rest), rule);
  }

  @Test
  void letsAPipelineReadVariablesOfTheCommand() {
    judge.forwarded(command("update: [{$set: {x: '$$v'}}], let: {v: 1}"));
  }

  @Test
  void countsAsWhateverItDoesAndAsReading() {
    String remove = command("remove: true");
    String update = command("update: {$set: {x: 1}}");
    String upsert = command("update: {$set: {x: 1}}, upsert: true");

    Judge noDelete = Sample.policy().deny("no", "app.orders", Effect.DELETE).judge();
    noDelete.denies(remove, "no");
    noDelete.forwarded(upsert);
    Judge noUpdate = Sample.policy().deny("no", "app.orders", Effect.UPDATE).judge();
    noUpdate.denies(update, "no");
    noUpdate.forwarded(remove);
    Judge noInsert = Sample.policy().deny("no", "app.orders", Effect.INSERT).judge();
    noInsert.denies(upsert, "no");
    noInsert.forwarded(update);
    Judge noRead = Sample.policy().deny("no", "app.orders", Effect.READ).judge();
    noRead.denies(remove, "no");
    noRead.denies(update, "no");
  }

  @Test
  void deniesWritesToReferenceData() {
    judge.denies("{findAndModify: 'plans', remove: true, $db: 'app'}", RuleId.READ_ONLY_COLLECTION);
  }

  @Test
  void addsTheSimpleCollationWhereTenantsAreStrings() {
    Judge strings = Sample.policy().forString("acme").judge();

    strings.forwards(
        command("remove: true"),
        command(
            "remove: true, query: {organization_id: {$eq: 'acme'}}, "
                + "collation: {locale: 'simple'}"));
    strings.denies(command("remove: true, collation: {locale: 'en'}"), RuleId.COLLATION);
  }

  @Test
  void plansAReplyWithTheDocument() {
    ReplyPlan whole = plan(command("remove: true"));
    ReplyPlan part = plan(command("remove: true, fields: {x: 1}"));

    assertEquals(ReplyPlan.Kind.FIND_AND_MODIFY, whole.kind());
    assertTrue(whole.tripwire());
    assertFalse(part.tripwire());
  }

  private ReplyPlan plan(String json) {
    return assertInstanceOf(Verdict.Forward.class, judge.verdict(json)).replyPlan();
  }
}
