package io.bailiwick.proxy.observe;

import java.util.Locale;

/** A roof for whose sake something was refused, as the label {@code limit}. */
public enum Limit {
  /** Connections of the whole process. */
  CONNECTIONS,
  CONNECTIONS_PER_ADDRESS,
  CONNECTIONS_PER_TENANT,
  RATE_PER_TENANT,
  OPERATIONS_PER_TENANT,
  IN_FLIGHT_BYTES,
  /** Bytes of unanswered requests of all tenants. */
  MEMORY,
  SESSIONS,
  CURSORS,
  TRANSACTIONS,
  /** All shared connections to MongoDB were busy for too long, or too many waited for one. */
  POOL;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
