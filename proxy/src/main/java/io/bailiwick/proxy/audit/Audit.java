package io.bailiwick.proxy.audit;

/** What the data path tells the audit. Called on event loops: never waits, never throws. */
public interface Audit {
  /** No audit at all. */
  Audit OFF =
      new Audit() {
        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public void record(AuditRecord record) {}
      };

  /** False if nothing is recorded, so that no record need be made. */
  default boolean isOn() {
    return true;
  }

  /** True if commands that are let through are recorded, too. */
  default boolean recordsAll() {
    return false;
  }

  /** True if records keep values for as long as it takes to hash them. */
  default boolean hashesValues() {
    return false;
  }

  /** True while nothing may reach MongoDB because the audit is required and cannot be written. */
  default boolean refuses() {
    return false;
  }

  /** True if what cannot be recorded must not happen. */
  default boolean isRequired() {
    return false;
  }

  /** Keeps a place for a record that will follow; false if there is none left. */
  default boolean tryReserve() {
    return true;
  }

  /** Takes a record for which a place was kept. */
  default void recordReserved(AuditRecord record) {
    record(record);
  }

  /** Takes one record, or counts it as lost. */
  void record(AuditRecord record);
}
