package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.proxy.config.AccountTemplate;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.UpstreamTls;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whom connections to MongoDB log in as: the proxy's own as the service account, a client's as its
 * tenant's account where there is one for each tenant, else as the service account too. A tenant
 * without an account is never given another's. Thread-safe.
 */
public final class Accounts {
  private static final int KEPT = 10_000;

  private final @Nullable ServiceAccount own;
  private final @Nullable Function<TenantValue, ServiceAccount> perTenant;
  private final Map<TenantValue, ServiceAccount> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TenantValue, ServiceAccount> eldest) {
          return size() > KEPT;
        }
      };

  private Accounts(
      @Nullable ServiceAccount own, @Nullable Function<TenantValue, ServiceAccount> perTenant) {
    this.own = own;
    this.perTenant = perTenant;
  }

  /**
   * The accounts of a configuration.
   *
   * @param executor where passwords are hashed: never an event loop
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException if the password file is not usable
   */
  public static Accounts of(ProxyConfig.Upstream config, Executor executor, SecureRandom random) {
    ProxyConfig.Credential credential = config.credential();
    if (credential == null) {
      UpstreamTls tls = config.tls();
      boolean certificate = tls != null && tls.pair() != null;
      return shared(certificate ? ServiceAccount.ofCertificate(executor, random) : null);
    }
    ServiceAccount own = ServiceAccount.of(credential, executor, random);
    AccountTemplate template = config.accountPerTenant();
    return template == null
        ? shared(own)
        : perTenant(own, tenant -> ServiceAccount.ofTenant(template.of(tenant), executor, random));
  }

  /**
   * One account for everything.
   *
   * @param account null for a MongoDB without login
   */
  public static Accounts shared(@Nullable ServiceAccount account) {
    return new Accounts(account, null);
  }

  /**
   * One account for the proxy, and one for each tenant.
   *
   * @param perTenant makes a tenant's account; reads no file before its password is needed
   */
  public static Accounts perTenant(
      ServiceAccount own, Function<TenantValue, ServiceAccount> perTenant) {
    return new Accounts(own, perTenant);
  }

  /** True if tenants have accounts of their own. */
  boolean isPerTenant() {
    return perTenant != null;
  }

  /** The proxy's own; null for a MongoDB without login. */
  @Nullable ServiceAccount own() {
    return own;
  }

  /** What a tenant's commands run under: the same object each time, so that keys are kept. */
  @Nullable ServiceAccount of(TenantValue tenant) {
    Function<TenantValue, ServiceAccount> maker = perTenant;
    if (maker == null) {
      return own;
    }
    synchronized (known) {
      return known.computeIfAbsent(tenant, maker);
    }
  }
}
