package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bailiwick.proxy.config.ClientDeadlines;
import io.bailiwick.proxy.config.ConnectionLimits;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.TcpTimers;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The system looks after clients that are silent. What it finds is shown by {@code
 * interop/chaos/run vanished}.
 */
class ClientKeepAliveTest {
  private static double secondsToProbe(Transport transport, Duration keepAlive) throws Exception {
    ClientDeadlines d = ClientDeadlines.DEFAULT;
    ClientDeadlines deadlines =
        new ClientDeadlines(
            d.greeting(),
            d.login(),
            d.anonymousIdle(),
            d.idle(),
            d.message(),
            d.reply(),
            d.linger(),
            keepAlive);
    ClientLimits limits = ClientLimits.of(deadlines, ConnectionLimits.DEFAULT);
    try (ClientFixture proxy = new ClientFixture(limits, transport);
        RawClient client = proxy.connectBound()) {
      assertTrue(client.call("{ping: 1, $db: 'admin'}").ok());
      return TcpTimers.secondsToProbe(
          proxy.bound.address().getPort(), client.localAddress().getPort());
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void theFirstProbeComesAfterTwoFifths(Transport transport) throws Exception {
    assumeTrue(TcpTimers.canBeRead());
    assertEquals(Duration.ofSeconds(25), ClientDeadlines.DEFAULT.keepAlive());
    double byDefault = secondsToProbe(transport, ClientDeadlines.DEFAULT.keepAlive());
    assertTrue(byDefault > 0 && byDefault <= 10, byDefault + " s");
    double longer = secondsToProbe(transport, Duration.ofHours(2));
    assertTrue(longer > 2000 && longer <= 2880, longer + " s");
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void zeroLeavesItToTheSystem(Transport transport) throws Exception {
    assumeTrue(TcpTimers.canBeRead());
    double seconds = secondsToProbe(transport, Duration.ZERO);
    assertTrue(seconds > 30, seconds + " s");
  }
}
