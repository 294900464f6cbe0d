package io.bailiwick.proxy.upstream;

/**
 * Why there was no whole reply.
 *
 * @param kind decides code and labels of the client's error
 * @param sent true if at least one byte of the request had been written
 * @param started true if bytes of the reply had been passed to the sink
 */
public record UpstreamFailure(Kind kind, boolean sent, boolean started) {
  /** What went wrong on the way to MongoDB. */
  public enum Kind {
    /** No connection could be opened. */
    UNREACHABLE,
    CONNECT_TIMEOUT,
    LOGIN_FAILED,
    /** Connected, and then no end of greeting and login in time; nothing was sent. */
    LOGIN_TIMEOUT,
    /** There is no account for the tenant, or MongoDB does not take it; nothing was sent. */
    NO_ACCOUNT,
    BREAKER_OPEN,
    /** All shared connections were in use for too long; nothing was sent. */
    POOL_BUSY,
    /** The connection ended while the request was outstanding. */
    DISCONNECTED,
    /** The reply was not what the request allows; the connection was destroyed. */
    PROTOCOL,
    TIMEOUT,
    /** A document of another tenant was met in a reply. */
    TRIPWIRE,
    /** The rendered request is larger than MongoDB takes; nothing was sent. */
    TOO_LARGE,
    /** The cursor is on a server that this lease is not connected to; nothing was sent. */
    OTHER_SERVER,
    /** The request reads at a time that MongoDB has not come to; it was not sent. */
    TIME_AHEAD,
    INTERNAL
  }
}
