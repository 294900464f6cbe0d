package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.oracle.AnyOrderOracle;
import io.bailiwick.policy.oracle.Tenancy;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * For whatever is drawn: what is forwarded is strict BSON, passes the oracle, and with our part
 * taken out again is what the client sent.
 */
@Tag("exhaustive")
class ReadPropertyTest {
  private static final BsonDocument PREDICATE = Command.json("{organization_id: {$eq: %A%}}");
  private static final BsonValue GUARD =
      Command.json("{$eq: ['$$ROOT.organization_id', {$literal: %A%}]}");
  private static final BsonDocument BAR =
      Command.json("{$limit: {$numberLong: '9223372036854775807'}}");

  private final Judge judge = Judge.ofSample();
  private final AnyOrderOracle oracle =
      new AnyOrderOracle(
          new Tenancy(
              "organization_id",
              new BsonObjectId(new ObjectId(Sample.A)),
              new BsonObjectId(new ObjectId(Sample.B)),
              Set.of("app.orders", "app.users"),
              Set.of("app.plans")));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void confinesRandomFilters(long seed) {
    RandomReads reads = new RandomReads(seed);
    for (int i = 0; i < 250; i++) {
      BsonDocument filter = reads.filter(3);
      BsonDocument sent = forwarded("{find: 'orders', $db: 'app'}", "filter", filter);

      assertEquals(PREDICATE, sent.getDocument("filter").getArray("$and").get(0));
      assertEquals(filter, withoutOurs(sent.getDocument("filter").getArray("$and").get(1)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7, 8})
  void confinesRandomPipelines(long seed) {
    RandomReads reads = new RandomReads(seed);
    for (int i = 0; i < 250; i++) {
      BsonArray pipeline = reads.pipeline(2);
      String collection = i % 3 == 0 ? "plans" : "orders";
      BsonDocument sent =
          forwarded(
              "{aggregate: '" + collection + "', cursor: {}, $db: 'app'}", "pipeline", pipeline);

      assertEquals(pipeline, withoutOurs(sent.getArray("pipeline")));
    }
  }

  private BsonDocument forwarded(String command, String field, BsonValue value) {
    BsonDocument whole = Command.json(command);
    whole.put(field, value);
    BsonDocument sent = judge.forwarded(Command.of(Command.encode(whole)));
    assertEquals(List.of(), oracle.findings(sent), () -> whole + " became " + sent);
    return sent;
  }

  /** The value with predicates, guards and bars taken out again. */
  private static BsonValue withoutOurs(BsonValue value) {
    if (value.isArray()) {
      BsonArray out = new BsonArray();
      for (BsonValue member : value.asArray()) {
        if (!member.equals(BAR) && !member.equals(new BsonDocument("$match", PREDICATE))) {
          out.add(withoutOurs(member));
        }
      }
      return out;
    }
    if (!value.isDocument()) {
      return value;
    }
    BsonDocument document = value.asDocument();
    if (isOurs(document, "$and", PREDICATE)) {
      return withoutOurs(document.getArray("$and").get(1));
    }
    if (isOurs(document, "$cond", GUARD)) {
      return withoutOurs(document.getArray("$cond").get(1));
    }
    BsonDocument out = new BsonDocument();
    document.forEach((name, member) -> out.put(name, withoutOurs(member)));
    return out;
  }

  private static boolean isOurs(BsonDocument document, String name, BsonValue first) {
    return document.size() == 1
        && document.containsKey(name)
        && document.isArray(name)
        && document.getArray(name).get(0).equals(first);
  }
}
