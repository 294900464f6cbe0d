package io.bailiwick.proxy.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Accepts or refuses tokens of one issuer for one purpose. What was accepted is remembered until it
 * runs out or the keys change: by the generation of the keys and a hash of the whole token, its key
 * id included. Thread-safe; event loops may ask, the work is done elsewhere.
 */
public final class TokenIssuer {
  private static final int REMEMBERED = 10_000;

  private record Seen(long generation, String hash) {}

  private final TokenRules rules;
  private final KeySource source;
  private final Executor worker;
  private final Clock clock;
  private final Recent<Seen, VerifiedToken> accepted = new Recent<>(REMEMBERED);

  /**
   * @param worker bounded; checks signatures
   */
  public TokenIssuer(TokenRules rules, KeySource source, Executor worker, Clock clock) {
    this.rules = rules;
    this.source = source;
    this.worker = worker;
    this.clock = clock;
  }

  public TokenRules rules() {
    return rules;
  }

  /** The token if it was accepted before and still would be; null says nothing. */
  public @Nullable VerifiedToken known(String token) {
    VerifiedToken known = accepted.get(seen(source.current(), token));
    return known == null || !clock.instant().isBefore(known.validUntil()) ? null : known;
  }

  /**
   * Checks a token. One that names a key we do not know waits until the issuer was asked for newer
   * ones, so that a change of keys makes no request fail.
   *
   * @return the token, or a {@link TokenRefusedException}; completed on another thread
   */
  public CompletableFuture<VerifiedToken> verify(String token) {
    try {
      return CompletableFuture.supplyAsync(() -> new TokenCheck(token, rules), worker)
          .thenComposeAsync(check -> withNewestKeys(check, token), worker);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new TokenRefusedException(TokenFault.OVERLOAD));
    }
  }

  private CompletableFuture<VerifiedToken> withNewestKeys(TokenCheck check, String token) {
    KeySource.Generation known = source.current();
    if (known.keys().size() > 0 && known.keys().knows(check.keyId())) {
      return CompletableFuture.completedFuture(accept(check, token, known));
    }
    return source.after(known).thenApplyAsync(newer -> accept(check, token, newer), worker);
  }

  private VerifiedToken accept(TokenCheck check, String token, KeySource.Generation by) {
    VerifiedToken verified = check.with(by.keys(), clock.instant());
    accepted.put(seen(by, token), verified);
    return verified;
  }

  private static Seen seen(KeySource.Generation generation, String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(token.getBytes(StandardCharsets.UTF_8));
      return new Seen(generation.number(), new String(hash, StandardCharsets.ISO_8859_1));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
