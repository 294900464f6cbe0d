package io.bailiwick.proxy;

import io.bailiwick.proxy.config.OwnershipLimits;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.ownership.ConnectedOwnership;
import io.bailiwick.proxy.ownership.KeyFile;
import io.bailiwick.proxy.ownership.Ownership;
import io.bailiwick.proxy.tls.TlsDialer;
import io.bailiwick.proxy.upstream.Accounts;
import io.bailiwick.proxy.upstream.PairedGate;
import io.bailiwick.proxy.upstream.UpstreamFacts;
import io.bailiwick.proxy.upstream.Way;
import io.netty.channel.EventLoopGroup;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to MongoDB and whether it has been seen yet. If it cannot be reached at start the proxy
 * serves all the same: clients get errors that drivers retry, readiness says why, and this keeps
 * looking.
 */
final class MongoLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy");
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration SWEEP = Duration.ofSeconds(10);

  private final Maintenance maintenance;
  private final PairedGate gate;
  private final AtomicBoolean looking = new AtomicBoolean();
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile boolean seen;

  /**
   * @param tls null to speak without
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException if the password file is not usable
   */
  MongoLink(
      ProxyConfig.Upstream config,
      @Nullable TlsDialer tls,
      EventLoopGroup loops,
      Observer observer,
      Maintenance maintenance,
      SecureRandom random) {
    this.maintenance = maintenance;
    gate =
        new PairedGate(
            config,
            new Way(Accounts.of(config, maintenance.executor(), random), tls),
            loops,
            observer,
            Clock.systemUTC());
    gate.follow();
    maintenance.every(PAUSE, this::look);
    look();
  }

  PairedGate gate() {
    return gate;
  }

  /**
   * Who owns which cursor and session; what ends here ends in MongoDB too, and what nobody uses any
   * more ends by itself.
   *
   * @param key of the session mapping
   * @param limits what one principal or tenant may hold open
   */
  Ownership ownership(KeyFile key, OwnershipLimits limits, Observer observer, SecureRandom random) {
    ConnectedOwnership ownership =
        new ConnectedOwnership(
            key,
            limits,
            new ConnectedOwnership.Surroundings(
                random, Clock.systemUTC(), gate.cleanup(), observer));
    maintenance.every(SWEEP, ownership::sweep);
    return ownership;
  }

  /** Why no command can reach MongoDB now, or null. */
  @Nullable String problem() {
    if (!seen) {
      return "MongoDB has not been reached yet";
    }
    return gate.selectable() ? null : "every server of MongoDB is left alone after failures";
  }

  /**
   * Waits until the first look at MongoDB is over, or that long. What a client is told in its
   * greeting holds for its connection's whole life, so that none should be greeted too early.
   */
  void awaitSeen(Duration most) {
    try {
      answered.await(most.toMillis(), TimeUnit.MILLISECONDS);
      if (!seen) {
        LOG.atWarn()
            .addKeyValue("event", "upstream_not_seen")
            .log("MongoDB does not answer yet: clients that come now are promised no sessions");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    if (seen || !looking.compareAndSet(false, true)) {
      return;
    }
    gate.probe()
        .whenComplete(
            (facts, problem) -> {
              looking.set(false);
              if (facts != null) {
                onSeen(facts);
              }
              answered.countDown();
            });
  }

  private void onSeen(UpstreamFacts facts) {
    seen = true;
    LOG.atInfo()
        .addKeyValue("event", "upstream_seen")
        .addKeyValue("version", facts.version())
        .addKeyValue("wire_version", facts.maxWireVersion())
        .addKeyValue("sessions", facts.sessions())
        .log("MongoDB answers");
  }

  /** Says so at start if operations of relayed users could not be ended past their deadline. */
  void checkRelay(List<ProxyConfig.Listener> listeners) {
    if (listeners.stream().anyMatch(each -> each.login() instanceof ProxyConfig.Login.Relay)) {
      gate.mayNotEndOperations()
          .thenAccept(
              lacking -> {
                if (lacking) {
                  LOG.atWarn()
                      .addKeyValue("event", "operations_not_ended")
                      .log(
                          "writes of relayed users will go on past their deadline:"
                              + " upstream.username needs inprog and killop on the cluster");
                }
              });
    }
  }

  @Override
  public void close() {
    gate.close();
  }
}
