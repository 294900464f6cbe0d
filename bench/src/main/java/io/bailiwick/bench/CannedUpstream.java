package io.bailiwick.bench;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A MongoDB that knows its answers by heart, on loopback: it greets as a mongos without login, has
 * one document for every find, and nothing for everything else. A thread for each connection.
 */
final class CannedUpstream implements AutoCloseable {
  private static final int BACKLOG = 50;
  private static final int RESPONSE_TO = 8;

  private final ServerSocket server;
  private final byte[] greeting = greeting();
  private final byte[] found = cursor(true);
  private final byte[] nothing = cursor(false);

  CannedUpstream() throws IOException {
    server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "canned");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed, which is how it ends.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        byte[] request = Requests.read(in);
        byte[] answer = answer(request).clone();
        Bytes.putInt32(answer, RESPONSE_TO, Bytes.int32(request, 4));
        socket.getOutputStream().write(answer);
      }
    } catch (IOException e) {
      // The proxy has gone.
    }
  }

  private byte[] answer(byte[] request) {
    Elements command = new Elements(request, Frame.HEADER_SIZE + 5);
    command.next();
    return command.nameIs("hello") ? greeting : command.nameIs("find") ? found : nothing;
  }

  private static byte[] greeting() {
    BsonWriter hello = new BsonWriter().startDocument().bool("isWritablePrimary", true);
    hello.string("msg", "isdbgrid").string("version", "7.0.0");
    hello.int32("logicalSessionTimeoutMinutes", 30);
    hello.int32("minWireVersion", 0).int32("maxWireVersion", 21);
    return Requests.message(hello.float64("ok", 1).end().toBytes(), new byte[0]);
  }

  private static byte[] cursor(boolean withDocument) {
    BsonWriter reply = new BsonWriter().startDocument().startDocument("cursor");
    reply.startArray("firstBatch");
    if (withDocument) {
      reply.startDocument("0").int64("_id", 7);
      Requests.policy().tenant().write(reply, "organization_id");
      reply.string("text", "x".repeat(900)).end();
    }
    reply.end().int64("id", 0).string("ns", "bench.documents").end();
    return Requests.message(reply.float64("ok", 1).end().toBytes(), new byte[0]);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
