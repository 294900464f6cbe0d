package io.bailiwick.proxy.upstream;

/**
 * A reply is not what its request allows: nothing more may be believed of its connection. Carries
 * no value from the reply and no stack trace.
 */
final class UnexpectedReplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final UpstreamFailure.Kind kind;

  private UnexpectedReplyException(UpstreamFailure.Kind kind, String what) {
    super(what, null, false, false);
    this.kind = kind;
  }

  /** The bytes break the protocol, or are a reply to something else. */
  static UnexpectedReplyException protocol(String what) {
    return new UnexpectedReplyException(UpstreamFailure.Kind.PROTOCOL, what);
  }

  /** A document of the batch does not carry the tenant of who asked. */
  static UnexpectedReplyException tripwire() {
    return new UnexpectedReplyException(
        UpstreamFailure.Kind.TRIPWIRE, "a document of the batch is not the tenant's");
  }

  /** A failure as the breaker wants it: an exception that costs no stack trace. */
  static UnexpectedReplyException of(UpstreamFailure.Kind kind) {
    return new UnexpectedReplyException(kind, kind.name());
  }

  UpstreamFailure.Kind kind() {
    return kind;
  }
}
