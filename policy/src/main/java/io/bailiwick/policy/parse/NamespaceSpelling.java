package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.ReservedNames;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Checks how an entry of {@code collections:} spells its namespace. Refused are names MongoDB does
 * not take, names that are its own, and names that two readers could read in two ways.
 */
final class NamespaceSpelling {
  private static final int LONGEST_DATABASE = 63;
  private static final int LONGEST_NAMESPACE = 255;
  private static final String NOT_IN_DATABASE = "/\\. \"$*<>:|?";

  private NamespaceSpelling() {}

  /** Offset of the dot between database and collection, or -1 if a problem was reported. */
  static int check(YamlField key, @Nullable TenantType type) {
    String text = key.text("");
    int dot = text.indexOf('.');
    if (dot <= 0 || dot == text.length() - 1) {
      key.fail(ProblemCode.BAD_VALUE, "database.collection");
      return -1;
    }
    String database = text.substring(0, dot);
    String collection = text.substring(dot + 1);
    return isDatabase(key, database) && isCollection(key, text, collection, type) ? dot : -1;
  }

  private static boolean isDatabase(YamlField key, String database) {
    if (ReservedNames.reservesDatabase(database)) {
      return refuse(key, "a database of the application; " + database + " belongs to MongoDB");
    }
    if (database.chars().anyMatch(c -> NOT_IN_DATABASE.indexOf(c) >= 0 || isOdd(c))
        || utf8Length(database) > LONGEST_DATABASE) {
      return refuse(
          key,
          "a database name of at most " + LONGEST_DATABASE + " bytes without " + NOT_IN_DATABASE);
    }
    return true;
  }

  private static boolean isCollection(
      YamlField key, String text, String collection, @Nullable TenantType type) {
    Pattern pattern = Pattern.of(collection);
    String around = pattern.captures() ? pattern.prefix() + pattern.suffix() : collection;
    if (around.indexOf('$') >= 0) {
      return refuse(key, "no dollar sign but in one ${tenant}");
    }
    if (ReservedNames.reservesCollection(around) || isReserved(pattern)) {
      return refuse(key, "a collection of the application, none of MongoDB's own");
    }
    if (collection.startsWith(".") || collection.endsWith(".") || collection.contains("..")) {
      return refuse(key, "a collection name without an empty part");
    }
    if (collection.chars().anyMatch(NamespaceSpelling::isOdd)) {
      return refuse(key, "a collection name without spaces and control characters");
    }
    int filledIn = pattern.captures() && type != null ? Meeting.longest(type) : 0;
    int longest = utf8Length(text) - (pattern.captures() ? Pattern.CAPTURE.length() : 0) + filledIn;
    return longest <= LONGEST_NAMESPACE
        || refuse(key, "at most " + LONGEST_NAMESPACE + " bytes, the tenant filled in");
  }

  private static boolean isReserved(Pattern pattern) {
    return ReservedNames.reservesCollection(pattern.prefix());
  }

  /** Invisible or direction-changing characters make two names look alike. */
  private static boolean isOdd(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || Character.isISOControl(character)
        || Character.getType(character) == Character.FORMAT;
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean refuse(YamlField key, String expected) {
    key.fail(ProblemCode.FORBIDDEN_NAMESPACE, expected);
    return false;
  }
}
