package io.bailiwick.proxy.auth;

import java.net.InetAddress;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What the password logins of all connections share. Thread-safe. */
public final class ScramLogins implements Logins {
  private static final int NONCE_BYTES = 24;

  /** Runs something later on the connection's event loop. */
  @FunctionalInterface
  public interface Delay {
    void after(long millis, Runnable task);
  }

  private final Supplier<Users> users;
  private final Candidates candidates;
  private final LoginThrottle throttle;
  private final RandomGenerator random;

  /**
   * @param users the users as last read
   * @param key secret for made-up salts: the same on every replica, at least 16 bytes
   * @param random cryptographically strong and thread-safe
   */
  public ScramLogins(
      Supplier<Users> users, byte[] key, LoginThrottle throttle, RandomGenerator random) {
    this.users = users;
    this.candidates = new Candidates(key);
    this.throttle = throttle;
    this.random = random;
  }

  @Override
  public ClientLogin open(Peer peer) {
    return open(peer.address(), peer::after);
  }

  /** The login of one new connection. */
  public ClientLogin open(InetAddress address, Delay delay) {
    return new ScramLogin(this, address, delay);
  }

  Users users() {
    return users.get();
  }

  LoginThrottle throttle() {
    return throttle;
  }

  Candidate candidate(Mechanism mechanism, Users.Name name) {
    return candidates.find(users.get(), mechanism, name);
  }

  ScramServer exchange(Mechanism mechanism, Users.Name name, ClientFirst first) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return new ScramServer(
        mechanism, first, candidate(mechanism, name), Base64.getEncoder().encodeToString(nonce));
  }
}
