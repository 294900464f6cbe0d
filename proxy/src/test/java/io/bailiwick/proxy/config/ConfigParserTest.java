package io.bailiwick.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.protocol.compression.Compressor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigParserTest {
  private static final String LEAST =
      """
      apiVersion: bailiwick.io/v1
      kind: Proxy
      listeners:
        - name: app
          login: { users: users.yaml }
      upstream: { uri: "mongodb://db-0,db-1:27018" }
      """;

  @TempDir Path directory;

  @Test
  void theLeastFileGetsDefaultsForEverythingElse() throws IOException {
    ProxyConfig config = parse(LEAST, Overrides.NONE).config();

    ProxyConfig.Listener listener = config.listeners().get(0);
    assertEquals(new InetSocketAddress("127.0.0.1", 27017), listener.address());
    assertEquals(
        new ProxyConfig.Login.Users(directory.resolve("users.yaml"), List.of()), listener.login());
    assertEquals(
        List.of(
            InetSocketAddress.createUnresolved("db-0", 27017),
            InetSocketAddress.createUnresolved("db-1", 27018)),
        config.upstream().cluster().servers());
    assertNull(config.upstream().credential());
    assertEquals(ProxyConfig.Timeouts.DEFAULT, config.upstream().timeouts());
    assertEquals(ProxyConfig.Breaker.DEFAULT, config.upstream().breaker());
    assertNull(config.keyFile());
    assertEquals(List.of("policies/*.yaml"), config.policies().files());
    assertEquals(List.of("*_test.yaml"), config.policies().ignore());
    assertEquals(directory, config.policies().base());
    assertEquals(new InetSocketAddress("127.0.0.1", 9216), config.metrics());
    assertEquals(new InetSocketAddress("127.0.0.1", 9217), config.admin());
    assertEquals("stdout", config.audit().to());
    assertEquals(ProxyConfig.Drain.DEFAULT, config.drain());
  }

  @Test
  void everyKeyIsRead() throws IOException {
    String yaml =
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: app, address: "[::1]:1", persona: mongos, login: { tenant: "42" } }
        upstream:
          uri: mongodb://[::1]:27018/?replicaSet=rs0
          username: bailiwick
          authSource: other
          passwordFile: secret/password
          connections: paired
          timeouts: { connect: 1s, login: 2s, selection: 3s, idle: 4m }
          breaker: { failureRate: 25%, slowCall: 250ms, openFor: 1m }
        keyFile: bailiwick.key
        policies: { files: [a.yaml], ignore: [b.yaml], poll: 0s }
        metrics: { address: 127.0.0.1:0 }
        admin: { address: off }
        audit: { to: audit.log, schema: flat, required: false }
        drain: { delay: 5s, timeout: 20s }
        """;
    ProxyConfig config = parse(yaml, Overrides.NONE).config();

    assertEquals(new InetSocketAddress("::1", 1), config.listeners().get(0).address());
    assertEquals(new ProxyConfig.Login.Tenant("42"), config.listeners().get(0).login());
    assertEquals(
        new ProxyConfig.Credential("bailiwick", "other", directory.resolve("secret/password")),
        config.upstream().credential());
    assertEquals("rs0", config.upstream().cluster().replicaSet());
    assertEquals(Duration.ofMinutes(4), config.upstream().timeouts().idle());
    assertEquals(
        new ProxyConfig.Breaker(0.25, Duration.ofMillis(250), Duration.ofMinutes(1)),
        config.upstream().breaker());
    assertEquals(directory.resolve("bailiwick.key"), config.keyFile());
    assertEquals(Duration.ZERO, config.policies().poll());
    assertNull(config.admin());
    assertEquals(directory.resolve("audit.log").toString(), config.audit().to());
    assertEquals(
        new ProxyConfig.Drain(Duration.ofSeconds(5), Duration.ofSeconds(20)), config.drain());
  }

  /** One wrong line put into the least file, where it stands, and what must be said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          metrisc: { address: 127.0.0.1:1 } | 7:1: error[P005] metrisc: unknown key | 'metrics'
          kind: Proxy                       | 7:1: error[P004] kind: duplicate key | first at line 2
          metrics: { adress: 127.0.0.1:1 }  | 7:12: error[P005] metrics.adress: unknown key | 'address'
          metrics: { address: nowhere }     | 7:21: error[P008] metrics.address: "nowhere" | host:port
          metrics: 9216                     | 7:10: error[P007] metrics: "9216" | a map
          admin: { address: 0.0.0.0:9217 }  | 7:19: error[P008] admin.address | a loopback address
          drain: { timeout: 25 }            | 7:19: error[P008] drain.timeout: "25" | a duration such as
          policies: { files: [] }           | 7:20: error[P008] policies.files | policies/*.yaml
          policies: { files: ads.yaml }     | 7:20: error[P007] policies.files | a list
          issuers: [ { name: a, audience: x, jwks: "https://id/k", keys: k } ] | 7:12: error[P009] issuers[0]: jwks, keys | exactly one of jwks, keys
          issuers: [ { name: a, audience: x } ]                          | 7:12: error[P006] issuers[0]: none of them | exactly one of jwks, keys
          issuers: [ { name: a, keys: k } ]                              | 7:12: error[P006] issuers[0].audience: missing | missing
          issuers: [ { name: A, audience: x, keys: k } ]                 | 7:20: error[P008] issuers[0].name | a-z
          issuers: [ { name: a, audience: x, jwks: "http://id.example/k" } ] | 7:42: error[P008] issuers[0].jwks | http on loopback only
          issuers: [ { name: a, audience: x, jwks: "ftp://127.0.0.1/k" } ] | 7:42: error[P008] issuers[0].jwks | https://id.example/jwks
          issuers: [ { name: a, audience: x, jwks: "https://u:p@id.example/k" } ] | 7:42: error[P008] issuers[0].jwks | https://id.example/jwks
          issuers: [ { name: a, audience: x, keys: k, algorithms: [HS256] } ] | 7:57: error[P008] issuers[0].algorithms | a public key
          issuers: [ { name: a, audience: x, keys: k, algorithms: [none] } ] | 7:57: error[P008] issuers[0].algorithms | a public key
          issuers: [ { name: a, audience: x, keys: k, refresh: 1s } ]    | 7:54: error[P008] issuers[0].refresh | 30s
          issuers: [ { name: a, audience: x, keys: k, scopes: [openid] } ] | 7:53: error[P009] issuers[0].scopes | together with clientId
          audit: { schema: cef }            | 7:18: error[P008] audit.schema: "cef" | flat, ocsf
          audit: { values: hash }           | 7:18: error[P008] audit.values: "hash" | keyFile
          audit: { to: "http://log.example" } | 7:14: error[P008] audit.to: "http://log.example" | https
          audit: { to: "https://u:p@log.example" } | 7:14: error[P008] audit.to: | without a password
          traces: { to: collector }         | 7:15: error[P008] traces.to: "collector" | http://127.0.0.1:4318/v1/traces
          traces: { to: "http://u:p@c.example" } | 7:15: error[P008] traces.to: | without a password
          traces: { to: "http://c.example:4318", tokenFile: t } | 7:51: error[P008] traces.tokenFile: | https
          audit: { required: maybe }        | 7:20: error[P008] audit.required: "maybe" | false, true
          """)
  void namesPlaceKeyAndRemedy(String line, String headline, String remedy) {
    assertProblem(LEAST + line + "\n", headline, remedy);
  }

  private static String pooled(String login) {
    return """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        upstream: { uri: "mongodb://127.0.0.1:27018", connections: { pooled: {} } }
        listeners:
          - { name: app, login: %s }
        """
        .formatted(login);
  }

  @Test
  void aRelayedLoginSharesItsConnectionWithNobody() throws Exception {
    assertEquals(64, parse(pooled("{ tenant: x }"), Overrides.NONE).config().upstream().pooled());

    InvalidPolicyException refused =
        assertThrows(
            InvalidPolicyException.class, () -> parse(pooled("{ relay: true }"), Overrides.NONE));
    assertTrue(String.valueOf(refused.getMessage()).contains("a relayed login belongs to one"));
  }

  @Test
  void deadlinesAndRoofsOfConnectionsAreRead() throws IOException {
    ProxyConfig read =
        parse(
                LEAST
                    + """
                    deadlines: { greeting: 1s, login: 2s, anonymousIdle: 3m, idle: 0s, message: 5s, reply: 6s, linger: 7s, keepAlive: 1m }
                    limits: { connections: 8, connectionsPerAddress: 9 }
                    """,
                Overrides.NONE)
            .config();

    assertEquals(
        new ClientDeadlines(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofMinutes(3),
            Duration.ZERO,
            Duration.ofSeconds(5),
            Duration.ofSeconds(6),
            Duration.ofSeconds(7),
            Duration.ofMinutes(1)),
        read.deadlines());
    assertEquals(new ConnectionLimits(8, 9), read.connections());
    assertEquals(ClientDeadlines.DEFAULT, parse(LEAST, Overrides.NONE).config().deadlines());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1ms", "4s", "5500ms", "3h"})
  void keepAliveIsOfWholeSecondsOrLeftToTheSystem(String refused) throws IOException {
    String upstream = LEAST.replace("upstream: {", "upstream: { timeouts: { keepAlive: %s },");
    assertTrue(upstream.contains("keepAlive"));
    for (String file : List.of(LEAST + "deadlines: { keepAlive: %s }\n", upstream)) {
      String message =
          assertThrows(
                  InvalidPolicyException.class,
                  () -> parse(file.formatted(refused), Overrides.NONE))
              .getMessage();
      assertTrue(String.valueOf(message).contains("keepAlive"), message);
      for (String taken : List.of("0s", "5s", "90s", "2h")) {
        parse(file.formatted(taken), Overrides.NONE);
      }
    }
    ProxyConfig read = parse(upstream.formatted("90s"), Overrides.NONE).config();
    assertEquals(Duration.ofSeconds(90), read.upstream().timeouts().keepAlive());
  }

  @Test
  void aDeadlineIsNoShorterThanWhatIsLookedAt() {
    for (String key : List.of("greeting", "login", "anonymousIdle", "message", "reply", "linger")) {
      InvalidPolicyException refused =
          assertThrows(
              InvalidPolicyException.class,
              () -> parse(LEAST + "deadlines: { " + key + ": 999ms }\n", Overrides.NONE));
      assertTrue(String.valueOf(refused.getMessage()).contains("deadlines." + key), key);
    }
  }

  @Test
  void readsTheNameOfASeedList() throws Exception {
    ProxyConfig.Cluster cluster =
        UpstreamUri.parse("mongodb+srv://db.test.example/?tls=false&replicaSet=rs0").cluster();

    assertEquals(new ProxyConfig.Cluster(List.of(), "db.test.example", "rs0"), cluster);
    assertTrue(cluster.isFollowed());
  }

  @Test
  void readsIssuersAndWhoseTokensLogIn() throws IOException {
    String yaml =
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: app, login: { users: users.yaml, issuers: [corporate] } }
          - { name: jobs, address: "127.0.0.1:1", login: { issuers: [corporate] } }
        issuers:
          - { name: corporate, issuer: "https://id.example", audience: mongodb,
              jwks: "http://localhost:1/k", refresh: 1m, algorithms: [ES256], clientId: c, scopes: [s] }
          - { name: api-tokens, audience: bailiwick, keys: api.jwks }
        upstream: { uri: "mongodb://127.0.0.1:27018" }
        """;
    ProxyConfig config = parse(yaml, Overrides.NONE).config();
    assertEquals(
        new ProxyConfig.Login.Users(directory.resolve("users.yaml"), List.of("corporate")),
        config.listeners().get(0).login());
    assertEquals(
        new ProxyConfig.Login.Users(null, List.of("corporate")), config.listeners().get(1).login());
    assertEquals(
        List.of(
            new IssuerConfig(
                "corporate",
                "https://id.example",
                "mongodb",
                List.of("ES256"),
                URI.create("http://localhost:1/k"),
                Duration.ofMinutes(1),
                null,
                "c",
                List.of("s")),
            new IssuerConfig(
                "api-tokens",
                null,
                "bailiwick",
                IssuersParser.ALGORITHMS,
                null,
                Duration.ofMinutes(10),
                directory.resolve("api.jwks"),
                null,
                List.of())),
        config.issuers());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { issuers: [nobody] }             | login.issuers: a list (expected: names of entries of issuers
          { issuers: [] }                   | login.issuers: a list (expected: names of entries of issuers
          { issuers: [silent] }             | issuers that say by issuer: what iss
          { issuers: [one, two] }           | at most one with a clientId
          { issuers: [one], tenant: x }     | exactly one of
          { issuers: [one], relay: true }   | exactly one of
          """)
  void namesWhatIsWrongWithTheIssuersOfAListener(String login, String expected) {
    String yaml =
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        upstream: { uri: "mongodb://127.0.0.1:27018" }
        issuers:
          - { name: silent, audience: x, keys: k }
          - { name: one, issuer: i, audience: x, keys: k, clientId: c }
          - { name: two, issuer: j, audience: x, keys: k, clientId: c }
        listeners:
          - { name: app, login: %s }
        """
            .formatted(login);
    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> parse(yaml, Overrides.NONE));
    assertTrue(String.valueOf(refused.getMessage()).contains(expected), refused.getMessage());
  }

  /** One key of the upstream section. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          uri: mongodb://u:hunter2@db/       | 7:8: error[P008] upstream.uri: not shown | without user and password
          uri: mongodb+srv://d.b.example     | 7:3: error[P006] upstream.tls: missing | mongodb+srv://NAME/?tls=false
          uri: mongodb+srv://db/?tls=false   | 7:8: error[P008] upstream.uri: not shown | one name of a service
          uri: mongodb+srv://d.b.c:1/?tls=false | 7:8: error[P008] upstream.uri: not shown | without a port
          uri: http://db                     | 7:8: error[P008] upstream.uri: not shown | mongodb://127.0.0.1:27018
          uri: mongodb://db/ads              | 7:8: error[P008] upstream.uri: not shown | no database
          uri: mongodb://db/?tls=true        | 7:8: error[P008] upstream.uri: not shown | have keys of their own
          uri: mongodb://db:0                | 7:8: error[P008] upstream.uri: not shown | host or host:port
          uri: "mongodb://db,,db"            | 7:8: error[P008] upstream.uri: not shown | host or host:port
          username: bailiwick                | 7:3: error[P006] upstream.passwordFile: missing | a file that holds
          passwordFile: p                    | 7:3: error[P006] upstream.username: missing | the account
          connections: { pooled: { perServer: 0 } } | 8:39: error[P008] upstream.connections.pooled.perServer: "0" | from 1 to 10000
          connections: pooled                | 8:16: error[P008] upstream.connections: "pooled" | paired
          retry: { attempts: 0 }             | 8:22: error[P008] upstream.retry.attempts: "0" | from 1 to 10
          tls: { certificate: a }            | 8:8: error[P006] upstream.tls.key: missing | certificate and key together
          tls: { serverName: "a b" }         | 8:22: error[P008] upstream.tls.serverName: "a b" | the name in the servers' certificates
          tls: { insecure: true }            | 8:10: error[P005] upstream.tls.insecure: unknown key | serverName
          accountPerTenant: "svc-${tenant}"  | 8:21: error[P007] upstream.accountPerTenant: "svc-${tenant}" | a map
          accountPerTenant: { username: svc, passwordFile: "${tenant}" } | 8:33: error[P008] upstream.accountPerTenant.username: "svc" | svc-${tenant}
          accountPerTenant: { username: "${tenant}${tenant}", passwordFile: "${tenant}" } | 8:33: error[P008] upstream.accountPerTenant.username | one ${tenant}
          accountPerTenant: { username: "${tenant}", passwordFile: one } | 8:60: error[P008] upstream.accountPerTenant.passwordFile: "one" | accounts/${tenant}.password
          accountPerTenant: { username: "${tenant}" } | 8:21: error[P006] upstream.accountPerTenant.passwordFile: missing | passwordFile
          accountPerTenant: { username: "${tenant}", passwordFile: "${tenant}" } | 7:3: error[P006] upstream.username: missing | the proxy's own connections
          timeouts: { conect: 1s }           | 8:15: error[P005] upstream.timeouts.conect: unknown key | 'connect'
          timeouts: { connect: 0s }          | 8:24: error[P008] upstream.timeouts.connect: "0s" | from 1ms to 1d
          compression: [zstd, lz4]           | 8:23: error[P008] upstream.compression[1]: "lz4" | snappy, zlib or zstd, each once
          compression: [zlib, zlib]          | 8:23: error[P008] upstream.compression[1]: "zlib" | snappy, zlib or zstd, each once
          compression: zstd                  | 8:16: error[P007] upstream.compression: "zstd" | a list
          breaker: { failureRate: 0% }       | 8:27: error[P008] upstream.breaker.failureRate: "0%" | above 0%
          """)
  void namesWhatIsWrongWithTheUpstream(String line, String headline, String remedy) {
    String uri = line.startsWith("uri") ? "" : "  uri: mongodb://db\n";
    assertProblem(
        LEAST.replaceAll("upstream: .*\n", "upstream:\n") + uri + "  " + line + "\n",
        headline,
        remedy);
  }

  @Test
  void readsWhatEachSideCompressesWith() throws IOException {
    ProxyConfig absent = parse(LEAST, Overrides.NONE).config();
    assertEquals(List.of(Compressor.values()), absent.listeners().get(0).compression());
    assertEquals(List.of(), absent.upstream().compression());

    String written =
        LEAST
            .replace("users.yaml }", "users.yaml }\n    compression: []")
            .replace("27018\" }", "27018\", compression: [zstd, snappy] }");
    ProxyConfig config = parse(written, Overrides.NONE).config();
    assertEquals(List.of(), config.listeners().get(0).compression());
    assertEquals(List.of(Compressor.ZSTD, Compressor.SNAPPY), config.upstream().compression());
  }

  @Test
  void readsTlsOfTheUpstream() throws IOException {
    String uri = LEAST.replaceAll("upstream: .*\n", "upstream:\n  uri: %s\n  tls: %s\n");
    UpstreamTls read =
        parse(
                uri.formatted(
                    "mongodb://db", "{ ca: a, certificate: c, key: k, serverName: db.example }"),
                Overrides.NONE)
            .config()
            .upstream()
            .tls();

    KeyPairFiles pair = new KeyPairFiles(directory.resolve("c"), directory.resolve("k"));
    assertEquals(new UpstreamTls(directory.resolve("a"), pair, "db.example"), read);
    assertEquals(
        new UpstreamTls(null, null, null),
        parse(uri.formatted("mongodb+srv://d.b.example", "{}"), Overrides.NONE)
            .config()
            .upstream()
            .tls());
    assertProblem(
        uri.formatted("mongodb://db-0,db-1", "{ serverName: a }"),
        "8:22: error[P009] upstream.tls.serverName: \"a\"",
        "a single server");
  }

  @Test
  void readsTlsOfAListener() throws IOException {
    String tls =
        "    tls: { certificate: c, key: k, clientCa: a,"
            + " serverNames: [{ name: DB.example.com, certificate: d, key: e }] }\n";
    ListenerTls read = listener(tls).tls();

    KeyPairFiles named = new KeyPairFiles(directory.resolve("d"), directory.resolve("e"));
    assertEquals(
        new ListenerTls(
            new KeyPairFiles(directory.resolve("c"), directory.resolve("k")),
            Map.of("db.example.com", named),
            ListenerTls.ClientCertificates.REQUIRED,
            directory.resolve("a")),
        read);
  }

  @Test
  void servesAnOpenAddressWithoutTlsOnlyIfTold() throws IOException {
    String open = "    address: 0.0.0.0:27017\n";

    assertNull(listener(open + "    tls: { mode: off }\n").tls());
    assertNull(listener("").tls());
  }

  private ProxyConfig.Listener listener(String lines) throws IOException {
    String yaml = LEAST.replace("  - name: app\n", "  - name: app\n" + lines);
    return parse(yaml, Overrides.NONE).config().listeners().get(0);
  }

  /** One listener. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { login: { tenant: "1" } }                             | 4:5: error[P006] listeners[0].name: missing | name
          { name: A B, login: { tenant: "1" } }                  | 4:13: error[P008] listeners[0].name: "A B" | a-z 0-9
          { name: app }                                          | 4:5: error[P006] listeners[0].login: missing | login
          { name: app, login: {} }                               | 4:25: error[P006] listeners[0].login: none of them | users, issuers, relay, tenant
          { name: app, login: { tenant: "1", users: u } }        | 4:25: error[P009] listeners[0].login: users, tenant | exactly one of
          { name: app, login: { relay: false } }                 | 4:34: error[P008] listeners[0].login.relay: "false" | users or tenant
          { name: app, login: { relay: true, users: u } }        | 4:25: error[P009] listeners[0].login: users, relay | exactly one of
          { name: app, tls: {}, login: { tenant: "1" } }         | 4:23: error[P006] listeners[0].tls.certificate: missing | a PEM file
          { name: app, tls: { certificate: c }, login: { tenant: "1" } } | 4:23: error[P006] listeners[0].tls.key: missing | private key
          { name: app, tls: { mode: of }, login: { tenant: "1" } } | 4:31: error[P008] listeners[0].tls.mode: "of" | 'off'
          { name: app, tls: { mode: off, key: k }, login: { tenant: "1" } } | 4:41: error[P009] listeners[0].tls.key: "k" | mode: off
          { name: app, tls: { certificate: c, key: k, clientCertificates: required }, login: { tenant: "1" } } | 4:23: error[P006] listeners[0].tls.clientCa: missing | CAs of clients
          { name: app, tls: { certificate: c, key: k, clientCa: a, clientCertificates: off }, login: { tenant: "1" } } | 4:82: error[P009] listeners[0].tls.clientCertificates: "off" | or no clientCa
          { name: app, tls: { certificate: c, key: k, serverNames: [{ name: "a b", certificate: c, key: k }] }, login: { tenant: "1" } } | 4:71: error[P008] listeners[0].tls.serverNames[0].name: "a b" | db.example.com
          { name: app, address: "0.0.0.0:1", login: { tenant: "1" } } | 4:5: error[P006] listeners[0].tls: missing | mode: off
          { name: app, persona: { replicaSet: r }, login: { tenant: "1" } } | 4:27: error[P006] listeners[0].persona.advertise: missing | advertise
          { name: app, persona: { replicaSet: "r s", advertise: a }, login: { tenant: "1" } } | 4:41: error[P008] listeners[0].persona.replicaSet: "r s" | the replicaSet of the connection strings
          { name: app, persona: mongod, login: { tenant: "1" } } | 4:27: error[P008] listeners[0].persona: "mongod" | 'mongos'
          { name: app, adress: x, login: { tenant: "1" } }       | 4:18: error[P005] listeners[0].adress: unknown key | 'address'
          """)
  void namesWhatIsWrongWithAListener(String item, String headline, String remedy) {
    String yaml = LEAST.replaceAll("(?s)  - name: app.*?\nupstream", "  - " + item + "\nupstream");
    assertProblem(yaml, headline, remedy);
  }

  @Test
  void showsNoLineWithAPasswordInAUri() {
    String yaml =
        LEAST.replaceAll("upstream: .*\n", "upstream: { urii: mongodb://u:hunter2@db }\n");

    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> parse(yaml, Overrides.NONE));

    String text = String.valueOf(refused.getMessage());
    assertTrue(text.contains("upstream.urii: unknown key"), text);
    assertFalse(text.contains("hunter2"), text);
  }

  @Test
  void reportsEverythingAtOnce() {
    String yaml = "kind: Policy\nlisteners: []\nkeyFiel: k\n";

    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> parse(yaml, Overrides.NONE));

    String text = String.valueOf(refused.getMessage());
    for (String part :
        List.of(
            "apiVersion: missing",
            "kind: \"Policy\"",
            "listeners",
            "keyFiel: unknown key",
            "did you mean 'keyFile'",
            "upstream.uri: missing (expected: a URI such as")) {
      assertTrue(text.contains(part), part + " in:\n" + text);
    }
  }

  @Test
  void twoListenersNeedTwoNames() {
    String yaml =
        LEAST.replace(
            "upstream",
            "  - { name: app, address: \"127.0.0.1:2\", login: { tenant: x } }\nupstream");

    assertProblem(yaml, "6:13: error[P010] listeners[1].name: \"app\"", "another name");
  }

  @Test
  void aFileThatIsNotThereIsSaidToBeMissing() {
    InvalidPolicyException refused =
        assertThrows(
            InvalidPolicyException.class,
            () -> ConfigParser.parse(directory.resolve("no.yaml"), Overrides.NONE));

    assertTrue(refused.toString().contains("no.yaml:1:1: error[P001] cannot be read"));
  }

  @Test
  void flagBeatsEnvironmentBeatsFileBeatsDefault() throws IOException {
    Overrides overrides =
        new Overrides(
            Map.of(SettingOverride.LISTEN, "127.0.0.1:1"),
            Map.of(
                "BAILIWICK_LISTEN", "127.0.0.1:2",
                "BAILIWICK_UPSTREAM", "mongodb://elsewhere:3",
                "BAILIWICK_NOBODY", "x"));
    ConfigParser.Result result = parse(LEAST, overrides);

    assertEquals(1, result.config().listeners().get(0).address().getPort());
    assertEquals(
        "elsewhere", result.config().upstream().cluster().servers().get(0).getHostString());
    Map<String, String> origins = new java.util.HashMap<>();
    result.settings().forEach(s -> origins.put(s.path(), s.value() + " from " + s.origin()));
    assertEquals("127.0.0.1:1 from flag --listen", origins.get("listeners[0].address"));
    assertEquals(
        "mongodb://elsewhere:3 from environment BAILIWICK_UPSTREAM", origins.get("upstream.uri"));
    assertEquals(
        "app from " + directory.resolve("bailiwick.yaml") + ":4:11",
        origins.get("listeners[0].name"));
    assertEquals("127.0.0.1:9216 from default", origins.get("metrics.address"));
  }

  @Test
  void aWrongValueOutsideTheFileIsBlamedOnItsOrigin() {
    Overrides overrides = new Overrides(Map.of(), Map.of("BAILIWICK_DRAIN_TIMEOUT", "so\"on\n"));

    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> parse(LEAST, overrides));

    assertTrue(
        refused.toString().contains("environment BAILIWICK_DRAIN_TIMEOUT:1:"), refused.toString());
    assertTrue(refused.toString().contains("a duration such as"), refused.toString());
  }

  @Test
  void aPasswordInTheEnvironmentIsRefusedWithoutShowingIt() {
    Overrides overrides =
        new Overrides(
            Map.of(), Map.of("BAILIWICK_UPSTREAM", "mongodb://u:hunter2\u0085\ud800@db/"));

    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> parse(LEAST, overrides));

    assertTrue(refused.toString().contains("without user and password"), refused.toString());
    assertFalse(refused.toString().contains("hunter2"), refused.toString());
  }

  @Test
  void aPathFromAFlagIsRelativeToTheWorkingDirectory() throws IOException {
    Overrides overrides = new Overrides(Map.of(SettingOverride.KEY_FILE, "k"), Map.of());

    assertEquals(Path.of("k").toAbsolutePath(), parse(LEAST, overrides).config().keyFile());
  }

  private void assertProblem(String yaml, String headline, String remedy) {
    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> parse(yaml, Overrides.NONE));
    String text = String.valueOf(refused.getMessage());
    assertTrue(text.contains("bailiwick.yaml:" + headline), text);
    assertTrue(text.contains(remedy), text);
    assertFalse(text.contains("hunter2"), text);
  }

  private ConfigParser.Result parse(String yaml, Overrides overrides) throws IOException {
    Path file = directory.resolve("bailiwick.yaml");
    Files.writeString(file, yaml);
    return ConfigParser.parse(file, overrides);
  }
}
