package io.bailiwick.proxy.auth;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.Problems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes a users file. It is written anew, readable by its owner only, and takes the old one's
 * place in one step: a proxy that reads it meanwhile sees the one or the other. Comments are lost.
 */
public final class UsersFileWriter {
  private static final String HEAD =
      "# Written by bailiwick user: verifiers of passwords, never the passwords.\n"
          + "apiVersion: "
          + UsersFile.API_VERSION
          + "\nkind: "
          + UsersFile.KIND
          + "\n";

  private UsersFileWriter() {}

  /**
   * Adds a user, or gives an existing one another password. Makes the file if there is none.
   *
   * @return true if the user was there before
   * @throws InvalidPolicyException if the file as it is, or the name, is not acceptable; the file
   *     is left alone
   */
  public static boolean put(Path file, Users.Name name, Verifiers verifiers) throws IOException {
    Map<Users.Name, Verifiers> users = load(file);
    boolean replaced = users.put(name, verifiers) != null;
    store(file, users);
    return replaced;
  }

  /**
   * Removes a user.
   *
   * @return false if there was none of that name
   */
  public static boolean remove(Path file, Users.Name name) throws IOException {
    Map<Users.Name, Verifiers> users = load(file);
    boolean removed = users.remove(name) != null;
    if (removed) {
      store(file, users);
    }
    return removed;
  }

  private static Map<Users.Name, Verifiers> load(Path file) {
    if (!Files.exists(file)) {
      return new LinkedHashMap<>();
    }
    Problems problems = new Problems();
    Users users = UsersFile.read(file, problems);
    problems.throwIfErrors();
    return new LinkedHashMap<>(users.entries());
  }

  private static void store(Path file, Map<Users.Name, Verifiers> users) throws IOException {
    byte[] content = render(users).getBytes(StandardCharsets.UTF_8);
    Problems problems = new Problems();
    UsersFile.parse(file.toString(), content, problems);
    problems.throwIfErrors();
    replace(Files.exists(file) ? file.toRealPath() : file.toAbsolutePath(), content);
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path directory = file.getParent();
    Path fresh = Files.createTempFile(directory, ".users", ".yaml", ownerOnly(file));
    try {
      try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  static String render(Map<Users.Name, Verifiers> users) {
    if (users.isEmpty()) {
      return HEAD + "users: []\n";
    }
    StringBuilder out = new StringBuilder(HEAD).append("users:\n");
    users.forEach(
        (name, verifiers) -> {
          out.append("  - user: ").append(quote(name.user())).append('\n');
          out.append("    authSource: ").append(quote(name.authSource())).append('\n');
          for (Mechanism mechanism : Mechanism.values()) {
            append(out, mechanism, verifiers.of(mechanism));
          }
        });
    return out.toString();
  }

  private static void append(StringBuilder out, Mechanism mechanism, @Nullable Verifier verifier) {
    if (verifier == null) {
      return;
    }
    Base64.Encoder base64 = Base64.getEncoder();
    out.append("    ").append(mechanism.word()).append(":\n");
    out.append("      iterations: ").append(verifier.iterations()).append('\n');
    out.append("      salt: \"").append(base64.encodeToString(verifier.salt()));
    out.append("\"\n      storedKey: \"").append(base64.encodeToString(verifier.storedKey()));
    out.append("\"\n      serverKey: \"").append(base64.encodeToString(verifier.serverKey()));
    out.append("\"\n");
  }

  /** A double-quoted scalar; everything outside printable ASCII is escaped. */
  private static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            character -> {
              if (character == '"' || character == '\\') {
                out.append('\\').appendCodePoint(character);
              } else if (character < 0x20 || character > 0x7E) {
                out.append(String.format("\\U%08x", character));
              } else {
                out.appendCodePoint(character);
              }
            });
    return out.append('"').toString();
  }
}
