package io.bailiwick.proxy.external;

/**
 * A reply with a status of 2xx, whole.
 *
 * @param contentType as the service says, or empty
 * @param body the caller's own
 * @param correlationId the id that the service was told, too
 */
public record ExternalReply(int status, String contentType, byte[] body, String correlationId) {}
