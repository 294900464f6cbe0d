package io.bailiwick.proxy;

import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Random;

/**
 * The files of a proxy as Kubernetes mounts them: each a link through {@code ..data}, which is
 * swapped for every generation. Generations differ in ways that show in what is forwarded and
 * refused, and each of two policy files and the users file holds a part of what differs.
 */
final class ReloadStorm {
  /** Whose documents all clients are confined to, but for the user's of {@link #USER}. */
  static final String TENANT = "665f1c2ab8e4d3a1f0c9e001";

  /** The user's tenant by the even generations; the odd ones have no such user. */
  static final String USERS_TENANT = "665f1c2ab8e4d3a1f0c9e002";

  /** By the odd generations, which have no such user; so nothing may ever be asked for it. */
  static final String FORBIDDEN = "ffffffffffffffffffffffff";

  /** By the broken generations. */
  static final String BROKEN = "eeeeeeeeeeeeeeeeeeeeeeee";

  static final String USER = "app";
  static final String PASSWORD = "a password";

  /** How a generation can be broken. */
  enum Flaw {
    CUT_POLICY,
    CUT_SECOND_POLICY,
    CUT_USERS,
    EMPTY_POLICY,
    EMPTY_USERS,
    HUGE_POLICY,
    HUGE_USERS,
    DELETED_POLICY,
    DELETED_USERS,
    UNKNOWN_KEY,
    KEY_TWICE,
    NOT_UTF8,
    DIRECTORY,
    DANGLING
  }

  private final Path root;
  private final Random random;
  private final String withUser;
  private final String withoutUser;

  ReloadStorm(Path directory, long seed) throws IOException {
    root = Files.createDirectory(directory.resolve("mount"));
    random = new Random(seed);
    Path users = directory.resolve("made.yaml");
    put(users, "somebody-else");
    withoutUser = Files.readString(users);
    put(users, USER);
    withUser = Files.readString(users);
    for (String name : new String[] {"one.yaml", "two.yaml", "users.yaml"}) {
      Files.createSymbolicLink(root.resolve(name), Path.of("..data", name));
    }
    good(0);
  }

  private static void put(Path users, String name) throws IOException {
    UsersFileWriter.put(
        users,
        new Users.Name(name, "admin"),
        Verifiers.ofPassword(name, PASSWORD, new SecureRandom()));
  }

  /** Puts a sound generation in the place of the last. */
  void good(int number) throws IOException {
    swap(written(number, number % 2 == 0 ? USERS_TENANT : FORBIDDEN, "", flavor(number)));
  }

  /** Puts a broken one there. */
  void broken(int number, Flaw flaw) throws IOException {
    Path made = written(number, BROKEN, "broken-", "reference");
    Path one = made.resolve("one.yaml");
    Path two = made.resolve("two.yaml");
    Path users = made.resolve("users.yaml");
    switch (flaw) {
      case CUT_POLICY -> cut(one);
      case CUT_SECOND_POLICY -> cut(two);
      // The last line of users has four keys, all of them needed.
      case CUT_USERS -> Files.writeString(users, withUser.substring(0, withUser.lastIndexOf(':')));
      case EMPTY_POLICY -> Files.writeString(one, "");
      case EMPTY_USERS -> Files.writeString(users, "");
      case HUGE_POLICY ->
          Files.writeString(two, Files.readString(two) + "\n# " + "x".repeat(2 << 20));
      case HUGE_USERS -> sparse(users);
      case DELETED_POLICY -> Files.delete(two);
      case DELETED_USERS -> Files.delete(users);
      case UNKNOWN_KEY -> Files.writeString(two, Files.readString(two).replace("deny:", "dany:"));
      case KEY_TWICE ->
          Files.writeString(one, Files.readString(one).replace("kind:", "kind: Policy, kind:"));
      case NOT_UTF8 -> Files.write(two, new byte[] {(byte) 0xff, (byte) 0xfe});
      case DIRECTORY -> {
        Files.delete(one);
        Files.createDirectory(one);
      }
      case DANGLING -> {
        for (Path file : new Path[] {one, two, users, made}) {
          Files.delete(file);
        }
      }
    }
    swap(made);
  }

  /** Each file is one flow map, so that no beginning of it is a file of its own. */
  private void cut(Path file) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    int end = new String(whole, StandardCharsets.UTF_8).lastIndexOf('}');
    Files.write(file, java.util.Arrays.copyOf(whole, 1 + random.nextInt(end - 1)));
  }

  private static void sparse(Path file) throws IOException {
    try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
      huge.setLength(4L << 30);
    }
  }

  private static String flavor(int number) {
    return number % 2 == 0 ? "even" : "odd";
  }

  private Path written(int number, String tenant, String prefix, String flavor) throws IOException {
    String left = flavor.equals("even") ? "shared" : "reference";
    String right = flavor.equals("odd") ? "shared" : "reference";
    Path made = Files.createDirectory(root.resolve(".." + number));
    Files.writeString(
        made.resolve("one.yaml"),
        """
        { apiVersion: bailiwick.io/v1, kind: Policy, metadata: { name: storm },
          tenancy: { field: organization_id, type: objectId },
          principals: [ { name: app, user: %s, authSource: admin, tenant: "%s" } ],
          rules: [ { name: %sone-%d, collections: [shop.frozen], deny: [insert] } ],
          collections: { shop.orders: shared, shop.frozen: shared, shop.left: %s } }
        """
            .formatted(USER, tenant, prefix, number, left));
    Files.writeString(
        made.resolve("two.yaml"),
        """
        { apiVersion: bailiwick.io/v1, kind: Policy, metadata: { name: storm-two },
          rules: [ { name: %stwo-%d, collections: [shop.frozen], deny: [delete] } ],
          collections: { shop.right: %s } }
        """
            .formatted(prefix, number, right));
    Files.writeString(made.resolve("users.yaml"), flavor.equals("odd") ? withoutUser : withUser);
    return made;
  }

  private void swap(Path made) throws IOException {
    Path fresh = root.resolve("..data_tmp");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, made.getFileName());
    Files.move(fresh, root.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }
}
