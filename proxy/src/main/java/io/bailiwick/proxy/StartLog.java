package io.bailiwick.proxy;

import io.bailiwick.proxy.client.Transport;
import io.bailiwick.proxy.config.ConnectionLimits;
import io.bailiwick.proxy.config.ListenerTls;
import io.bailiwick.proxy.config.PinnedFiles;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Build;
import io.netty.util.internal.PlatformDependent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says when the proxy starts and stops. */
final class StartLog {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy");
  private static final long MEBIBYTE = 1 << 20;

  private StartLog() {}

  static void starting(ProxyConfig config, int threads, Transport transport) {
    Build build = Build.current();
    LOG.atInfo()
        .addKeyValue("event", "start")
        .addKeyValue("version", build.version())
        .addKeyValue("revision", build.revision())
        .addKeyValue("java", build.java())
        .log("bailiwick starts");
    LOG.atInfo()
        .addKeyValue("event", "memory")
        .addKeyValue("heap_mib", Runtime.getRuntime().maxMemory() / MEBIBYTE)
        .addKeyValue("direct_mib", PlatformDependent.maxDirectMemory() / MEBIBYTE)
        .addKeyValue("event_loops", threads)
        .addKeyValue("transport", transport)
        .log("memory at most: heap and direct, beside some 80 MiB of the JVM's own");
    for (ProxyConfig.Listener listener : config.listeners()) {
      warn(listener);
    }
  }

  /** Says so if the process may not open as many files as clients are wanted. */
  static void roofs(ConnectionLimits held, ConnectionLimits wanted) {
    if (held.all() < wanted.all()) {
      LOG.atWarn()
          .addKeyValue("event", "descriptors")
          .addKeyValue("connections", held.all())
          .addKeyValue("wanted", wanted.all())
          .log("file descriptors (ulimit -n) suffice for fewer clients than limits.connections");
    }
  }

  /** Files that are to be read again, but will never change. */
  static void pinned(Sources sources) {
    List<Path> files = sources.all().stream().flatMap(one -> one.paths().stream()).toList();
    for (Path file : PinnedFiles.among(files, PinnedFiles.MOUNTS)) {
      LOG.atWarn()
          .addKeyValue("event", "pinned_file")
          .addKeyValue("file", file)
          .log(PinnedFiles.ADVICE);
    }
  }

  private static void warn(ProxyConfig.Listener listener) {
    InetAddress address = listener.address().getAddress();
    boolean loopback = address != null && address.isLoopbackAddress();
    boolean open =
        listener.login() instanceof ProxyConfig.Login.Tenant && !showsCertificates(listener);
    if (!loopback && (open || listener.tls() == null)) {
      LOG.atWarn()
          .addKeyValue("event", "exposed")
          .addKeyValue("listener", listener.name())
          .log(
              open
                  ? "whoever reaches this port is its tenant: it asks for no password"
                  : "this port is reachable from outside and not encrypted");
    }
  }

  private static boolean showsCertificates(ProxyConfig.Listener listener) {
    ListenerTls tls = listener.tls();
    return tls != null && tls.clients() == ListenerTls.ClientCertificates.REQUIRED;
  }

  /** Everything is open. */
  static void serving(Proxy proxy) {
    LOG.atInfo()
        .addKeyValue("event", "serving")
        .addKeyValue("metrics", shown(proxy.metricsAddress()))
        .addKeyValue("admin", shown(proxy.adminAddress()))
        .addKeyValue("policy_hash", proxy.sources().policy().get().hash())
        .log("bailiwick serves");
  }

  static void draining(String signal) {
    LOG.atInfo()
        .addKeyValue("event", "drain")
        .addKeyValue("signal", signal)
        .log("going down: connections finish first, a second signal ends at once");
  }

  static void drainUnfinished(int open) {
    LOG.atWarn()
        .addKeyValue("event", "drain_unfinished")
        .addKeyValue("connections", open)
        .log("connections are cut: the time to finish is over");
  }

  static void stopped() {
    LOG.atInfo().addKeyValue("event", "stop").log("bailiwick has stopped");
  }

  private static String shown(@org.jspecify.annotations.Nullable InetSocketAddress address) {
    return address == null
        ? "off"
        : address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
