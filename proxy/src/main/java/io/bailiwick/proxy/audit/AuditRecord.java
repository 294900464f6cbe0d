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
 * @param ended null where the end of the command is no concern of the decision's
 */
public record AuditRecord(
    Kind kind,
    Asked asked,
    What what,
    @Nullable Ruling ruling,
    List<String> notes,
    @Nullable Ended ended) {

  /** A decision that does not wait for the end of its command. */
  public AuditRecord(
      Kind kind, Asked asked, What what, @Nullable Ruling ruling, List<String> notes) {
    this(kind, asked, what, ruling, notes, null);
  }

  /** The same, now that the command has ended. */
  public AuditRecord with(Ended end) {
    return new AuditRecord(kind, asked, what, ruling, notes, end);
  }

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
   * @param traceId from the command's comment, or null
   */
  public record Asked(
      Instant at,
      String decisionId,
      long connectionId,
      @Nullable InetSocketAddress source,
      @Nullable BoundPolicy policy,
      @Nullable String traceId) {}

  /**
   * How the command ended.
   *
   * @param micros from the whole command read to its end, as the client sees it
   * @param upstreamCode MongoDB's error code, 0 for none; null if MongoDB gave no answer
   */
  public record Ended(long micros, @Nullable Integer upstreamCode) {}

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
