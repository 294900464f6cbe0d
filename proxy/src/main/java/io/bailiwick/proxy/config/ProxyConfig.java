package io.bailiwick.proxy.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One bailiwick.yaml, checked and with its defaults filled in. Paths are resolved against the
 * file's own directory.
 *
 * @param keyFile key for session mapping and fake salts, or null to make one up (single instance)
 * @param drain time to finish after SIGTERM
 */
public record ProxyConfig(
    List<Listener> listeners,
    Upstream upstream,
    @Nullable Path keyFile,
    Policies policies,
    InetSocketAddress metrics,
    InetSocketAddress admin,
    Audit audit,
    Duration drain) {

  /** A port clients connect to. */
  public record Listener(String name, InetSocketAddress address, Login login) {}

  /** How clients of a listener say who they are. */
  public sealed interface Login {
    /** The proxy checks passwords against a file of SCRAM verifiers. */
    record Users(Path file) implements Login {}

    /** Everyone on this port is one tenant; the text is typed by the policy. */
    record Tenant(String value) implements Login {}
  }

  /** What stands behind the proxy. */
  public record Upstream(
      List<InetSocketAddress> servers,
      @Nullable Credential credential,
      Timeouts timeouts,
      Breaker breaker) {}

  /** The service account; the password is read from the file at start and at reload. */
  public record Credential(String username, String authSource, Path passwordFile) {}

  /** Every wait towards MongoDB has an end. */
  public record Timeouts(Duration connect, Duration login, Duration selection, Duration idle) {}

  /**
   * When a server is left alone for a while.
   *
   * @param failureRate share of failed calls that opens the breaker, above 0 to 1
   */
  public record Breaker(double failureRate, Duration slowCall, Duration openFor) {}

  /** Policy files by glob, relative to the file's directory. */
  public record Policies(List<String> files, List<String> ignore, Path base) {}

  /** Where the audit goes: {@code stdout}, {@code off} or a file. */
  public record Audit(String to, boolean required) {}
}
