package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.PrincipalRule;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlField;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the files of one generation have said so far. Filled section by section, then compiled. */
final class Generation {
  private final Problems problems;
  private final @Nullable LocalDate today;
  private final Map<String, Place> firstPlaces = new HashMap<>();
  private String name = "";
  private @Nullable String tenantField;
  private @Nullable TenantType tenantType;
  private final Map<String, PrincipalRule> principals = new LinkedHashMap<>();
  private final Map<String, CollectionRule> collections = new LinkedHashMap<>();
  private final Map<String, EffectRule> rules = new LinkedHashMap<>();
  private final Map<String, MetricsSection.Read> metrics = new LinkedHashMap<>();
  private Limits limits = Limits.DEFAULT;
  private DdlMode applicationDdl = DdlMode.DENY;
  private TripwireMode tripwire = TripwireMode.FIRST;

  /**
   * @param today the day by which ended shadow rules are reported, or null not to report them
   */
  Generation(Problems problems, @Nullable LocalDate today) {
    this.problems = problems;
    this.today = today;
  }

  Problems problems() {
    return problems;
  }

  @Nullable LocalDate today() {
    return today;
  }

  /**
   * Notes that something stands at a place; what may stand only once is reported the second time.
   *
   * @return true the first time
   */
  boolean isFirst(String what, YamlField at) {
    Place first = firstPlaces.putIfAbsent(what, at.place());
    if (first != null) {
      at.fail(ProblemCode.DUPLICATE_NAME, "once in all files; " + what + " stands at " + first);
    }
    return first == null;
  }

  boolean hasTenancy() {
    return firstPlaces.containsKey(TenancySection.KEY);
  }

  void tenancy(String policyName, @Nullable String field, @Nullable TenantType type) {
    name = policyName;
    tenantField = field;
    tenantType = type;
  }

  /** Null if no file says it rightly, which is reported elsewhere. */
  @Nullable String tenantField() {
    return tenantField;
  }

  /** Null if no file says it rightly, which is reported elsewhere. */
  @Nullable TenantType tenantType() {
    return tenantType;
  }

  Map<String, PrincipalRule> principals() {
    return principals;
  }

  Map<String, CollectionRule> collections() {
    return collections;
  }

  Map<String, EffectRule> rules() {
    return rules;
  }

  Map<String, MetricsSection.Read> metrics() {
    return metrics;
  }

  void limits(Limits value) {
    limits = value;
  }

  void applicationDdl(DdlMode value) {
    applicationDdl = value;
  }

  void tripwire(TripwireMode value) {
    tripwire = value;
  }

  /** The compiled policy, or null if anything was wrong. */
  @Nullable Policy policy(String hash) {
    if (problems.hasErrors()) {
      return null;
    }
    return new Policy(
        name,
        hash,
        Objects.requireNonNull(tenantField),
        Objects.requireNonNull(tenantType),
        principals.values().stream().toList(),
        collections.values().stream().toList(),
        rules.values().stream().toList(),
        limits,
        applicationDdl,
        tripwire,
        metrics.values().stream().map(MetricsSection.Read::metric).toList());
  }
}
