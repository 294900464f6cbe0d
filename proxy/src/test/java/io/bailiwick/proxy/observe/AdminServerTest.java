package io.bailiwick.proxy.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.Http;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminServerTest {
  private static final String HOSTILE = "<script>alert(\"1\")</script>&'";

  private final AtomicInteger reloads = new AtomicInteger();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private final CollectorRegistry registry = new CollectorRegistry();
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Version", "0.1.0");
    facts.put("Policy hash", HOSTILE);
    server =
        AdminServer.start(
            new InetSocketAddress("127.0.0.1", 0),
            () -> new Status(facts, problem.get()),
            () -> {
              reloads.incrementAndGet();
              return problem.get();
            },
            new HttpSeries(registry));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void showsFactsAndTheReloadErrorEscaped() throws IOException {
    problem.set("policy.yaml:1:1: " + HOSTILE);

    Http.Answer page = Http.get(server.address(), "/");

    assertEquals(200, page.status());
    assertFalse(page.text().contains("<script"), page.text());
    assertTrue(page.text().contains("policy.yaml:1:1: &lt;script&gt;"), page.text());
    assertTrue(page.text().contains("default-src 'none'; style-src 'self'"), page.text());
    assertTrue(page.text().toLowerCase(java.util.Locale.ROOT).contains("nosniff"));
    assertEquals(200, Http.get(server.address(), "/style.css").status());
  }

  @Test
  void givesTheSameAsJson() throws IOException {
    String text = Http.get(server.address(), "/status").text();

    assertTrue(text.contains("{\"version\":\"0.1.0\",\"policy_hash\":\"<script>"), text);
    assertTrue(text.contains("\"last_reload_error\":null}"), text);
  }

  @Test
  void reloadsByPostOnlyAndTellsTheError() throws IOException {
    assertEquals(405, Http.get(server.address(), "/reload").status());
    assertEquals(0, reloads.get());

    assertEquals(200, Http.send(server.address(), "POST", "/reload", "").status());
    problem.set("policy.yaml:4:3: unknown key\n");
    Http.Answer refused = Http.send(server.address(), "POST", "/reload", "");

    assertEquals(2, reloads.get());
    assertEquals(422, refused.status());
    assertTrue(refused.text().contains("policy.yaml:4:3: unknown key"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil.example:9217", "127.0.0.1", "127.0.0.1:1"})
  void refusesAnyOtherHost(String host) throws IOException {
    String header = "Host: " + host + "\r\n";

    assertEquals(403, Http.send(server.address(), "GET", "/", header).status());
    assertEquals(403, Http.send(server.address(), "POST", "/reload", header).status());
    assertEquals(0, reloads.get());
  }

  @Test
  void refusesRequestsThatAnotherSiteMadeABrowserSend() throws IOException {
    String other = "Origin: http://evil.example\r\n";
    String own = "Origin: http://127.0.0.1:" + server.address().getPort() + "\r\n";

    assertEquals(403, Http.send(server.address(), "POST", "/reload", other).status());
    assertEquals(0, reloads.get());
    assertEquals(200, Http.send(server.address(), "POST", "/reload", own).status());
  }

  @Test
  void unknownPathsAndWritesToThePageAreRefused() throws IOException {
    assertEquals(404, Http.get(server.address(), "/etc/passwd").status());
    assertEquals(405, Http.send(server.address(), "POST", "/", "").status());
  }

  @Test
  void listensOnLoopbackOnly() {
    InetSocketAddress anywhere = new InetSocketAddress("0.0.0.0", 0);

    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                AdminServer.start(
                    anywhere,
                    () -> new Status(Map.of(), null),
                    () -> null,
                    new HttpSeries(new CollectorRegistry())));

    assertEquals("admin.address: 0.0.0.0 (expected: a loopback address)", refused.getMessage());
  }
}
