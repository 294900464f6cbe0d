package io.bailiwick.proxy.auth;

/**
 * Who a client says it is.
 *
 * @param exists false for an unknown user, whose proof is checked all the same and never believed
 * @param verifier the user's own, or one made up that looks like it
 */
record Candidate(boolean exists, Verifier verifier) {}
