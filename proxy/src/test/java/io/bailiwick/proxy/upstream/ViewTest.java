package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.topology.ReadPreference;
import io.bailiwick.proxy.topology.ReadPreference.Mode;
import io.bailiwick.proxy.topology.ServerState;
import io.bailiwick.proxy.topology.ServerState.Role;
import io.bailiwick.proxy.topology.Topology;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Another server is chosen when one fits and the first is to be left alone. */
class ViewTest {
  private final MutableClock clock = new MutableClock();
  private final List<InetSocketAddress> addresses =
      List.of(
          InetSocketAddress.createUnresolved("db-0", 27017),
          InetSocketAddress.createUnresolved("db-1", 27017));
  private final Servers servers =
      new Servers(
          new ProxyConfig.Upstream(
              addresses, null, ProxyConfig.Timeouts.DEFAULT, ProxyConfig.Breaker.DEFAULT),
          clock,
          new Observer() {});

  private int chosen(int last) {
    Server server = servers.view().choose(Route.TO_PRIMARY, last, new Random(last));
    assertNotNull(server);
    return server.position();
  }

  private void roles(Topology.Kind kind, Role... roles) {
    servers.onTopology(new Topology(kind, List.of(state(0, roles[0]), state(1, roles[1]))));
  }

  private ServerState state(int position, Role role) {
    return state(position, role, 1_000);
  }

  private ServerState state(int position, Role role, long roundTripNanos) {
    return new ServerState(addresses.get(position), role, roundTripNanos, Map.of(), 0, 0, 21);
  }

  private int reads(Mode mode, int avoided) {
    Route route = Route.reading(new ReadPreference(mode, List.of(), 0), avoided);
    Server server = servers.view().choose(route, -1, new Random(7));
    assertNotNull(server);
    List<Server> order = servers.candidates(route, new Random(7));
    assertEquals(server, order.get(0), "whoever opens a connection chooses the same");
    return server.position();
  }

  @Test
  void aPreferenceFallsBackOnWhatItDoesNotPreferWhereThatIsLeftAlone() {
    roles(Topology.Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY);
    assertEquals(0, reads(Mode.PRIMARY_PREFERRED, -1));
    assertEquals(1, reads(Mode.SECONDARY_PREFERRED, -1));
    assertEquals(1, reads(Mode.PRIMARY_PREFERRED, 0));
    assertEquals(0, reads(Mode.SECONDARY_PREFERRED, 1));
    assertEquals(1, reads(Mode.SECONDARY, 1));

    open(0);
    assertEquals(1, reads(Mode.PRIMARY_PREFERRED, -1));
    assertEquals(1, reads(Mode.NEAREST, -1));
    assertEquals(0, reads(Mode.PRIMARY, -1));

    open(1);
    assertEquals(0, reads(Mode.PRIMARY_PREFERRED, -1));
    assertEquals(1, reads(Mode.SECONDARY_PREFERRED, -1));
  }

  @Test
  void aServerFartherAwayStandsInForTheNearestOne() {
    long far = Duration.ofMillis(60).toNanos();
    servers.onTopology(
        new Topology(
            Topology.Kind.SHARDED, List.of(state(0, Role.MONGOS), state(1, Role.MONGOS, far))));
    assertEquals(0, chosen(1));
    assertEquals(1, reads(Mode.PRIMARY, 0));

    open(0);
    assertEquals(1, chosen(0));
    assertEquals(1, reads(Mode.NEAREST, -1));

    open(1);
    assertEquals(0, chosen(-1));
  }

  private void open(int position) {
    Breaker breaker = servers.at(position).breaker();
    for (int i = 0; i < 5; i++) {
      breaker.tryAcquire();
      breaker.failed(1, Kind.UNREACHABLE);
    }
  }

  @Test
  void aClientStaysWithItsMongosAsLongAsThatIsWell() {
    roles(Topology.Kind.SHARDED, Role.MONGOS, Role.MONGOS);
    for (int i = 0; i < 20; i++) {
      assertEquals(0, chosen(0));
      assertEquals(1, chosen(1));
    }

    open(0);

    for (int i = 0; i < 20; i++) {
      assertEquals(1, chosen(0));
    }
    clock.advance(ProxyConfig.Breaker.DEFAULT.openFor().plus(Duration.ofMillis(1)));
    assertEquals(0, chosen(0));
  }

  @Test
  void whereNoOtherFitsTheOneIsChosenAllTheSame() {
    roles(Topology.Kind.REPLICA_SET, Role.PRIMARY, Role.SECONDARY);
    open(0);

    assertEquals(0, chosen(1));
    assertNotEquals(1, chosen(0));
  }
}
