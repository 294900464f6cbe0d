package io.bailiwick.policy.parse;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The words and names that the sections of a policy have in common. */
final class Words {
  /** Safe as a metric label, in a log line and in an error. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

  private Words() {}

  /** Words in the order of the enum, so that errors list them as the documentation does. */
  static <E extends Enum<E>> Map<String, E> of(E[] values, Function<E, String> word) {
    Map<String, E> words = new LinkedHashMap<>();
    for (E value : values) {
      words.put(word.apply(value), value);
    }
    return words;
  }

  static <E extends Enum<E>> Map<String, E> lowerCase(E[] values) {
    return of(values, value -> value.name().toLowerCase(Locale.ROOT));
  }

  /** A required name of an entry; empty if there is none, which has been reported. */
  static String name(YamlField field) {
    return field
        .required()
        .parsed(
            "",
            text -> {
              if (!NAME.matcher(text).matches()) {
                throw new IllegalArgumentException("a letter, then up to 63 of A-Z a-z 0-9 _ -");
              }
              return text;
            });
  }

  /** Reports unless the value is exactly that word. */
  static boolean expect(YamlField field, String word) {
    String text = field.required().text();
    if (text == null || text.equals(word)) {
      return text != null;
    }
    field.fail(ProblemCode.WRONG_KIND, word, List.of(word));
    return false;
  }
}
