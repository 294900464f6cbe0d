package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.cli.Cli;
import io.bailiwick.proxy.cli.Terminal;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.StubHttp;
import io.bailiwick.proxy.testing.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I8 for what the proxy shows to services and is shown by them: tokens of operations, the token for
 * the audit's service, keys, passwords in addresses. They come out nowhere: not in a log of any
 * level, the audit, metrics, the status page, an error, or what the command line prints.
 */
final class ServiceSecretsTest {
  private static final String CANARY = "cANarY7f3a";
  private static final String AUDIT_KEY =
      Base64.getEncoder().encodeToString((CANARY + "-0123456789-0123456789").getBytes());

  @TempDir Path directory;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Queue<String> audited = new ConcurrentLinkedQueue<>();
  private final List<String> secrets = new ArrayList<>(List.of(CANARY, AUDIT_KEY));
  private ProxyFixture fixture;
  private StubHttp issuer;
  private StubHttp auditor;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    issuer = new StubHttp().answering(StubHttp.json(Tokens.jwks(Tokens.first())));
    auditor =
        new StubHttp()
            .answering(
                exchange -> {
                  audited.add(
                      new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                  StubHttp.json("\"" + CANARY + "\"").to(exchange);
                });
    UsersFileWriter.put(
        directory.resolve("users.yaml"),
        new Users.Name("api", "admin"),
        Verifiers.ofPassword("api", CANARY, new SecureRandom()));
    secret("audit.token", CANARY);
    secret("audit.key", AUDIT_KEY);
    fixture.config(
        fixture.upstream().getAddress().getHostAddress() + ":" + fixture.upstream().getPort(),
        "{ to: \"%s?key=%s\", tokenFile: audit.token, decisions: all, values: hash, keyFile: audit.key }"
            .formatted(auditor.uri(), CANARY),
        "issuers: [ { name: api-tokens, audience: bailiwick, jwks: \"%s\" } ]"
            .formatted(issuer.uri()));
    Files.writeString(
        fixture.policyFile(),
        ProxyFixture.POLICY.replace(
            "principals:\n",
            """
            principals:
              - { name: api, user: api, authSource: admin, actsForTenants: { issuer: api-tokens } }
            """));
  }

  @AfterEach
  void stop() {
    fixture.close();
    issuer.close();
    auditor.close();
  }

  private Path secret(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
  }

  private Tokens token() {
    return Tokens.operation(Clock.systemUTC(), "api", ProxyFixture.ACME);
  }

  /** Good tokens and bad ones; their signatures must be seen nowhere. */
  private List<String> tokens() {
    List<String> tokens =
        List.of(
            token().sign(),
            token().expiring(-60).sign(),
            token().claim("azp", CANARY).sign(),
            token().claim("tenant", CANARY).sign(),
            token().claim("note", CANARY).without("exp").sign(),
            token().naming(CANARY).sign(),
            CANARY + "." + CANARY + "." + CANARY);
    tokens.forEach(token -> secrets.add(token.substring(token.lastIndexOf('.') + 1)));
    return tokens;
  }

  private void useTokens(Proxy proxy) {
    InetSocketAddress address = proxy.address("app");
    MongoClientSettings settings =
        MongoClientSettings.builder()
            .applyToClusterSettings(
                cluster ->
                    cluster.hosts(
                        List.of(new ServerAddress(address.getAddress(), address.getPort()))))
            .credential(MongoCredential.createCredential("api", "admin", CANARY.toCharArray()))
            .build();
    try (MongoClient client = MongoClients.create(settings)) {
      for (String token : tokens()) {
        for (String filter : List.of("{a: '" + CANARY + "'}", "{$where: '" + CANARY + "'}")) {
          Document command =
              new Document("find", "orders")
                  .append("filter", Document.parse(filter))
                  .append("comment", token);
          try {
            said.add(client.getDatabase("shop").runCommand(command).toJson());
          } catch (MongoException e) {
            said.add(e.toString());
          }
        }
      }
    }
  }

  @Test
  void nothingThatServicesAreShownComesOut() throws Exception {
    try (LogCapture log = LogCapture.of("io", Level.TRACE)) {
      try (Proxy proxy = fixture.start()) {
        useTokens(proxy);
        while (audited.isEmpty()) {
          Thread.onSpinWait();
        }
        said.add(String.valueOf(proxy.reload()));
        said.add(Http.get(proxy.metricsAddress(), "/metrics").text());
        said.add(Http.get(Objects.requireNonNull(proxy.adminAddress()), "/").text());
      }
      assertFalse(log.lines().isEmpty());
      said.addAll(log.lines());
    }
    assertTrue(String.join("", audited).contains("?string#"), "hashes were to be in the audit");
    assertTrue(
        auditor.requests().stream().anyMatch(r -> r.getFirst("Authorization").contains(CANARY)),
        "the service was to be shown its token");
    said.addAll(audited);
    assertNothingWasSaid();
  }

  @Test
  void theCommandLineShowsNoSecret() throws IOException {
    String config = fixture.configFile().toString();
    String uri = "mongodb://name:" + CANARY + "@127.0.0.1:1";
    assertEquals(0, run(Map.of(), "serve", "-c", config, "--print-config"), said.toString());
    assertTrue(String.join("", said).contains("audit.tokenFile: "), "it was to be printed");
    assertEquals(3, run(Map.of(), "serve", "-c", config, "--upstream", uri, "--print-config"));
    assertEquals(3, run(Map.of("BAILIWICK_UPSTREAM", uri), "serve", "-c", config));
    assertEquals(0, run(Map.of(), "check", "-c", config), said.toString());

    for (String broken : List.of("audit.key", "users.yaml", "audit.token")) {
      Path file = directory.resolve(broken);
      byte[] before = Files.readAllBytes(file);
      Files.delete(file);
      secret(broken, CANARY + ": [" + CANARY);
      run(Map.of(), "check", "-c", config);
      Files.delete(file);
      Files.write(file, before);
    }
    String whole = Files.readString(fixture.configFile());
    Files.writeString(fixture.configFile(), whole.replaceFirst("mongodb://[^\n]*", uri));
    assertEquals(3, run(Map.of(), "check", "-c", config));
    assertNothingWasSaid();
  }

  private int run(Map<String, String> environment, String... arguments) {
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed, true);
    Terminal terminal = new Terminal(out, out, InputStream.nullInputStream(), environment, null);
    int code = new Cli(terminal, configuration -> 1).run(arguments);
    said.add(printed.toString());
    return code;
  }

  private void assertNothingWasSaid() {
    for (String text : said) {
      secrets.forEach(secret -> assertFalse(text.contains(secret), () -> secret + " in: " + text));
    }
  }
}
