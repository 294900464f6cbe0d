package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.bailiwick.policy.TestForwards;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.RecordingProof;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** One connection without a socket, one request on it, and replies cut where the test likes. */
final class ReplyHarness {
  static final int CLIENT_REQUEST = 4711;
  static final int SERVER = 2;

  final EmbeddedChannel channel = new EmbeddedChannel();
  final RecordingProof proof;
  final CollectingSink sink = new CollectingSink();
  final UpstreamConnection connection;
  private final int requestId;

  ReplyHarness(ReplyPlan plan, TripwireMode mode) {
    this(plan, mode, new RecordingProof());
  }

  private static RetryBudget budget() {
    return new RetryBudget(
        ProxyConfig.Retry.DEFAULT, 1, System::nanoTime, ThreadLocalRandom.current());
  }

  private static Servers servers() {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int i = 0; i <= SERVER; i++) {
      addresses.add(InetSocketAddress.createUnresolved("db-" + i, 27017));
    }
    return new Servers(
        new ProxyConfig.Upstream(
            addresses, null, ProxyConfig.Timeouts.DEFAULT, ProxyConfig.Breaker.DEFAULT),
        Clock.systemUTC(),
        new Observer() {});
  }

  ReplyHarness(ReplyPlan plan, TripwireMode mode, RecordingProof proof) {
    this.proof = proof;
    connection =
        new UpstreamConnection(
            channel,
            servers().at(SERVER),
            new Surroundings(
                new Collected(new ClusterTime(() -> false)),
                new ByteBudget(1 << 20),
                Aftermath.NONE,
                Duration.ofMinutes(10),
                System::nanoTime));
    channel.pipeline().addLast(connection);
    requestId = 1;
    connection.send(
        UpstreamRequest.render(
            TestForwards.unchanged(plan),
            Messages.command(CLIENT_REQUEST, "{find: 'campaigns', $db: 'ads'}"),
            new byte[0],
            requestId,
            new UpstreamRequest.Asker(new Owner(Policies.bound(mode), 1), proof, sink, budget())),
        TimeUnit.SECONDS.toNanos(30),
        Carrier.NONE);
    ByteBuf written = channel.readOutbound();
    assertNotNull(written);
    written.release();
  }

  static ReplyPlan plan(ReplyPlan.Kind kind) {
    return ReplyPlan.of(kind, null);
  }

  static ReplyPlan guarded() {
    return new ReplyPlan(ReplyPlan.Kind.CURSOR, true, java.util.List.of(), true);
  }

  /** A sound reply with that body. */
  byte[] reply(byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(21 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(out.capacity()).putInt(99).putInt(requestId).putInt(2013).putInt(0);
    return out.put((byte) 0).put(body).array();
  }

  /** What the client must get for a batch: all bytes but the header's ids. */
  byte[] forClient(byte[] reply, UnaryOperator<byte[]> cursorIds) {
    byte[] expected = cursorIds.apply(reply.clone());
    ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).putInt(4, requestId);
    ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).putInt(8, CLIENT_REQUEST);
    return expected;
  }

  /** Lets bytes arrive, cut at the offsets. */
  ReplyHarness arrives(byte[] reply, int... cuts) {
    int from = 0;
    for (int cut : cuts) {
      read(Arrays.copyOfRange(reply, from, cut));
      from = cut;
    }
    read(Arrays.copyOfRange(reply, from, reply.length));
    return this;
  }

  private void read(byte[] bytes) {
    if (!channel.isOpen()) {
      return;
    }
    channel.writeInbound(Unpooled.buffer(Math.max(1, bytes.length)).writeBytes(bytes));
  }

  void finish() {
    channel.finishAndReleaseAll();
  }
}
