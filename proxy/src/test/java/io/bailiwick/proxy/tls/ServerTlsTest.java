package io.bailiwick.proxy.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.proxy.config.KeyPairFiles;
import io.bailiwick.proxy.config.ListenerTls;
import io.bailiwick.proxy.config.ListenerTls.ClientCertificates;
import io.bailiwick.proxy.config.Reloadable;
import io.bailiwick.proxy.config.Reloads;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.Pki;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listener's certificates and keys must be, at start and at each reload. */
final class ServerTlsTest {
  private static final Pki PKI = Pki.create("ca");

  @TempDir Path directory;
  private Path certificate;
  private Path key;

  @BeforeEach
  void writePair() throws IOException {
    certificate = directory.resolve("tls.crt");
    key = directory.resolve("tls.key");
    Pki.write(PKI.server(), certificate, key);
  }

  private ListenerTls config() {
    return new ListenerTls(
        new KeyPairFiles(certificate, key), Map.of(), ClientCertificates.OFF, null);
  }

  private Reloadable<ServerTls> load() {
    return ServerTls.load(config(), Clock.systemUTC());
  }

  private String refused() {
    String text = assertThrows(InvalidPolicyException.class, this::load).toString();
    assertFalse(text.contains("MIG") || text.contains("AAAA"), text);
    return text;
  }

  @Test
  void takesAPairAndKnowsWhenItRunsOut() {
    Instant end = load().get().notAfter();

    assertTrue(end.isAfter(Instant.now().plus(Duration.ofDays(29))), end.toString());
  }

  @Test
  void takesRsaKeysInPkcs8AndPkcs1() throws Exception {
    X509Bundle pair = PKI.server(builder -> builder.rsa2048());
    Pki.write(pair, certificate, key);
    load();

    byte[] pkcs8 = pair.getKeyPair().getPrivate().getEncoded();
    assertEquals(pkcs8.length, new PKCS8EncodedKeySpec(pkcs8).getEncoded().length);
    // Behind 26 bytes of what kind of key it is, the old form stands as it is.
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
    Files.writeString(key, pem("RSA PRIVATE KEY", pkcs1));
    load();
  }

  @Test
  void takesOneFileForBoth() throws IOException {
    Files.writeString(certificate, Files.readString(key) + Files.readString(certificate));
    key = certificate;

    load();
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  @Test
  void refusesAKeyOfAnotherCertificate() throws IOException {
    Files.writeString(key, PKI.server().getPrivateKeyPEM());

    String text = refused();
    assertTrue(text.contains("tls.key") && text.contains("not the key of the certificate"), text);
  }

  @ParameterizedTest
  @CsvSource({"ENCRYPTED PRIVATE KEY, openssl pkey -in tls.key", "EC PRIVATE KEY, openssl pkcs8"})
  void refusesKeysInAFormItCannotReadAndSaysWhatMakesAnother(String label, String remedy)
      throws IOException {
    Files.writeString(key, pem(label, new byte[] {1, 2, 3}));

    String text = refused();
    assertTrue(text.contains("tls.key:1:1: error[P008]") && text.contains(remedy), text);
  }

  @Test
  void refusesAKeyEncryptedInTheOldWay() throws IOException {
    Files.writeString(
        key,
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
            + "-----END RSA PRIVATE KEY-----\n");

    assertTrue(refused().contains("the private key is encrypted"), refused());
  }

  @Test
  void namesEveryFileThatIsMissingOrEmpty() throws IOException {
    Files.delete(key);
    assertTrue(refused().contains("tls.key:1:1: error[P001] cannot be read: no such file"));

    Files.writeString(key, "");
    Files.writeString(certificate, "nothing of that kind");
    String text = refused();
    assertTrue(text.contains("no private key in it"), text);
    assertTrue(text.contains("tls.crt") && text.contains("no certificate in it"), text);
  }

  @Test
  void refusesABrokenCertificateAndAWrongOrder() throws IOException {
    Files.writeString(certificate, pem("CERTIFICATE", new byte[] {0x30, 1, 2}));
    assertTrue(refused().contains("certificate 1 cannot be read"), refused());

    Pki other = Pki.create("other");
    Pki.write(PKI.server(), certificate, key);
    Files.writeString(
        certificate, Files.readString(certificate) + other.authority().getCertificatePEM());
    assertTrue(refused().contains("is not the issuer of the one before it"), refused());
  }

  @Test
  void refusesACertificateThatHasExpiredOrIsNotValidYet() throws IOException {
    Instant now = Instant.now();
    Pki.write(PKI.server(b -> b.notAfter(now.minusSeconds(10))), certificate, key);
    assertTrue(refused().contains("has expired at"), refused());

    Pki.write(PKI.server(b -> b.notBefore(now.plusSeconds(600))), certificate, key);
    assertTrue(refused().contains("is not valid before"), refused());
  }

  @Test
  void keepsTheLastGoodPairWhileHalfOfTheNextIsThere() throws IOException {
    Reloadable<ServerTls> tls = load();
    ServerTls first = tls.get();
    X509Bundle next = PKI.server();

    Files.writeString(certificate, next.getCertificatePathPEM());
    assertThrows(InvalidPolicyException.class, tls::reload);
    assertSame(first, tls.get());

    Files.writeString(key, next.getPrivateKeyPEM());
    assertTrue(tls.reload());
    assertNotSame(first, tls.get());
  }

  @Test
  void keepsTheLastGoodPairWhenTheNextHasExpired() throws IOException {
    Reloadable<ServerTls> tls = load();
    ServerTls first = tls.get();
    Pki.write(PKI.server(b -> b.notAfter(Instant.now().minusSeconds(10))), certificate, key);

    assertThrows(InvalidPolicyException.class, tls::reload);
    assertSame(first, tls.get());
  }

  @Test
  void saysAtReloadThatThePairInForceHasExpiredMeanwhile() {
    MutableClock clock = new MutableClock();
    clock.advance(Duration.between(clock.instant(), Instant.now()));
    Reloadable<ServerTls> tls = ServerTls.load(config(), clock);

    clock.advance(Duration.ofDays(31));
    assertThrows(InvalidPolicyException.class, tls::reload);
  }

  @Test
  void seesTheSwapOfALinkAsKubernetesMakesIt() throws IOException {
    Path first = Files.createDirectory(directory.resolve("..1"));
    Path second = Files.createDirectory(directory.resolve("..2"));
    Pki.write(PKI.server(), first.resolve("tls.crt"), first.resolve("tls.key"));
    Pki.write(PKI.server(), second.resolve("tls.crt"), second.resolve("tls.key"));
    Path data = Files.createSymbolicLink(directory.resolve("..data"), first);
    certificate = data.resolve("tls.crt");
    key = data.resolve("tls.key");
    Reloadable<ServerTls> tls = load();
    ServerTls before = tls.get();

    Path fresh = Files.createSymbolicLink(directory.resolve("..data_tmp"), second);
    Files.move(fresh, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);

    Reloads reloads = new Reloads(List.of(tls), new Quiet());
    reloads.poll();
    assertSame(before, tls.get(), "a first look only remembers");
    reloads.poll();
    assertNotSame(before, tls.get(), "a second one that sees the same applies it");
  }

  private static final class Quiet implements Reloads.Listener {
    @Override
    public void onSuccess(boolean changed) {}

    @Override
    public void onFailure(String problems, boolean again) {}
  }

  @Test
  void choosesByServerName() throws IOException {
    Path other = directory.resolve("other.crt");
    Path otherKey = directory.resolve("other.key");
    Pki.write(PKI.server(), other, otherKey);
    KeyPairFiles named = new KeyPairFiles(other, otherKey);
    ListenerTls config =
        new ListenerTls(
            new KeyPairFiles(certificate, key),
            Map.of("db.example.com", named, "*.wild.example.com", named),
            ClientCertificates.OFF,
            null);
    ServerTls tls = ServerTls.load(config, Clock.systemUTC()).get();

    assertSame(tls.context(null), tls.context("elsewhere.example.com"));
    assertNotSame(tls.context(null), tls.context("db.example.com"));
    assertNotSame(tls.context(null), tls.context("a.wild.example.com"));
    assertSame(tls.context(null), tls.context("a.b.wild.example.com"));
    assertSame(tls.context(null), tls.context("wild.example.com"));
  }
}
