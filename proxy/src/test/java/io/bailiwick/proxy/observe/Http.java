package io.bailiwick.proxy.observe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One HTTP exchange by hand, so that a test can send any header. */
final class Http {
  private Http() {}

  /** The answer's status and everything else of it. */
  record Answer(int status, String text) {}

  static Answer get(InetSocketAddress address, String path) throws IOException {
    return send(address, "GET", path, "");
  }

  /** Sends one request; {@code headers} are whole lines, each ended by CRLF. */
  static Answer send(InetSocketAddress address, String method, String path, String headers)
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
}
