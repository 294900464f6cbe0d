package io.bailiwick.policy.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.types.ObjectId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle itself must find what is wrong and pass what is right, or it proves nothing. */
class AnyOrderOracleTest {
  private static final String T = "{$oid: '665f1c2ab8e4d3a1f0c9e001'}";
  private static final String P = "{organization_id: {$eq: " + T + "}}";

  private final AnyOrderOracle oracle =
      new AnyOrderOracle(
          new Tenancy(
              "organization_id",
              new BsonObjectId(new ObjectId("665f1c2ab8e4d3a1f0c9e001")),
              new BsonObjectId(new ObjectId("665f1c2ab8e4d3a1f0c9e002")),
              Set.of("app.orders", "app.users"),
              Set.of("app.plans")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{find: 'orders', filter: P, $db: 'app'}",
        "{find: 'plans', $db: 'app'}",
        "{find: 'orders', filter: {$and: [P, {$expr: {$eq: ['$a', 1]}}]}, $db: 'app'}",
        "{find: 'orders', filter: {$and: [P, {$expr: {$cond: [{$eq: ['$$ROOT.organization_id',"
            + " {$literal: T}]}, {$toInt: '$a'}, false]}}]}, $db: 'app'}",
        "{aggregate: 'orders', pipeline: [{$match: P}, {$group: {_id: 1}},"
            + " {$limit: {$numberLong: '9223372036854775807'}},"
            + " {$match: {$expr: {$toInt: '$a'}}}], cursor: {}, $db: 'app'}",
        "{insert: 'orders', documents: [{_id: 1, organization_id: T}], $db: 'app'}",
        "{update: 'orders', updates: [{q: P, u: {$set: {a: 1}, $setOnInsert:"
            + " {organization_id: T}}, upsert: true}], $db: 'app'}",
        "{update: 'orders', updates: [{q: P, u: [{$set: {a: 1}}, {$set: {organization_id:"
            + " {$literal: T}}}]}], $db: 'app'}",
      })
  void passesWhatIsSound(String command) {
    assertEquals(List.of(), oracle.findings(parse(command)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{find: 'orders', $db: 'app'}",
        "{find: 'orders', filter: {$or: [P, {a: 1}]}, $db: 'app'}",
        "{find: 'secrets', filter: P, $db: 'app'}",
        "{find: 'orders', filter: {$and: [{a: 1}, P]}, $db: 'app'}",
        "{find: 'orders', filter: {$and: [P, {$expr: {$toInt: '$a'}}]}, $db: 'app'}",
        "{find: 'orders', filter: {$and: [P, {$or: [{$expr: {$cond: [{$eq:"
            + " ['$organization_id', {$literal: T}]}, {$toInt: '$a'}, false]}}]}]}, $db: 'app'}",
        "{find: 'orders', filter: {$and: [P, {$expr: {$switch: {branches: []}}}]}, $db: 'app'}",
        "{aggregate: 'orders', pipeline: [{$group: {_id: 1}}, {$match: P}], $db: 'app'}",
        "{aggregate: 'plans', pipeline: [{$lookup: {from: 'orders', localField: 'a',"
            + " foreignField: 'b', as: 'o'}}], $db: 'app'}",
        "{aggregate: 'plans', pipeline: [{$unionWith: 'orders'}], $db: 'app'}",
        "{aggregate: 'plans', pipeline: [{$facet: {a: [{$lookup: {from: 'orders',"
            + " pipeline: [], as: 'o'}}]}}], $db: 'app'}",
        "{aggregate: 'orders', pipeline: [{$match: P}, {$out: 'x'}], $db: 'app'}",
        "{insert: 'orders', documents: [{_id: 1}], $db: 'app'}",
        "{update: 'orders', updates: [{q: P, u: {$set: {a: 1}}, upsert: true}], $db: 'app'}",
        "{update: 'orders', updates: [{q: P, u: {$rename: {a: 'organization_id'}}}], $db: 'app'}",
        "{update: 'orders', updates: [{q: P, u: {a: 1}}], $db: 'app'}",
        "{update: 'orders', updates: [{q: P, u: [{$unset: 'organization_id'}]}], $db: 'app'}",
        "{delete: 'orders', deletes: [{q: {}, limit: 0}], $db: 'app'}",
        "{currentOp: 1, $db: 'admin'}",
      })
  void findsWhatIsNot(String command) {
    assertFalse(oracle.findings(parse(command)).isEmpty());
  }

  private static BsonDocument parse(String command) {
    return BsonDocument.parse(
        command
            .replaceAll("\\bP\\b", java.util.regex.Matcher.quoteReplacement(P))
            .replaceAll("\\bT\\b", java.util.regex.Matcher.quoteReplacement(T)));
  }
}
