package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.verdict.RuleId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reads may use up, and what depends on the policy or on the server behind. */
class ReadLimitsTest {
  private final Judge judge = Judge.ofSample();

  private static String find(String filter) {
    return "{find: 'orders', filter: " + filter + ", $db: 'app'}";
  }

  private static String aggregate(String... stages) {
    return "{aggregate: 'orders', pipeline: ["
        + String.join(", ", stages)
        + "], cursor: {}, $db: 'app'}";
  }

  private static String list(int size, String member) {
    return IntStream.range(0, size)
        .mapToObj(i -> member)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String nested(int depth, String open, String inner, String close) {
    return open.repeat(depth) + inner + close.repeat(depth);
  }

  @Test
  void limitsMembersOfLists() {
    for (String operator : List.of("$in", "$nin", "$all")) {
      judge.forwarded(find("{a: {" + operator + ": " + list(10_000, "1") + "}}"));
      judge.denies(find("{a: {" + operator + ": " + list(10_001, "1") + "}}"), RuleId.LIMIT);
    }
    judge.denies(find("{$or: " + list(10_001, "{a: 1}") + "}"), RuleId.LIMIT);
    judge.denies(find("{a: {$bitsAllSet: " + list(10_001, "1") + "}}"), RuleId.LIMIT);
    judge.denies(find("{$jsonSchema: {enum: " + list(10_001, "1") + "}}"), RuleId.LIMIT);
  }

  /** So many members as the policy says, of every array that an operator has. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{a: {$in: LIST}}",
        "{a: {$mod: LIST}}",
        "{a: {$bitsAllSet: LIST}}",
        "{$jsonSchema: {enum: LIST}}",
        "{$jsonSchema: {required: WORDS}}",
        "{$jsonSchema: {bsonType: WORDS}}",
        "{$jsonSchema: {dependencies: {a: WORDS}}}",
      })
  void limitsMembersAsThePolicySays(String filter) {
    Judge few = Sample.policy().members(3).judge();

    few.forwarded(find(filled(filter, 3)));
    few.denies(find(filled(filter, 4)), RuleId.LIMIT);
  }

  private static String filled(String filter, int members) {
    return filter.replace("LIST", list(members, "1")).replace("WORDS", list(members, "'w'"));
  }

  @Test
  void limitsBytesOfAFilter() {
    // {a: {$in: ["x…"]}} is 31 bytes around the text.
    for (int over : List.of(0, 1)) {
      String filter = "{a: {$in: ['" + "x".repeat((1 << 20) - 31 + over) + "']}}";
      String pipeline = aggregate("{$match: " + filter + "}");
      String delete = "{delete: 'orders', deletes: [{q: " + filter + ", limit: 0}], $db: 'app'}";
      for (String command : List.of(find(filter), pipeline, delete)) {
        if (over == 0) {
          judge.forwarded(command);
        } else {
          judge.denies(command, RuleId.LIMIT);
        }
      }
    }
  }

  @Test
  void leavesRoomInAFilterForTheMembersThatThePolicyAllows() {
    Limits few = Limits.DEFAULT;
    assertEquals(1 << 20, few.filterBytes());
    Limits many =
        new Limits(few.maxTime(), 50, 100_000, 100, few.inFlightBytes(), 0, 0, few.stages());
    assertEquals(6_400_000, many.filterBytes());
  }

  @Test
  void limitsDepthOfLogic() {
    judge.forwarded(find(nested(24, "{$or: [", "{a: 1}", "]}")));
    judge.denies(find(nested(25, "{$or: [", "{a: 1}", "]}")), RuleId.LIMIT);
  }

  @Test
  void limitsDepthOfOperators() {
    judge.denies(find("{a: " + nested(49, "{$not: ", "{$gt: 1}", "}") + "}"), RuleId.LIMIT);
    judge.denies(find("{a: " + nested(49, "{$elemMatch: ", "{$gt: 1}", "}") + "}"), RuleId.LIMIT);
    judge.forwarded(find("{a: " + nested(40, "{$not: ", "{$gt: 1}", "}") + "}"));
  }

  @Test
  void limitsDepthOfExpressionsInFilters() {
    judge.forwarded(find("{$expr: " + nested(24, "{$not: [", "'$a'", "]}") + "}"));
    judge.denies(find("{$expr: " + nested(25, "{$not: [", "'$a'", "]}") + "}"), RuleId.LIMIT);
  }

  @Test
  void leavesDepthOfOtherExpressionsToBson() {
    judge.forwarded(aggregate("{$project: {x: " + nested(40, "{$not: [", "'$a'", "]}") + "}}"));
  }

  /** Looked at twice on each level, the innermost operand would be looked at 2^45 times. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void looksAtOperandsOnceHoweverDeepTheyLie() {
    for (String operator : List.of("$in", "$eq", "$switch", "$cond", "$ifNull", "$setUnion")) {
      String open = operator.equals("$switch") ? "{$switch: {default: " : "{" + operator + ": [";
      String close = operator.equals("$switch") ? ", branches: []}}" : ", '$b', '$c']}";
      judge.forwarded(find("{$expr: " + nested(22, open, "'$a'", close) + "}"));
      judge.forwarded(aggregate("{$project: {x: " + nested(45, open, "'$a'", close) + "}}"));
    }
    String first = nested(45, "{$in: ['$b', ", "'$a'", "]}");
    judge.forwarded(aggregate("{$project: {x: " + first + "}}"));
    String let = nested(30, "{$let: {vars: {x: '$a'}, in: ", "'$$x'", "}}");
    judge.forwarded(aggregate("{$project: {x: " + let + "}}"));
    String map = nested(30, "{$map: {input: ", "'$a'", ", in: '$$this'}}");
    judge.forwarded(aggregate("{$project: {x: " + map + "}}"));
  }

  @Test
  void limitsPatterns() {
    String longest = "x".repeat(512);
    judge.forwarded(find("{a: /" + longest + "/}"));
    judge.denies(find("{a: /" + longest + "x/}"), RuleId.LIMIT);
    judge.denies(find("{a: {$in: [/" + longest + "x/]}}"), RuleId.LIMIT);
    judge.denies(find("{a: {$not: /" + longest + "x/}}"), RuleId.LIMIT);
    judge.denies(find("{$jsonSchema: {pattern: '" + longest + "x'}}"), RuleId.LIMIT);
    judge.denies(
        find("{$jsonSchema: {patternProperties: {'" + longest + "x': {}}}}"), RuleId.LIMIT);
    judge.denies(
        find("{$expr: {$regexMatch: {input: '$a', regex: '" + longest + "x'}}}"), RuleId.LIMIT);
    judge.forwarded(find("{$expr: {$regexMatch: {input: '" + longest + "x', regex: 'x'}}}"));
    judge.forwarded(find("{$jsonSchema: {patternProperties: {'" + longest + "': {}}}}"));
    judge.forwarded(find("{$jsonSchema: {properties: {'" + longest + "x': {}}}}"));
    judge.denies(aggregate("{$project: {a: {$eq: ['$a', /" + longest + "x/]}}}"), RuleId.LIMIT);
  }

  @Test
  void limitsPatternsThatAreOperators() {
    judge.forwarded(pattern("x".repeat(512), "imsxu"));
    judge.denies(pattern("x".repeat(513), "i"), RuleId.LIMIT);
    judge.denies(pattern("x", "g"), RuleId.OPTION_VALUE);
  }

  private static Command pattern(String pattern, String options) {
    BsonDocument value =
        new BsonDocument("$regex", new BsonString(pattern))
            .append("$options", new BsonString(options));
    BsonDocument command =
        new BsonDocument("find", new BsonString("orders"))
            .append("filter", new BsonDocument("a", value))
            .append("$db", new BsonString("app"));
    return Command.of(Command.encode(command));
  }

  @Test
  void deniesAPatternThatIsNone() {
    BsonDocument command = Command.json(find("{}"));
    command.put("filter", new BsonDocument("a", new BsonDocument("$regex", new BsonInt32(1))));

    judge.denies(Command.of(Command.encode(command)), RuleId.OPTION_VALUE);
  }

  @Test
  void limitsShapes() {
    String polygon = "{a: {$geoWithin: {$geometry: {type: 'Polygon', coordinates: [%s]}}}}";
    judge.forwarded(find(polygon.formatted(list(10_000, "[0, 1]"))));
    judge.denies(find(polygon.formatted(list(10_001, "[0, 1]"))), RuleId.LIMIT);
    judge.denies(
        find("{a: {$geoWithin: {$polygon: " + list(10_001, "[0, 1]") + "}}}"), RuleId.LIMIT);
  }

  @Test
  void limitsSchemas() {
    // A document of one title has 17 bytes beside those of the title.
    String title = "x".repeat((64 << 10) - 17);
    judge.forwarded(find("{$jsonSchema: {title: '" + title + "'}}"));
    judge.denies(find("{$jsonSchema: {title: '" + title + "x'}}"), RuleId.LIMIT);
    judge.denies(find("{$jsonSchema: " + nested(50, "{not: ", "{}", "}") + "}"), RuleId.LIMIT);
  }

  @Test
  void limitsComments() {
    judge.forwarded(find("{$comment: '" + "x".repeat(1024) + "'}"));
    judge.denies(find("{$comment: '" + "x".repeat(1025) + "'}"), RuleId.LIMIT);
    judge.denies(find("{$comment: {a: 1}}"), RuleId.OPTION_VALUE);
  }

  @Test
  void limitsStagesOfAllPipelinesTogether() {
    String[] hundred = IntStream.range(0, 100).mapToObj(i -> "{$skip: 1}").toArray(String[]::new);
    judge.forwarded(aggregate(hundred));
    hundred[50] = "{$unionWith: {coll: 'users', pipeline: [{$skip: 1}]}}";
    judge.denies(aggregate(hundred), RuleId.LIMIT);
  }

  @Test
  void limitsPipelines() {
    String facet = "{$facet: {%s}}";
    String few =
        IntStream.range(0, 49).mapToObj(i -> "f" + i + ": []").collect(Collectors.joining(", "));
    judge.forwarded(aggregate(facet.formatted(few)));
    judge.denies(aggregate(facet.formatted(few + ", more: []")), RuleId.LIMIT);
  }

  @Test
  void limitsPipelinesInOneAnother() {
    String open = "{$unionWith: {coll: 'users', pipeline: [";
    judge.forwarded(aggregate(nested(19, open, "{$skip: 1}", "]}}")));
    judge.denies(aggregate(nested(20, open, "{$skip: 1}", "]}}")), RuleId.LIMIT);
  }

  @Test
  void limitsVariables() {
    String vars =
        IntStream.range(0, 100).mapToObj(i -> "v" + i + ": 1").collect(Collectors.joining(", "));
    judge.forwarded(find("{$expr: {$let: {vars: {" + vars + "}, in: '$$v99'}}}"));
    judge.denies(
        find("{$expr: {$let: {vars: {" + vars + ", more: 1}, in: '$$v99'}}}"), RuleId.LIMIT);
  }

  @Test
  void deniesJoinsByEqualityBeforeAnOldServer() {
    Judge old = new Judge(Sample.policy().bind(), 12);
    String equality = "{$lookup: {from: '%s', localField: 'a', foreignField: 'b', as: 'c'}}";

    old.denies(aggregate(equality.formatted("users")), RuleId.UPSTREAM_TOO_OLD);
    old.forwarded(aggregate(equality.formatted("plans")));
    old.forwarded(aggregate("{$lookup: {from: 'users', pipeline: [], as: 'c'}}"));
    new Judge(Sample.policy().bind(), 13).forwarded(aggregate(equality.formatted("users")));
  }

  @Test
  void takesNoCollationButSimpleWhereTenantsAreStrings() {
    Judge strings = Sample.policy().forString("acme").judge();

    strings.denies(
        "{find: 'orders', collation: {locale: 'en', strength: 1}, $db: 'app'}", RuleId.COLLATION);
    strings.denies("{distinct: 'orders', key: 'a', collation: {}, $db: 'app'}", RuleId.COLLATION);
    strings.denies(
        "{find: 'orders', collation: {locale: 'simple', strength: 1}, $db: 'app'}",
        RuleId.COLLATION);
    strings.denies("{find: 'orders', collation: {strength: 1}, $db: 'app'}", RuleId.COLLATION);
    for (String other : List.of("{caseFirst: 'simple'}", "{locale: {$code: 'simple'}}")) {
      strings.denies("{find: 'orders', collation: " + other + ", $db: 'app'}", RuleId.COLLATION);
    }
    strings.forwards(
        "{count: 'orders', collation: {locale: 'simple'}, $db: 'app'}",
        "{count: 'orders', collation: {locale: 'simple'}, $db: 'app',"
            + " query: {organization_id: {$eq: 'acme'}}}");
    strings.forwards(
        "{find: 'orders', collation: {locale: 'simple'}, $db: 'app'}",
        "{find: 'orders', collation: {locale: 'simple'}, $db: 'app',"
            + " filter: {organization_id: {$eq: 'acme'}}}");
  }

  @Test
  void addsTheSimpleCollationWhereTenantsAreStrings() {
    Judge strings = Sample.policy().forString("acme").judge();
    String filter = "{organization_id: {$eq: 'acme'}}";

    strings.forwards(
        "{find: 'orders', $db: 'app'}",
        "{find: 'orders', $db: 'app', filter: " + filter + ", collation: {locale: 'simple'}}");
    strings.forwards(
        "{count: 'orders', $db: 'app'}",
        "{count: 'orders', $db: 'app', query: " + filter + ", collation: {locale: 'simple'}}");
    strings.forwards(
        "{distinct: 'orders', key: 'a', $db: 'app'}",
        "{distinct: 'orders', key: 'a', $db: 'app', query: "
            + filter
            + ", collation: {locale: 'simple'}}");
    strings.forwards(
        "{aggregate: 'plans', pipeline: [], cursor: {}, $db: 'app'}",
        "{aggregate: 'plans', pipeline: [], cursor: {}, $db: 'app',"
            + " collation: {locale: 'simple'}}");
  }

  @Test
  void appliesRulesToEveryNamespaceThatIsRead() {
    Judge ruled = Sample.policy().deny("no-users", "app.users", Effect.READ).judge();

    ruled.forwarded(aggregate("{$match: {}}"));
    ruled.denies("{find: 'users', $db: 'app'}", "no-users");
    ruled.denies("{count: 'users', $db: 'app'}", "no-users");
    ruled.denies(aggregate("{$unionWith: 'users'}"), "no-users");
    ruled.denies(
        aggregate("{$facet: {a: [{$lookup: {from: 'users', pipeline: [], as: 'u'}}]}}"),
        "no-users");
    ruled.denies(
        aggregate(
            "{$graphLookup: {from: 'users', startWith: 1, connectFromField: 'a',"
                + " connectToField: 'b', as: 'c'}}"),
        "no-users");
  }

  @Test
  void notesRulesInShadowOfJoinedNamespaces() {
    Judge ruled = Sample.policy().shadow("no-users", "app.users", Effect.READ).judge();

    Verdict verdict = ruled.verdict(aggregate("{$unionWith: 'users'}"));

    Verdict.Forward forward = assertInstanceOf(Verdict.Forward.class, verdict);
    assertEquals(List.of("no-users"), forward.shadowedBy());
    assertEquals(
        List.of("app.orders", "app.users"),
        forward.replyPlan().touched().stream()
            .map(access -> access.namespace().toString())
            .toList());
  }

  @Test
  void deniesOddArrayKeysWhereStructureIsRead() {
    judge.denies(Command.of(oddKeys(find("{$or: [{a: 1}, {b: 1}]}"))), RuleId.AMBIGUOUS_BSON);
    judge.denies(
        Command.of(oddKeys(aggregate("{$limit: 1}", "{$limit: 2}"))), RuleId.AMBIGUOUS_BSON);
    judge.forwarded(Command.of(oddKeys(find("{a: {x: [7, 8]}}"))));
  }

  /** The command with the keys of its innermost array of two turned into 0 and 7. */
  private static byte[] oddKeys(String json) {
    byte[] bytes = Command.encode(Command.json(json));
    for (int i = 1; i < bytes.length - 2; i++) {
      if (bytes[i] == '1' && bytes[i + 1] == 0 && bytes[i - 1] >= 1 && bytes[i - 1] <= 0x13) {
        bytes[i] = '7';
        return bytes;
      }
    }
    throw new AssertionError("no array of two in " + json);
  }

  @Test
  void keepsArraysOfThePipelineInOrder() {
    BsonArray pipeline =
        judge
            .forwarded(aggregate("{$group: {_id: 1}}", "{$match: {$expr: {$toInt: '$a'}}}"))
            .getArray("pipeline");

    assertEquals(4, pipeline.size());
  }
}
