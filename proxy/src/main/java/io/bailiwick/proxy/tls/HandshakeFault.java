package io.bailiwick.proxy.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a handshake with a client failed, in words that hold nothing the client sent (I8). */
public enum HandshakeFault {
  NOT_TLS("the client speaks without TLS: its connection string needs tls=true"),
  CLIENT_DISTRUSTS(
      "the client does not trust the listener's certificate: it needs the CA (tlsCAFile), and a"
          + " certificate for the name that it dials"),
  NO_CLIENT_CERTIFICATE(
      "the client has shown no certificate: its connection string needs tlsCertificateKeyFile"),
  CLIENT_CERTIFICATE(
      "the client's certificate is not accepted: expired, not for clients, or not from a CA in"
          + " clientCa"),
  OLD_VERSION("the client offers no version from TLS 1.2 on, or no cipher that is accepted"),
  TIMEOUT("the client did not finish the handshake in time"),
  GONE("the client left in the middle of the handshake"),
  OTHER("the handshake broke a rule of TLS");

  private final String explanation;

  HandshakeFault(String explanation) {
    this.explanation = explanation;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What it means and what to do, for the log. */
  public String explanation() {
    return explanation;
  }

  public static HandshakeFault of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      HandshakeFault fault = byType(cause);
      if (fault != null) {
        return fault;
      }
    }
    return byText(text(failure));
  }

  private static @Nullable HandshakeFault byType(Throwable cause) {
    if (cause instanceof NotSslRecordException) {
      return NOT_TLS;
    }
    if (cause instanceof SslHandshakeTimeoutException) {
      return TIMEOUT;
    }
    if (cause instanceof ClosedChannelException) {
      return GONE;
    }
    boolean certificate =
        cause instanceof CertPathValidatorException
            || cause instanceof CertificateExpiredException
            || cause instanceof CertificateException;
    return certificate ? CLIENT_CERTIFICATE : null;
  }

  /** The platform's own texts; none is shown, and one that is not known is {@link #OTHER}. */
  private static HandshakeFault byText(String text) {
    if (text.contains("empty client certificate chain")
        || text.contains("empty server certificate chain")) {
      return NO_CLIENT_CERTIFICATE;
    }
    if (text.contains("alert: certificate_")
        || text.contains("alert: bad_certificate")
        || text.contains("alert: unknown_ca")) {
      return CLIENT_DISTRUSTS;
    }
    boolean version =
        text.contains("protocol version")
            || text.contains("not enabled or supported")
            || text.contains("no appropriate protocol")
            || text.contains("no cipher suites in common")
            || text.contains("alert: protocol_version");
    return version ? OLD_VERSION : OTHER;
  }

  private static String text(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString().toLowerCase(Locale.ROOT);
  }
}
