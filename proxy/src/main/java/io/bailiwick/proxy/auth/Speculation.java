package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What came of the {@code speculativeAuthenticate} in a hello.
 *
 * @param reply the sub-document for the reply, without {@code ok}
 * @param identity who it is, if that one message was the whole login; null if it goes on
 */
public record Speculation(byte[] reply, @Nullable Identity identity) {}
