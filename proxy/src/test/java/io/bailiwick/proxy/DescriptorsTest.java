package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.config.ConnectionLimits;
import io.bailiwick.proxy.config.ProxyConfig;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorsTest {
  private static final ConnectionLimits WANTED = new ConnectionLimits(1_000, 500);

  private static ProxyConfig.Upstream upstream(int servers, @Nullable Integer pooled) {
    InetSocketAddress address = InetSocketAddress.createUnresolved("db", 27017);
    return new ProxyConfig.Upstream(
        ProxyConfig.Cluster.of(Collections.nCopies(servers, address)),
        null,
        null,
        null,
        ProxyConfig.Timeouts.DEFAULT,
        ProxyConfig.Retry.DEFAULT,
        ProxyConfig.Breaker.DEFAULT,
        pooled,
        List.of());
  }

  @ParameterizedTest
  @CsvSource({"2164, 1000", "2162, 999", "264, 50", "166, 1", "10, 1"})
  void aClientWithItsOwnConnectionTakesTwo(long most, int clients) {
    Descriptors descriptors = new Descriptors(most, 100);

    assertEquals(
        new ConnectionLimits(clients, 500), descriptors.suffice(WANTED, upstream(1, null)));
  }

  @ParameterizedTest
  @CsvSource({"1, 1292, 1000", "1, 1291, 999", "2, 1291, 871", "3, 420, 128"})
  void sharedConnectionsAreSetAside(int servers, long most, int clients) {
    Descriptors descriptors = new Descriptors(most, 100);

    assertEquals(
        new ConnectionLimits(clients, 500), descriptors.suffice(WANTED, upstream(servers, 128)));
  }

  @Test
  void knowsThoseOfThisProcess() {
    Descriptors here = Descriptors.ofThisProcess();

    assertTrue(here.most() > here.open() && here.open() > 0, here.toString());
  }
}
