package io.bailiwick.proxy.client;

import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.upstream.VirtualNetwork;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A MongoDB within the event loop of a test, which decides what becomes of clients' commands. */
final class VirtualServer {
  private static final Pattern NONCE = Pattern.compile("nonce-\\d+");
  private static final String CONNECTED =
      ScriptedUpstream.GREETING.replace(", ok: 1.0", ", connectionId: 5, ok: 1.0");

  final LocalAddress address;
  final List<String> arrived = new ArrayList<>();
  final List<String> done = new ArrayList<>();
  final StringBuilder heard = new StringBuilder();
  private final EventLoop loop;
  private final Deque<Held> held = new ArrayDeque<>();
  private @Nullable Channel listener;
  boolean atOnce;

  /** A command that waits for what becomes of it. */
  private record Held(Channel channel, ReceivedCommand command, String nonce) {}

  VirtualServer(EventLoop loop, LocalAddress address) {
    this.loop = loop;
    this.address = address;
  }

  boolean accepts() {
    return listener != null;
  }

  void accept() {
    listener =
        new ServerBootstrap()
            .group(loop)
            .channel(LocalServerChannel.class)
            .childOption(ChannelOption.ALLOCATOR, VirtualNetwork.BYTES)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Commands());
                  }
                })
            .bind(address)
            .channel();
  }

  void refuse() {
    Channel open = listener;
    listener = null;
    if (open != null) {
      open.close();
    }
  }

  /** True if a client's command waits. */
  boolean holds() {
    held.removeIf(each -> !each.channel().isActive());
    return !held.isEmpty();
  }

  void answer() {
    Held next = held.remove();
    done.add(next.nonce());
    answer(next.channel(), next.command(), success(next));
  }

  void stepDown() {
    Held next = held.remove();
    answer(next.channel(), next.command(), "{ok: 0.0, code: 10107, errmsg: 'not primary'}");
  }

  void reset() {
    held.remove().channel().close();
  }

  private static String success(Held next) {
    return switch (next.command().name()) {
      case "find" ->
          "{cursor: {firstBatch: [{organization_id: {$oid: '"
              + ClientFixture.A
              + "'}, n: '"
              + next.nonce()
              + "'}], id: {$numberLong: '0'}, ns: 'app.orders'}, ok: 1.0}";
      default -> "{n: 1, nModified: 1, ok: 1.0}";
    };
  }

  private static void answer(Channel channel, ReceivedCommand command, String json) {
    for (byte[] piece : ScriptedReply.json(json).pieces(command)) {
      channel.writeAndFlush(Unpooled.wrappedBuffer(piece));
    }
  }

  private void take(Channel channel, byte[] message) {
    String text = new String(message, StandardCharsets.ISO_8859_1);
    heard.append(text);
    ReceivedCommand command = ReceivedCommand.of(0, message);
    switch (command.name()) {
      case "hello" -> answer(channel, command, CONNECTED);
      case "aggregate" ->
          answer(
              channel,
              command,
              "{cursor: {firstBatch: [], id: {$numberLong: '0'}, ns: 'admin.$cmd.aggregate'}, ok: 1.0}");
      case "find", "insert", "update" -> {
        Matcher nonce = NONCE.matcher(text);
        if (!nonce.find()) {
          throw new AssertionError("a command that no client sent");
        }
        arrived.add(nonce.group());
        held.add(new Held(channel, command, nonce.group()));
        if (atOnce) {
          answer();
        }
      }
      default -> answer(channel, command, "{ok: 1.0}");
    }
  }

  private final class Commands extends LengthFieldBasedFrameDecoder {
    Commands() {
      super(ByteOrder.LITTLE_ENDIAN, 1 << 20, 0, 4, -4, 0, true);
    }

    @Override
    protected @Nullable Object decode(ChannelHandlerContext context, ByteBuf in) throws Exception {
      ByteBuf frame = (ByteBuf) super.decode(context, in);
      if (frame != null) {
        byte[] message = new byte[frame.readableBytes()];
        frame.readBytes(message).release();
        Channel channel = context.channel();
        loop.execute(() -> take(channel, message)); // As over a socket, never within the write.
      }
      return null;
    }
  }
}
