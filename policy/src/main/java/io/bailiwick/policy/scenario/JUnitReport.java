package io.bailiwick.policy.scenario;

import java.util.List;

/** Writes results as the XML that continuous-integration servers read. */
public final class JUnitReport {
  private JUnitReport() {}

  /**
   * @param suite a name for all the tests together
   */
  public static String of(String suite, List<ScenarioResult> results) {
    long failures = results.stream().filter(result -> !result.passed()).count();
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.append("<testsuite name=\"").append(escape(suite)).append("\" tests=\"");
    out.append(results.size()).append("\" failures=\"").append(failures);
    out.append("\" errors=\"0\" skipped=\"0\">\n");
    results.forEach(result -> testCase(out, result));
    return out.append("</testsuite>\n").toString();
  }

  private static void testCase(StringBuilder out, ScenarioResult result) {
    out.append("  <testcase classname=\"").append(escape(result.place().file()));
    out.append("\" name=\"").append(escape(result.name())).append('"');
    String difference = result.difference();
    if (difference == null) {
      out.append("/>\n");
      return;
    }
    out.append(">\n    <failure message=\"").append(escape(result.place().toString()));
    out.append("\">").append(escape(difference)).append("</failure>\n  </testcase>\n");
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(isXml(character) ? character : '\uFFFD');
              }
            });
    return out.toString();
  }

  private static boolean isXml(int character) {
    return character == '\t'
        || character == '\n'
        || (character >= 0x20 && character <= 0xD7FF)
        || (character >= 0xE000 && character <= 0xFFFD)
        || character >= 0x10000;
  }
}
