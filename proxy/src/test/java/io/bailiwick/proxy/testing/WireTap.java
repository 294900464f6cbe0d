package io.bailiwick.proxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands in front of a server, passes everything on, and remembers what came from clients. */
public final class WireTap implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  public WireTap(InetSocketAddress server) throws IOException {
    this.server = server;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    spawn(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Every byte that clients sent, one character each. */
  public String heard() {
    synchronized (heard) {
      return heard.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      Socket behind = new Socket(server.getAddress(), server.getPort());
      sockets.add(client);
      sockets.add(behind);
      spawn(() -> pass(client, behind, true));
      spawn(() -> pass(behind, client, false));
    }
  }

  private void pass(Socket from, Socket to, boolean noted) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] piece = new byte[8192];
      for (int size = in.read(piece); size >= 0; size = in.read(piece)) {
        if (noted) {
          synchronized (heard) {
            heard.write(piece, 0, size);
          }
        }
        out.write(piece, 0, size);
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void spawn(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                Thread.currentThread().interrupt();
              }
            },
            "tap");
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
