package io.bailiwick.proxy.config;

/**
 * Roofs on the connections of clients to this instance.
 *
 * @param all for the whole process
 * @param perAddress from one address
 */
public record ConnectionLimits(int all, int perAddress) {
  /** What holds where the file says nothing. */
  public static final ConnectionLimits DEFAULT = new ConnectionLimits(20_000, 10_000);
}
