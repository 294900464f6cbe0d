package io.bailiwick.proxy.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A certificate authority of a test, and what it issues. */
public final class Pki {
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final int DNS = 0x82;
  private static final int URI = 0x86;

  private final X509Bundle authority;

  private Pki(X509Bundle authority) {
    this.authority = authority;
  }

  public static Pki create(String name) {
    return new Pki(
        built(
            () ->
                usual("CN=" + name + ",O=Test").setIsCertificateAuthority(true).buildSelfSigned()));
  }

  private static CertificateBuilder usual(String subject) {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .ecp256()
        .subject(subject)
        .notBefore(now.minus(Duration.ofHours(1)))
        .notAfter(now.plus(Duration.ofDays(30)));
  }

  /** A server on this host. */
  public X509Bundle server() {
    return server(builder -> builder);
  }

  public X509Bundle server(UnaryOperator<CertificateBuilder> change) {
    return built(
        () ->
            change
                .apply(
                    usual("CN=server,O=Test")
                        .addSanIpAddress("127.0.0.1")
                        .addSanDnsName("localhost")
                        .addExtendedKeyUsageServerAuth())
                .buildIssuedBy(authority));
  }

  /** A server somewhere, by name only. */
  public X509Bundle serverNamed(String name) {
    return built(
        () ->
            usual("CN=server,O=Test")
                .addSanDnsName(name)
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority));
  }

  public X509Bundle client(String subject) {
    return client(subject, builder -> builder);
  }

  /**
   * @param subject may be empty
   */
  public X509Bundle client(String subject, UnaryOperator<CertificateBuilder> change) {
    return built(
        () ->
            change.apply(usual(subject).addExtendedKeyUsageClientAuth()).buildIssuedBy(authority));
  }

  /** One alternative name of type DNS, whatever it holds. */
  public static UnaryOperator<CertificateBuilder> rawDns(String name) {
    return builder ->
        builder.addExtensionOctetString(ALTERNATIVE_NAMES, false, alternative(DNS, name));
  }

  /** One alternative name of type URI, whatever it holds. */
  public static UnaryOperator<CertificateBuilder> rawUri(String name) {
    return builder ->
        builder.addExtensionOctetString(ALTERNATIVE_NAMES, false, alternative(URI, name));
  }

  /** One general name, in DER. */
  private static byte[] alternative(int tag, String name) {
    byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x30);
    out.write(text.length + 2);
    out.write(tag);
    out.write(text.length);
    out.writeBytes(text);
    return out.toByteArray();
  }

  public X509Bundle authority() {
    return authority;
  }

  /** What a client needs that trusts this authority and shows a certificate, or none. */
  public SSLContext context(@Nullable X509Bundle own) {
    return built(
        () -> {
          SSLContext context = SSLContext.getInstance("TLS");
          context.init(
              own == null ? null : new KeyManager[] {new InsistentKeys(own)},
              new TrustManager[] {authority.toTrustManager()},
              null);
          return context;
        });
  }

  public Path writeAuthority(Path file) throws IOException {
    return Files.writeString(file, authority.getCertificatePEM());
  }

  /** Writes chain and key. */
  public static void write(X509Bundle pair, Path certificate, Path key) throws IOException {
    Files.writeString(certificate, pair.getCertificatePathPEM());
    Files.writeString(key, pair.getPrivateKeyPEM());
  }

  private interface Work<T> {
    T run() throws Exception;
  }

  private static <T> T built(Work<T> work) {
    try {
      return work.run();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }
}
