package io.bailiwick.proxy.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.policy.model.ActingPrincipal;
import io.bailiwick.policy.model.ActsForTenants;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.proxy.testing.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ActingTenantsTest {
  private static final ActsForTenants TOKENS = new ActsForTenants("api-tokens", "tenant");
  private static final ActingPrincipal API = new ActingPrincipal("api", "api", "admin", TOKENS);
  private static final ActingPrincipal OTHER = new ActingPrincipal("o", "o", "admin", TOKENS);

  private final Owner a = owner(Policies.TENANT_A);
  private final Owner b = owner(Policies.TENANT_B);
  private final List<String> told = new ArrayList<>();
  private final ActingTenants acting =
      new ActingTenants(
          owner -> told.add("first " + name(owner.policy().principal())),
          principal -> told.add("last " + name(principal)));

  private static Owner owner(String tenant) {
    return new Owner(
        Policies.bind(
            Policies.policy(
                "hash",
                Duration.ofSeconds(30),
                TripwireMode.FIRST,
                Policies.collection("ads", "campaigns", CollectionClass.SHARED)),
            "app",
            tenant),
        1);
  }

  private String name(Principal principal) {
    return principal.equals(a.policy().principal()) ? "a" : "b";
  }

  @Test
  void aTenantIsThereFromItsFirstOperationToTheLastConnectionsEnd() {
    acting.connected(API);
    acting.connected(API);
    acting.operation(API, a, 1);
    acting.operation(API, a, 2);
    acting.operation(API, b, 3);
    assertEquals(List.of("first a", "first b"), told);
    assertEquals(
        Set.of(a.policy().principal(), b.policy().principal()), Set.copyOf(acting.of(API)));

    acting.disconnected(API);
    assertEquals(2, told.size());

    acting.disconnected(API);
    assertEquals(Set.of("last a", "last b"), Set.copyOf(told.subList(2, 4)));
    assertEquals(List.of(), acting.of(API));
  }

  @Test
  void eachPrincipalHasTenantsOfItsOwn() {
    acting.connected(API);
    acting.connected(OTHER);
    acting.operation(API, a, 1);
    assertEquals(List.of(), acting.of(OTHER));
    acting.disconnected(OTHER);
    assertEquals(List.of("first a"), told);
  }

  @Test
  void aTenantForWhichNothingIsDoneIsLetGoAndMayComeBack() {
    acting.connected(API);
    acting.operation(API, a, 10);
    acting.operation(API, b, 20);
    acting.forgetBefore(20);
    assertEquals(List.of("first a", "first b", "last a"), told);
    acting.operation(API, a, 30);
    acting.disconnected(API);
    assertEquals("first a", told.get(3));
    assertEquals(Set.of("last a", "last b"), Set.copyOf(told.subList(4, 6)));
  }

  @Test
  void nothingIsDoneForWhoIsNotConnected() {
    assertThrows(IllegalStateException.class, () -> acting.operation(API, a, 1));
    acting.connected(API);
    acting.disconnected(API);
    assertThrows(IllegalStateException.class, () -> acting.operation(API, a, 1));
  }
}
