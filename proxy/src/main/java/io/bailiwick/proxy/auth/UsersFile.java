package io.bailiwick.proxy.auth;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file of password verifiers. What is wrong is reported with its place; keys and salts
 * are never shown.
 *
 * <pre>
 * apiVersion: bailiwick.io/v1
 * kind: Users
 * users:
 *   - user: "org-665f1c2ab8e4d3a1f0c9e001"
 *     authSource: admin
 *     SCRAM-SHA-1: { iterations: 10000, salt: "…", storedKey: "…", serverKey: "…" }
 *     SCRAM-SHA-256: { iterations: 15000, salt: "…", storedKey: "…", serverKey: "…" }
 * </pre>
 */
public final class UsersFile {
  static final String API_VERSION = "bailiwick.io/v1";
  static final String KIND = "Users";

  private static final List<String> TOP_KEYS = List.of("apiVersion", "kind", "users");
  private static final List<String> USER_KEYS =
      List.of("user", "authSource", "SCRAM-SHA-1", "SCRAM-SHA-256");
  private static final List<String> VERIFIER_KEYS =
      List.of("iterations", "salt", "storedKey", "serverKey");

  /**
   * Databases that hold no users of applications, in MongoDB either. Users of $external log in by
   * PLAIN, whose drivers name no other.
   */
  private static final Set<String> FORBIDDEN_SOURCES = Set.of("local", "config");

  /** The account of MongoDB's own servers among each other. */
  private static final String FORBIDDEN_USER = "__system";

  private UsersFile() {}

  /**
   * Reads a file.
   *
   * @return the users, or none if there are problems
   */
  public static Users read(Path file, Problems problems) {
    try {
      return parse(file.toString(), Files.readAllBytes(file), problems);
    } catch (IOException e) {
      problems.add(
          ProblemCode.UNREADABLE,
          file.toString(),
          "cannot be read (expected: a file made by bailiwick user add)");
      return Users.NONE;
    }
  }

  /**
   * Reads the content of a file.
   *
   * @param name the file's name, as problems show it
   */
  public static Users parse(String name, byte[] content, Problems problems) {
    Problems found = new Problems();
    Users users = read(name, content, found);
    found.all().forEach(problem -> problems.add(problem.withoutLine()));
    return found.hasErrors() ? Users.NONE : users;
  }

  private static Users read(String name, byte[] content, Problems problems) {
    YamlMap root = YamlFile.readMap(name, content, problems);
    if (root == null) {
      return Users.NONE;
    }
    root.allow(TOP_KEYS);
    root.field("apiVersion").required().word("", Map.of(API_VERSION, ""));
    root.field("kind").required().word("", Map.of(KIND, ""));
    Map<Users.Name, Verifiers> users = new LinkedHashMap<>();
    for (YamlField entry : root.field("users").required().items()) {
      readUser(entry.map(), users);
    }
    return problems.hasErrors() ? Users.NONE : new Users(users);
  }

  private static void readUser(YamlMap entry, Map<Users.Name, Verifiers> users) {
    entry.allow(USER_KEYS);
    Users.Name name = readName(entry);
    Verifier sha1 = readVerifier(entry, Mechanism.SCRAM_SHA_1);
    Verifier sha256 = readVerifier(entry, Mechanism.SCRAM_SHA_256);
    if (sha1 == null && sha256 == null) {
      entry.fail(
          ProblemCode.MISSING_KEY,
          entry.path() + ": no credential (expected: SCRAM-SHA-1, SCRAM-SHA-256 or both)");
    }
    if (users.putIfAbsent(name, new Verifiers(sha1, sha256)) != null) {
      entry.fail(ProblemCode.DUPLICATE_NAME, entry.path() + ": this user stands here twice");
    }
  }

  private static Users.Name readName(YamlMap entry) {
    YamlField user = entry.field("user").required();
    YamlField source = entry.field("authSource").required();
    String userText = user.text("");
    String sourceText = source.text("");
    if (user.isPresent() && (userText.isEmpty() || userText.equals(FORBIDDEN_USER))) {
      user.fail(ProblemCode.BAD_VALUE, "the name of an application's user");
    }
    if (source.isPresent() && (sourceText.isEmpty() || FORBIDDEN_SOURCES.contains(sourceText))) {
      source.fail(ProblemCode.BAD_VALUE, "a database of users such as admin");
    }
    return new Users.Name(userText, sourceText);
  }

  private static @Nullable Verifier readVerifier(YamlMap entry, Mechanism mechanism) {
    YamlField field = entry.field(mechanism.word());
    if (!field.isPresent()) {
      return null;
    }
    YamlMap map = field.map();
    map.allow(VERIFIER_KEYS);
    int iterations =
        map.field("iterations")
            .required()
            .integer(Verifier.MIN_ITERATIONS, Verifier.MIN_ITERATIONS, Verifier.MAX_ITERATIONS);
    return new Verifier(
        readBytes(map.field("salt"), mechanism.saltSize()),
        iterations,
        readBytes(map.field("storedKey"), mechanism.hashSize()),
        readBytes(map.field("serverKey"), mechanism.hashSize()));
  }

  private static byte[] readBytes(YamlField field, int size) {
    String text = field.required().text("");
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length == size) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Reported below, without the text.
    }
    if (field.isPresent()) {
      field.failHidden(ProblemCode.BAD_VALUE, size + " bytes in base64");
    }
    return new byte[size];
  }
}
