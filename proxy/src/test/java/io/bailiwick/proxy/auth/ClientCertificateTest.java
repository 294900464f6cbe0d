package io.bailiwick.proxy.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.proxy.testing.Pki;
import io.netty.pkitesting.CertificateBuilder;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names are read from certificates, and in which form. */
final class ClientCertificateTest {
  private static final Pki PKI = Pki.create("ca");

  private static ClientCertificate read(String subject, UnaryOperator<CertificateBuilder> change) {
    return ClientCertificate.of(PKI.client(subject, change).getCertificate());
  }

  /** As {@code openssl x509 -nameopt RFC2253} and MongoDB print them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CN=app,OU=shop,O=Acme,L=City,ST=State,C=DE        | CN=app,OU=shop,O=Acme,L=City,ST=State,C=DE
          cn=app, o=Acme                                    | CN=app,O=Acme
          CN=a\\,O\\=Globex,O=Acme                          | CN=a\\,O\\=Globex,O=Acme
          CN="a+b",O=Acme                                   | CN=a\\+b,O=Acme
          CN=app+UID=7,DC=example,DC=com                    | CN=app+UID=7,DC=example,DC=com
          """)
  void printsSubjectsAsMongoDbDoes(String subject, String printed) {
    String wanted = printed.replace("O\\=", "O=");
    String got = String.valueOf(read(subject, b -> b).subject());
    assertEquals(wanted, got.replace("O\\=", "O="));
  }

  @Test
  void keepsKindsOfNamesApart() {
    ClientCertificate names =
        read(
            "",
            b ->
                b.addSanUriName(java.net.URI.create("spiffe://prod/org/7"))
                    .addSanDnsName("app.example.com")
                    .addSanRfc822Name("app@example.com")
                    .addSanIpAddress("10.0.0.1"));

    assertNull(names.subject());
    assertEquals(List.of("spiffe://prod/org/7"), names.uris());
    assertEquals(List.of("app.example.com"), names.dnsNames());
  }

  @Test
  void readsAWildcardAsItStandsThere() {
    assertEquals(List.of("*.example.com"), read("CN=app", Pki.rawDns("*.example.com")).dnsNames());
  }

  @Test
  void takesACertificateWithNoNamesAtAllForNobody() {
    ClientCertificate names = read("CN=app", b -> b);

    assertEquals(List.of(), names.uris());
    assertEquals(List.of(), names.dnsNames());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0.example.com", "a b", "", "ä.example.com", "a\n"})
  void refusesNamesWithCharactersThatNoNameHas(String name) {
    assertThrows(LoginRefusedException.class, () -> read("CN=app", Pki.rawDns(name)));
  }

  @Test
  void refusesAUriWithANul() {
    assertThrows(LoginRefusedException.class, () -> read("CN=app", Pki.rawUri("spiffe://a/\0b")));
  }
}
