package io.bailiwick.proxy.upstream;

/**
 * What all upstream servers have in common.
 *
 * @param maxWireVersion lowest {@code maxWireVersion} of any server
 * @param version lowest server version, such as {@code 8.0.4}
 * @param logicalSessionTimeoutMinutes smallest value any server gave, 30 where none gave one
 */
public record UpstreamFacts(int maxWireVersion, String version, int logicalSessionTimeoutMinutes) {}
