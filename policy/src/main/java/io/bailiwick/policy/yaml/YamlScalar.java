package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;

/**
 * A scalar by its source text; what type it has, the reader decides, never YAML.
 *
 * @param text the text without quotes, escapes of double quotes resolved
 * @param plain true if the text stands there without quotes
 */
public record YamlScalar(YamlSource source, Place place, String path, String text, boolean plain)
    implements YamlNode {
  private static final int LONGEST_SHOWN = 80;

  /** True for a key with nothing behind it. */
  public boolean isNothing() {
    return plain && text.isEmpty();
  }

  @Override
  public String shown() {
    return isNothing() ? "nothing" : quote(text);
  }

  /** Text in double quotes, cut, with control characters escaped. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .limit(LONGEST_SHOWN)
        .forEach(
            character -> {
              if (Character.isISOControl(character)
                  || Character.getType(character) == Character.FORMAT) {
                out.append(String.format("\\u%04x", character));
              } else {
                out.appendCodePoint(character);
              }
            });
    boolean cut = text.codePointCount(0, text.length()) > LONGEST_SHOWN;
    return out.append(cut ? "…\"" : "\"").toString();
  }
}
