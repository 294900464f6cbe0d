package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.TestForwards;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.RecordingObserver;
import io.bailiwick.proxy.testing.RecordingProof;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gate to the servers of a test, one event loop, one lease on it. */
final class GateFixture implements AutoCloseable {
  static final int CLIENT_REQUEST = 4711;
  private static final ProxyConfig.Breaker BREAKER =
      new ProxyConfig.Breaker(0.5, Duration.ofSeconds(5), Duration.ofMinutes(5));

  final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final EventLoop loop = loops.next();
  final RecordingObserver observer = new RecordingObserver();
  final PairedGate gate;
  final Lease lease;
  private final List<Lease> others = new ArrayList<>();
  private final List<CollectingSink> sinks = new CopyOnWriteArrayList<>();

  GateFixture(InetSocketAddress... servers) {
    this(Accounts.shared(null), timeouts(Duration.ofSeconds(10)), servers);
  }

  /** Sends again what does no harm twice, as often as the configuration's own default says. */
  static GateFixture retrying(InetSocketAddress... servers) {
    return retrying(null, servers);
  }

  /** The same on so many connections that are shared. */
  static GateFixture retrying(@Nullable Integer pooled, InetSocketAddress... servers) {
    return new GateFixture(
        Way.plain(Accounts.shared(null)),
        timeouts(Duration.ofSeconds(10)),
        new How(3, pooled),
        servers);
  }

  /** All clients share that many connections. */
  static GateFixture pooled(int most, Duration selection, InetSocketAddress... servers) {
    return new GateFixture(
        Way.plain(Accounts.shared(null)), timeouts(selection), new How(1, most), servers);
  }

  /** Compresses with the first of these that the server knows too. */
  static GateFixture compressing(
      List<Compressor> compression,
      int attempts,
      @Nullable Integer pooled,
      InetSocketAddress... servers) {
    return new GateFixture(
        Way.plain(Accounts.shared(null)),
        timeouts(Duration.ofSeconds(10)),
        new How(attempts, pooled, compression),
        servers);
  }

  /** Leaves servers alone as the breaker says, by the clock. */
  static GateFixture breaking(
      ProxyConfig.Breaker breaker, Clock clock, InetSocketAddress... servers) {
    return new GateFixture(
        Way.plain(Accounts.shared(null)),
        timeouts(Duration.ofSeconds(10)),
        new How(1, null, List.of(), breaker, clock),
        servers);
  }

  /** How requests are sent: again or not, on connections of their own or shared ones. */
  private record How(
      int attempts,
      @Nullable Integer pooled,
      List<Compressor> compression,
      ProxyConfig.Breaker breaker,
      Clock clock) {
    How(int attempts, @Nullable Integer pooled, List<Compressor> compression) {
      this(attempts, pooled, compression, BREAKER, Clock.systemUTC());
    }

    How(int attempts, @Nullable Integer pooled) {
      this(attempts, pooled, List.of());
    }
  }

  GateFixture(
      ProxyConfig.Timeouts timeouts,
      @Nullable ServiceAccount account,
      InetSocketAddress... servers) {
    this(Accounts.shared(account), timeouts, servers);
  }

  GateFixture(Accounts accounts, ProxyConfig.Timeouts timeouts, InetSocketAddress... servers) {
    this(Way.plain(accounts), timeouts, servers);
  }

  GateFixture(Way way, ProxyConfig.Timeouts timeouts, InetSocketAddress... servers) {
    this(way, timeouts, new How(1, null), servers);
  }

  private GateFixture(
      Way way, ProxyConfig.Timeouts timeouts, How how, InetSocketAddress... servers) {
    ProxyConfig.Upstream config =
        new ProxyConfig.Upstream(
            ProxyConfig.Cluster.of(List.of(servers)),
            null,
            null,
            null,
            timeouts,
            new ProxyConfig.Retry(how.attempts(), 0.2, 10),
            how.breaker(),
            how.pooled(),
            how.compression());
    gate = new PairedGate(config, way, loops, observer, how.clock());
    lease = gate.lease(loop);
  }

  static ProxyConfig.Timeouts timeouts(Duration selection) {
    return new ProxyConfig.Timeouts(
        Duration.ofSeconds(2), Duration.ofSeconds(5), selection, Duration.ofMinutes(10));
  }

  /** Sends a command of plan CURSOR. */
  CollectingSink send(String json) throws Exception {
    return send(
        Messages.command(CLIENT_REQUEST, json), ReplyPlan.Kind.CURSOR, new RecordingProof());
  }

  CollectingSink send(OpMsg message, ReplyPlan.Kind kind, Proof proof) throws Exception {
    return send(message, kind, proof, Policies.bound(TripwireMode.FIRST));
  }

  CollectingSink send(OpMsg message, ReplyPlan.Kind kind, Proof proof, BoundPolicy policy)
      throws Exception {
    Elements first = message.body().elements();
    first.next();
    Verdict.Forward forward = TestForwards.named(first.name(), ReplyPlan.of(kind, null));
    return send(forward, message, proof, policy);
  }

  CollectingSink send(MessageEdits edits, OpMsg message) throws Exception {
    ReplyPlan plan = ReplyPlan.of(ReplyPlan.Kind.CURSOR, null);
    return send(
        TestForwards.edited(edits, plan),
        message,
        new RecordingProof(),
        Policies.bound(TripwireMode.FIRST));
  }

  /** Another client's, to be closed with the gate. */
  Lease anotherLease() throws Exception {
    Lease another = onLoop(() -> gate.lease(loop));
    others.add(another);
    return another;
  }

  /** Sends a read on another lease. */
  CollectingSink send(Lease on, String json) throws Exception {
    return send(on, json, Policies.TENANT_A);
  }

  /** Sends that tenant's read on another lease. */
  CollectingSink send(Lease on, String json, String tenant) throws Exception {
    BoundPolicy policy =
        Policies.bind(
            Policies.policy("h", Duration.ofSeconds(60), TripwireMode.FIRST), "app", tenant);
    return send(on, json, policy);
  }

  /** Sends a read on another lease. */
  CollectingSink send(Lease on, String json, BoundPolicy policy) throws Exception {
    CollectingSink sink = sink();
    onLoop(
        () -> {
          on.send(
              TestForwards.named("find", ReplyPlan.of(ReplyPlan.Kind.CURSOR, null)),
              Messages.command(CLIENT_REQUEST, json),
              new Owner(policy, 1),
              new RecordingProof(),
              sink);
          return sink;
        });
    return sink;
  }

  CollectingSink send(Verdict.Forward forward, OpMsg message, Proof proof, BoundPolicy policy)
      throws Exception {
    CollectingSink sink = sink();
    onLoop(
        () -> {
          lease.send(forward, message, new Owner(policy, 1), proof, sink);
          return sink;
        });
    return sink;
  }

  private CollectingSink sink() {
    CollectingSink sink = new CollectingSink();
    sinks.add(sink);
    return sink;
  }

  <T> T onLoop(Callable<T> work) throws Exception {
    return loop.submit(work).get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    onLoop(
        () -> {
          lease.close();
          others.forEach(Lease::close);
          return lease;
        });
    gate.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).get(20, TimeUnit.SECONDS);
    sinks.forEach(CollectingSink::insistOnOneEnd);
  }
}
