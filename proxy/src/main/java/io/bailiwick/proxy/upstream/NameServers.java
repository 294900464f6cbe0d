package io.bailiwick.proxy.upstream;

import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Whom to ask for the addresses of MongoDB's hosts: the name servers of the machine, and where it
 * names none, one on this host, as the C library does. Never a public one: names of servers would
 * leave the house.
 */
final class NameServers {
  private static final int DNS = 53;

  private NameServers() {}

  /**
   * Reads the file once.
   *
   * @param resolvConf in the format of resolv.conf(5)
   */
  static DnsServerAddressStreamProvider of(File resolvConf) {
    try {
      return new UnixResolverDnsServerAddressStreamProvider(resolvConf);
    } catch (IOException | IllegalArgumentException e) {
      return new SingletonDnsServerAddressStreamProvider(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), DNS));
    }
  }
}
