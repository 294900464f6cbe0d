package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RuleId;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateTest {
  private static final String CONFINED = "{$and: [{organization_id: {$eq: %A%}}, {s: 1}]}";
  private static final String STAMP = "{$set: {organization_id: {$literal: %A%}}}";

  private final Judge judge = Judge.ofSample();

  private static String update(String statement) {
    return "{update: 'orders', updates: [" + statement + "], $db: 'app'}";
  }

  private static String updateBy(String u) {
    return update("{q: {s: 1}, u: " + u + "}");
  }

  private static String upsertBy(String u) {
    return update("{q: {s: 1}, u: " + u + ", upsert: true}");
  }

  private static BsonDocument statement(BsonDocument command) {
    return command.getArray("updates").get(0).asDocument();
  }

  private void changes(String u, String expected) {
    BsonDocument sent = statement(judge.forwarded(updateBy(u)));

    assertEquals(
        Command.json("{q: " + CONFINED + ", u: " + expected + "}"), sent, () -> "for " + u);
  }

  private void upserts(String u, String expected) {
    BsonDocument sent = statement(judge.forwarded(upsertBy(u)));

    assertEquals(
        Command.json("{q: " + CONFINED + ", u: " + expected + ", upsert: true}"),
        sent,
        () -> "for " + u);
  }

  private void deniesUpdate(String u, String rule) {
    judge.denies(updateBy(u), rule);
    judge.denies(upsertBy(u), rule);
  }

  @Test
  void confinesEveryStatement() {
    BsonDocument sent =
        judge.forwarded(
            "{update: 'orders', ordered: false, updates: ["
                + "{q: {}, u: {$set: {x: 1}}, multi: true}, {q: {s: 1}, u: {$inc: {x: 1}}}],"
                + " $db: 'app', writeConcern: {w: 1}}");

    assertEquals(
        Command.json(
            "{update: 'orders', ordered: false, updates: ["
                + "{q: {organization_id: {$eq: %A%}}, u: {$set: {x: 1}}, multi: true}, {q: "
                + CONFINED
                + ", u: {$inc: {x: 1}}}], $db: 'app', writeConcern: {w: 1}}"),
        sent);
  }

  @Test
  void confinesStatementsOfASequence() {
    Command command =
        Command.of("{update: 'orders', $db: 'app'}")
            .with("updates", "{q: {s: 1}, u: {$set: {x: 1}}}", "{u: {y: 2}, q: {s: 1}}");

    assertEquals(
        Command.json(
            "{update: 'orders', $db: 'app', updates: [{q: "
                + CONFINED
                + ", u: {$set: {x: 1}}}, {u: {y: 2, organization_id: %A%}, q: "
                + CONFINED
                + "}]}"),
        judge.forwarded(command));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$set: {x: 1, 'a.b.0.c': {$where: 'data'}}}",
        "{$unset: {x: ''}, $rename: {a: 'b.c'}}",
        "{$inc: {x: 1}, $mul: {y: 2.5}, $min: {z: 1}, $max: {w: {a: 1}}}",
        "{$bit: {x: {and: 1, or: 2, xor: 3}}}",
        "{$currentDate: {x: true, y: {$type: 'timestamp'}, z: {$type: 'date'}}}",
        "{$setOnInsert: {x: 1}}",
        "{$push: {x: 1, y: {$each: [1, 2], $slice: -5, $position: 0, $sort: {a: 1}}}}",
        "{$push: {x: {$each: [{$ref: 'users', $id: 1}], $sort: -1}}}",
        "{$push: {x: {$ref: 'users', $id: 1}}}",
        "{$addToSet: {x: {$each: [1]}, y: 2}}",
        "{$pop: {x: -1}}",
        "{$pull: {x: 1, y: {$gte: 5}, z: {a: 1, b: {$in: [1, 2]}}, w: {$or: [{a: 1}, {b: 2}]}}}",
        "{$pull: {x: {organization_id: %B%}, y: {$ref: 'users', $id: 1}}}",
        "{$pullAll: {x: [1, 2]}}",
        "{$set: {'x.$': 1, 'y.$[]': 2, 'z.$[e].w': 3}}",
        "{$set: {Organization_id: %B%, 'a.organization_id': %B%, organization_ids: 1}}",
        "{$set: {organization_id: %A%, x: 1}}",
        "{$set: {organization_id: %A%}}",
        "{$setOnInsert: {organization_id: %A%}}",
        "{$set: {}}",
      })
  void passesListedOperators(String u) {
    changes(u, u);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$set: {organization_id: %B%}}",
        "{$set: {organization_id: '665f1c2ab8e4d3a1f0c9e001'}}",
        "{$set: {organization_id: [%A%]}}",
        "{$set: {'organization_id.sub': 1}}",
        "{$set: {'organization_id.0': %A%}}",
        "{$set: {'organization_id.': %A%}}",
        "{$set: {'organization_id.$': %A%}}",
        "{$set: {'organization_id.$[]': %A%}}",
        "{$set: {x: 1}, $unset: {organization_id: 1}}",
        "{$unset: {'organization_id.x': 1}}",
        "{$rename: {organization_id: 'o'}}",
        "{$rename: {o: 'organization_id'}}",
        "{$rename: {o: 'organization_id.x'}}",
        "{$setOnInsert: {organization_id: %B%}}",
        "{$push: {organization_id: %A%}}",
        "{$addToSet: {organization_id: %A%}}",
        "{$bit: {organization_id: {or: 1}}}",
        "{$currentDate: {organization_id: true}}",
        "{$min: {organization_id: %A%}}",
        "{$max: {organization_id: %A%}}",
        "{$inc: {organization_id: 1}}",
        "{$mul: {organization_id: 1}}",
        "{$pop: {organization_id: 1}}",
        "{$pull: {organization_id: %A%}}",
        "{$pullAll: {organization_id: [%A%]}}",
        "{organization_id: %B%, x: 1}",
        "{x: 1, 'organization_id.x': 1}",
        "{organization_id: null}",
      })
  void deniesTouchingTheTenantField(String u) {
    deniesUpdate(u, RuleId.TENANT_FIELD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{x: 1, $set: {organization_id: %B%}}",
        "{$set: {x: 1}, x: 2}",
        "{$v: 2, diff: {u: {organization_id: %B%}}}",
        "{$v: 1, $set: {x: 1}}",
        "{$pushAll: {x: [1]}}",
        "{$isolated: 1}",
        "{$SET: {x: 1}}",
        "{'$set ': {x: 1}}",
        "{$: 1}",
        "{$set: {$x: 1}}",
        "{$set: {'$[].x': 1}}",
        "{$push: {x: {$each: [1], $bogus: 1}}}",
        "{$addToSet: {x: {$each: [1], $slice: 1}}}",
        "{$bit: {x: {not: 1}}}",
        "{$pull: {x: {$expr: true}}}",
        "{$ref: 'x', $id: 1}",
      })
  void deniesUnlistedOperators(String u) {
    deniesUpdate(u, RuleId.OPERATOR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$set: 1}",
        "{$set: [{x: 1}]}",
        "{$inc: {x: 'a'}}",
        "{$rename: {x: 1}}",
        "{$rename: {x: ''}}",
        "{$rename: {x: '$y'}}",
        "{$rename: {x: 'organization_id\\u0000'}}",
        "{$currentDate: {x: {$type: 'clock'}}}",
        "{$currentDate: {x: {$type: 'date', y: 1}}}",
        "{$pullAll: {x: 1}}",
        "{$push: {x: {$each: 1}}}",
        "{$pop: {x: 'first'}}",
        "'x'",
        "null",
      })
  void deniesOperandsOfAnotherType(String u) {
    deniesUpdate(u, RuleId.OPTION_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{$where: '1'}", "{a: {$elemMatch: {$where: '1'}}}"})
  void deniesJavaScriptInConditionsOfPull(String condition) {
    deniesUpdate("{$pull: {x: " + condition + "}}", RuleId.SERVER_SIDE_JAVASCRIPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}             | {organization_id: %A%}",
        "{x: 1}         | {x: 1, organization_id: %A%}",
        "{organization_id: %A%, x: 1} | {organization_id: %A%, x: 1}",
        "{_id: 3, a: {$b: 1}} | {_id: 3, a: {$b: 1}, organization_id: %A%}",
      })
  void stampsReplacements(String u, String expected) {
    changes(u, expected);
    upserts(u, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{$set: {x: 1}} | {$set: {x: 1}, $setOnInsert: {organization_id: %A%}}",
        "{$setOnInsert: {x: 1}} | {$setOnInsert: {x: 1, organization_id: %A%}}",
        "{$setOnInsert: {organization_id: %A%}} | {$setOnInsert: {organization_id: %A%}}",
        "{$setOnInsert: {organization_id: %A%, x: 1}, $inc: {y: 1}}"
            + " | {$setOnInsert: {x: 1, organization_id: %A%}, $inc: {y: 1}}",
        "{$set: {y: 1, organization_id: %A%, x: 1}}"
            + " | {$set: {y: 1, x: 1}, $setOnInsert: {organization_id: %A%}}",
        "{$set: {organization_id: %A%}} | {$setOnInsert: {organization_id: %A%}}",
        "{$set: {organization_id: %A%}, $setOnInsert: {organization_id: %A%}, $inc: {y: 1}}"
            + " | {$setOnInsert: {organization_id: %A%}, $inc: {y: 1}}",
        "{$unset: {x: 1}} | {$unset: {x: 1}, $setOnInsert: {organization_id: %A%}}",
        // A field of another name, as long as the tenant field's and with the tenant's value.
        "{$set: {organization_xx: %A%}}"
            + " | {$set: {organization_xx: %A%}, $setOnInsert: {organization_id: %A%}}",
      })
  void setsTheTenantFieldOnEveryUpsert(String u, String expected) {
    upserts(u, expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[{$set: {organization_id: %B%}}]",
        "[{$unset: 'organization_id'}]",
        "[{$unset: ['organization_id', 'x']}]",
        "[{$project: {x: 1}}]",
        "[{$replaceWith: {x: 1}}]",
        "[{$replaceRoot: {newRoot: {}}}]",
        "[{$replaceWith: {$arrayToObject: [[['organization_id', %B%]]]}}]",
        "[{$addFields: {x: {$add: ['$y', 1]}}}, {$set: {x: {$literal: {$function: 1}}}}]",
      })
  void stampsPipelinesBehindTheirLastStage(String u) {
    String open = u.substring(0, u.length() - 1);
    String expected = open + (u.equals("[]") ? "" : ", ") + STAMP + "]";

    changes(u, expected);
    upserts(u, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{$match: {x: 1}}] | stage",
        "[{$lookup: {from: 'users', pipeline: [], as: 'u'}}] | stage",
        "[{$out: 'x'}] | write-stage",
        "[{$merge: 'x'}] | write-stage",
        "[{$set: {x: {$function: {body: 'x', args: [], lang: 'js'}}}}] | server-side-javascript",
        "[{$set: {x: '$$USER_ROLES'}}] | variable",
        "[{$set: {x: '$$new'}}] | variable",
        "[{$bogus: 1}] | stage",
      })
  void deniesPipelinesThatDoMore(String u, String rule) {
    deniesUpdate(u, rule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{organization_id: %B%, s: 1}",
        "{organization_id: {$in: [%A%]}}",
        "{organization_id: {$ne: %B%}}",
        "{organization_id: {$ne: %A%}}",
        "{organization_id: {$gte: %A%}}",
        "{organization_id: {}}",
        "{organization_id: [%A%]}",
        "{'organization_id.x': {$eq: %A%}}",
        "{organization_id: {$eq: %B%}}",
        "{'organization_id.x': 1}",
        "{$and: [{organization_id: %A%}]}",
        "{$or: [{x: 1}, {$and: [{organization_id: %B%}]}]}",
        "{$nor: [{organization_id: %B%}]}",
      })
  void deniesUpsertsThatNameATenantInTheirFilter(String q) {
    judge.denies(update("{q: " + q + ", u: {$set: {x: 1}}, upsert: true}"), RuleId.TENANT_FIELD);
    judge.denies(update("{q: " + q + ", u: {x: 1}, upsert: true}"), RuleId.TENANT_FIELD);
    judge.forwarded(update("{q: " + q + ", u: {$set: {x: 1}}, upsert: false}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{organization_id: %A%, s: 1} | {s: 1}",
        "{s: 1, organization_id: {$eq: %A%}} | {s: 1}",
        "{organization_id: %A%} | {}",
        // A field of another name, as long as the tenant field's and with the tenant's value.
        "{organization_xx: %A%} | {organization_xx: %A%}",
        "{organization_xx: {$eq: %A%}} | {organization_xx: {$eq: %A%}}",
        "{tags: ['x', 1]} | {tags: ['x', 1]}",
      })
  void leavesTheTenantsOwnEqualityOutOfAnUpsert(String q, String left) {
    BsonDocument sent =
        statement(judge.forwarded(update("{q: " + q + ", u: {$inc: {x: 1}}, upsert: true}")));

    assertEquals(
        Command.json(
            "{q: {$and: [{organization_id: {$eq: %A%}}, "
                + left
                + "]}, u: {$inc: {x: 1}, $setOnInsert: {organization_id: %A%}}, upsert: true}"),
        sent);
  }

  @Test
  void knowsAnUpsertWhereverItIsSaid() {
    BsonDocument sent =
        statement(judge.forwarded(update("{upsert: true, u: {$inc: {x: 1}}, q: {s: 1}}")));

    assertEquals(Command.json("{organization_id: %A%}"), sent.getDocument("u").get("$setOnInsert"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "upsertSupplied: true | field",
        "c: {new: {x: 1}}, upsertSupplied: true | field",
        "sampleId: 1 | field",
        "stmtId: 1 | field",
        "bogus: 1 | field",
        "multi: 1 | option-value",
        "upsert: 1 | option-value",
        "collation: {locale: 'en', backdoor: 1} | collation",
        "hint: {$natural: 1} | hint",
        "hint: '_id_' | hint",
        "sort: {$natural: 1} | hint",
        "arrayFilters: [{'organization_id.x': 1}] | tenant-field",
        "arrayFilters: [{$or: [{organization_id: 1}]}] | tenant-field",
        "arrayFilters: [{$expr: {$eq: [1, 1]}}] | operator",
        "arrayFilters: [{'e.x': {$where: '1'}}] | server-side-javascript",
        "arrayFilters: {e: 1} | option-value",
        "arrayFilters: [{e: 1}] | field",
        "arrayFilters: [{$nor: [{$expr: true}], e: 1}] | operator",
        "c: {x: 1} | field",
      })
  void deniesUnlistedPartsOfAStatement(String part, String rule) {
    judge.denies(update("{q: {s: 1}, u: {$set: {x: 1}}, " + part + "}"), rule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multi: true",
        "hint: 'org_status'",
        "hint: {organization_id: 1, status: -1}",
        "sort: {x: -1}",
        "collation: {locale: 'en', strength: 1}",
        "arrayFilters: [{'e.x': {$gte: 1}}, {f: 1}, {$or: [{'g.organization_id': 1}, {g: 2}]}]",
      })
  void passesListedPartsOfAStatement(String part) {
    String rest = "u: {$set: {'x.$[e].$[f].$[g]': 1}}, " + part + "}";

    assertEquals(
        Command.json("{q: " + CONFINED + ", " + rest),
        statement(judge.forwarded(update("{q: {s: 1}, " + rest))));
  }

  @Test
  void letsAPipelineReadItsConstants() {
    BsonDocument sent =
        statement(judge.forwarded(update("{u: [{$set: {x: '$$v'}}], c: {v: 1}, q: {s: 1}}")));

    assertEquals(2, sent.getArray("u").size());
    judge.denies(
        update("{q: {}, u: [{$set: {x: '$$v'}}], c: {v: 1}}, {q: {}, u: [{$set: {x: '$$v'}}]}"),
        RuleId.VARIABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{new: {x: 1}}", "{CURRENT: 1}", "{ROOT: 1}", "{x: '$$USER_ROLES'}"})
  void deniesConstantsThatHideWhatMongodbDefines(String constants) {
    judge.denies(update("{q: {}, u: [{$set: {x: 1}}], c: " + constants + "}"), RuleId.VARIABLE);
  }

  @Test
  void letsStatementsReadVariablesOfTheCommand() {
    judge.forwarded(
        "{update: 'orders', updates: [{q: {$expr: {$eq: ['$x', '$$v']}}, u: [{$set: {y: '$$v'}}]}],"
            + " let: {v: 1}, $db: 'app'}");
    judge.forwarded(
        "{update: 'orders', updates: [{q: {}, u: [{$set: {y: '$$v'}}], c: {w: 1}},"
            + " {q: {}, u: [{$set: {y: '$$v'}}]}], let: {v: 1}, $db: 'app'}");
    judge.denies(
        "{update: 'orders', updates: [{q: {}, u: [{$set: {y: '$$w'}}]}], let: {v: 1}, $db: 'app'}",
        RuleId.VARIABLE);
    judge.denies(
        "{update: 'orders', updates: [{q: {}, u: {x: 1}}], let: {CURRENT: {}}, $db: 'app'}",
        RuleId.VARIABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{u: {x: 1}}", "{q: {}}", "{}"})
  void deniesIncompleteStatements(String statement) {
    judge.denies(update(statement), RuleId.FIELD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$set: {organization_id: %B%}}",
        "{$set: {organization_id: %B%, x: 1}}",
        "{$setOnInsert: {organization_id: %B%}}",
        "{$set: {organization_id: %A%}, $setOnInsert: {'organization_id.x': 1}}",
        "{organization_id: %B%}",
      })
  void deniesAnotherTenantsValueInAnUpsert(String u) {
    judge.denies(upsertBy(u), RuleId.TENANT_FIELD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{$pull: {x: [{$where: '1'}]}} | server-side-javascript",
        "{$pull: {x: {$elemMatch: {$where: '1'}}}} | server-side-javascript",
        "{$push: {x: {$each: [], $sort: 'up'}}} | option-value",
        "{$currentDate: {x: {$type: 'date', y: 1}}} | option-value",
        "{$currentDate: {x: {}}} | option-value",
        "{$currentDate: {x: {kind: 'date'}}} | option-value",
        "{$currentDate: {x: {$type: 5}}} | option-value",
        "{$rename: {x: '\\u0000z'}} | option-value",
        "{$rename: {x: ''}} | option-value",
        "{$rename: {x: '$y'}} | option-value",
        "{$rename: {x: 'y\\u0000z'}} | option-value",
        "{$rename: {x: 5}} | option-value",
      })
  void deniesOperandsThatAreNotWhatTheyMustBe(String u, String rule) {
    judge.denies(updateBy(u), rule);
  }

  @Test
  void limitsTheNumberOfArrayFilters() {
    String filters = "{e: 1}" + ", {e: 1}".repeat(10_000);

    judge.denies(
        update("{arrayFilters: [" + filters + "], q: {}, u: {$set: {'x.$[e]': 1}}}"), RuleId.LIMIT);
  }

  @Test
  void deniesTheWholeCommandForOneStatement() {
    judge.denies(
        update("{q: {}, u: {$set: {x: 1}}}, {q: {}, u: {$unset: {organization_id: 1}}}"),
        RuleId.TENANT_FIELD);
  }

  @Test
  void addsTheSimpleCollationWhereTenantsAreStrings() {
    Judge strings = Sample.policy().forString("acme").judge();

    assertEquals(
        Command.json(
            "{q: {$and: [{organization_id: {$eq: 'acme'}}, {s: 1}]}, u: {$set: {x: 1}}, "
                + "collation: {locale: 'simple'}}"),
        statement(strings.forwarded(updateBy("{$set: {x: 1}}"))));
    strings.denies(
        update("{q: {}, u: {$set: {x: 1}}, collation: {locale: 'en', strength: 1}}"),
        RuleId.COLLATION);
    strings.forwards(
        update("{q: {}, u: {$set: {x: 1}}, collation: {locale: 'simple'}}"),
        update(
            "{q: {organization_id: {$eq: 'acme'}}, u: {$set: {x: 1}}, "
                + "collation: {locale: 'simple'}}"));
  }

  @Test
  void neitherFiltersNorStampsAPrivateCollection() {
    String command =
        "{update: 'scratch_"
            + Sample.A
            + "', updates: [{q: {}, u: {$set: {organization_id: 1}}, upsert: true},"
            + " {q: {}, u: {$rename: {x: 'organization_id'}}},"
            + " {q: {x: 1}, u: {x: 1}}, {q: {}, u: [{$set: {x: 1}}]}], $db: 'app'}";

    judge.forwards(command, command);
    judge.denies(
        "{update: 'scratch_" + Sample.A + "', updates: [{q: {$where: '1'}, u: {}}], $db: 'app'}",
        RuleId.SERVER_SIDE_JAVASCRIPT);
  }

  @Test
  void deniesWritesToReferenceData() {
    judge.denies(
        "{update: 'plans', updates: [{q: {}, u: {$set: {x: 1}}}], $db: 'app'}",
        RuleId.READ_ONLY_COLLECTION);
  }

  /** What an earlier command left out is not left out of this one, wherever its parts stand. */
  @Test
  void forgetsTheCommandBefore() {
    for (int i = 0; i < 60; i++) {
      judge.forwarded(update("{q: {s: 1, organization_id: %A%}, u: {$inc: {x: 1}}, upsert: true}"));
      String u = "{$pull: {'" + "y".repeat(i) + "': {s: 1, t: 2}}}";
      BsonDocument sent = statement(judge.forwarded(update("{u: " + u + ", q: {s: 1}}")));

      assertEquals(Command.json(u), sent.getDocument("u"));
    }
  }

  @Test
  void countsAnUpsertAsAnInsert() {
    Judge appended = Sample.policy().deny("no-insert", "app.orders", Effect.INSERT).judge();

    appended.forwarded(updateBy("{$set: {x: 1}}"));
    appended.denies(upsertBy("{$set: {x: 1}}"), "no-insert");
    Sample.policy()
        .deny("append-only", "app.orders", Effect.UPDATE)
        .judge()
        .denies(updateBy("{$set: {x: 1}}"), "append-only");
  }

  @Test
  void deniesAReplacementThatOutgrowsTheLimitOnceStamped() {
    String filler = "x".repeat((16 << 20) - 40);

    judge.denies(updateBy("{x: '" + filler + "'}"), RuleId.LIMIT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$set: {x: {$symbol: 's'}, y: {$undefined: true}, z: [{$symbol: 's'}]}}",
        "{$push: {x: {$symbol: 's'}, y: {$each: [{$undefined: true}]}}}",
        "{x: {$symbol: 's'}, organization_id: %A%}",
      })
  void storesDeprecatedTypesThatOldDataHolds(String u) {
    changes(u, u);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$pull: {x: {$eq: {$symbol: 's'}}}}",
        "{$push: {x: {$each: [], $sort: {$symbol: 's'}}}}",
        "[{$set: {x: {$symbol: 's'}}}]",
      })
  void deniesDeprecatedTypesInTheCommandItself(String u) {
    deniesUpdate(u, RuleId.AMBIGUOUS_BSON);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{$set: {'x.$[e]': 1}} | {e: 1} | true",
        "{$set: {'x.$[e]': 1}} | {'e.y': 1} | true",
        "{$set: {'x.$[e]': 1}} | {f: 1} | false",
        "{$set: {'x.$[e]': 1, 'y.$[f]': 1}} | {e: 1, f: 1} | false",
        "{$set: {'x.$[e]': 1, 'y.$[f]': 1}} | {e: 1}, {f: 1} | true",
        "{$set: {'x.$[e]': 1}} | {e: 1}, {e: 2} | false",
        "{$set: {'x.$[E]': 1}} | {E: 1} | false",
        "{$set: {'x.$[ex': 1}} | {e: 1} | false",
        "{$set: {'x.yye]': 1}} | {e: 1} | false",
        "{x: {'y.$[e]': 1}} | {e: 1} | false",
        "[{$set: {x: 1}}] | {e: 1} | false",
      })
  void takesArrayFiltersThatAPathUses(String u, String filters, boolean taken) {
    String command = update("{q: {}, u: " + u + ", arrayFilters: [" + filters + "]}");

    if (taken) {
      judge.forwarded(command);
    } else {
      judge.denies(command, RuleId.FIELD);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[{s: 1}]", "null", "''"})
  void deniesFiltersThatAreNoDocument(String q) {
    judge.denies(update("{q: " + q + ", u: {$set: {x: 1}}}"), RuleId.OPTION_VALUE);
    judge.denies(update("{q: " + q + ", u: {$set: {x: 1}}, upsert: true}"), RuleId.OPTION_VALUE);
  }

  @ParameterizedTest
  @CsvSource({"100, true", "101, false"})
  void limitsTheStagesOfAPipeline(int stages, boolean passes) {
    String u = "[{$set: {x: 1}}" + ", {$set: {x: 1}}".repeat(stages - 1) + "]";

    if (passes) {
      judge.forwarded(updateBy(u));
    } else {
      judge.denies(updateBy(u), RuleId.LIMIT);
    }
  }
}
