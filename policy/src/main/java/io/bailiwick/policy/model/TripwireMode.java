package io.bailiwick.policy.model;

/** Which documents of an unprojected batch are checked for the tenant field on the way back. */
public enum TripwireMode {
  FIRST,
  ALL
}
