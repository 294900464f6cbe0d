package io.bailiwick.proxy.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The names in a client's certificate. Each kind stays by itself, so that no name of one kind is
 * taken for one of another.
 *
 * @param subject as MongoDB prints it (RFC 2253); null if the certificate has none
 */
record ClientCertificate(@Nullable String subject, List<String> uris, List<String> dnsNames) {
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final Map<String, String> KEYWORDS =
      Map.of("1.2.840.113549.1.9.1", "emailAddress");
  private static final Pattern DNS_NAME = Pattern.compile("[A-Za-z0-9._*-]{1,253}");
  private static final Pattern URI_NAME = Pattern.compile("[\\x21-\\x7E]{1,2048}");

  /**
   * @throws LoginRefusedException if a name cannot be read or holds what no such name holds
   */
  static ClientCertificate of(X509Certificate certificate) {
    List<String> uris = new ArrayList<>();
    List<String> dnsNames = new ArrayList<>();
    for (List<?> name : alternatives(certificate)) {
      if (name.get(0).equals(URI)) {
        uris.add(checked(name.get(1), URI_NAME));
      } else if (name.get(0).equals(DNS)) {
        dnsNames.add(checked(name.get(1), DNS_NAME));
      }
    }
    return new ClientCertificate(subject(certificate), List.copyOf(uris), List.copyOf(dnsNames));
  }

  private static @Nullable String subject(X509Certificate certificate) {
    String text = certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, KEYWORDS);
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new LoginRefusedException(LoginFault.CERTIFICATE);
    }
    return text.isEmpty() ? null : text;
  }

  private static Collection<List<?>> alternatives(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names != null) {
        return names;
      }
    } catch (CertificateParsingException e) {
      throw new LoginRefusedException(LoginFault.CERTIFICATE);
    }
    // The platform passes over what it cannot read; a name that is there counts as one.
    if (certificate.getExtensionValue(ALTERNATIVE_NAMES) != null) {
      throw new LoginRefusedException(LoginFault.CERTIFICATE);
    }
    return List.of();
  }

  private static String checked(Object name, Pattern allowed) {
    if (name instanceof String text && allowed.matcher(text).matches()) {
      return text;
    }
    throw new LoginRefusedException(LoginFault.CERTIFICATE);
  }
}
