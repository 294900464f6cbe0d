package io.bailiwick.proxy.testing;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One address in front of several: each new connection goes to the next of them, byte by byte. */
public final class Balancer implements Closeable {
  private final ServerSocket listener;
  private final List<InetSocketAddress> targets;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private Balancer(ServerSocket listener, List<InetSocketAddress> targets) {
    this.listener = listener;
    this.targets = targets;
  }

  public static Balancer before(List<InetSocketAddress> targets) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Balancer balancer = new Balancer(listener, List.copyOf(targets));
    daemon(balancer::accept);
    return balancer;
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** How many connections have been passed on. */
  public int accepted() {
    return accepted.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        InetSocketAddress target = targets.get(accepted.getAndIncrement() % targets.size());
        Socket server = new Socket(target.getAddress(), target.getPort());
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.addAll(List.of(client, server));
        daemon(() -> pass(client, server));
        daemon(() -> pass(server, client));
      } catch (IOException e) {
        // Closed, or the target is gone: the client notices.
        continue;
      }
    }
  }

  private void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One side has gone, and takes the other with it.
    } finally {
      sockets.removeAll(List.of(from, to));
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "balancer");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
