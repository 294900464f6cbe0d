package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.ActingPrincipal;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.proxy.ownership.Owner;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one connection may do, and since which generation of the policy. Immutable: a command is
 * judged by one binding from its first byte to its last (I9). It is either one owner's, or a
 * principal's whose commands name their tenants.
 */
final class Binding {
  private final Asker asker;
  private final Generation generation;
  private final long connectionId;
  private final boolean loadBalanced;
  private final @Nullable Owner owner;
  private final @Nullable ActingPrincipal acting;

  private Binding(
      Asker asker,
      Generation generation,
      @Nullable Owner owner,
      @Nullable ActingPrincipal acting,
      long connectionId,
      boolean loadBalanced) {
    this.asker = asker;
    this.generation = generation;
    this.connectionId = connectionId;
    this.loadBalanced = loadBalanced;
    this.owner = owner;
    this.acting = acting;
  }

  /** The connection is one owner's. */
  static Binding of(Asker asker, Generation generation, Owner owner) {
    return new Binding(asker, generation, owner, null, owner.connectionId(), owner.loadBalanced());
  }

  /** Each command's tenant makes it an owner's. */
  static Binding acting(
      Asker asker,
      Generation generation,
      ActingPrincipal principal,
      long connectionId,
      boolean loadBalanced) {
    return new Binding(asker, generation, null, principal, connectionId, loadBalanced);
  }

  Asker asker() {
    return asker;
  }

  /** The generation by which asker and owner were put together. */
  Generation generation() {
    return generation;
  }

  long connectionId() {
    return connectionId;
  }

  /** The same on a connection with which cursors and transactions end. */
  Binding balanced() {
    Owner kept = owner == null ? null : new Owner(owner.policy(), connectionId, true);
    return new Binding(asker, generation, kept, acting, connectionId, true);
  }

  /** True if cursors and transactions of the connection end with it. */
  boolean loadBalanced() {
    return loadBalanced;
  }

  /** True if commands name their tenants. */
  boolean isActing() {
    return acting != null;
  }

  /**
   * @throws IllegalStateException if it is no acting principal's
   */
  ActingPrincipal acting() {
    if (acting == null) {
      throw new IllegalStateException("the connection is one tenant's");
    }
    return acting;
  }

  /**
   * @throws IllegalStateException if only a command could tell
   */
  Owner owner() {
    if (owner == null) {
      throw new IllegalStateException("the tenant comes with each command");
    }
    return owner;
  }

  /** What the connection may do, or null if only a command could tell. */
  @Nullable BoundPolicy policy() {
    return owner == null ? null : owner.policy();
  }

  /** The owner of a command for that tenant. */
  Owner actingFor(TenantValue tenant) {
    return new Owner(generation.bind(acting().actingFor(tenant)), connectionId, loadBalanced);
  }

  /** How connectionStatus names the user. */
  String user() {
    return acting == null ? owner().policy().principal().user() : acting.user();
  }

  /** The database of the user. */
  String authSource() {
    return acting == null ? owner().policy().principal().authSource() : acting.authSource();
  }

  /** True if one of them is whom the connection belongs to, or acts for a tenant as. */
  boolean isAnyOf(Set<Principal> principals) {
    return acting == null
        ? principals.contains(owner().policy().principal())
        : principals.stream().anyMatch(acting::is);
  }

  /** True if both are the same party. */
  boolean isFor(Binding other) {
    return acting == null
        ? !other.isActing()
            && owner().policy().principal().equals(other.owner().policy().principal())
        : other.isActing() && acting.equals(other.acting());
  }
}
