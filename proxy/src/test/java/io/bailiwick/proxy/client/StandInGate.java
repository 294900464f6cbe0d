package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.ReplyWriter;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.upstream.Lease;
import io.bailiwick.proxy.upstream.Relay;
import io.bailiwick.proxy.upstream.ReplySink;
import io.bailiwick.proxy.upstream.UpstreamFacts;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import io.bailiwick.proxy.upstream.UpstreamGate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** A way to MongoDB that leads to the test: it takes what is sent and says what comes back. */
final class StandInGate implements UpstreamGate {
  /** Whatever a member of a replica set would say. */
  static final UpstreamFacts FACTS =
      new UpstreamFacts(25, "8.0.4", 30, 16 << 20, 48_000_000, 100_000);

  private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
  private final BlockingQueue<StandInLease> closed = new LinkedBlockingQueue<>();
  final List<Boolean> readable = new CopyOnWriteArrayList<>();
  volatile UpstreamFacts facts = FACTS;

  /** If set, what happens within the call that sends. */
  volatile @Nullable Consumer<Sent> atOnce;

  /** One command that was sent, and the sink that waits for its reply. */
  record Sent(StandInLease lease, byte[] bytes, int clientRequestId, Owner owner, ReplySink sink) {
    BsonDocument body() {
      return new RawBsonDocument(java.util.Arrays.copyOfRange(bytes, 21, bytes.length));
    }

    /** Answers on the client's loop with a whole reply. */
    void reply(String json) {
      on(
          () -> {
            sink.onChunk(chunk(json));
            lease.busy = false;
            sink.onComplete(true, 0, 1000);
          });
    }

    void chunk(ByteBuf bytesOfReply) {
      on(() -> sink.onChunk(bytesOfReply));
    }

    void complete() {
      on(
          () -> {
            lease.busy = false;
            sink.onComplete(true, 0, 1000);
          });
    }

    void fail(UpstreamFailure.Kind kind, boolean bytesSent, boolean started) {
      on(
          () -> {
            lease.busy = false;
            sink.onFailure(new UpstreamFailure(kind, bytesSent, started));
          });
    }

    /** Runs something on the client's loop once the call that sends is over. */
    void later(Runnable task) {
      lease.loop.execute(task);
    }

    ByteBuf chunk(String json) {
      return ReplyWriter.write(
          UnpooledByteBufAllocator.DEFAULT,
          OpCode.OP_MSG,
          1,
          clientRequestId,
          ScriptedReply.bytes(BsonDocument.parse(json)));
    }

    private void on(Runnable task) {
      if (lease.loop.inEventLoop()) {
        task.run();
      } else {
        lease.loop.execute(task);
      }
    }
  }

  /** The next command that reaches MongoDB. */
  Sent take() throws InterruptedException {
    Sent next = sent.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was forwarded");
    }
    return next;
  }

  boolean nothingSent() {
    return sent.isEmpty();
  }

  StandInLease takeClosed() throws InterruptedException {
    StandInLease next = closed.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no lease was closed");
    }
    return next;
  }

  @Override
  public Lease lease(EventLoop loop) {
    return new StandInLease(loop);
  }

  @Override
  public Relay relay(EventLoop loop) {
    throw new UnsupportedOperationException("no login is relayed here");
  }

  @Override
  public boolean selectable() {
    return true;
  }

  @Override
  public UpstreamFacts facts() {
    return facts;
  }

  /** What was going on when its client left; each to be run as it ends. */
  final BlockingQueue<Runnable> goneOn = new LinkedBlockingQueue<>();

  volatile boolean goesOn;

  final class StandInLease implements Lease {
    private final EventLoop loop;
    private boolean busy;
    private boolean ended;

    StandInLease(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public void send(
        Verdict.Forward forward, OpMsg message, Owner owner, Proof proof, ReplySink sink) {
      if (busy || ended) {
        throw new IllegalStateException("busy or ended");
      }
      busy = true;
      ByteBuf rendered =
          MessageWriter.write(
              UnpooledByteBufAllocator.DEFAULT, message, forward.edits(), 7, new byte[0]);
      byte[] bytes = new byte[rendered.readableBytes()];
      rendered.readBytes(bytes).release();
      Sent one = new Sent(this, bytes, message.requestId(), owner, sink);
      var now = atOnce;
      if (now != null) {
        now.accept(one);
      } else {
        sent.add(one);
      }
    }

    @Override
    public void readable(boolean mayRead) {
      readable.add(mayRead);
    }

    @Override
    public boolean busy() {
      return busy;
    }

    @Override
    public void close() {
      if (!ended) {
        ended = true;
        closed.add(this);
      }
    }

    /** As if the server went on with what it was asked last, until it has answered. */
    @Override
    public void afterwards(Runnable over) {
      if (busy && goesOn) {
        goneOn.add(over);
      } else {
        over.run();
      }
    }
  }

  static ByteBuf buffer(byte[] bytes) {
    return Unpooled.copiedBuffer(bytes);
  }
}
