package io.bailiwick.proxy.config;

import io.bailiwick.protocol.compression.Compressor;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One bailiwick.yaml, checked and with its defaults filled in. Paths are absolute. Addresses to
 * listen on are literal or already resolved; servers of MongoDB are not, their names are resolved
 * when they are dialled.
 *
 * @param listeners at least one; names differ
 * @param issuers of tokens; names differ
 * @param keyFile key for session mapping and fake salts, or null to make one up (single instance)
 * @param metrics where metrics and probes are served; port 0 for any
 * @param limits what one principal or tenant may hold open in this instance
 * @param connections how many clients may be connected
 * @param deadlines how long clients may take over what they do
 * @param admin loopback address of the status page and reload, or null for none
 */
public record ProxyConfig(
    List<Listener> listeners,
    List<IssuerConfig> issuers,
    Upstream upstream,
    @Nullable Path keyFile,
    Policies policies,
    InetSocketAddress metrics,
    @Nullable InetSocketAddress admin,
    Audit audit,
    TraceDelivery traces,
    Drain drain,
    Survey survey,
    OwnershipLimits limits,
    ConnectionLimits connections,
    ClientDeadlines deadlines) {

  public ProxyConfig {
    listeners = List.copyOf(listeners);
    issuers = List.copyOf(issuers);
    if (listeners.isEmpty()) {
      throw new IllegalArgumentException("listeners: none (expected: at least one)");
    }
  }

  /**
   * A port clients connect to.
   *
   * @param name safe as a metric label
   * @param tls null if clients speak without
   * @param persona what the proxy looks like to drivers there
   * @param compression what clients may compress with; empty for none
   */
  public record Listener(
      String name,
      InetSocketAddress address,
      Login login,
      @Nullable ListenerTls tls,
      Persona persona,
      List<Compressor> compression) {
    public Listener {
      compression = List.copyOf(compression);
    }
  }

  /** What the proxy looks like to drivers. */
  public sealed interface Persona {
    /** A mongos: one of any number, each found under its own address. */
    record Mongos() implements Persona {}

    /**
     * The only member of a replica set, for connection strings that name one.
     *
     * @param name of the set, as the connection strings have it
     * @param advertised {@code host:port}, in lower case, by which all clients reach it
     */
    record ReplicaSet(String name, String advertised) implements Persona {}
  }

  /** How clients of a listener say who they are. */
  public sealed interface Login {
    /**
     * The proxy checks who it is: passwords against a file of SCRAM verifiers, certificates, and
     * tokens.
     *
     * @param file null where nobody logs in by password
     * @param issuers names of the issuers whose tokens log in
     */
    record Users(@Nullable Path file, List<String> issuers) implements Login {
      public Users {
        issuers = List.copyOf(issuers);
      }
    }

    /** MongoDB checks passwords, and says who has logged in. */
    record Relay() implements Login {}

    /** Everyone on this port is one tenant; the text is typed by the policy. */
    record Tenant(String value) implements Login {}
  }

  /**
   * What stands behind the proxy.
   *
   * @param cluster where its servers are found
   * @param credential the proxy's own account, or null for a MongoDB without login
   * @param pooled how many connections to each server all clients share; null for a connection of
   *     its own for each client
   * @param accountPerTenant whom clients' commands run as, or null for the proxy's own account
   * @param tls null for none; its certificate is the account if there is no credential
   * @param compression of clients' commands and their replies, what is preferred first; empty for
   *     none
   */
  public record Upstream(
      Cluster cluster,
      @Nullable Credential credential,
      @Nullable AccountTemplate accountPerTenant,
      @Nullable UpstreamTls tls,
      Timeouts timeouts,
      Retry retry,
      Breaker breaker,
      @Nullable Integer pooled,
      List<Compressor> compression) {
    public Upstream {
      compression = List.copyOf(compression);
    }

    /** Servers of any kind. */
    public Upstream(
        List<InetSocketAddress> servers,
        @Nullable Credential credential,
        Timeouts timeouts,
        Breaker breaker) {
      this(
          Cluster.of(servers),
          credential,
          null,
          null,
          timeouts,
          Retry.DEFAULT,
          breaker,
          null,
          List.of());
    }
  }

  /**
   * Where MongoDB's servers are found.
   *
   * @param servers to begin with; empty if there is a service name
   * @param serviceName of a seed list in DNS, or null
   * @param replicaSet the set that every server must belong to, or null for any server
   */
  public record Cluster(
      List<InetSocketAddress> servers, @Nullable String serviceName, @Nullable String replicaSet) {
    public Cluster {
      servers = List.copyOf(servers);
      if (servers.isEmpty() == (serviceName == null)) {
        throw new IllegalArgumentException(
            "upstream.uri: servers and service name (expected: one of them)");
      }
    }

    /** Servers of any kind. */
    public static Cluster of(List<InetSocketAddress> servers) {
      return new Cluster(servers, null, null);
    }

    /** The name of the service, or the servers. */
    @Override
    public String toString() {
      return serviceName != null
          ? serviceName
          : servers.stream()
              .map(server -> server.getHostString() + ":" + server.getPort())
              .collect(Collectors.joining(", "));
    }

    /** True if there may be more servers than are named, or other ones tomorrow. */
    public boolean isFollowed() {
      return servers.size() != 1 || replicaSet != null;
    }
  }

  /** The service account; the password is read from the file at start and at reload. */
  public record Credential(String username, String authSource, Path passwordFile) {}

  /** Every wait towards MongoDB has an end. */
  public record Timeouts(
      Duration connect, Duration login, Duration selection, Duration idle, Duration keepAlive) {
    /** What holds where the file says nothing. */
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofMinutes(10));

    /** With the default for {@code keepAlive}. */
    public Timeouts(Duration connect, Duration login, Duration selection, Duration idle) {
      this(connect, login, selection, idle, Duration.ofSeconds(25));
    }
  }

  /**
   * How often what does no harm twice is sent again.
   *
   * @param attempts how often one request is sent at the most, from 1
   * @param budget share of requests that may be sent again, 0 to 1
   * @param perSecond repetitions a second beyond that share, however few requests there are
   */
  public record Retry(int attempts, double budget, int perSecond) {
    /** What holds where the file says nothing. */
    public static final Retry DEFAULT = new Retry(3, 0.2, 10);

    public Retry {
      if (attempts < 1 || perSecond < 0 || !(budget >= 0 && budget <= 1)) {
        throw new IllegalArgumentException(
            "retry: " + attempts + ", " + budget + ", " + perSecond + " (expected: 1, 0 to 1, 0)");
      }
    }
  }

  /**
   * When a server is left alone for a while.
   *
   * @param failureRate share of failed calls that opens the breaker, above 0 to 1
   */
  public record Breaker(double failureRate, Duration slowCall, Duration openFor) {
    /** What holds where the file says nothing. */
    public static final Breaker DEFAULT =
        new Breaker(0.5, Duration.ofSeconds(5), Duration.ofSeconds(10));

    public Breaker {
      if (!(failureRate > 0 && failureRate <= 1)) {
        throw new IllegalArgumentException("failureRate: " + failureRate + " (expected: 0 to 1)");
      }
    }
  }

  /**
   * Policy files by glob, relative to a directory.
   *
   * @param poll how often the files are looked at for changes; zero for never
   */
  public record Policies(List<String> files, List<String> ignore, Path base, Duration poll) {
    public Policies {
      files = List.copyOf(files);
      ignore = List.copyOf(ignore);
    }
  }

  /**
   * The audit.
   *
   * @param to {@code stdout}, {@code off}, the URL of a service, or the absolute path of a file
   * @param required true if nothing may be done that cannot be recorded
   */
  public record Audit(String to, boolean required, AuditLines lines, AuditDelivery delivery) {
    public static final String STDOUT = "stdout";
    public static final String OFF = "off";

    /** True if lines are handed to a service. */
    public boolean isService() {
      return to.contains("://");
    }
  }

  /**
   * How far shared collections are searched, in the background, for documents of no tenant.
   *
   * @param documents of each collection, each time; 0 for no search
   * @param time that MongoDB may take for each collection
   */
  public record Survey(int documents, Duration time) {
    /** What holds where the file says nothing. */
    public static final Survey DEFAULT = new Survey(10_000, Duration.ofSeconds(2));
  }

  /**
   * What happens after SIGTERM.
   *
   * @param delay time to go on accepting connections while not ready
   * @param timeout time for open connections to finish after that
   */
  public record Drain(Duration delay, Duration timeout) {
    /** What holds where the file says nothing. */
    public static final Drain DEFAULT = new Drain(Duration.ZERO, Duration.ofSeconds(25));
  }
}
