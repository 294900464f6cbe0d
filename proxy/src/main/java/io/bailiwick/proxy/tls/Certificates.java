package io.bailiwick.proxy.tls;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Reads certificates from PEM files. */
final class Certificates {
  private static final String EXPECTED =
      " (expected: PEM, one or more blocks -----BEGIN CERTIFICATE-----)";

  private Certificates() {}

  /** All certificates of a file, in its order; none if something is wrong, which is reported. */
  static List<X509Certificate> read(TlsFiles files, Path path) {
    List<X509Certificate> read = new ArrayList<>();
    for (Pem block : Pem.blocks(files.content(path))) {
      if (block.label().equals("CERTIFICATE")) {
        byte[] der = block.der();
        try {
          if (der == null) {
            throw new CertificateException("no base64");
          }
          read.add(parse(der));
        } catch (CertificateException e) {
          files.fail(path, "certificate " + (read.size() + 1) + " cannot be read" + EXPECTED);
          return List.of();
        }
      }
    }
    if (read.isEmpty()) {
      files.fail(path, "no certificate in it" + EXPECTED);
    }
    return read;
  }

  private static X509Certificate parse(byte[] der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
