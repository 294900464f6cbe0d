package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One mistake in a file an operator wrote, with its place and, where one can be guessed, the fix.
 *
 * @param message {@code what: value (expected: …)}
 * @param suggestion a word that was probably meant, or null
 * @param sourceLine the line of the file, or null where there is none or it may hold a secret
 */
public record Problem(
    Place place,
    ProblemCode code,
    String message,
    @Nullable String suggestion,
    @Nullable String sourceLine) {

  /** A user and perhaps a password in a URI, which an operator may have written all the same. */
  private static final Pattern CREDENTIAL = Pattern.compile("://[^/\\s]*@");

  public Problem {
    if (sourceLine != null && CREDENTIAL.matcher(sourceLine).find()) {
      sourceLine = null;
    }
  }

  /** The same problem of a file whose lines hold secrets. */
  public Problem withoutLine() {
    return new Problem(place, code, message, suggestion, null);
  }

  public boolean isWarning() {
    return code.isWarning();
  }

  /** One line: {@code file:line:column: error[P005] message — did you mean 'x'?}. */
  public String headline() {
    String severity = isWarning() ? "warning" : "error";
    String hint = suggestion == null ? "" : " — did you mean '" + suggestion + "'?";
    return place + ": " + severity + "[" + code.id() + "] " + message + hint;
  }

  /** The headline and, below it, the line of the file with a caret under the place. */
  public String render() {
    if (sourceLine == null) {
      return headline();
    }
    return headline() + "\n    " + sourceLine + "\n    " + caretIndent(sourceLine) + "^";
  }

  /** Tabs stay tabs, so that the caret stands right whatever a terminal makes of them. */
  private String caretIndent(String line) {
    StringBuilder indent = new StringBuilder();
    line.codePoints()
        .limit(place.column() - 1L)
        .forEach(c -> indent.append(c == '\t' ? '\t' : ' '));
    return indent.toString();
  }

  @Override
  public String toString() {
    return headline();
  }
}
