package io.bailiwick.protocol.bson;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that are not what the wire protocol or BSON allows: what is wrong and at which byte.
 * Carries no client value and no stack trace, so that an attacker's message costs little.
 */
public final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** How much of the connection can still be trusted after the fault. */
  public enum Severity {
    /** Framing is intact; the request can be answered with an error (InvalidBSON, 22). */
    DOCUMENT,
    /** Nothing that follows can be trusted; both sides are closed. */
    FRAMING
  }

  private final Severity severity;
  private final int offset;

  private MalformedMessageException(Severity severity, String what, int offset) {
    super(what + " at byte " + offset, null, false, false);
    this.severity = severity;
    this.offset = offset;
  }

  /** A well-framed message whose BSON breaks a rule. */
  public static MalformedMessageException document(String what, int offset) {
    return new MalformedMessageException(Severity.DOCUMENT, what, offset);
  }

  /** A message whose framing breaks a rule; the connection ends. */
  public static MalformedMessageException framing(String what, int offset) {
    return new MalformedMessageException(Severity.FRAMING, what, offset);
  }

  public Severity severity() {
    return severity;
  }

  /** Offset of the fault in the array that was read. */
  public int offset() {
    return offset;
  }

  /** Never null: every instance is built with a message. */
  @Override
  public String getMessage() {
    @Nullable String message = super.getMessage();
    return message == null ? "malformed message" : message;
  }
}
