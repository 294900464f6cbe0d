package io.bailiwick.proxy.testing;

import io.bailiwick.policy.oracle.AnyOrderOracle;
import io.bailiwick.policy.oracle.Tenancy;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;

/**
 * Stands on the socket between proxy and server, passes every byte on, and has the any-order oracle
 * judge every command on the way. What the proxy says on its own behalf is known by its name: these
 * commands are refused or answered by the proxy when a client sends them.
 */
public final class JudgingTap implements Closeable {
  private static final Set<String> PROXY_ITSELF =
      Set.of(
          "hello",
          "isMaster",
          "saslStart",
          "saslContinue",
          "buildInfo",
          "ping",
          "killCursors",
          "endSessions",
          "listCollections",
          "listIndexes");
  private static final int MOST_FINDINGS = 20;

  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final AnyOrderOracle oracle;
  private final List<String> findings = new CopyOnWriteArrayList<>();
  private final AtomicLong judged = new AtomicLong();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private JudgingTap(ServerSocket listener, InetSocketAddress server, Tenancy tenancy) {
    this.listener = listener;
    this.server = server;
    this.oracle = new AnyOrderOracle(tenancy);
  }

  /** Opens a port on loopback in front of the server; every client is of that one tenant. */
  public static JudgingTap before(InetSocketAddress server, Tenancy tenancy) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    JudgingTap tap = new JudgingTap(listener, server, tenancy);
    daemon("tap", tap::accept);
    return tap;
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** What the oracle has against what passed, each with its command; at most the first few. */
  public List<String> findings() {
    return findings;
  }

  /** How many commands that clients caused were judged. */
  public long judged() {
    return judged.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket proxy = listener.accept();
        Socket upstream = new Socket(server.getAddress(), server.getPort());
        upstream.setTcpNoDelay(true);
        proxy.setTcpNoDelay(true);
        sockets.addAll(List.of(proxy, upstream));
        daemon("tap-requests", () -> requests(proxy, upstream));
        daemon("tap-replies", () -> replies(upstream, proxy));
      } catch (IOException e) {
        // The listener was closed, or the server is gone: whoever waits for a reply will notice.
        continue;
      }
    }
  }

  private void requests(Socket from, Socket to) {
    try (from;
        to) {
      DataInputStream in =
          new DataInputStream(new java.io.BufferedInputStream(from.getInputStream(), 1 << 16));
      OutputStream out = to.getOutputStream();
      while (true) {
        byte[] head = in.readNBytes(4);
        if (head.length < 4) {
          return;
        }
        int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
        byte[] message = Arrays.copyOf(head, length);
        in.readFully(message, 4, length - 4);
        out.write(message);
        judge(message);
      }
    } catch (IOException e) {
      // One of both sides has gone; the other is closed as well.
    } finally {
      sockets.removeAll(List.of(from, to));
    }
  }

  private void replies(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // As above.
    }
  }

  private void judge(byte[] message) {
    try {
      BsonDocument command = ReceivedCommand.of(0, message).command();
      if (PROXY_ITSELF.contains(command.getFirstKey())) {
        return;
      }
      judged.incrementAndGet();
      for (String finding : oracle.findings(command)) {
        note(finding + ": " + command.toJson());
      }
    } catch (RuntimeException | AssertionError e) {
      note("a message that the oracle cannot read: " + e);
    }
  }

  private void note(String finding) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
