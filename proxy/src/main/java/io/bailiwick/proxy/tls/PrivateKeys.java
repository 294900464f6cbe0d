package io.bailiwick.proxy.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads private keys from PEM files: PKCS#8, and PKCS#1 as cert-manager writes it by default. */
final class PrivateKeys {
  private static final String[] ALGORITHMS = {"EC", "RSA", "EdDSA"};

  /** Version 0 and the algorithm rsaEncryption, as they stand in front of the key in PKCS#8. */
  private static final byte[] RSA_IN_PKCS8 = {
    0x02,
    0x01,
    0x00,
    0x30,
    0x0D,
    0x06,
    0x09,
    0x2A,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xF7,
    0x0D,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private PrivateKeys() {}

  /** The first private key of a file; null if there is none that can be used, which is reported. */
  static @Nullable PrivateKey read(TlsFiles files, Path path) {
    for (Pem block : Pem.blocks(files.content(path))) {
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return key(files, path, block.der());
        }
        case "RSA PRIVATE KEY" -> {
          byte[] der = block.der();
          return der == null ? encrypted(files, path) : key(files, path, pkcs8(der));
        }
        case "EC PRIVATE KEY", "DSA PRIVATE KEY" -> {
          return block.der() == null ? encrypted(files, path) : oldForm(files, path);
        }
        case "ENCRYPTED PRIVATE KEY" -> {
          return encrypted(files, path);
        }
        default -> {}
      }
    }
    files.fail(
        path, "no private key in it (expected: PEM with a block -----BEGIN PRIVATE KEY-----)");
    return null;
  }

  private static @Nullable PrivateKey encrypted(TlsFiles files, Path path) {
    files.fail(
        path,
        "the private key is encrypted (expected: a key without a passphrase that only this process"
            + " may read, as made by: openssl pkey -in "
            + name(path)
            + " -out plain.key)");
    return null;
  }

  private static @Nullable PrivateKey oldForm(TlsFiles files, Path path) {
    files.fail(
        path,
        "the private key is not in PKCS#8 (expected: as made by: openssl pkcs8 -topk8 -nocrypt -in "
            + name(path)
            + " -out pkcs8.key)");
    return null;
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static @Nullable PrivateKey key(TlsFiles files, Path path, byte @Nullable [] pkcs8) {
    for (String algorithm : pkcs8 == null ? new String[0] : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        // Not of this algorithm, or broken: the next one tells.
      }
    }
    files.fail(path, "the private key cannot be read (expected: RSA, EC or Ed25519 in PKCS#8)");
    return null;
  }

  private static byte[] pkcs8(byte[] pkcs1) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    inner.writeBytes(RSA_IN_PKCS8);
    append(inner, OCTET_STRING, pkcs1);
    ByteArrayOutputStream outer = new ByteArrayOutputStream();
    append(outer, SEQUENCE, inner.toByteArray());
    return outer.toByteArray();
  }

  /** A DER value; lengths take as few bytes as they can. */
  private static void append(ByteArrayOutputStream out, int tag, byte[] value) {
    out.write(tag);
    int size = 1;
    while (size < 4 && value.length >> 8 * size != 0) {
      size++;
    }
    if (value.length > 0x7F) {
      out.write(0x80 | size);
    }
    for (int i = size - 1; i >= 0; i--) {
      out.write(value.length >> 8 * i);
    }
    out.writeBytes(value);
  }
}
