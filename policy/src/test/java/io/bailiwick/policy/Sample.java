package io.bailiwick.policy;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.model.TripwireMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The policy that tests speak of: database {@code app}; {@code orders} and {@code users} shared,
 * {@code plans} reference, {@code scratch_<tenant>} private; and what a test adds.
 */
public final class Sample {
  /** The tenant who asks. */
  public static final String A = "665f1c2ab8e4d3a1f0c9e001";

  /** A stranger. */
  public static final String B = "665f1c2ab8e4d3a1f0c9e002";

  private static final Place PLACE = new Place("sample.yaml", 1, 1);

  private final List<CollectionRule> collections = new ArrayList<>();
  private final List<EffectRule> rules = new ArrayList<>();
  private TenantValue tenant = TenantValue.parse(TenantType.OBJECT_ID, A);
  private DdlMode ddl = DdlMode.DENY;
  private Limits limits = Limits.DEFAULT;

  private Sample() {
    Map<String, Object> key = new LinkedHashMap<>();
    key.put("organization_id", 1);
    key.put("status", -1);
    collection("app", "orders", CollectionClass.SHARED, new IndexSpec("org_status", key));
    collection("app", "users", CollectionClass.SHARED);
    collection("app", "plans", CollectionClass.REFERENCE);
    collection("app", "scratch_${tenant}", CollectionClass.PRIVATE);
    collection("billing", "invoices", CollectionClass.SHARED);
  }

  public static Sample policy() {
    return new Sample();
  }

  /** The same with another collection. */
  public Sample collection(
      String database, String name, CollectionClass collectionClass, IndexSpec... indexes) {
    collections.add(new CollectionRule(database, name, collectionClass, List.of(indexes), PLACE));
    return this;
  }

  /** The same for a tenant that is a string. */
  public Sample forString(String text) {
    tenant = TenantValue.parse(TenantType.STRING, text);
    return this;
  }

  /** The same for a tenant that is a 64-bit number. */
  public Sample forNumber(String text) {
    tenant = TenantValue.parse(TenantType.INT64, text);
    return this;
  }

  public Sample applicationDdl(DdlMode mode) {
    ddl = mode;
    return this;
  }

  /** The same with another roof for the members of an operator's array. */
  public Sample members(int most) {
    limits =
        new Limits(
            limits.maxTime(),
            limits.filterDepth(),
            most,
            limits.stages(),
            limits.inFlightBytes(),
            limits.ratePerTenant(),
            limits.operationsPerTenant(),
            limits.connectionsPerTenant());
    return this;
  }

  /** The same with an enforced rule. */
  public Sample deny(String name, String namespace, Effect... effects) {
    rules.add(
        new EffectRule(name, Set.of(namespace), Set.of(), Set.of(effects), false, null, PLACE));
    return this;
  }

  /** The same with a rule that only counts. */
  public Sample shadow(String name, String namespace, Effect... effects) {
    rules.add(
        new EffectRule(name, Set.of(namespace), Set.of(), Set.of(effects), true, null, PLACE));
    return this;
  }

  public BoundPolicy bind() {
    Policy policy =
        new Policy(
            "sample",
            "00",
            "organization_id",
            tenant.type(),
            List.of(),
            collections,
            rules,
            limits,
            ddl,
            TripwireMode.FIRST,
            List.of());
    Principal principal = new Principal("app", "org-a", "admin", tenant);
    return policy.bind(principal, LocalDate.of(2026, 11, 25));
  }

  public Judge judge() {
    return new Judge(bind(), 25);
  }
}
