package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads secrets that stand alone in a file. Their content never gets into a message. */
public final class SecretFile {
  private static final int LARGEST = 64 << 10;

  private SecretFile() {}

  /**
   * A password: the whole file as UTF-8, without one line end.
   *
   * @return a new array, for the caller to wipe
   * @throws InvalidPolicyException if it cannot be read or is empty
   */
  public static char[] password(Path file) {
    byte[] bytes = bytes(file, "a file with a password");
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
    Arrays.fill(bytes, (byte) 0);
    int end = decoded.limit();
    if (end > 0 && decoded.get(end - 1) == '\n') {
      end--;
      end -= end > 0 && decoded.get(end - 1) == '\r' ? 1 : 0;
    }
    char[] password = Arrays.copyOf(decoded.array(), end);
    Arrays.fill(decoded.array(), '\0');
    if (end == 0) {
      throw problem(file, "empty (expected: a file with a password)");
    }
    return password;
  }

  /**
   * A bearer token: the whole file, without blanks around it.
   *
   * @throws InvalidPolicyException if it cannot be read or is empty
   */
  public static String token(Path file) {
    char[] token = password(file);
    try {
      return new String(token).strip();
    } finally {
      Arrays.fill(token, '\0');
    }
  }

  private static byte[] bytes(Path file, String expected) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length <= LARGEST) {
        return bytes;
      }
      Arrays.fill(bytes, (byte) 0);
    } catch (IOException e) {
      throw problem(
          file,
          "cannot be read: " + e.getClass().getSimpleName() + " (expected: " + expected + ")");
    }
    throw problem(file, "larger than 64 KiB (expected: " + expected + ")");
  }

  private static InvalidPolicyException problem(Path file, String message) {
    Problems problems = new Problems();
    problems.add(ProblemCode.UNREADABLE, file.toString(), message);
    return new InvalidPolicyException(problems.all());
  }
}
