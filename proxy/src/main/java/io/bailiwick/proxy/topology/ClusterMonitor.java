package io.bailiwick.proxy.topology;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoDriverInformation;
import com.mongodb.ServerAddress;
import com.mongodb.TagSet;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterSettings;
import com.mongodb.connection.ServerDescription;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import com.mongodb.spi.dns.DnsClient;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.topology.ServerState.Role;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a cluster by way of the official driver, which finds its servers and follows their roles.
 * Nothing else goes through that driver: it never logs in and sends no command but greetings. Owns
 * the driver's threads; nothing here may be called from an event loop.
 */
public final class ClusterMonitor implements AutoCloseable {
  /** How often each server is looked at, where it does not tell of changes by itself. */
  public static final Duration HEARTBEAT = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(ClusterMonitor.class);

  private final MongoClient client;

  private ClusterMonitor(MongoClient client) {
    this.client = client;
  }

  /**
   * What to watch.
   *
   * @param seeds servers to begin with; empty if there is a service name
   * @param serviceName name of a DNS seed list, or null
   * @param replicaSet the set that every server must belong to, or null for any cluster
   * @param connect how long opening a connection, and each greeting, may take
   * @param tls how servers prove who they are, or null to speak without TLS
   */
  public record Plan(
      List<InetSocketAddress> seeds,
      @Nullable String serviceName,
      @Nullable String replicaSet,
      Duration connect,
      @Nullable SSLContext tls) {
    public Plan {
      seeds = List.copyOf(seeds);
    }

    /**
     * What a configuration asks for.
     *
     * @param tls null to speak without TLS
     */
    public static Plan of(ProxyConfig.Upstream config, @Nullable SSLContext tls) {
      ProxyConfig.Cluster cluster = config.cluster();
      return new Plan(
          cluster.servers(),
          cluster.serviceName(),
          cluster.replicaSet(),
          config.timeouts().connect(),
          tls);
    }
  }

  /**
   * Starts watching; returns at once.
   *
   * @param onChange told of each change, the first time soon, on a thread of the driver
   */
  public static ClusterMonitor start(Plan plan, Consumer<Topology> onChange) {
    return start(plan, null, onChange);
  }

  /**
   * @param names asked for the seed list; null for the machine's own name servers
   */
  static ClusterMonitor start(Plan plan, @Nullable DnsClient names, Consumer<Topology> onChange) {
    MongoClientSettings.Builder settings =
        MongoClientSettings.builder()
            .applicationName("bailiwick-monitor")
            .applyToClusterSettings(
                cluster -> cluster(plan, cluster).addClusterListener(listener(onChange)))
            .applyToServerSettings(
                server ->
                    server
                        .heartbeatFrequency(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS)
                        .minHeartbeatFrequency(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS))
            .applyToSocketSettings(
                socket ->
                    socket.connectTimeout((int) plan.connect().toMillis(), TimeUnit.MILLISECONDS))
            .applyToSslSettings(
                ssl -> {
                  if (plan.tls() != null) {
                    ssl.enabled(true).context(plan.tls());
                  } else {
                    ssl.enabled(false);
                  }
                });
    if (names != null) {
      settings.dnsClient(names);
    }
    return new ClusterMonitor(
        MongoClients.create(
            settings.build(), MongoDriverInformation.builder().driverName("bailiwick").build()));
  }

  private static ClusterSettings.Builder cluster(Plan plan, ClusterSettings.Builder cluster) {
    if (plan.serviceName() != null) {
      cluster.srvHost(plan.serviceName());
    } else {
      cluster.hosts(plan.seeds().stream().map(ClusterMonitor::address).toList());
    }
    return cluster.requiredReplicaSetName(plan.replicaSet());
  }

  private static ServerAddress address(InetSocketAddress seed) {
    return new ServerAddress(seed.getHostString(), seed.getPort());
  }

  private static ClusterListener listener(Consumer<Topology> onChange) {
    return new ClusterListener() {
      private String lastTrouble = "";

      @Override
      public void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
        ClusterDescription now = event.getNewDescription();
        Throwable names = now.getSrvResolutionException();
        String trouble = names == null ? "" : String.valueOf(names.getMessage());
        if (!trouble.isEmpty() && !trouble.equals(lastTrouble)) {
          LOG.atWarn()
              .addKeyValue("event", "upstream_names")
              .log("no servers by the service's name: {}", trouble);
        }
        lastTrouble = trouble;
        onChange.accept(topology(now));
      }
    };
  }

  static Topology topology(ClusterDescription cluster) {
    List<ServerState> servers =
        cluster.getServerDescriptions().stream().map(ClusterMonitor::server).toList();
    Topology.Kind kind =
        switch (cluster.getType()) {
          case REPLICA_SET -> Topology.Kind.REPLICA_SET;
          case SHARDED -> Topology.Kind.SHARDED;
          case STANDALONE, LOAD_BALANCED -> Topology.Kind.SINGLE;
          case UNKNOWN -> Topology.Kind.UNKNOWN;
        };
    return new Topology(kind, servers);
  }

  private static ServerState server(ServerDescription server) {
    @Nullable Date lastWrite = server.getLastWriteDate();
    return new ServerState(
        InetSocketAddress.createUnresolved(
            server.getAddress().getHost(), server.getAddress().getPort()),
        server.isOk() ? role(server) : Role.UNKNOWN,
        server.getRoundTripTimeNanos(),
        tags(server.getTagSet()),
        lastWrite == null ? 0 : lastWrite.getTime(),
        server.getLastUpdateTime(TimeUnit.MILLISECONDS),
        server.getMaxWireVersion());
  }

  private static Role role(ServerDescription server) {
    return switch (server.getType()) {
      case REPLICA_SET_PRIMARY -> Role.PRIMARY;
      case REPLICA_SET_SECONDARY -> Role.SECONDARY;
      case SHARD_ROUTER -> Role.MONGOS;
      case STANDALONE, LOAD_BALANCER -> Role.STANDALONE;
      case REPLICA_SET_ARBITER, REPLICA_SET_OTHER, REPLICA_SET_GHOST -> Role.OTHER;
      case UNKNOWN -> Role.UNKNOWN;
    };
  }

  private static Map<String, String> tags(TagSet tags) {
    return StreamSupport.stream(tags.spliterator(), false)
        .collect(Collectors.toMap(tag -> tag.getName(), tag -> tag.getValue()));
  }

  /** Stops watching. May block for a moment. */
  @Override
  public void close() {
    client.close();
  }
}
