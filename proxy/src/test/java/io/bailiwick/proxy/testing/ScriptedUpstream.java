package io.bailiwick.proxy.testing;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A MongoDB that does what the test says, over a real socket on loopback. It greets like a writable
 * replica set member, answers everything else with {@code {ok: 1}}, and keeps what it was sent.
 * {@link #next} scripts one command, {@link #always} a command's standing behaviour.
 */
public final class ScriptedUpstream implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  /** How a replica set member that takes writes greets. */
  public static final String GREETING =
      "{isWritablePrimary: true, ismaster: true, setName: 'rs0', hosts: ['db:27017'],"
          + " maxBsonObjectSize: 16777216, maxMessageSizeBytes: 48000000,"
          + " maxWriteBatchSize: 100000, logicalSessionTimeoutMinutes: 30,"
          + " minWireVersion: 0, maxWireVersion: 25, ok: 1.0}";

  private final ServerSocket listener;
  private final Map<String, Queue<ScriptedReply>> scripted = new ConcurrentHashMap<>();
  private final Map<String, Function<ReceivedCommand, ScriptedReply>> standing =
      new ConcurrentHashMap<>();
  private final BlockingQueue<ReceivedCommand> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile @Nullable Throwable fault;
  private volatile @Nullable Cut cut;
  private volatile int cutOn;

  /** How the next message is broken off: after so many of its bytes, from 1. */
  public record Cut(int bytes, How how) {
    /** What becomes of the connection. */
    public enum How {
      RESET,
      CLOSE,
      STALL
    }
  }

  private ScriptedUpstream(ServerSocket listener) {
    this.listener = listener;
    always("hello", any -> ScriptedReply.json(GREETING));
    always("isMaster", any -> ScriptedReply.json(GREETING));
    always("buildInfo", any -> ScriptedReply.json("{version: '8.0.4', ok: 1.0}"));
  }

  /** Listens on a free port. */
  public static ScriptedUpstream start() throws IOException {
    return start(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  /** Listens on a socket that is there already, such as one with TLS. */
  public static ScriptedUpstream start(ServerSocket listener) {
    ScriptedUpstream upstream = new ScriptedUpstream(listener);
    upstream.spawn("accept", upstream::accept);
    return upstream;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", listener.getLocalPort());
  }

  /** What to do with the next command of that name; calls queue up. */
  public ScriptedUpstream next(String command, ScriptedReply reply) {
    scripted.computeIfAbsent(command, any -> new ConcurrentLinkedQueue<>()).add(reply);
    return this;
  }

  /** What to do with every command of that name that {@link #next} says nothing about. */
  public ScriptedUpstream always(
      String command, Function<ReceivedCommand, ScriptedReply> behaviour) {
    standing.put(command, behaviour);
    return this;
  }

  /** Reads only a part of the next message on a connection, and answers nothing. */
  public ScriptedUpstream cutNext(int connection, Cut next) {
    cutOn = connection;
    cut = next;
    return this;
  }

  /** The next command of that name, waiting for it; commands of other names are passed over. */
  public ReceivedCommand take(String command) throws InterruptedException {
    while (true) {
      @Nullable ReceivedCommand next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no " + command + " arrived", fault);
      }
      if (next.name().equals(command)) {
        return next;
      }
    }
  }

  /** Everything that has arrived and was not taken. */
  public List<ReceivedCommand> received() {
    return List.copyOf(received);
  }

  /** Waits until a connection was ended by the other side; its number. */
  public int takeEnd() throws InterruptedException {
    @Nullable Integer connection = ended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (connection == null) {
      throw new AssertionError("no connection ended", fault);
    }
    return connection;
  }

  /** Connections accepted so far. */
  public int connections() {
    return sockets.size();
  }

  /** Answers a command that was left without a reply. */
  public void answer(ReceivedCommand command, String json) throws IOException {
    for (byte[] piece : ScriptedReply.json(json).pieces(command)) {
      push(command.connection(), piece);
    }
  }

  /** Writes bytes on a connection out of turn. */
  public void push(int connection, byte[] bytes) throws IOException {
    sockets.get(connection).getOutputStream().write(bytes);
  }

  /** Resets all connections; the port stays open. */
  public void dropConnections() throws IOException {
    for (Socket socket : sockets) {
      reset(socket);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    dropConnections();
  }

  private void accept() throws IOException {
    while (!listener.isClosed()) {
      Socket socket = listener.accept();
      socket.setTcpNoDelay(true);
      sockets.add(socket);
      int number = sockets.size() - 1;
      spawn("connection-" + number, () -> serve(number, socket));
    }
  }

  private void serve(int number, Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    try {
      while (true) {
        byte first = in.readByte();
        Cut now = cut;
        if (now != null && cutOn == number) {
          cut = null;
          in.readFully(new byte[now.bytes() - 1]);
          breakOff(now.how(), socket, in);
          return;
        }
        ReceivedCommand command = ReceivedCommand.of(number, message(first, in));
        ScriptedReply reply = reply(command);
        received.add(command);
        if (!carryOut(reply, command, socket)) {
          return;
        }
      }
    } catch (EOFException | SocketException e) {
      ended.add(number);
      socket.close();
    }
  }

  private static void breakOff(Cut.How how, Socket socket, DataInputStream in) throws IOException {
    switch (how) {
      case RESET -> reset(socket);
      case CLOSE -> socket.close();
      case STALL -> in.skipNBytes(Long.MAX_VALUE);
    }
  }

  private static byte[] message(byte first, DataInputStream in) throws IOException {
    byte[] length = new byte[4];
    length[0] = first;
    in.readFully(length, 1, 3);
    int size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] message = Arrays.copyOf(length, size);
    in.readFully(message, 4, size - 4);
    return message;
  }

  private ScriptedReply reply(ReceivedCommand command) {
    @Nullable Queue<ScriptedReply> queue = scripted.get(command.name());
    @Nullable ScriptedReply next = queue == null ? null : queue.poll();
    return next != null
        ? next
        : standing
            .getOrDefault(command.name(), any -> ScriptedReply.json("{ok: 1.0}"))
            .apply(command);
  }

  private static boolean carryOut(ScriptedReply reply, ReceivedCommand command, Socket socket)
      throws IOException {
    OutputStream out = socket.getOutputStream();
    for (byte[] piece : reply.pieces(command)) {
      out.write(piece);
      out.flush();
    }
    switch (reply.then()) {
      case CLOSE -> socket.close();
      case RESET -> reset(socket);
      case GO_ON -> {
        return true;
      }
    }
    return false;
  }

  private static void reset(Socket socket) throws IOException {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      return; // It has ended by itself.
    }
    socket.close();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void spawn(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (SocketException e) {
                // The listener was closed: the test is over.
              } catch (IOException | RuntimeException | AssertionError e) {
                fault = e;
              }
            },
            "scripted-upstream-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
