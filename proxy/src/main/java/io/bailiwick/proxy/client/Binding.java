package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.Principal;
import io.bailiwick.proxy.ownership.Owner;

/**
 * What one connection may do, and since which generation of the policy. Immutable: a command is
 * judged by one binding from its first byte to its last (I9).
 *
 * @param generation the generation by which asker and owner were put together
 */
record Binding(Asker asker, Generation generation, Owner owner) {
  Principal principal() {
    return owner.policy().principal();
  }

  /** True if both are the same party. */
  boolean isFor(Binding other) {
    return principal().equals(other.principal());
  }
}
