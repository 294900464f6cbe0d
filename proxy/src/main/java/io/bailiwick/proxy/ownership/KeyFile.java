package io.bailiwick.proxy.ownership;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret that all instances of the proxy share: session ids and made-up salts are derived from
 * it. A file of one key, or two while it is rotated, of which the first is used: a line each,
 * base64 of at least {@value #LEAST_BYTES} random bytes; lines that begin with {@code #} are
 * comments.
 */
public final class KeyFile {
  static final int LEAST_BYTES = 32;
  private static final int MOST_KEYS = 2;
  private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
  private static final String ALGORITHM = "HmacSHA256";
  private static final Set<PosixFilePermission> TOO_OPEN =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final byte[] key;

  private KeyFile(byte[] key) {
    this.key = key;
  }

  /**
   * Reads a key file.
   *
   * @throws IllegalArgumentException saying what is wrong with the file and what to do, never what
   *     is in it
   */
  public static KeyFile read(Path file) {
    try {
      checkPermissions(file);
      List<String> lines =
          Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .toList();
      if (lines.isEmpty() || lines.size() > MOST_KEYS) {
        throw wrong(file, lines.size() + " keys (expected: one, or two while rotating)");
      }
      List<byte[]> keys = lines.stream().map(line -> key(file, line)).toList();
      return new KeyFile(keys.get(0));
    } catch (NoSuchFileException e) {
      throw wrong(file, "no such file (make one: openssl rand -base64 32 > FILE; chmod 400 FILE)");
    } catch (IOException e) {
      throw wrong(file, "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static void checkPermissions(Path file) throws IOException {
    if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
      return;
    }
    Set<PosixFilePermission> permissions = EnumSet.copyOf(TOO_OPEN);
    permissions.retainAll(Files.getPosixFilePermissions(file));
    if (!permissions.isEmpty()) {
      throw wrong(
          file,
          "open to others (expected: mode 0400 or 0440; a Kubernetes secret: defaultMode: 0440)");
    }
  }

  private static byte[] key(Path file, String line) {
    try {
      byte[] bytes = Base64.getDecoder().decode(line);
      if (bytes.length < LEAST_BYTES) {
        throw wrong(
            file, "a key of " + bytes.length + " bytes (expected: " + LEAST_BYTES + " or more)");
      }
      return bytes;
    } catch (IllegalArgumentException e) {
      throw e.getMessage() != null && e.getMessage().startsWith("keyFile")
          ? e
          : wrong(file, "a key that is no base64 (expected: openssl rand -base64 32)");
    }
  }

  private static IllegalArgumentException wrong(Path file, String what) {
    return new IllegalArgumentException("keyFile " + file + ": " + what);
  }

  /** Makes a key up, for a single instance; says so in the log. */
  public static KeyFile generate(SecureRandom random) {
    LOG.atWarn()
        .log("no keyFile: sessions do not survive a restart, and a second instance needs one");
    byte[] key = new byte[LEAST_BYTES];
    random.nextBytes(key);
    return new KeyFile(key);
  }

  /**
   * A key for one purpose; other purposes tell nothing about it.
   *
   * @param purpose a constant of the caller's
   */
  public byte[] derive(String purpose) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(("bailiwick " + purpose).getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
