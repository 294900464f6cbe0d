package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.Pki;
import io.bailiwick.proxy.testing.RawClient;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I8: what clients send in logins over TLS, and what keys, certificates and verifiers are made of,
 * comes out nowhere: not in a log of any level, the audit, the metrics, the status page, an error
 * or the printed configuration.
 */
final class TlsSecretsTest {
  private static final String CANARY = "CANARY7f3a";
  private static final Pki PKI = Pki.create("ca");
  private static final String USER = "org-" + ProxyFixture.ACME;

  @TempDir Path directory;
  private final List<String> said = new ArrayList<>();
  private final List<String> secrets = new ArrayList<>(List.of(CANARY));
  private ProxyFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    X509Bundle server = PKI.server();
    Pki.write(server, directory.resolve("tls.crt"), directory.resolve("tls.key"));
    secrets.add(server.getPrivateKeyPEM().lines().skip(1).findFirst().orElseThrow());
    PKI.writeAuthority(directory.resolve("ca.crt"));
    fixture.tls(
        "certificate: tls.crt, key: tls.key, clientCa: ca.crt, clientCertificates: optional");
    UsersFileWriter.put(
        directory.resolve("users.yaml"),
        new Users.Name(USER, "admin"),
        Verifiers.ofPassword(USER, CANARY, new SecureRandom()));
    for (String line : Files.readAllLines(directory.resolve("users.yaml"))) {
      if (line.contains("Key:")) {
        secrets.add(line.substring(line.indexOf('"') + 1, line.lastIndexOf('"')));
      }
    }
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static RawClient connect(Proxy proxy, @Nullable X509Bundle own) throws IOException {
    InetSocketAddress address = proxy.address("app");
    return RawClient.over(
        PKI.context(own).getSocketFactory().createSocket(address.getAddress(), address.getPort()));
  }

  private RawClient.Reply call(RawClient client, BsonDocument command) throws IOException {
    RawClient.Reply reply = client.call(command);
    said.add(reply.document().toJson());
    return reply;
  }

  private RawClient.Reply call(RawClient client, String json) throws IOException {
    return call(client, BsonDocument.parse(json));
  }

  private BsonDocument sasl(String mechanism, String payload) {
    return BsonDocument.parse("{saslStart: 1, mechanism: '" + mechanism + "', $db: '$external'}")
        .append("payload", new BsonBinary(payload.getBytes(StandardCharsets.UTF_8)));
  }

  private void logIn(RawClient client, String password) throws Exception {
    SaslPeer peer = new SaslPeer(Mechanism.SCRAM_SHA_256, USER, password, "admin", true);
    RawClient.Reply first = call(client, peer.start());
    assertEquals(18, call(client, peer.proof(first.document())).code());
  }

  private void tryLogins(Proxy proxy) throws Exception {
    try (RawClient client = connect(proxy, null)) {
      logIn(client, CANARY + "wrong");
      call(client, sasl("PLAIN", "\0" + USER + "\0" + CANARY));
      call(client, sasl("PLAIN", CANARY + "\0" + CANARY + "\0" + CANARY));
      call(client, sasl("MONGODB-OIDC", "{\"jwt\": \"" + CANARY + "\"}"));
      call(client, sasl(CANARY, CANARY));
      call(
          client, "{authenticate: 1, mechanism: 'MONGODB-X509', user: '" + CANARY + "', $db: 'x'}");
      call(client, "{find: 'orders', filter: {a: '" + CANARY + "'}, $db: 'shop'}");
    }
    X509Bundle named =
        PKI.client("CN=" + CANARY, b -> b.addSanUriName(URI.create("spiffe://prod/org/" + CANARY)));
    try (RawClient client = connect(proxy, named)) {
      call(client, "{authenticate: 1, mechanism: 'MONGODB-X509', $db: '$external'}");
    }
  }

  @Test
  void comesOutNowhere() throws Exception {
    try (LogCapture log = LogCapture.of("io", Level.TRACE)) {
      try (Proxy proxy = fixture.start()) {
        tryLogins(proxy);
        Files.writeString(directory.resolve("tls.key"), CANARY);
        said.add(String.valueOf(proxy.reload()));
        said.add(Http.get(proxy.metricsAddress(), "/metrics").text());
        said.add(Http.get(java.util.Objects.requireNonNull(proxy.adminAddress()), "/").text());
      }
      assertFalse(log.lines().isEmpty());
      said.addAll(log.lines());
    }
    said.addAll(Files.readAllLines(fixture.auditFile()));
    ConfigParser.parse(fixture.configFile(), Overrides.NONE)
        .settings()
        .forEach(setting -> said.add(setting.toString()));
    for (String text : said) {
      secrets.forEach(secret -> assertFalse(text.contains(secret), () -> secret + " in: " + text));
    }
  }
}
