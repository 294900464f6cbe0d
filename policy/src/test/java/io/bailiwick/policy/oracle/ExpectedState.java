package io.bailiwick.policy.oracle;

/** What is known of the documents between two stages. */
enum ExpectedState {
  /** None of them is, or was made of, any other tenant's. */
  OURS,
  /** Some may be, and the tenant field tells which. */
  LIVE,
  /** Some may be, and nothing tells which. */
  GONE;

  static ExpectedState from(boolean shared) {
    return shared ? LIVE : OURS;
  }

  ExpectedState gone() {
    return this == OURS ? OURS : GONE;
  }

  ExpectedState unless(boolean writesTenantField) {
    return writesTenantField ? gone() : this;
  }
}
