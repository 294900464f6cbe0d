package io.bailiwick.proxy;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFile;
import io.bailiwick.proxy.config.IssuerConfig;
import io.bailiwick.proxy.config.KnownIssuers;
import io.bailiwick.proxy.config.ListenerTls;
import io.bailiwick.proxy.config.PolicyFiles;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.Reloadable;
import io.bailiwick.proxy.config.UpstreamTls;
import io.bailiwick.proxy.ownership.KeyFile;
import io.bailiwick.proxy.tls.ClientTls;
import io.bailiwick.proxy.tls.ServerTls;
import io.bailiwick.proxy.tls.TlsDialer;
import io.bailiwick.proxy.token.IssuerKeys;
import io.bailiwick.proxy.token.VerificationKeys;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The files of one proxy that may change while it runs: the policy, of each listener its users and
 * its certificates, and the certificates towards MongoDB.
 */
final class Sources {
  private final KeyFile key;
  private final Reloadable<Policy> policy;
  private final Map<Path, Reloadable<Users>> users = new LinkedHashMap<>();
  private final Map<String, Reloadable<VerificationKeys>> issuerKeys = new LinkedHashMap<>();
  private final Map<String, Reloadable<ServerTls>> listenerTls = new LinkedHashMap<>();
  private final @Nullable Reloadable<ClientTls> upstreamTls;
  private final @Nullable String serverName;

  /**
   * Reads everything once.
   *
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException if anything is wrong
   */
  Sources(ProxyConfig config, Clock clock) {
    key = key(config.keyFile());
    UpstreamTls tls = config.upstream().tls();
    upstreamTls = tls == null ? null : ClientTls.load(tls, clock);
    serverName = tls == null ? null : tls.serverName();
    policy =
        new Reloadable<>(
            () -> PolicyFiles.read(config.policies()),
            files -> KnownIssuers.check(PolicyParser.parse(files), config));
    for (IssuerConfig issuer : config.issuers()) {
      Path file = issuer.keys();
      if (file != null) {
        issuerKeys.put(issuer.name(), new Reloadable<>(() -> read(file), IssuerKeys::compile));
      }
    }
    for (ProxyConfig.Listener listener : config.listeners()) {
      if (listener.login() instanceof ProxyConfig.Login.Users login && login.file() != null) {
        users.computeIfAbsent(
            login.file(), file -> new Reloadable<>(() -> read(file), Sources::compileUsers));
      } else if (listener.login() instanceof ProxyConfig.Login.Tenant tenant) {
        check(listener.name(), tenant);
      }
      ListenerTls keys = listener.tls();
      if (keys != null) {
        listenerTls.put(listener.name(), ServerTls.load(keys, clock));
      }
    }
  }

  private static KeyFile key(@Nullable Path file) {
    try {
      return file == null ? KeyFile.generate(new SecureRandom()) : KeyFile.read(file);
    } catch (IllegalArgumentException e) {
      throw problem(String.valueOf(file), String.valueOf(e.getMessage()));
    }
  }

  private void check(String listener, ProxyConfig.Login.Tenant tenant) {
    try {
      TenantValue.parse(policy.get().tenantType(), tenant.value());
    } catch (IllegalArgumentException e) {
      throw problem("listener " + listener, "login.tenant: " + e.getMessage());
    }
  }

  static InvalidPolicyException problem(String where, String message) {
    Problems problems = new Problems();
    problems.add(ProblemCode.BAD_VALUE, where, message);
    return new InvalidPolicyException(problems.all());
  }

  private static List<PolicyFile> read(Path file) {
    Problems problems = new Problems();
    PolicyFile content = PolicyFiles.read(file, problems);
    problems.throwIfErrors();
    return List.of(content);
  }

  private static Users compileUsers(List<PolicyFile> files) {
    Problems problems = new Problems();
    PolicyFile file = files.get(0);
    Users users = UsersFile.parse(file.name(), file.content(), problems);
    problems.throwIfErrors();
    return users;
  }

  /** The secret that session ids and made-up salts are derived from. */
  KeyFile key() {
    return key;
  }

  Reloadable<Policy> policy() {
    return policy;
  }

  Reloadable<Users> users(Path file) {
    Reloadable<Users> found = users.get(file);
    if (found == null) {
      throw new IllegalStateException("a users file that no listener names");
    }
    return found;
  }

  List<Reloadable<Users>> users() {
    return List.copyOf(users.values());
  }

  /** Keys and certificates by the name of the listener; those without TLS are not in it. */
  Map<String, Reloadable<ServerTls>> listenerTls() {
    return Collections.unmodifiableMap(listenerTls);
  }

  /** Keys by the name of the issuer; those that come from a URL are not in it. */
  Map<String, Reloadable<VerificationKeys>> issuerKeys() {
    return Collections.unmodifiableMap(issuerKeys);
  }

  /** What shows and trusts certificates towards MongoDB; null without TLS. */
  @Nullable Reloadable<ClientTls> upstreamTls() {
    return upstreamTls;
  }

  /**
   * TLS towards MongoDB, or null without.
   *
   * @param executor where signatures are made and checked: never an event loop
   */
  @Nullable TlsDialer dialer(Executor executor) {
    return upstreamTls == null
        ? null
        : new TlsDialer(upstreamTls, serverName, executor, System::nanoTime);
  }

  List<Reloadable<?>> all() {
    List<Reloadable<?>> all = new ArrayList<>(users.values());
    all.addAll(issuerKeys.values());
    all.addAll(listenerTls.values());
    if (upstreamTls != null) {
      all.add(upstreamTls);
    }
    all.add(policy);
    return all;
  }
}
