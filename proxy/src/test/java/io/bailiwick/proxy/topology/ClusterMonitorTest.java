package io.bailiwick.proxy.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.mongodb.spi.dns.DnsClient;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.topology.ServerState.Role;
import io.bailiwick.proxy.topology.Topology.Kind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterMonitorTest {
  private final BlockingQueue<Topology> seen = new LinkedBlockingQueue<>();
  private ScriptedUpstream one;
  private ScriptedUpstream other;
  private @Nullable ClusterMonitor monitor;

  @BeforeEach
  void start() throws Exception {
    one = ScriptedUpstream.start();
    other = ScriptedUpstream.start();
  }

  @AfterEach
  void stop() throws Exception {
    if (monitor != null) {
      monitor.close();
    }
    one.close();
    other.close();
  }

  private static void greet(ScriptedUpstream server, String json) {
    for (String name : List.of("hello", "isMaster", "ismaster")) {
      server.always(name, any -> ScriptedReply.json(json));
    }
  }

  private String member(ScriptedUpstream self, boolean primary, int term) {
    String election = primary ? ", electionId: {$oid: '7fffffff000000000000000" + term + "'}" : "";
    return "{ismaster: %b, isWritablePrimary: %b, secondary: %b, setName: 'rs0', setVersion: 1,"
            .formatted(primary, primary, !primary)
        + " hosts: ['127.0.0.1:%d', '127.0.0.1:%d'], me: '127.0.0.1:%d', tags: {dc: 'east'},"
            .formatted(one.address().getPort(), other.address().getPort(), self.address().getPort())
        + " lastWrite: {lastWriteDate: {$date: '2026-01-01T00:00:00Z'}},"
        + " minWireVersion: 0, maxWireVersion: 21, maxBsonObjectSize: 16777216,"
        + " maxMessageSizeBytes: 48000000, maxWriteBatchSize: 100000, ok: 1.0"
        + election
        + "}";
  }

  private void follow(@Nullable String service, @Nullable DnsClient names) {
    List<InetSocketAddress> seeds = service == null ? List.of(one.address()) : List.of();
    monitor =
        ClusterMonitor.start(
            new ClusterMonitor.Plan(
                seeds, service, service == null ? "rs0" : null, Duration.ofSeconds(5), null),
            names,
            seen::add);
  }

  private Topology await(Predicate<Topology> condition) throws InterruptedException {
    while (true) {
      Topology next = seen.poll(20, TimeUnit.SECONDS);
      assertNotNull(next, "the cluster never became that");
      if (condition.test(next)) {
        return next;
      }
    }
  }

  private static Role role(Topology topology, ScriptedUpstream server) {
    return topology.servers().stream()
        .filter(state -> state.address().getPort() == server.address().getPort())
        .map(ServerState::role)
        .findFirst()
        .orElse(Role.UNKNOWN);
  }

  @Test
  void findsTheOtherMembersOfAReplicaSetAndFollowsItsPrimary() throws Exception {
    greet(one, member(one, true, 1));
    greet(other, member(other, false, 1));
    follow(null, null);

    Topology first = await(next -> next.primary() != null && role(next, other) == Role.SECONDARY);

    assertEquals(Kind.REPLICA_SET, first.kind());
    assertEquals(Role.PRIMARY, role(first, one));
    assertEquals(Map.of("dc", "east"), first.servers().get(1).tags());
    assertEquals(21, first.servers().get(1).maxWireVersion());

    greet(one, member(one, false, 1));
    greet(other, member(other, true, 2));

    await(next -> role(next, other) == Role.PRIMARY && role(next, one) == Role.SECONDARY);
  }

  @Test
  void losesSightOfAServerThatDies() throws Exception {
    greet(one, member(one, true, 1));
    greet(other, member(other, false, 1));
    follow(null, null);
    await(next -> next.primary() != null && role(next, other) == Role.SECONDARY);

    one.close();

    Topology headless = await(next -> role(next, one) == Role.UNKNOWN);
    assertEquals(Kind.REPLICA_SET, headless.kind());
  }

  @Test
  void findsRoutersByTheirServiceName() throws Exception {
    for (ScriptedUpstream server : List.of(one, other)) {
      greet(server, "{ismaster: true, msg: 'isdbgrid', maxWireVersion: 21, ok: 1.0}");
    }
    DnsClient names =
        (name, type) ->
            type.equals("SRV") && name.equals("_mongodb._tcp.cluster.test.example")
                ? List.of(
                    "0 0 " + one.address().getPort() + " a.test.example.",
                    "0 0 " + other.address().getPort() + " b.test.example.")
                : List.of();

    follow("cluster.test.example", names);

    Topology known = await(next -> next.servers().size() == 2);
    assertEquals(
        List.of("a.test.example", "b.test.example"),
        known.servers().stream().map(state -> state.address().getHostString()).sorted().toList());
  }

  @Test
  void neverLogsInAndAsksNothingButGreetings() throws Exception {
    greet(one, member(one, true, 1));
    greet(other, member(other, false, 1));
    follow(null, null);
    await(next -> next.primary() != null && role(next, other) == Role.SECONDARY);

    assertEquals(
        List.of(),
        one.received().stream()
            .map(command -> command.name())
            .filter(name -> !name.equalsIgnoreCase("ismaster") && !name.equals("hello"))
            .toList());
  }
}
