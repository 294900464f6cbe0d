package io.bailiwick.proxy.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.proxy.topology.ReadPreference.Mode;
import io.bailiwick.proxy.topology.ServerState.Role;
import io.bailiwick.proxy.topology.Topology.Kind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static final long NOW = Duration.ofDays(20_000).toMillis();

  private final ServerState primary = server("p", Role.PRIMARY, 1, Map.of("dc", "east"), 0);
  private final ServerState near = server("near", Role.SECONDARY, 2, Map.of("dc", "east"), 10);
  private final ServerState stale = server("stale", Role.SECONDARY, 3, Map.of("dc", "west"), 300);
  private final ServerState far = server("far", Role.SECONDARY, 60, Map.of("dc", "west"), 10);
  private final ServerState arbiter = server("arbiter", Role.OTHER, 1, Map.of(), 0);
  private final ServerState gone = server("gone", Role.UNKNOWN, 1, Map.of(), 0);

  private static ServerState server(
      String host, Role role, int millis, Map<String, String> tags, int behindSeconds) {
    return new ServerState(
        InetSocketAddress.createUnresolved(host, 27017),
        role,
        Duration.ofMillis(millis).toNanos(),
        tags,
        NOW - Duration.ofSeconds(behindSeconds).toMillis(),
        NOW,
        25);
  }

  private static Selection of(Kind kind, ServerState... servers) {
    return new Selection(new Topology(kind, List.of(servers)), 500);
  }

  private Selection whole() {
    return of(Kind.REPLICA_SET, primary, near, stale, far, arbiter, gone);
  }

  private static List<String> hosts(List<ServerState> servers) {
    return servers.stream().map(server -> server.address().getHostString()).toList();
  }

  private static ReadPreference preference(Mode mode) {
    return new ReadPreference(mode, List.of(), 0);
  }

  private List<String> reading(Mode mode) {
    return hosts(whole().forReads(preference(mode)));
  }

  @Test
  void writesGoToThePrimaryAlone() {
    assertEquals(List.of("p"), hosts(whole().forWrites()));
    assertEquals(List.of(), hosts(of(Kind.REPLICA_SET, near, far).forWrites()));
  }

  @Test
  void readsGoWhereTheirModeLetsThem() {
    assertEquals(List.of("p"), reading(Mode.PRIMARY));
    assertEquals(List.of("p"), reading(Mode.PRIMARY_PREFERRED));
    assertEquals(List.of("near", "stale"), reading(Mode.SECONDARY));
    assertEquals(List.of("near", "stale"), reading(Mode.SECONDARY_PREFERRED));
    assertEquals(List.of("p", "near", "stale"), reading(Mode.NEAREST));
  }

  @Test
  void preferredModesFallBackAndStrictOnesDoNot() {
    Selection alone = of(Kind.REPLICA_SET, primary, arbiter);
    Selection headless = of(Kind.REPLICA_SET, near, gone);

    assertEquals(List.of("p"), hosts(alone.forReads(preference(Mode.SECONDARY_PREFERRED))));
    assertEquals(List.of(), hosts(alone.forReads(preference(Mode.SECONDARY))));
    assertEquals(List.of("near"), hosts(headless.forReads(preference(Mode.PRIMARY_PREFERRED))));
    assertEquals(List.of(), hosts(headless.forReads(preference(Mode.PRIMARY))));
  }

  @Test
  void takesTheFirstTagSetThatAnyServerHas() {
    List<Map<String, String>> westThenAny = List.of(Map.of("dc", "west"), Map.of());
    List<Map<String, String>> northThenEast = List.of(Map.of("dc", "north"), Map.of("dc", "east"));
    List<Map<String, String>> north = List.of(Map.of("dc", "north"));

    assertEquals(
        List.of("stale"),
        hosts(whole().forReads(new ReadPreference(Mode.SECONDARY, westThenAny, 0))));
    assertEquals(
        List.of("near"),
        hosts(whole().forReads(new ReadPreference(Mode.SECONDARY, northThenEast, 0))));
    assertEquals(List.of(), hosts(whole().forReads(new ReadPreference(Mode.SECONDARY, north, 0))));
    assertEquals(
        List.of("p"),
        hosts(whole().forReads(new ReadPreference(Mode.SECONDARY_PREFERRED, north, 0))));
  }

  @Test
  void leavesOutSecondariesThatAreTooFarBehind() {
    ReadPreference fresh = new ReadPreference(Mode.SECONDARY, List.of(), 120);

    assertEquals(List.of("near"), hosts(whole().forReads(fresh)));
    assertEquals(List.of("near"), hosts(of(Kind.REPLICA_SET, near, stale).forReads(fresh)));
    assertEquals(
        List.of("near", "stale"),
        hosts(whole().forReads(new ReadPreference(Mode.SECONDARY, List.of(), 400))));
  }

  @Test
  void countsAServersStalenessByItsOwnClock() {
    long ahead = Duration.ofHours(1).toMillis();
    ServerState later =
        new ServerState(
            near.address(), Role.SECONDARY, 0, Map.of(), NOW - 10_000 + ahead, NOW + ahead, 25);
    ReadPreference fresh = new ReadPreference(Mode.SECONDARY, List.of(), 90);

    assertEquals(List.of("near"), hosts(of(Kind.REPLICA_SET, primary, later).forReads(fresh)));
  }

  @Test
  void aSingleServerIsTakenWhateverItIs() {
    for (Mode mode : Mode.values()) {
      assertEquals(List.of("near"), hosts(of(Kind.SINGLE, near).forReads(preference(mode))));
    }
    assertEquals(List.of("gone"), hosts(of(Kind.SINGLE, gone).forWrites()));
  }

  @Test
  void aShardedClusterTakesEverythingAtItsNearestRouters() {
    Selection sharded =
        of(
            Kind.SHARDED,
            server("one", Role.MONGOS, 1, Map.of(), 0),
            server("two", Role.MONGOS, 16, Map.of(), 0),
            server("three", Role.MONGOS, 17, Map.of(), 0),
            gone);

    assertEquals(List.of("one", "two"), hosts(sharded.forWrites()));
    assertEquals(List.of("one", "two"), hosts(sharded.forReads(preference(Mode.SECONDARY))));
  }

  @Test
  void nothingFitsBeforeAnythingIsKnown() {
    List<InetSocketAddress> seeds =
        Stream.of("a", "b").map(host -> InetSocketAddress.createUnresolved(host, 1)).toList();
    Selection unseen = new Selection(Topology.configured(seeds), 500);

    assertEquals(List.of(), unseen.forWrites());
    assertEquals(List.of(), unseen.forReads(preference(Mode.NEAREST)));
  }
}
