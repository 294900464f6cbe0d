package io.bailiwick.proxy.config;

/**
 * The settings that a flag or the environment may set instead of the file. A flag wins over the
 * environment, the environment over the file.
 */
public enum SettingOverride {
  LISTEN("listeners[0].address", "--listen", "HOST:PORT", "where clients connect"),
  UPSTREAM("upstream.uri", "--upstream", "URI", "MongoDB's servers, without a password"),
  UPSTREAM_USERNAME(
      "upstream.username", "--upstream-username", "NAME", "account of the proxy at MongoDB"),
  UPSTREAM_AUTH_SOURCE(
      "upstream.authSource", "--upstream-auth-source", "DB", "database of that account"),
  UPSTREAM_PASSWORD_FILE(
      "upstream.passwordFile", "--upstream-password-file", "FILE", "file with its password"),
  KEY_FILE("keyFile", "--key-file", "FILE", "key for session ids, the same on every replica"),
  METRICS_ADDRESS(
      "metrics.address", "--metrics-address", "HOST:PORT", "where /metrics and probes are served"),
  ADMIN_ADDRESS(
      "admin.address", "--admin-address", "HOST:PORT", "status page and reload, loopback; or off"),
  AUDIT_TO("audit.to", "--audit-to", "WHERE", "stdout, off or a file"),
  TRACES_TO("traces.to", "--traces-to", "URL", "OTLP collector that spans go to, or off"),
  DRAIN_DELAY("drain.delay", "--drain-delay", "TIME", "go on accepting this long after SIGTERM"),
  DRAIN_TIMEOUT("drain.timeout", "--drain-timeout", "TIME", "let connections finish this long");

  private final String path;
  private final String flag;
  private final String label;
  private final String purpose;

  SettingOverride(String path, String flag, String label, String purpose) {
    this.path = path;
    this.flag = flag;
    this.label = label;
    this.purpose = purpose;
  }

  /** The key in the file. */
  public String path() {
    return path;
  }

  public String flag() {
    return flag;
  }

  /** What stands for the value in help. */
  public String label() {
    return label;
  }

  /** What the setting is for, in a few words. */
  public String purpose() {
    return purpose;
  }

  /** The environment variable: {@code BAILIWICK_} and the constant's name. */
  public String variable() {
    return "BAILIWICK_" + name();
  }
}
