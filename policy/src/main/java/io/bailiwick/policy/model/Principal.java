package io.bailiwick.policy.model;

/**
 * One who may send commands: an entry of {@code principals:} and the tenant it was resolved to.
 *
 * @param entry name of the policy entry, bounded and safe as a label
 * @param user how connectionStatus names the user
 * @param authSource database of the user
 * @param tenant the only tenant whose documents this principal may touch
 */
public record Principal(String entry, String user, String authSource, TenantValue tenant) {}
