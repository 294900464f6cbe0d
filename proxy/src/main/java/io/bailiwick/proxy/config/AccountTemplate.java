package io.bailiwick.proxy.config;

import io.bailiwick.policy.model.Pattern;
import io.bailiwick.policy.model.TenantValue;
import java.nio.file.Path;

/**
 * How the account of MongoDB is called that each tenant's commands run under. A tenant's value is
 * made of letters, digits, {@code -} and {@code _} only, so that it is safe in a path.
 *
 * @param username with one {@code ${tenant}} in it
 * @param authSource database the accounts are defined in
 * @param passwordFile absolute path with one {@code ${tenant}} in it
 */
public record AccountTemplate(Pattern username, String authSource, Pattern passwordFile) {
  public AccountTemplate {
    if (!username.captures() || !passwordFile.captures()) {
      throw new IllegalArgumentException("one account for all tenants (expected: ${tenant})");
    }
  }

  /** The account of one tenant; its file need not be there. */
  public ProxyConfig.Credential of(TenantValue tenant) {
    return new ProxyConfig.Credential(
        username.fill(tenant), authSource, Path.of(passwordFile.fill(tenant)));
  }

  @Override
  public String toString() {
    return text(username) + " of " + authSource + ", password in " + text(passwordFile);
  }

  private static String text(Pattern pattern) {
    return pattern.prefix() + Pattern.CAPTURE + pattern.suffix();
  }
}
