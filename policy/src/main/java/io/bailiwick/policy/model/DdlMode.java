package io.bailiwick.policy.model;

/** What becomes of createIndexes and create of a listed collection, which ODMs call at start. */
public enum DdlMode {
  DENY,
  /** Answered with ok; nothing is done. */
  ACKNOWLEDGE,
  /** Forwarded, with no client options on create. */
  ALLOW
}
