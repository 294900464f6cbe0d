package io.bailiwick.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Passes one connection on, each byte in a packet of its own. */
final class Slicer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final InetSocketAddress target;

  Slicer(InetSocketAddress target) throws IOException {
    this.target = target;
    spawn(this::serve);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  private void serve() throws IOException {
    Socket client = listener.accept();
    Socket server = new Socket(target.getAddress(), target.getPort());
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    spawn(() -> pass(client, server));
    spawn(() -> pass(server, client));
  }

  private static void pass(Socket from, Socket to) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      out.write(next);
      out.flush();
    }
    to.close();
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
                // One side has ended, or the test is over.
              }
            },
            "slicer");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
