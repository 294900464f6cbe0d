package io.bailiwick.proxy.config;

/** How a line of the audit is written. */
public enum AuditSchema {
  FLAT,
  OCSF
}
