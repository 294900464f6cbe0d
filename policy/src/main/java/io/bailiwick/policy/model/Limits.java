package io.bailiwick.policy.model;

import java.time.Duration;

/**
 * Roofs that keep one tenant from using up what all share.
 *
 * @param maxTime longest an operation may run upstream
 * @param filterDepth containers inside one another in a filter, 1 to 100
 * @param inMembers members of one {@code $in}, {@code $nin} or {@code $all}
 * @param stages stages of all pipelines of one command together
 * @param inFlightBytes bytes of unanswered requests per tenant
 * @param ratePerTenant commands a second per tenant; 0 for no limit
 * @param operationsPerTenant unanswered commands per tenant; 0 for no limit
 * @param connectionsPerTenant connections of clients per tenant
 */
public record Limits(
    Duration maxTime,
    int filterDepth,
    int inMembers,
    int stages,
    long inFlightBytes,
    int ratePerTenant,
    int operationsPerTenant,
    int connectionsPerTenant) {
  /** What holds where a policy says nothing. */
  public static final Limits DEFAULT =
      new Limits(Duration.ofSeconds(30), 50, 10_000, 100, 64L << 20, 0, 0, 10_000);

  /** Of one filter: a megabyte, or room for the members that an {@code $in} may have. */
  public int filterBytes() {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1 << 20, 64L * inMembers));
  }
}
