package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An audit that records all decisions says what was done and why, and never a value. */
@Timeout(60)
final class AuditTraceTest {
  private static final String NOTHING =
      "{cursor: {id: {$numberLong: '0'}, ns: 'shop.orders', firstBatch: []}, ok: 1.0}";
  private static final String FIND =
      "{find: 'orders', filter: {name: 'canary', $expr: {$eq: [{$toInt: '$n'}, 4711]}}}";

  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String TRACE = "00-" + TRACE_ID + "-00f067aa0ba902b7-01";

  @TempDir Path directory;
  private ProxyFixture fixture;
  private ScriptedUpstream upstream;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    upstream =
        ScriptedUpstream.start()
            .always("listCollections", any -> ScriptedReply.json(NOTHING))
            .always("find", any -> ScriptedReply.json(NOTHING));
  }

  @AfterEach
  void stop() throws IOException {
    upstream.close();
    fixture.close();
  }

  /** Sends commands through a proxy whose audit is told that; the lines it wrote. */
  private List<BsonDocument> audited(String audit, Document... commands) throws Exception {
    fixture.config("127.0.0.1:" + upstream.address().getPort(), audit, "");
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      for (Document command : commands) {
        acme.getDatabase("shop").runCommand(command);
      }
    }
    return Files.readAllLines(fixture.auditFile()).stream().map(BsonDocument::parse).toList();
  }

  private static BsonDocument of(List<BsonDocument> lines, String command) {
    return lines.stream()
        .filter(line -> line.getString("command").getValue().equals(command))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aForwardedCommandIsRecordedUnderTheIdThatMongoDbSees() throws Exception {
    List<BsonDocument> lines = audited("{ to: audit.jsonl, decisions: all }", Document.parse(FIND));

    BsonDocument line = of(lines, "find");
    assertEquals("allowed", line.getString("decision").getValue());
    assertEquals("orders", line.getString("coll").getValue());
    assertTrue(
        line.getString("place").getValue().endsWith("policy.yaml:8:3"),
        line.getString("place").getValue());
    assertEquals(
        "{find: ?string, filter: {name: ?string, $expr: {$eq: [{$toInt: ?string}, +1]}}}",
        line.getString("shape").getValue());
    assertEquals(
        "$expr: guarded by the tenant field; filter: confined to the tenant",
        line.getString("trace").getValue());
    assertEquals(line.getString("decision_id"), upstream.take("find").body().getString("comment"));
    assertFalse(lines.toString().contains("canary"), lines.toString());
    assertFalse(lines.toString().contains("4711"), lines.toString());
  }

  @Test
  void aCommentOfTheClientsStays() throws Exception {
    List<BsonDocument> lines =
        audited(
            "{ to: audit.jsonl, decisions: all }",
            Document.parse("{find: 'orders', comment: 'nightly'}"));

    assertEquals("nightly", upstream.take("find").body().getString("comment").getValue());
    assertEquals(
        "{find: ?string, comment: ?string}", of(lines, "find").getString("shape").getValue());
  }

  @Test
  void withoutAnAuditOfEverythingMongoDbGetsNoComment() throws Exception {
    List<BsonDocument> lines = audited("{ to: audit.jsonl }", Document.parse(FIND));

    assertEquals(List.of(), lines);
    assertFalse(upstream.take("find").body().containsKey("comment"));
  }

  @Test
  void aDenialSaysUnderTheIdInTheErrorHowFarTheCommandGot() throws Exception {
    fixture.config("127.0.0.1:" + upstream.address().getPort(), "{ to: audit.jsonl }", "");
    MongoCommandException denied;
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      Document command = Document.parse("{find: 'orders', filter: {$where: 'canary'}}");
      denied =
          assertThrows(
              MongoCommandException.class, () -> acme.getDatabase("shop").runCommand(command));
    }
    BsonDocument line = BsonDocument.parse(Files.readAllLines(fixture.auditFile()).get(0));
    assertTrue(denied.getErrorMessage().contains(line.getString("decision_id").getValue()));
    assertEquals("{find: ?string, filter: {$where: ?string}}", line.getString("shape").getValue());
    assertEquals("denied: server-side-javascript", line.getString("trace").getValue());
  }

  @Test
  void anErrorInsteadOfMongoDbsReplyCarriesTheIdOfTheDecision() throws Exception {
    upstream.always("find", any -> ScriptedReply.json("{ok: 1.0}").opCode(1));
    fixture.config(
        "127.0.0.1:" + upstream.address().getPort(), "{ to: audit.jsonl, decisions: all }", "");
    MongoException failed;
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      failed =
          assertThrows(
              MongoException.class,
              () -> acme.getDatabase("shop").runCommand(Document.parse(FIND)));
    }
    BsonDocument line =
        of(
            Files.readAllLines(fixture.auditFile()).stream().map(BsonDocument::parse).toList(),
            "find");
    String message = String.valueOf(failed.getMessage());
    assertTrue(message.contains(line.getString("decision_id").getValue()), message);
  }

  @Test
  void aLineSaysHowTheCommandEndedAndInWhichTrace() throws Exception {
    upstream.next("find", ScriptedReply.json("{ok: 0.0, code: 96, errmsg: 'canary'}"));
    fixture.config(
        "127.0.0.1:" + upstream.address().getPort(), "{ to: audit.jsonl, decisions: all }", "");
    List<String> logged;
    try (LogCapture log = LogCapture.of("io.bailiwick.proxy", Level.INFO);
        Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      Document find = Document.parse("{find: 'orders'}");
      find.append("comment", new Document("traceparent", TRACE).append("text", "nightly"));
      assertThrows(MongoException.class, () -> acme.getDatabase("shop").runCommand(find));
      acme.getDatabase("shop")
          .runCommand(Document.parse("{count: 'orders'}").append("comment", "tp='" + TRACE + "'"));
      Document denied = Document.parse("{distinct: 'secrets', key: 'a'}");
      denied.append("comment", "dddbs='x',traceparent='" + TRACE + "'");
      assertThrows(MongoException.class, () -> acme.getDatabase("shop").runCommand(denied));
      logged = log.lines();
    }

    String named = "\"trace_id\":\"" + TRACE_ID + "\"";
    assertEquals(1, logged.stream().filter(line -> line.contains(named)).count());
    List<BsonDocument> lines =
        Files.readAllLines(fixture.auditFile()).stream().map(BsonDocument::parse).toList();
    BsonDocument failed = of(lines, "find");
    assertEquals(96, failed.getInt32("upstream_code").getValue());
    assertTrue(failed.getInt32("duration_us").getValue() > 0);
    assertEquals(TRACE_ID, failed.getString("trace_id").getValue());
    BsonDocument counted = of(lines, "count");
    assertEquals(0, counted.getInt32("upstream_code").getValue());
    assertFalse(counted.containsKey("trace_id"), "this is no traceparent");
    BsonDocument refused = of(lines, "distinct");
    assertEquals(TRACE_ID, refused.getString("trace_id").getValue());
    assertTrue(refused.containsKey("duration_us"));
    assertFalse(refused.containsKey("upstream_code"), "MongoDB was not asked");
    BsonDocument comment = upstream.take("find").body().getDocument("comment");
    assertEquals(TRACE, comment.getString("traceparent").getValue());
    assertEquals("nightly", comment.getString("text").getValue());
    assertFalse(lines.toString().contains("canary"), lines.toString());
  }

  @Test
  void equalValuesHaveEqualHashesAndNobodyKnowsThem() throws Exception {
    Path key = Files.writeString(directory.resolve("audit.key"), "A".repeat(43) + "=\n");
    new ProcessBuilder("chmod", "400", key.toString()).start().waitFor();
    String audit = "{ to: audit.jsonl, decisions: all, values: hash, keyFile: audit.key }";
    Document one =
        Document.parse("{find: 'orders', filter: {a: 'canary', b: 'canary', c: 'other'}}");

    String shape = of(audited(audit, one), "find").getString("shape").getValue();

    String[] hashes =
        shape
            .replaceAll(
                ".*a: \\?string#(\\w+), b: \\?string#(\\w+), c: \\?string#(\\w+).*", "$1 $2 $3")
            .split(" ");
    assertEquals(3, hashes.length, shape);
    assertEquals(hashes[0], hashes[1]);
    assertFalse(hashes[0].equals(hashes[2]));
    assertEquals(16, hashes[0].length());
    assertFalse(shape.contains("canary"), shape);
  }

  @Test
  void linesCanBeDatastoreActivityOfOcsf() throws Exception {
    List<BsonDocument> lines =
        audited("{ to: audit.jsonl, schema: ocsf, decisions: all }", Document.parse(FIND));

    BsonDocument line =
        lines.stream()
            .filter(
                each -> each.getDocument("query_info").getString("name").getValue().equals("find"))
            .findFirst()
            .orElseThrow();
    assertEquals(6005, line.getInt32("class_uid").getValue());
    assertEquals(600504, line.getInt32("type_uid").getValue());
    assertEquals(1, line.getInt32("action_id").getValue());
    assertEquals("shop", line.getDocument("database").getString("name").getValue());
    assertEquals("orders", line.getDocument("table").getString("name").getValue());
    BsonDocument user = line.getDocument("actor").getDocument("user");
    assertEquals("app", user.getString("name").getValue());
    assertEquals(ProxyFixture.ACME, user.getDocument("org").getString("uid").getValue());
    assertEquals("127.0.0.1", line.getDocument("src_endpoint").getString("ip").getValue());
    assertTrue(line.containsKey("duration"));
    assertEquals(0, line.getDocument("unmapped").getInt32("upstream_code").getValue());
    assertEquals(
        upstream.take("find").body().getString("comment"),
        line.getDocument("metadata").getString("uid"));
  }
}
