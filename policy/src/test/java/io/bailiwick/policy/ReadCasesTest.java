package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.oracle.AnyOrderOracle;
import io.bailiwick.policy.oracle.Tenancy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case of the files in {@code reads/}; what is forwarded must also pass the oracle. */
class ReadCasesTest {
  private final Judge judge = readers().judge();
  private final AnyOrderOracle oracle =
      new AnyOrderOracle(
          new Tenancy(
              "organization_id",
              new BsonObjectId(new ObjectId(Sample.A)),
              new BsonObjectId(new ObjectId(Sample.B)),
              Set.of(
                  "app.orders",
                  "app.users",
                  "app.notes",
                  "app.posts",
                  "app.places",
                  "app.fs.chunks"),
              Set.of("app.plans", "app.scratch_" + Sample.A)));

  static Sample readers() {
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("organization_id", 1);
    text.put("title", "text");
    Map<String, Object> notLed = new LinkedHashMap<>();
    notLed.put("title", "text");
    notLed.put("organization_id", 1);
    return Sample.policy()
        .collection("app", "notes", CollectionClass.SHARED, new IndexSpec("text_org", notLed))
        .collection("app", "posts", CollectionClass.SHARED, new IndexSpec("org_text", text))
        .collection("app", "places", CollectionClass.SHARED)
        .collection("app", "fs.chunks", CollectionClass.SHARED);
  }

  @TestFactory
  Stream<DynamicTest> filters() throws IOException {
    return tests("filters.cases");
  }

  @TestFactory
  Stream<DynamicTest> expressions() throws IOException {
    return tests("expressions.cases");
  }

  @TestFactory
  Stream<DynamicTest> pipelines() throws IOException {
    return tests("pipelines.cases");
  }

  @TestFactory
  Stream<DynamicTest> joins() throws IOException {
    return tests("joins.cases");
  }

  @TestFactory
  Stream<DynamicTest> options() throws IOException {
    return tests("options.cases");
  }

  private Stream<DynamicTest> tests(String file) throws IOException {
    return ReadCase.of(file).stream()
        .map(one -> DynamicTest.dynamicTest(one.name() + ": " + one.sent(), () -> check(one)));
  }

  private void check(ReadCase one) {
    Command command = Command.of(Command.encode(one.command()));
    if (one.isDenied()) {
      judge.denies(command, one.rule());
      return;
    }
    BsonDocument forwarded = judge.forwarded(command);
    if (!one.isAnything()) {
      assertEquals(one.expectedPart(), one.partOf(forwarded));
    }
    assertEquals(List.of(), oracle.findings(forwarded));
  }

  @TestFactory
  Stream<DynamicTest> tripwires() {
    return Stream.of(
            "true {find: 'orders', $db: 'app'}",
            "true {find: 'orders', projection: {}, sort: {a: 1}, $db: 'app'}",
            "false {find: 'orders', projection: {a: 1}, $db: 'app'}",
            "false {find: 'plans', $db: 'app'}",
            "true {aggregate: 'orders', pipeline: [{$match: {a: 1}}, {$sort: {a: 1}}],"
                + " cursor: {}, $db: 'app'}",
            "true {aggregate: 'orders', pipeline: [{$addFields: {b: 1}}, {$unwind: '$a'}],"
                + " cursor: {}, $db: 'app'}",
            "false {aggregate: 'orders', pipeline: [{$addFields: {organization_id: 1}}],"
                + " cursor: {}, $db: 'app'}",
            "false {aggregate: 'orders', pipeline: [{$project: {a: 1}}], cursor: {}, $db: 'app'}",
            "false {aggregate: 'plans', pipeline: [], cursor: {}, $db: 'app'}")
        .map(line -> DynamicTest.dynamicTest(line, () -> tripwire(line)));
  }

  private void tripwire(String line) {
    String[] parts = line.split(" ", 2);

    Verdict verdict = judge.verdict(parts[1]);

    boolean set = assertInstanceOf(Verdict.Forward.class, verdict).replyPlan().tripwire();
    assertEquals(Boolean.parseBoolean(parts[0]), set);
  }
}
