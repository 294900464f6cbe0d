package io.bailiwick.proxy;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.upstream.PairedGate;
import io.bailiwick.proxy.upstream.Survey;
import io.bailiwick.proxy.upstream.TruthCheck;
import io.bailiwick.proxy.upstream.TruthReport;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a policy into force as far as the collections in MongoDB are what it says they are. At start
 * no client reaches MongoDB before that is known; later a collection that was never looked at is
 * not served until it was. Thread-safe.
 */
final class CollectionTruth {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy");
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofMinutes(5);

  private final TruthCheck check;
  private final @Nullable Survey survey;
  private final PairedGate gate;
  private final Consumer<Policy> serve;
  private Policy wanted;
  private Policy served;
  private Set<Looked> looked = Set.of();
  private Set<TruthReport.Finding> told = Set.of();
  private Set<TruthReport.Finding> surveyed = Set.of();
  private boolean looking;
  private boolean surveying;
  private boolean known;

  /** What was found to be true of one entry of a policy. */
  private record Looked(
      String database,
      String collection,
      CollectionClass collectionClass,
      String tenantField,
      TenantType tenantType) {
    static Looked at(Policy policy, CollectionRule rule) {
      return new Looked(
          rule.database(),
          rule.collection(),
          rule.collectionClass(),
          policy.tenantField(),
          policy.tenantType());
    }
  }

  /**
   * @param bounds how far documents are looked at
   * @param policy in force already
   * @param serve puts a policy in force
   */
  CollectionTruth(
      PairedGate gate, ProxyConfig.Survey bounds, Policy policy, Consumer<Policy> serve) {
    this.check = new TruthCheck(gate);
    this.survey =
        bounds.documents() == 0
            ? null
            : new Survey(gate, new Survey.Bounds(bounds.documents(), bounds.time()));
    this.gate = gate;
    this.serve = serve;
    this.wanted = policy;
    this.served = policy;
    gate.admitClients(false);
  }

  /** Looks now, again until it is known for the first time, and then every now and then. */
  void start(Maintenance maintenance) {
    maintenance.every(FIRST, this::lookUnlessKnown);
    maintenance.every(AGAIN, this::look);
    look();
  }

  /** Why clients are not served yet, or null. */
  synchronized @Nullable String problem() {
    return known ? null : "collections have not been looked at yet";
  }

  /** What was found last that is not as it should be, for the operator. */
  synchronized Set<TruthReport.Finding> findings() {
    Set<TruthReport.Finding> all = new HashSet<>(told);
    all.addAll(surveyed);
    return all;
  }

  /** How many collections of the policy are not served. */
  synchronized int withheld() {
    return wanted.collections().size() - served.collections().size();
  }

  /** Another policy is to be in force: what of it was never looked at, once it was. */
  synchronized void onPolicy(Policy policy) {
    wanted = policy;
    if (known) {
      List<CollectionRule> unknown =
          policy.collections().stream()
              .filter(rule -> !looked.contains(Looked.at(policy, rule)))
              .toList();
      put(unknown.isEmpty() ? policy : policy.without(unknown));
    } else {
      put(policy);
    }
    look();
  }

  private synchronized void lookUnlessKnown() {
    if (!known) {
      look();
    }
  }

  private synchronized void look() {
    if (looking) {
      return;
    }
    looking = true;
    Policy policy = wanted;
    check.run(policy).whenComplete((report, problem) -> onReport(policy, report));
  }

  private synchronized void onReport(Policy policy, @Nullable TruthReport report) {
    looking = false;
    if (policy != wanted) {
      look();
    } else if (report != null) {
      told = tell(report.findings(), told);
      looked =
          policy.collections().stream()
              .filter(rule -> !report.withheld().contains(rule))
              .map(rule -> Looked.at(policy, rule))
              .collect(Collectors.toUnmodifiableSet());
      put(report.applyTo(policy));
      known = true;
      gate.admitClients(true);
      survey(served);
    }
  }

  /** Clients need not wait for it: what is found is told, and changes nothing. */
  private void survey(Policy policy) {
    if (survey != null && !surveying) {
      surveying = true;
      survey.run(policy).whenComplete((findings, problem) -> onSurvey(findings));
    }
  }

  private synchronized void onSurvey(@Nullable List<TruthReport.Finding> findings) {
    surveying = false;
    if (findings != null) {
      surveyed = tell(findings, surveyed);
    }
  }

  private void put(Policy policy) {
    if (!policy.equals(served)) {
      served = policy;
      serve.accept(policy);
    }
  }

  /** Logs what is new among the findings. */
  private static Set<TruthReport.Finding> tell(
      List<TruthReport.Finding> findings, Set<TruthReport.Finding> before) {
    for (TruthReport.Finding finding : findings) {
      if (!before.contains(finding)) {
        LOG.atWarn()
            .addKeyValue("event", "collection")
            .addKeyValue("withheld", finding.withheld())
            .log("{}", finding);
      }
    }
    return Set.copyOf(findings);
  }
}
