package io.bailiwick.proxy.tls;

import io.bailiwick.proxy.config.KeyPairFiles;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A private key and the chain of certificates that says whose it is.
 *
 * @param chain the key's own certificate first
 */
record KeyPair(PrivateKey key, List<X509Certificate> chain) {
  private static final byte[] PROBE = "whether key and certificate belong together".getBytes();

  /**
   * Reads and checks a pair; null if something is wrong, which is reported.
   *
   * @param now certificates must be valid at this time
   */
  static @Nullable KeyPair read(TlsFiles files, KeyPairFiles paths, Instant now) {
    List<X509Certificate> chain = Certificates.read(files, paths.certificate());
    PrivateKey key = PrivateKeys.read(files, paths.key());
    if (chain.isEmpty() || key == null) {
      return null;
    }
    checkOrder(files, paths.certificate(), chain);
    checkTime(files, paths.certificate(), chain.get(0), now);
    if (!belongs(key, chain.get(0).getPublicKey())) {
      files.fail(
          paths.key(),
          "not the key of the certificate in "
              + paths.certificate()
              + " (expected: both from the same request; the key's own certificate stands first)");
    }
    return new KeyPair(key, chain);
  }

  private static void checkOrder(TlsFiles files, Path path, List<X509Certificate> chain) {
    for (int i = 1; i < chain.size(); i++) {
      if (!chain
          .get(i - 1)
          .getIssuerX500Principal()
          .equals(chain.get(i).getSubjectX500Principal())) {
        files.fail(
            path,
            "certificate "
                + (i + 1)
                + " is not the issuer of the one before it (expected: the server's own certificate"
                + " first, then each one's issuer)");
        return;
      }
    }
  }

  private static void checkTime(TlsFiles files, Path path, X509Certificate own, Instant now) {
    Instant begin = own.getNotBefore().toInstant();
    Instant end = own.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      files.fail(path, "the certificate has expired at " + end + " (expected: a renewed one)");
    } else if (now.isBefore(begin)) {
      files.fail(
          path,
          "the certificate is not valid before "
              + begin
              + " (expected: one that is; is it "
              + now
              + "?)");
    }
  }

  private static boolean belongs(PrivateKey key, PublicKey certified) {
    try {
      Signature signature = Signature.getInstance(signatureOf(key));
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String signatureOf(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> "EdDSA";
    };
  }

  /** When the first certificate of the chain runs out. */
  Instant notAfter() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  X509Certificate[] array() {
    return chain.toArray(new X509Certificate[0]);
  }

  /** Nothing of the key: this must not end up in a log. */
  @Override
  public String toString() {
    return "KeyPair[" + chain.get(0).getSubjectX500Principal() + "]";
  }
}
