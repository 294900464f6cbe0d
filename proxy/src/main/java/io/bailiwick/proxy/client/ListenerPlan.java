package io.bailiwick.proxy.client;

import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.proxy.auth.ClientLogin;
import io.bailiwick.proxy.auth.Logins;
import io.bailiwick.proxy.auth.NoLogin;
import io.bailiwick.proxy.auth.Peer;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.tls.TlsPort;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One port and how its clients say who they are: by password, or not at all because the port
 * belongs to one tenant.
 *
 * @param name bounded and safe as a label
 * @param logins null for a port of one tenant
 * @param tenant text of the tenant the port belongs to, or null
 * @param tls null for a port without
 * @param persona what the port looks like to drivers
 * @param compression what clients may compress with
 */
public record ListenerPlan(
    String name,
    InetSocketAddress address,
    @Nullable Logins logins,
    @Nullable String tenant,
    @Nullable TlsPort tls,
    ProxyConfig.Persona persona,
    List<Compressor> compression) {

  public ListenerPlan {
    if ((logins == null) == (tenant == null)) {
      throw new IllegalArgumentException("a listener has either logins or a tenant");
    }
    compression = List.copyOf(compression);
  }

  /** A port that looks like a mongos, where clients may compress as they like. */
  public ListenerPlan(
      String name,
      InetSocketAddress address,
      @Nullable Logins logins,
      @Nullable String tenant,
      @Nullable TlsPort tls) {
    this(
        name,
        address,
        logins,
        tenant,
        tls,
        new ProxyConfig.Persona.Mongos(),
        List.of(Compressor.values()));
  }

  /** The same with another persona. */
  public ListenerPlan as(ProxyConfig.Persona other) {
    return new ListenerPlan(name, address, logins, tenant, tls, other, compression);
  }

  /** The same where clients may compress with these. */
  public ListenerPlan compressing(List<Compressor> with) {
    return new ListenerPlan(name, address, logins, tenant, tls, persona, with);
  }

  /** A port where clients log in. */
  public static ListenerPlan withLogin(String name, InetSocketAddress address, Logins logins) {
    return new ListenerPlan(name, address, logins, null, null);
  }

  /** A port that belongs to one tenant; its value is typed by the policy. */
  public static ListenerPlan ofTenant(String name, InetSocketAddress address, String tenant) {
    return new ListenerPlan(name, address, null, tenant, null);
  }

  /** The same port, where clients speak TLS if it is not null. */
  public ListenerPlan secured(@Nullable TlsPort by) {
    return new ListenerPlan(name, address, logins, tenant, by, persona, compression);
  }

  ClientLogin open(Peer client) {
    return logins == null ? new NoLogin() : logins.open(client);
  }

  @Nullable Asker asker() {
    return tenant == null ? null : new Asker.OfPort(name, tenant);
  }
}
