package io.bailiwick.proxy;

import com.nimbusds.jose.JWSAlgorithm;
import io.bailiwick.proxy.auth.Logins;
import io.bailiwick.proxy.auth.OidcLogins;
import io.bailiwick.proxy.config.IssuerConfig;
import io.bailiwick.proxy.config.Reloadable;
import io.bailiwick.proxy.external.ExternalCalls;
import io.bailiwick.proxy.external.ExternalLimits;
import io.bailiwick.proxy.external.ExternalService;
import io.bailiwick.proxy.token.FetchedKeys;
import io.bailiwick.proxy.token.FileKeys;
import io.bailiwick.proxy.token.KeySource;
import io.bailiwick.proxy.token.TokenIssuer;
import io.bailiwick.proxy.token.TokenRules;
import io.bailiwick.proxy.token.TokenRules.Purpose;
import io.bailiwick.proxy.token.VerificationKeys;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The issuers of the configuration, and the threads that check what they have signed. */
final class Issuers implements AutoCloseable {
  private static final ExternalLimits LIMITS =
      new ExternalLimits(
          Duration.ofSeconds(5), 256 * 1024, 3, Duration.ofMillis(200), Duration.ofSeconds(3));
  private static final int THREADS = 2;
  private static final int MOST_WAITING = 1_000;

  private final List<IssuerConfig> configured;
  private final Clock clock;
  private final ThreadPoolExecutor worker;
  private final Map<String, KeySource> keys = new LinkedHashMap<>();

  /** Starts to fetch the keys that come from URLs. */
  Issuers(List<IssuerConfig> configured, Sources sources, Observation observation, Clock clock) {
    this.configured = configured;
    this.clock = clock;
    this.worker = worker();
    for (IssuerConfig issuer : configured) {
      keys.put(issuer.name(), keys(issuer, sources, observation));
    }
  }

  private static ThreadPoolExecutor worker() {
    ThreadPoolExecutor worker =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread thread = new Thread(task, "tokens");
              thread.setDaemon(true);
              return thread;
            });
    worker.allowCoreThreadTimeOut(true);
    return worker;
  }

  private KeySource keys(IssuerConfig issuer, Sources sources, Observation observation) {
    URI uri = issuer.jwks();
    if (uri == null) {
      Reloadable<VerificationKeys> file = sources.issuerKeys().get(issuer.name());
      if (file == null) {
        throw new IllegalStateException("an issuer without keys");
      }
      return new FileKeys(file);
    }
    ExternalCalls calls = observation.calls();
    return new FetchedKeys(
        issuer.name(),
        uri,
        issuer.refresh(),
        new ExternalService("keys_" + issuer.name(), LIMITS, calls),
        calls,
        observation.keys());
  }

  /** Logins by tokens of some of the issuers. */
  Logins logins(List<String> names) {
    List<IssuerConfig> meant =
        configured.stream().filter(issuer -> names.contains(issuer.name())).toList();
    return new OidcLogins(
        meant.stream().map(issuer -> checking(issuer, Purpose.LOGIN)).toList(),
        meant.stream()
            .map(Issuers::forPeople)
            .filter(people -> people != null)
            .findFirst()
            .orElse(null),
        clock);
  }

  private static OidcLogins.@Nullable ForPeople forPeople(IssuerConfig issuer) {
    String url = issuer.issuer();
    String client = issuer.clientId();
    return url == null || client == null
        ? null
        : new OidcLogins.ForPeople(url, client, issuer.scopes());
  }

  /** Who checks tokens of operations, by the issuer's name. */
  Map<String, TokenIssuer> forOperations() {
    Map<String, TokenIssuer> all = new LinkedHashMap<>();
    configured.forEach(issuer -> all.put(issuer.name(), checking(issuer, Purpose.OPERATION)));
    return all;
  }

  private TokenIssuer checking(IssuerConfig issuer, Purpose purpose) {
    KeySource source = keys.get(issuer.name());
    if (source == null) {
      throw new IllegalStateException("an issuer without keys");
    }
    TokenRules rules =
        new TokenRules(
            issuer.name(),
            purpose,
            issuer.issuer(),
            issuer.audience(),
            issuer.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet()));
    return new TokenIssuer(rules, source, worker, clock);
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
