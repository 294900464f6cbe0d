package io.bailiwick.proxy.upstream;

/**
 * How a reply ended.
 *
 * @param ok false for an error reply ({@code ok: 0}) from MongoDB
 * @param code MongoDB's error code, or 0
 * @param upstreamNanos from the last byte written upstream to the first byte of the reply
 */
public record ReplyOutcome(boolean ok, int code, long upstreamNanos) {}
