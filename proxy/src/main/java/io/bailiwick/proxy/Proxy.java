package io.bailiwick.proxy;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.proxy.client.ClientConnections;
import io.bailiwick.proxy.client.ClientLimits;
import io.bailiwick.proxy.client.ClientServices;
import io.bailiwick.proxy.client.CurrentPolicy;
import io.bailiwick.proxy.client.DrainPlan;
import io.bailiwick.proxy.client.PartBudgets;
import io.bailiwick.proxy.client.Transport;
import io.bailiwick.proxy.config.ConnectionLimits;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Health;
import io.bailiwick.proxy.observe.MetricsServer;
import io.bailiwick.proxy.observe.TlsMetrics;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One running proxy: listeners, policy, way to MongoDB and observation put together. Starts whole
 * or not at all; stops in the order that costs clients least. Thread-safe.
 */
public final class Proxy implements AutoCloseable {
  private static final Duration OLDEST_BEAT = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** A MongoDB that is there answers much sooner; one that is not must not keep the ports shut. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private final ProxyConfig config;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();
  private final Closers closers;
  private final Sources sources;
  private final ConnectionLimits roofs;
  private final EventLoopGroup loops;
  private final MongoLink mongo;
  private final ClientConnections connections;
  private final CollectionTruth truth;
  private final PolicyWatch policies;
  private final Listeners listeners;
  private final Endpoints endpoints;
  private volatile Phase phase = Phase.STARTING;

  /** Where in its life the proxy is. */
  enum Phase {
    STARTING,
    SERVING,
    DRAINING
  }

  /**
   * Reads the files that the configuration names, and serves. MongoDB need not be there yet.
   *
   * @throws InvalidPolicyException if a file is wrong; nothing has been opened then
   * @throws IOException if an address cannot be bound or a file not be written, naming it
   */
  public static Proxy start(ProxyConfig config) throws IOException {
    Sources sources = new Sources(config, Clock.systemUTC());
    Closers closers = new Closers();
    try {
      return new Proxy(config, sources, closers);
    } catch (IOException | RuntimeException e) {
      closers.close();
      throw e;
    }
  }

  private Proxy(ProxyConfig config, Sources sources, Closers closers) throws IOException {
    this.config = config;
    this.sources = sources;
    this.closers = closers;
    Transport transport = Transport.best();
    int threads = Runtime.getRuntime().availableProcessors();
    roofs = Descriptors.ofThisProcess().suffice(config.connections(), config.upstream());
    StartLog.starting(config, threads, transport);
    StartLog.roofs(roofs, config.connections());
    StartLog.pinned(sources);
    Observation observation = closers.add(new Observation(config, clock));
    Maintenance maintenance = closers.add(new Maintenance());
    TlsThreads tls = closers.add(new TlsThreads(threads));
    loops = transport.eventLoops(threads);
    closers.add(this::stopLoops);
    mongo =
        closers.add(
            new MongoLink(
                config.upstream(),
                sources.dialer(tls.executor()),
                loops,
                observation.observer(),
                maintenance,
                random));
    Issuers issuers = closers.add(new Issuers(config.issuers(), sources, observation, clock));
    connections = new ClientConnections(loops, services(observation, issuers));
    truth =
        new CollectionTruth(
            mongo.gate(), config.survey(), sources.policy().get(), connections::onPolicy);
    policies = new PolicyWatch(sources, connections, truth, observation, clock);
    new CertificateWatch(sources, connections, new TlsMetrics(observation.registry()), clock);
    ListenerLogins logins =
        new ListenerLogins(sources, mongo.gate(), issuers, tls.executor(), random);
    listeners =
        new Listeners(config, sources, transport, loops, connections, logins, tls.executor());
    endpoints =
        closers.add(
            new Endpoints(
                config,
                observation.registry(),
                probes(),
                new StatusFacts(this)::status,
                policies.reloads()::reload));
    closers.add(listeners);
    truth.start(maintenance);
    mongo.awaitSeen(shorter(config.upstream().timeouts().selection(), LONGEST_WAIT));
    listeners.open();
    mongo.checkRelay(config.listeners());
    if (!config.policies().poll().isZero()) {
      maintenance.every(config.policies().poll(), policies.reloads()::poll);
    }
    phase = Phase.SERVING;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private ClientServices services(Observation observation, Issuers issuers) {
    ClientLimits limits = ClientLimits.of(config.deadlines(), roofs);
    return new ClientServices(
        mongo.gate(),
        mongo.ownership(sources.key(), config.limits(), observation.observer(), random),
        observation.observer(),
        observation.audit(),
        observation.business(),
        observation.spans(),
        new CurrentPolicy(sources.policy().get(), clock),
        issuers.forOperations(),
        limits,
        PartBudgets.of(limits),
        clock,
        System::nanoTime,
        random);
  }

  private MetricsServer.Probes probes() {
    Health started =
        new Health().check("listeners", () -> phase == Phase.STARTING ? "not open yet" : null);
    Health live = new Health().check("event loops", this::stuck);
    Health ready =
        new Health()
            .check("listeners", () -> phase == Phase.STARTING ? "not open yet" : null)
            .check("drain", () -> phase == Phase.DRAINING ? "going down" : null)
            .check("capacity", this::full)
            .check("upstream", mongo::problem)
            .check("collections", truth::problem);
    return new MetricsServer.Probes(started, live, ready);
  }

  private @Nullable String full() {
    int most = roofs.all();
    return connections.open() < most ? null : most + " connections are open, no more are taken";
  }

  private @Nullable String stuck() {
    boolean beating = connections.oldestBeatNanos() < OLDEST_BEAT.toNanos();
    return beating ? null : "one has not run for " + OLDEST_BEAT.toSeconds() + " s";
  }

  ProxyConfig config() {
    return config;
  }

  Sources sources() {
    return sources;
  }

  MongoLink mongo() {
    return mongo;
  }

  ClientConnections connections() {
    return connections;
  }

  PolicyWatch policies() {
    return policies;
  }

  CollectionTruth truth() {
    return truth;
  }

  Phase phase() {
    return phase;
  }

  /** Where a listener's clients connect, with the port that was chosen for port 0. */
  public InetSocketAddress address(String listener) {
    return listeners.address(listener);
  }

  public InetSocketAddress metricsAddress() {
    return endpoints.metricsAddress();
  }

  /** Null if there is no admin port. */
  public @Nullable InetSocketAddress adminAddress() {
    return endpoints.adminAddress();
  }

  /**
   * Reads policy and users again.
   *
   * @return what is wrong, or null
   */
  public @Nullable String reload() {
    return policies.reloads().reload();
  }

  /**
   * Says that it is not ready, goes on for the configured delay, then accepts nothing more and lets
   * what is connected finish. Returns when the last connection is gone or the time is over; {@link
   * #close()} does the rest.
   */
  public void drain() throws InterruptedException {
    phase = Phase.DRAINING;
    Thread.sleep(config.drain().delay().toMillis());
    listeners.close();
    Duration timeout = config.drain().timeout();
    try {
      connections
          .drain(DrainPlan.within(timeout))
          .get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      StartLog.drainUnfinished(connections.open());
    }
  }

  private void stopLoops() {
    loops.shutdownGracefully(0, GRACE.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  /** Stops at once whatever still runs. Idempotent. */
  @Override
  public void close() {
    phase = Phase.DRAINING;
    closers.close();
  }
}
