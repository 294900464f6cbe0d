package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.Principal;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.ownership.UpstreamCleanup;
import io.bailiwick.proxy.tls.TlsDialer;
import io.bailiwick.proxy.topology.ClusterMonitor;
import io.bailiwick.proxy.topology.Topology;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A connection to MongoDB for each client connection, plus one of the proxy's own for each server.
 * Names resolve without blocking. Thread-safe.
 */
public final class PairedGate implements UpstreamGate, AutoCloseable {
  private final ProxyConfig.Upstream config;
  private final Way way;
  private final Dialer dialer;
  private final ControlLink primary;
  private final Leavers leavers = new Leavers();
  private final Map<EventLoop, Connections> pools = new ConcurrentHashMap<>();
  private volatile @Nullable ClusterMonitor monitor;

  /**
   * @param way as whom, and through what
   * @param loops the event loops that clients live on, all of one kind
   * @param clock for the breaker's waiting
   */
  public PairedGate(
      ProxyConfig.Upstream config, Way way, EventLoopGroup loops, Observer observer, Clock clock) {
    this(
        config,
        way,
        loops,
        new Network.OfMachine(loops, new KeepAlive(config.timeouts().keepAlive())),
        observer,
        clock);
  }

  PairedGate(
      ProxyConfig.Upstream config,
      Way way,
      EventLoopGroup loops,
      Network network,
      Observer observer,
      Clock clock) {
    this.config = config;
    this.way = way;
    Servers servers = new Servers(config, clock, observer);
    dialer = new Dialer(servers, config, way, loops, network, observer);
    primary = new ControlLink(dialer, dialer.links().loop(), Route.TO_PRIMARY);
  }

  /**
   * Follows the cluster from now on: its servers come and go and change their roles, and the seeds
   * are but where to begin. Without this each server of the configuration is tried in turn. Does
   * nothing for a single server. To be called once; not on an event loop.
   */
  public void follow() {
    if (config.cluster().isFollowed()) {
      TlsDialer tls = way.tls();
      SSLContext context = tls == null ? null : tls.contextOfMonitors();
      monitor = ClusterMonitor.start(ClusterMonitor.Plan.of(config, context), this::onTopology);
    }
  }

  /** The cluster has been seen to be this now. */
  void onTopology(Topology topology) {
    dialer.servers().onTopology(topology);
  }

  @Override
  public Lease lease(EventLoop loop) {
    Integer most = config.pooled();
    Connections connections =
        most == null
            ? new PairedConnections(dialer, loop)
            : pools.computeIfAbsent(loop, any -> new PooledConnections(dialer, any, share(most)));
    return new ClientLease(dialer, loop, connections);
  }

  @Override
  public Relay relay(EventLoop loop) {
    return new RelayedLease(dialer, loop, leavers);
  }

  /** Each event loop has its share of the connections, and at least one. */
  private int share(int most) {
    return Math.max(1, most / dialer.loops());
  }

  @Override
  public boolean selectable() {
    return dialer.servers().anyAllowed();
  }

  @Override
  public UpstreamFacts facts() {
    return dialer.servers().facts();
  }

  /**
   * Whether clients get connections. Until they do, their requests wait for the time of selection
   * and then fail as if no server could be reached; the proxy's own connections are not concerned.
   * At first they do.
   */
  public void admitClients(boolean admit) {
    dialer.admitClients(admit);
  }

  /**
   * Looks at the server that takes writes: greets it, logs in and asks its version.
   *
   * @return what all servers seen so far have in common; fails if none can be reached in time
   */
  public CompletionStage<UpstreamFacts> probe() {
    return primary
        .ask(new OwnCommand.BuildInfo())
        .thenApply(
            reply -> {
              @Nullable String version = reply.text("version");
              if (version != null) {
                dialer.servers().onVersion(version);
              }
              return facts();
            });
  }

  /**
   * True if MongoDB says that the proxy's own account may not end the operations of others; fails
   * if it cannot be asked.
   */
  public CompletionStage<Boolean> mayNotEndOperations() {
    return primary.ask(new OwnCommand.ShowPrivileges()).thenApply(Privileges::lackEndingOperations);
  }

  /** Carries out upstream what ownership ended here, over the proxy's own connections. */
  public UpstreamCleanup cleanup() {
    return new UpstreamCleanup() {
      @Override
      public void killCursor(
          Principal principal, int server, String database, String collection, long upstreamId) {
        tell(principal, server, new OwnCommand.KillCursors(database, collection, upstreamId));
      }

      @Override
      public void abortTransaction(Principal principal, UpstreamCleanup.Transaction transaction) {
        tell(
            principal,
            transaction.server(),
            new OwnCommand.AbortTransaction(
                transaction.session(), transaction.number(), transaction.declaredApi()));
      }

      @Override
      public void endSessions(Principal principal, List<byte[]> ids) {
        tell(principal, Proof.ANY_SERVER, new OwnCommand.EndSessions(ids));
      }
    };
  }

  private void tell(Principal principal, int server, OwnCommand command) {
    if (!leavers.tell(principal, command)) {
      link(principal, server).ask(command);
    }
  }

  /** The proxy's own way to a server, as whom the principal's commands run there. */
  private ControlLink link(Principal principal, int server) {
    if (dialer.accounts().isPerTenant()) {
      return dialer.links().as(principal.tenant(), server);
    }
    return server == Proof.ANY_SERVER ? primary : dialer.links().to(server);
  }

  /** The proxy's own connection to the server that takes writes. */
  ControlLink primary() {
    return primary;
  }

  /** Ends the proxy's own connections; leases are their clients' to close. */
  @Override
  public void close() {
    ClusterMonitor following = monitor;
    if (following != null) {
      following.close();
    }
    primary.close();
    dialer.close();
  }
}
