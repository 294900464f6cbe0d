package io.bailiwick.demo;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bson.BsonDocument;

/**
 * Stands on the socket between proxy and server, passes every byte on, and keeps the commands it
 * decoded on the way. It is how the demo knows what MongoDB received without asking the proxy.
 */
final class Tap implements Closeable {
  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final List<BsonDocument> commands = new CopyOnWriteArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private Tap(ServerSocket listener, InetSocketAddress server) {
    this.listener = listener;
    this.server = server;
  }

  /** Opens a port on loopback in front of the server. */
  static Tap before(InetSocketAddress server) throws IOException {
    Tap tap = new Tap(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server);
    daemon("demo-tap", tap::accept);
    return tap;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Every command that passed so far, in order; kind-1 sections are folded in as arrays. */
  List<BsonDocument> commands() {
    return commands;
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
        Socket client = listener.accept();
        Socket upstream = new Socket(server.getAddress(), server.getPort());
        sockets.add(client);
        sockets.add(upstream);
        daemon("demo-tap-requests", () -> pump(client, upstream, true));
        daemon("demo-tap-replies", () -> pump(upstream, client, false));
      } catch (IOException e) {
        // The listener was closed, or the server is gone: the story will notice by itself.
        continue;
      }
    }
  }

  private void pump(Socket from, Socket to, boolean decode) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      while (true) {
        byte[] message = message(in);
        if (decode) {
          WireCommand.decode(message).ifPresent(commands::add);
        }
        out.write(message);
        out.flush();
      }
    } catch (IOException e) {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static byte[] message(InputStream in) throws IOException {
    byte[] head = in.readNBytes(4);
    if (head.length < 4) {
      throw new EOFException();
    }
    int length = WireCommand.int32(head, 0);
    byte[] message = new byte[length];
    System.arraycopy(head, 0, message, 0, 4);
    if (in.readNBytes(message, 4, length - 4) < length - 4) {
      throw new EOFException();
    }
    return message;
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
