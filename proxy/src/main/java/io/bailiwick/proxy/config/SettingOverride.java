package io.bailiwick.proxy.config;

/**
 * The settings that a flag or the environment may set instead of the file. A flag wins over the
 * environment, the environment over the file.
 */
public enum SettingOverride {
  LISTEN("listeners[0].address", "--listen"),
  UPSTREAM("upstream.uri", "--upstream"),
  UPSTREAM_USERNAME("upstream.username", "--upstream-username"),
  UPSTREAM_AUTH_SOURCE("upstream.authSource", "--upstream-auth-source"),
  UPSTREAM_PASSWORD_FILE("upstream.passwordFile", "--upstream-password-file"),
  KEY_FILE("keyFile", "--key-file"),
  METRICS_ADDRESS("metrics.address", "--metrics-address"),
  ADMIN_ADDRESS("admin.address", "--admin-address"),
  AUDIT_TO("audit.to", "--audit-to"),
  DRAIN_DELAY("drain.delay", "--drain-delay"),
  DRAIN_TIMEOUT("drain.timeout", "--drain-timeout");

  private final String path;
  private final String flag;

  SettingOverride(String path, String flag) {
    this.path = path;
    this.flag = flag;
  }

  /** The key in the file. */
  public String path() {
    return path;
  }

  public String flag() {
    return flag;
  }

  /** The environment variable: {@code BAILIWICK_} and the constant's name. */
  public String variable() {
    return "BAILIWICK_" + name();
  }
}
