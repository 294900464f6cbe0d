package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.TenantType;

/**
 * Whether two texts, either of which may hold a tenant, can be the same text. Errs towards yes: a
 * tenant value counts as any text of its type's characters and lengths.
 */
final class Meeting {
  /** How tenant values may be written in the text. */
  enum Spelling {
    /** As the proxy writes them into names. */
    CANONICAL,
    /** As clients may write them, hexadecimal digits in either case. */
    ANY
  }

  private static final char TENANT = '\0';

  private Meeting() {}

  static boolean possible(Pattern a, Pattern b, TenantType type, Spelling spelling) {
    for (int length = a.captures() ? shortest(type) : 0; length <= longest(a, type); length++) {
      int total = fixed(a) + length;
      int other = total - fixed(b);
      boolean fits =
          b.captures() ? other >= shortest(type) && other <= longest(b, type) : other == 0;
      if (fits && agree(a, length, b, other, total, type, spelling)) {
        return true;
      }
    }
    return false;
  }

  private static boolean agree(
      Pattern a, int inA, Pattern b, int inB, int total, TenantType type, Spelling spelling) {
    for (int i = 0; i < total; i++) {
      char left = at(a, inA, i);
      char right = at(b, inB, i);
      boolean same =
          left == TENANT
              ? right == TENANT || holds(type, spelling, right)
              : right == TENANT ? holds(type, spelling, left) : left == right;
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static char at(Pattern pattern, int tenantLength, int index) {
    int prefix = pattern.prefix().length();
    if (index < prefix) {
      return pattern.prefix().charAt(index);
    }
    return index < prefix + tenantLength
        ? TENANT
        : suffix(pattern).charAt(index - prefix - tenantLength);
  }

  private static boolean holds(TenantType type, Spelling spelling, char character) {
    char folded =
        spelling == Spelling.ANY && type != TenantType.STRING
            ? Character.toLowerCase(character)
            : character;
    boolean digit = folded >= '0' && folded <= '9';
    return switch (type) {
      case OBJECT_ID -> digit || (folded >= 'a' && folded <= 'f');
      case UUID -> digit || folded == '-' || (folded >= 'a' && folded <= 'f');
      case INT64 -> digit || folded == '-';
      case STRING ->
          digit
              || folded == '-'
              || folded == '_'
              || (folded >= 'a' && folded <= 'z')
              || (folded >= 'A' && folded <= 'Z');
    };
  }

  private static int shortest(TenantType type) {
    return switch (type) {
      case OBJECT_ID -> 24;
      case UUID -> 36;
      case INT64, STRING -> 1;
    };
  }

  private static int longest(Pattern pattern, TenantType type) {
    return pattern.captures() ? longest(type) : 0;
  }

  /** Characters of the longest tenant value of a type. */
  static int longest(TenantType type) {
    return switch (type) {
      case OBJECT_ID -> 24;
      case UUID -> 36;
      case INT64 -> 20;
      case STRING -> 64;
    };
  }

  private static int fixed(Pattern pattern) {
    return pattern.prefix().length() + suffix(pattern).length();
  }

  private static String suffix(Pattern pattern) {
    String suffix = pattern.suffix();
    return suffix == null ? "" : suffix;
  }
}
