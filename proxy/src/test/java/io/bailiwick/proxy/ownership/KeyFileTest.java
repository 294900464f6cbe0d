package io.bailiwick.proxy.ownership;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
  private static final String OTHER = Base64.getEncoder().encodeToString(filled());

  @TempDir Path directory;

  private static byte[] filled() {
    byte[] bytes = new byte[40];
    Arrays.fill(bytes, (byte) 7);
    return bytes;
  }

  private Path file(String text, String mode) throws IOException {
    Path file = directory.resolve("bailiwick.key");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  @Test
  void usesTheFirstOfTwoKeys() throws IOException {
    byte[] single = KeyFile.read(file(KEY + "\n", "r--------")).derive("sessions");
    Files.delete(directory.resolve("bailiwick.key"));

    byte[] first =
        KeyFile.read(file("# new\n" + KEY + "\n# old\n" + OTHER + "\n", "rw-r-----"))
            .derive("sessions");

    assertArrayEquals(single, first);
  }

  @Test
  void derivesAnotherKeyForEachPurposeAndFile() throws IOException {
    KeyFile key = KeyFile.read(file(KEY, "r--------"));

    assertFalse(Arrays.equals(key.derive("sessions"), key.derive("salts")));
    assertFalse(
        Arrays.equals(
            key.derive("sessions"), KeyFile.generate(new SecureRandom()).derive("sessions")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-rw----", "r-----r--", "rw-----w-"})
  void refusesAFileThatIsOpenToOthers(String mode) throws IOException {
    Path file = file(KEY, mode);

    assertSays("open to others", file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "a\nb\nc\n"})
  void refusesAnotherNumberOfKeysThanOneOrTwo(String text) throws IOException {
    assertSays("expected: one, or two", file(text, "r--------"));
  }

  @Test
  void refusesAKeyThatIsTooShort() throws IOException {
    String text = Base64.getEncoder().encodeToString(new byte[31]);

    assertSays("a key of 31 bytes (expected: 32 or more)", file(text, "r--------"));
  }

  @Test
  void refusesAKeyThatIsNoBase64AndDoesNotQuoteIt() throws IOException {
    Path file = file("not-base-64-!", "r--------");

    assertSays("no base64", file);
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> KeyFile.read(file));
    assertFalse(String.valueOf(refusal.getMessage()).contains("not-base"));
  }

  @Test
  void saysHowToMakeAFileThatIsMissing() {
    assertSays("openssl rand", directory.resolve("none"));
  }

  private static void assertSays(String expected, Path file) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> KeyFile.read(file));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.startsWith("keyFile " + file), message);
    assertTrue(message.contains(expected), message);
  }
}
