package io.bailiwick.proxy.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One HTTP exchange by hand, so that a test can send any header. */
public final class Http {
  private Http() {}

  /** The answer's status and everything else of it. */
  public record Answer(int status, String text) {}

  public static Answer get(InetSocketAddress address, String path) throws IOException {
    return send(address, "GET", path, "");
  }

  /** Sends one request; {@code headers} are whole lines, each ended by CRLF. */
  public static Answer send(InetSocketAddress address, String method, String path, String headers)
      throws IOException {
    String host =
        headers.startsWith("Host:") ? "" : "Host: 127.0.0.1:" + address.getPort() + "\r\n";
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(10_000);
      String request =
          method
              + " "
              + path
              + " HTTP/1.1\r\n"
              + host
              + headers
              + "Content-Length: 0\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(Integer.parseInt(text.split(" ", 3)[1]), text);
    }
  }

  /**
   * Asks until the status is the expected one; a test that waits for ever is ended by its limit.
   */
  public static Answer await(InetSocketAddress address, String path, int status)
      throws IOException {
    Answer answer = get(address, path);
    while (answer.status() != status) {
      Thread.onSpinWait();
      answer = get(address, path);
    }
    return answer;
  }
}
