package io.bailiwick.proxy.audit;

import io.bailiwick.policy.model.BoundPolicy;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decision on its way into the audit; rendered off the event loop.
 *
 * @param ruling null for a command that was let through
 * @param notes what was done with parts of the command, and why; without values
 */
public record AuditRecord(
    Kind kind, Asked asked, What what, @Nullable Ruling ruling, List<String> notes) {

  /** What was decided. */
  public enum Kind {
    ALLOWED("allowed", "enforce"),
    DENIED("denied", "enforce"),
    SHADOW_DENIED("shadow_denied", "shadow"),
    ALARM("alarm", "enforce");

    private final String word;
    private final String mode;

    Kind(String word, String mode) {
      this.word = word;
      this.mode = mode;
    }

    String word() {
      return word;
    }

    String mode() {
      return mode;
    }
  }

  /**
   * Who asked, and when.
   *
   * @param decisionId stands in the client's error, or in MongoDB's {@code comment}, too
   * @param source the client's address, or null
   * @param policy null before login
   */
  public record Asked(
      Instant at,
      String decisionId,
      long connectionId,
      @Nullable InetSocketAddress source,
      @Nullable BoundPolicy policy) {}

  /**
   * What was asked for.
   *
   * @param command from the catalogue, or {@code _other}
   * @param database as the client named it, or empty
   * @param collection as the client named it, or null
   * @param shape null where there is none to tell, as before login
   */
  public record What(
      String command, String database, @Nullable String collection, @Nullable CommandShape shape) {}

  /**
   * The rule that decided.
   *
   * @param code MongoDB's error code that the client got, or 0
   * @param detail what exactly, without values
   */
  public record Ruling(String rule, String type, int code, String detail) {}
}
