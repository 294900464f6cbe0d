package io.bailiwick.policy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActingPrincipalTest {
  private static final TenantValue TENANT = TenantValue.parse(TenantType.STRING, "acme");

  @ParameterizedTest
  @CsvSource({
    "gateway, web, admin, true",
    "gateway2, web, admin, false",
    "gateway, app, admin, false",
    "gateway, web, $external, false",
  })
  void knowsThePrincipalsOfItsOperations(
      String entry, String user, String authSource, boolean same) {
    ActingPrincipal acting =
        new ActingPrincipal("gateway", "web", "admin", new ActsForTenants("issuer", "tenant"));

    assertEquals(same, acting.is(new Principal(entry, user, authSource, TENANT)));
    assertEquals(true, acting.is(acting.actingFor(TENANT)));
  }
}
