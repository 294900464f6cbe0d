package io.bailiwick.proxy.config;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The subset of MongoDB connection strings that names servers and their replica set: what other
 * options would say has a key of its own, and a password never stands in a URI.
 *
 * @param meansTls true for a service name, unless it says that there is no TLS
 */
record UpstreamUri(ProxyConfig.Cluster cluster, boolean meansTls) {
  private static final String SCHEME = "mongodb://";
  private static final String SERVICE_SCHEME = "mongodb+srv://";
  private static final int DEFAULT_PORT = 27017;
  private static final Pattern REPLICA_SET = Pattern.compile("\\?replicaSet=([A-Za-z0-9._-]+)");
  private static final Pattern NO_TLS = Pattern.compile("\\?tls=false(?:&(.*))?");
  private static final Pattern SERVICE =
      Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63}){2,}");
  private static final Pattern SERVER =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?");

  /**
   * Reads a URI.
   *
   * @throws IllegalArgumentException whose message is what was expected, without the text itself
   */
  static UpstreamUri parse(String uri) {
    boolean service = uri.startsWith(SERVICE_SCHEME);
    if (!service && !uri.startsWith(SCHEME)) {
      throw new IllegalArgumentException("a URI such as mongodb://127.0.0.1:27018");
    }
    String rest = uri.substring((service ? SERVICE_SCHEME : SCHEME).length());
    if (rest.contains("@")) {
      throw new IllegalArgumentException(
          "a URI without user and password; write username and passwordFile beside it");
    }
    int slash = rest.indexOf('/');
    String hosts = slash < 0 ? rest : rest.substring(0, slash);
    String tail = slash < 0 ? "" : rest.substring(slash + 1);
    boolean meansTls = service && !NO_TLS.matcher(tail).matches();
    if (service) {
      tail = withoutTls(tail);
    }
    String replicaSet = option(tail);
    if (service) {
      return new UpstreamUri(
          new ProxyConfig.Cluster(List.of(), serviceName(hosts), replicaSet), meansTls);
    }
    List<InetSocketAddress> servers = new ArrayList<>();
    for (String host : hosts.split(",", -1)) {
      servers.add(server(host));
    }
    return new UpstreamUri(new ProxyConfig.Cluster(servers, null, replicaSet), false);
  }

  private static String serviceName(String host) {
    if (!SERVICE.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "one name of a service, without a port, such as mongodb+srv://cluster0.example.net");
    }
    return host;
  }

  /** The options without the one about TLS. */
  private static String withoutTls(String tail) {
    Matcher matcher = NO_TLS.matcher(tail);
    if (!matcher.matches()) {
      return tail;
    }
    String rest = matcher.group(1);
    return rest == null ? "" : "?" + rest;
  }

  private static @Nullable String option(String tail) {
    if (tail.isEmpty()) {
      return null;
    }
    Matcher matcher = REPLICA_SET.matcher(tail);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "no database and no option but replicaSet, as in mongodb://db-0,db-1/?replicaSet=rs0;"
              + " other options have keys of their own");
    }
    return matcher.group(1);
  }

  private static InetSocketAddress server(String text) {
    Matcher matcher = SERVER.matcher(text);
    int port = DEFAULT_PORT;
    if (matcher.matches() && matcher.group(2) != null) {
      port = Integer.parseInt(matcher.group(2));
    }
    if (!matcher.matches() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "servers as host or host:port, separated by commas, such as mongodb://db-0:27017,db-1");
    }
    String host = matcher.group(1);
    boolean literal6 = host.startsWith("[");
    return InetSocketAddress.createUnresolved(
        literal6 ? host.substring(1, host.length() - 1) : host, port);
  }

  /** As it would be written. */
  @Override
  public String toString() {
    String name = cluster.serviceName();
    return (name != null
            ? SERVICE_SCHEME + name + "/?tls=false"
            : SCHEME
                + cluster.servers().stream().map(Settings::shown).collect(Collectors.joining(",")))
        + (cluster.replicaSet() == null
            ? ""
            : (name != null ? "&" : "/?") + "replicaSet=" + cluster.replicaSet());
  }
}
