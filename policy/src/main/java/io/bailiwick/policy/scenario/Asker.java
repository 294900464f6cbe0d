package io.bailiwick.policy.scenario;

import io.bailiwick.policy.model.Identity;
import org.jspecify.annotations.Nullable;

/** Who sends the commands of a scenario. */
public sealed interface Asker {
  /**
   * Someone who logged in; the policy's principals say which tenant that is.
   *
   * @param forTenant the tenant that the operation's token names, for one who acts for tenants
   */
  record Login(Identity identity, @Nullable String forTenant) implements Asker {}

  /** Anyone on a port that is bound to one tenant. */
  record Listener(String tenant) implements Asker {}

  /** Someone who has not logged in yet. */
  record Nobody() implements Asker {}
}
