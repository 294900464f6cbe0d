package io.bailiwick.proxy.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An issuer of tokens, with exactly one place where its keys are.
 *
 * @param name as policy and listeners call it, safe as a label
 * @param issuer what {@code iss} must say; null where the keys alone tell
 * @param audience what {@code aud} must be or hold
 * @param algorithms names of the signatures that count
 * @param jwks where its keys are served: https, or http on loopback
 * @param refresh how long fetched keys are good without a look
 * @param keys the file with its keys
 * @param clientId what it calls clients of this database, so that people can log in; or null
 * @param scopes that people ask for
 */
public record IssuerConfig(
    String name,
    @Nullable String issuer,
    String audience,
    List<String> algorithms,
    @Nullable URI jwks,
    Duration refresh,
    @Nullable Path keys,
    @Nullable String clientId,
    List<String> scopes) {
  public IssuerConfig {
    algorithms = List.copyOf(algorithms);
    scopes = List.copyOf(scopes);
  }
}
