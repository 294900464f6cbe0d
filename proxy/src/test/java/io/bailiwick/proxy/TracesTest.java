package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.sun.net.httpserver.HttpExchange;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.testing.StubHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that belong to a sampled trace become spans at the collector, and no others do. */
@Timeout(60)
final class TracesTest {
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String NOTHING =
      "{cursor: {id: {$numberLong: '0'}, ns: 'shop.orders', firstBatch: []}, ok: 1.0}";

  @TempDir Path directory;
  private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
  private ProxyFixture fixture;
  private ScriptedUpstream upstream;
  private StubHttp collector;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    collector = new StubHttp();
    upstream =
        ScriptedUpstream.start()
            .always("listCollections", any -> ScriptedReply.json(NOTHING))
            .always("find", any -> ScriptedReply.json(NOTHING));
    fixture.config(
        "127.0.0.1:" + upstream.address().getPort(),
        "{ to: off }",
        "traces: { to: \"" + collector.uri() + "\", timeout: 10s }");
  }

  @AfterEach
  void stop() throws IOException {
    collector.close();
    upstream.close();
    fixture.close();
  }

  private static Document traced(String command, String flags) {
    String parent = "00-" + TRACE_ID + "-" + PARENT + "-" + flags;
    return Document.parse(command).append("comment", new Document("traceparent", parent));
  }

  private void taken(HttpExchange exchange) throws IOException {
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    StubHttp.json("{}").to(exchange);
  }

  private static List<BsonDocument> spans(String body) {
    return BsonDocument.parse(body)
        .getArray("resourceSpans")
        .get(0)
        .asDocument()
        .getArray("scopeSpans")
        .get(0)
        .asDocument()
        .getArray("spans")
        .stream()
        .map(BsonValue::asDocument)
        .toList();
  }

  private static String attribute(BsonDocument span, String key) {
    return span.getArray("attributes").stream()
        .map(BsonValue::asDocument)
        .filter(each -> each.getString("key").getValue().equals(key))
        .map(each -> each.getDocument("value").values().iterator().next().asString().getValue())
        .findFirst()
        .orElse("");
  }

  private static void run(MongoClient client, Document command) {
    client.getDatabase("shop").runCommand(command);
  }

  @Test
  void sampledCommandsBecomeSpans() throws Exception {
    collector.answering(this::taken);
    upstream.next("count", ScriptedReply.json("{ok: 0.0, code: 96, errmsg: 'x'}"));
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      run(acme, Document.parse("{find: 'orders'}"));
      run(acme, traced("{find: 'orders'}", "00"));
      run(acme, traced("{find: 'orders', filter: {a: 'canary'}}", "01"));
      assertThrows(MongoException.class, () -> run(acme, traced("{count: 'orders'}", "01")));
      assertThrows(
          MongoException.class, () -> run(acme, traced("{distinct: 'canary', key: 'a'}", "01")));
    }

    String all = String.join("\n", bodies);
    assertFalse(all.contains("canary"), all);
    List<BsonDocument> spans = bodies.stream().flatMap(body -> spans(body).stream()).toList();
    assertEquals(3, spans.size(), all);
    BsonDocument find = spans.get(0);
    assertEquals("find orders", find.getString("name").getValue());
    assertEquals(TRACE_ID, find.getString("traceId").getValue());
    assertEquals(PARENT, find.getString("parentSpanId").getValue());
    assertTrue(find.getString("spanId").getValue().matches("[0-9a-f]{16}"));
    assertTrue(
        Long.parseLong(find.getString("startTimeUnixNano").getValue())
            < Long.parseLong(find.getString("endTimeUnixNano").getValue()));
    assertEquals("shop", attribute(find, "db.namespace"));
    assertEquals("orders", attribute(find, "db.collection.name"));
    assertEquals("ok", attribute(find, "bailiwick.outcome"));
    assertFalse(attribute(find, "bailiwick.upstream_duration_us").isEmpty());
    assertFalse(find.getDocument("status").containsKey("code"));
    assertEquals("96", attribute(spans.get(1), "db.response.status_code"));
    assertEquals(2, spans.get(1).getDocument("status").getInt32("code").getValue());
    assertEquals("denied", attribute(spans.get(2), "error.type"));
    assertEquals("distinct", spans.get(2).getString("name").getValue());
  }

  @Test
  void aCollectorThatHasEnoughIsAskedAgainAndOneThatRefusesCostsNothingButSpans() throws Exception {
    collector.answering(
        exchange -> {
          if (collector.requests().size() < 2) {
            StubHttp.status(503, "Retry-After", "0").to(exchange);
          } else {
            taken(exchange);
          }
        });
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      run(acme, traced("{find: 'orders'}", "01"));
      assertEquals(1, spans(bodies.take()).size());
      awaitSpans(proxy, "sent");

      collector.answering(StubHttp.status(400));
      run(acme, traced("{find: 'orders'}", "01"));
      awaitSpans(proxy, "lost");
    }
  }

  private static void awaitSpans(Proxy proxy, String outcome) throws Exception {
    String line = "bailiwick_trace_spans_total{outcome=\"" + outcome + "\",} 1.0";
    while (!Http.get(proxy.metricsAddress(), "/metrics").text().contains(line)) {
      Thread.onSpinWait();
    }
  }
}
