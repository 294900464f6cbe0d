package io.bailiwick.proxy.testing;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.model.TripwireMode;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

/** Policies for tests that need one but are not about reading it. */
public final class Policies {
  /** The tenant of {@link #bound}. */
  public static final String TENANT_A = "665f1c2ab8e4d3a1f0c9e001";

  /** Another tenant. */
  public static final String TENANT_B = "665f1c2ab8e4d3a1f0c9e002";

  private Policies() {}

  /** The tenant field is {@code organization_id}, of type objectId. */
  public static Policy policy(
      String hash, Duration maxTime, TripwireMode tripwire, CollectionRule... collections) {
    Limits limits = new Limits(maxTime, 50, 10_000, 100, 64L << 20, 0, 0, 10_000);
    return new Policy(
        "test",
        hash,
        "organization_id",
        TenantType.OBJECT_ID,
        List.of(),
        List.of(collections),
        List.of(),
        limits,
        DdlMode.DENY,
        tripwire,
        List.of());
  }

  public static CollectionRule collection(
      String database, String collection, CollectionClass collectionClass) {
    return new CollectionRule(
        database, collection, collectionClass, List.of(), new Place("test.yaml", 1, 1));
  }

  /** A policy bound to a user of a tenant. */
  public static BoundPolicy bind(Policy policy, String user, String tenant) {
    TenantValue value = TenantValue.parse(policy.tenantType(), tenant);
    return policy.bind(new Principal("app", user, "admin", value), LocalDate.of(2026, 1, 1));
  }

  /** A policy bound to a user of {@link #TENANT_A}, thirty seconds per command. */
  public static BoundPolicy bound(TripwireMode tripwire) {
    return bind(policy("hash-1", Duration.ofSeconds(30), tripwire), "app", TENANT_A);
  }
}
