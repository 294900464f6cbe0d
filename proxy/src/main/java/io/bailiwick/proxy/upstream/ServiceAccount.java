package io.bailiwick.proxy.upstream;

import com.ongres.scram.common.ScramMechanism;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.SecretFile;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * An account that the proxy logs in to MongoDB with: its own or a tenant's. Its password is asked
 * for when keys have to be derived anew, and wiped at once; derived keys are kept. Thread-safe.
 */
public final class ServiceAccount {
  private static final String CERTIFICATES = "$external";
  private static final int KEPT = 16;
  private static final int NONCE_BYTES = 24;

  private final Kind refused;
  private final String username;
  private final String authSource;
  private final Supplier<char[]> password;
  private final Executor executor;
  private final SecureRandom random;
  private final Map<String, CompletableFuture<ScramKeys>> keys = new ConcurrentHashMap<>();

  /**
   * The proxy's own account.
   *
   * @param authSource database the account is defined in
   * @param password reads the password, each time into a new array that is wiped after use; may
   *     block, is called on the executor only
   * @param executor where passwords are hashed: never an event loop
   */
  public ServiceAccount(
      String username,
      String authSource,
      Supplier<char[]> password,
      Executor executor,
      SecureRandom random) {
    this(Kind.LOGIN_FAILED, username, authSource, password, executor, random);
  }

  private ServiceAccount(
      Kind refused,
      String username,
      String authSource,
      Supplier<char[]> password,
      Executor executor,
      SecureRandom random) {
    this.refused = refused;
    this.username = username;
    this.authSource = authSource;
    this.password = password;
    this.executor = executor;
    this.random = random;
  }

  /**
   * The account of a configuration. The password file is read once now, so that a wrong one is
   * found before anything is served, and again whenever keys have to be derived.
   *
   * @param executor where passwords are hashed: never an event loop
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException if the file is not usable
   */
  public static ServiceAccount of(
      ProxyConfig.Credential credential, Executor executor, SecureRandom random) {
    Arrays.fill(SecretFile.password(credential.passwordFile()), '\0');
    return new ServiceAccount(
        credential.username(),
        credential.authSource(),
        () -> SecretFile.password(credential.passwordFile()),
        executor,
        random);
  }

  /** The account that the certificate of the connection stands for (MONGODB-X509). */
  static ServiceAccount ofCertificate(Executor executor, SecureRandom random) {
    return new ServiceAccount(
        Kind.LOGIN_FAILED,
        "",
        CERTIFICATES,
        () -> {
          throw new IllegalStateException("a certificate has no password");
        },
        executor,
        random);
  }

  /** True if there is no password and MongoDB takes the certificate for who it is. */
  boolean isCertificate() {
    return authSource.equals(CERTIFICATES);
  }

  /**
   * The account of one tenant. Its password file is read when it first logs in, and need not be
   * there before.
   */
  public static ServiceAccount ofTenant(
      ProxyConfig.Credential credential, Executor executor, SecureRandom random) {
    return new ServiceAccount(
        Kind.NO_ACCOUNT,
        credential.username(),
        credential.authSource(),
        () -> SecretFile.password(credential.passwordFile()),
        executor,
        random);
  }

  /** What a login that did not come about for the account's sake is to its clients. */
  Kind refused() {
    return refused;
  }

  String username() {
    return username;
  }

  String authSource() {
    return authSource;
  }

  /** The keys for one salt, derived off the caller's thread or remembered. */
  CompletionStage<ScramKeys> keys(ScramMechanism mechanism, byte[] salt, int iterations) {
    String key = mechanism.getName() + "/" + HexFormat.of().formatHex(salt) + "/" + iterations;
    if (keys.size() > KEPT) {
      keys.clear();
    }
    return keys.computeIfAbsent(
        key,
        any ->
            CompletableFuture.supplyAsync(
                () -> ScramKeys.derive(mechanism, username, password.get(), salt, iterations),
                executor));
  }

  /** Forgets all keys: the password was refused, it may have been changed. */
  void forget() {
    keys.clear();
  }

  /** A fresh nonce. */
  String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
