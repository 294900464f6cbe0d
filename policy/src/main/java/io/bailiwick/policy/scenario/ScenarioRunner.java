package io.bailiwick.policy.scenario;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.PrincipalResolution;
import io.bailiwick.policy.model.TenantValue;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs scenarios against a policy, with no proxy and no MongoDB. Not thread-safe. */
public final class ScenarioRunner {
  /** Finds the policy a test is judged by. */
  public interface Policies {
    /**
     * @param testFile the file the test stands in
     * @param override the policy file the test names instead, relative to its own; or null
     */
    Policy policy(String testFile, @Nullable String override);
  }

  private static final String LISTENER = "test";

  private final Policies policies;
  private final LocalDate today;
  private final Map<Integer, PolicyEngine> engines = new HashMap<>();

  /**
   * @param today the day by which rules in shadow mode are bound
   */
  public ScenarioRunner(Policies policies, LocalDate today) {
    this.policies = policies;
    this.today = today;
  }

  public List<ScenarioResult> run(List<Scenario> scenarios) {
    return scenarios.stream().map(this::run).toList();
  }

  /** Never throws for what a scenario sends; a defect of the judge is a failed test. */
  public ScenarioResult run(Scenario scenario) {
    try {
      return result(scenario, difference(scenario));
    } catch (RuntimeException e) {
      return result(scenario, "the judge failed: " + e);
    }
  }

  private @Nullable String difference(Scenario scenario) {
    Policy policy = policies.policy(scenario.place().file(), scenario.policyFile());
    BoundPolicy bound = null;
    if (!(scenario.asker() instanceof Asker.Nobody)) {
      PrincipalResolution resolution = resolve(scenario.asker(), policy);
      if (!(resolution instanceof PrincipalResolution.Resolved resolved)) {
        String reason = ((PrincipalResolution.Refused) resolution).reason();
        return scenario.loginIsRefused() ? null : "the login is refused: " + reason;
      }
      if (scenario.loginIsRefused()) {
        Principal principal = resolved.principal();
        return "expected: a refused login\n     got: principal " + principal.entry();
      }
      bound = policy.bind(resolved.principal(), today);
    }
    return steps(scenario, bound);
  }

  static PrincipalResolution resolve(Asker asker, Policy policy) {
    if (asker instanceof Asker.Listener listener) {
      return policy.listenerPrincipal(LISTENER, listener.tenant());
    }
    Asker.Login login = (Asker.Login) asker;
    return forTenant(policy.resolve(login.identity()), login.forTenant(), policy);
  }

  private static PrincipalResolution forTenant(
      PrincipalResolution resolution, @Nullable String tenant, Policy policy) {
    if (resolution instanceof PrincipalResolution.Acting acting) {
      if (tenant == null) {
        return new PrincipalResolution.Refused(
            "principal "
                + acting.principal().entry()
                + ": no tenant is named (expected: forTenant)");
      }
      TenantValue value = TenantValue.parse(policy.tenantType(), tenant);
      return new PrincipalResolution.Resolved(acting.principal().actingFor(value));
    }
    if (tenant != null && resolution instanceof PrincipalResolution.Resolved) {
      return new PrincipalResolution.Refused("the principal does not act for tenants");
    }
    return resolution;
  }

  private @Nullable String steps(Scenario scenario, @Nullable BoundPolicy bound) {
    PolicyEngine engine =
        engines.computeIfAbsent(scenario.wireVersion(), version -> new PolicyEngine(version));
    int number = 0;
    for (Step step : scenario.steps()) {
      number++;
      String difference =
          Comparison.difference(step.expectation(), Judged.of(step.message(), bound, engine));
      if (difference != null) {
        return scenario.steps().size() == 1
            ? difference
            : "step " + number + " (" + step.place() + ")\n" + difference;
      }
    }
    return null;
  }

  private static ScenarioResult result(Scenario scenario, @Nullable String difference) {
    return new ScenarioResult(scenario.name(), scenario.place(), difference);
  }
}
