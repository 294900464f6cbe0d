package io.bailiwick.proxy;

import io.bailiwick.proxy.auth.LoginThrottle;
import io.bailiwick.proxy.auth.Logins;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.MechanismChoice;
import io.bailiwick.proxy.auth.OidcLogins;
import io.bailiwick.proxy.auth.PlainLogins;
import io.bailiwick.proxy.auth.RelayLogins;
import io.bailiwick.proxy.auth.ScramLogins;
import io.bailiwick.proxy.auth.X509Logins;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.upstream.UpstreamGate;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The ways of logging in that a listener offers. */
final class ListenerLogins {
  private final Sources sources;
  private final UpstreamGate gate;
  private final Issuers issuers;
  private final Executor executor;
  private final SecureRandom random;

  /**
   * @param executor where passwords are hashed: never an event loop
   */
  ListenerLogins(
      Sources sources, UpstreamGate gate, Issuers issuers, Executor executor, SecureRandom random) {
    this.issuers = issuers;
    this.sources = sources;
    this.gate = gate;
    this.executor = executor;
    this.random = random;
  }

  /** For a listener where clients log in at all. */
  Logins of(ProxyConfig.Login login) {
    if (login instanceof ProxyConfig.Login.Users users) {
      return ofUsers(users);
    }
    if (login instanceof ProxyConfig.Login.Relay) {
      return new RelayLogins(gate, throttle());
    }
    throw new IllegalArgumentException("a port that belongs to one tenant takes no login");
  }

  private Logins ofUsers(ProxyConfig.Login.Users users) {
    Map<List<String>, Logins> ways = new LinkedHashMap<>();
    Path file = users.file();
    if (file != null) {
      ScramLogins scram =
          new ScramLogins(sources.users(file), sources.key().derive("salts"), throttle(), random);
      ways.put(Mechanism.words(), scram);
      ways.put(List.of(PlainLogins.MECHANISM), new PlainLogins(scram, executor));
    }
    if (!users.issuers().isEmpty()) {
      ways.put(List.of(OidcLogins.MECHANISM), issuers.logins(users.issuers()));
    }
    ways.put(List.of(X509Logins.MECHANISM), new X509Logins(Clock.systemUTC()));
    return MechanismChoice.of(ways);
  }

  private LoginThrottle throttle() {
    return new LoginThrottle(System::nanoTime, random);
  }
}
