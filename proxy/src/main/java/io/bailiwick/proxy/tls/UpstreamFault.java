package io.bailiwick.proxy.tls;

import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.util.Locale;

/** Says for operators why a handshake with MongoDB failed. No client has a part in it. */
final class UpstreamFault {
  private static final String DISTRUSTED =
      "MongoDB's certificate is not trusted (expected: upstream.tls.ca names the CA it comes from)";
  private static final String OTHER_NAME =
      "MongoDB's certificate is for another name (expected: the name in upstream.uri, or write"
          + " upstream.tls.serverName)";
  private static final String EXPIRED = "MongoDB's certificate has expired (expected: another one)";
  private static final String NOT_TLS =
      "MongoDB does not speak TLS at this address (expected: net.tls there, or no upstream.tls)";
  private static final String REFUSED =
      "MongoDB does not accept what it was shown (expected: upstream.tls.certificate from a CA that"
          + " it trusts)";

  private UpstreamFault() {}

  static String explain(Throwable failure) {
    String text = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NotSslRecordException || cause instanceof ClosedChannelException) {
        return NOT_TLS;
      }
      if (cause instanceof CertificateExpiredException) {
        return EXPIRED;
      }
      if (cause instanceof CertPathValidatorException path
          && path.getReason() == CertPathValidatorException.BasicReason.EXPIRED) {
        return EXPIRED;
      }
      text += String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT) + "\n";
    }
    return byText(text);
  }

  private static String byText(String text) {
    if (text.contains("subject alternative") || text.contains("no name matching")) {
      return OTHER_NAME;
    }
    if (text.contains("alert")) {
      return REFUSED;
    }
    return text.contains("path") ? DISTRUSTED : "no TLS with MongoDB (expected: TLS 1.2 or newer)";
  }

  /** The platform's own words for the innermost reason. */
  static String root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
