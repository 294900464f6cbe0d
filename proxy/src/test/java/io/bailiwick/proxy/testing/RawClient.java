package io.bailiwick.proxy.testing;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/**
 * A client that writes exactly the bytes a test wants on a real socket, and reads what comes back
 * with the driver's own BSON library. It waits for what it expects, for at most twenty seconds.
 */
public final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int OP_REPLY = 1;
  private static final int OP_QUERY = 2004;
  private static final int OP_COMPRESSED = 2012;
  private static final int OP_MSG = 2013;

  private final Socket socket;
  private final DataInputStream in;
  private int lastRequestId = 1000;

  /** One message from the other side. */
  public record Reply(int opCode, int requestId, int responseTo, BsonDocument document) {
    public boolean ok() {
      return document.getNumber("ok").doubleValue() == 1.0;
    }

    public int code() {
      return document.getInt32("code").getValue();
    }
  }

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  public static RawClient connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new RawClient(socket);
  }

  /** Speaks over a socket that is there already, such as one with TLS. */
  public static RawClient over(Socket socket) throws IOException {
    return new RawClient(socket);
  }

  /** Sends a command as OP_MSG and waits for its reply, which must be to this request. */
  public Reply call(BsonDocument command) throws IOException {
    int requestId = send(command);
    Reply reply = receive();
    if (reply.responseTo() != requestId) {
      throw new AssertionError("a reply to " + reply.responseTo() + ", not to " + requestId);
    }
    return reply;
  }

  public Reply call(String json) throws IOException {
    return call(BsonDocument.parse(json));
  }

  /** Sends a command as OP_MSG; its request id. */
  public int send(BsonDocument command) throws IOException {
    return send(0, command);
  }

  public int send(int flags, BsonDocument command) throws IOException {
    int requestId = ++lastRequestId;
    write(message(requestId, flags, command));
    return requestId;
  }

  /** Sends a command as OP_QUERY and waits for its reply. */
  public Reply query(String namespace, BsonDocument command) throws IOException {
    write(query(++lastRequestId, namespace, command));
    return receive();
  }

  public void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** The next message, whole; one compressed with zlib is opened and keeps its opcode. */
  public Reply receive() throws IOException {
    byte[] length = new byte[4];
    in.readFully(length);
    int size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] message = Arrays.copyOf(length, size);
    in.readFully(message, 4, size - 4);
    ByteBuffer header = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    int opCode = header.getInt(12);
    BsonDocument document =
        new RawBsonDocument(
            switch (opCode) {
              case OP_MSG -> Arrays.copyOfRange(message, 21, size);
              case OP_REPLY -> Arrays.copyOfRange(message, 36, size);
              case OP_COMPRESSED -> Zlib.body(message);
              default -> throw new AssertionError("opcode " + opCode);
            });
    return new Reply(opCode, header.getInt(4), header.getInt(8), document);
  }

  /**
   * Takes at most that many bytes of what has come already; false once the other side has ended.
   */
  public boolean sip(int most) throws IOException {
    try {
      int there = Math.min(most, in.available());
      return in.skipBytes(there) == there;
    } catch (EOFException | SocketException e) {
      return false;
    }
  }

  /** Waits until the other side has ended the connection; whatever else comes is a failure. */
  public void awaitEnd() throws IOException {
    try {
      int next = in.read();
      if (next >= 0) {
        throw new AssertionError("a byte came where the end of the connection was expected");
      }
    } catch (EOFException | SocketException e) {
      // Ended by a reset, which is an end too.
    }
  }

  /** As {@link #awaitEnd()}, but an alert of TLS may come before. */
  public void awaitAlertAndEnd() throws IOException {
    try {
      byte[] last = in.readAllBytes();
      if (last.length > 0 && last[0] != 21) {
        throw new AssertionError("something came that is no alert");
      }
    } catch (SocketException e) {
      // Ended by a reset, which is an end too.
    }
  }

  /** Says that nothing more will be sent, if that can still be said. */
  public void endOutput() throws IOException {
    try {
      socket.shutdownOutput();
    } catch (SocketException e) {
      // Ended by the other side.
    }
  }

  /** Reads until the other side has ended the connection, whatever comes. */
  public void drain() throws IOException {
    try {
      in.readAllBytes();
    } catch (SocketException e) {
      // Ended by a reset, which is an end too.
    }
  }

  /** Ends the connection with a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  public InetSocketAddress localAddress() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** The bytes of an OP_MSG with one body. */
  public static byte[] message(int requestId, int flags, BsonDocument command) {
    return message(requestId, flags, ScriptedReply.bytes(command));
  }

  public static byte[] message(int requestId, int flags, byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(21 + body.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(out.capacity()).putInt(requestId).putInt(0).putInt(OP_MSG);
    return out.putInt(flags).put((byte) 0).put(body).array();
  }

  /** The bytes of an OP_QUERY. */
  public static byte[] query(int requestId, String namespace, BsonDocument command) {
    byte[] body = ScriptedReply.bytes(command);
    byte[] name = namespace.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(29 + name.length + body.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(out.capacity()).putInt(requestId).putInt(0).putInt(OP_QUERY);
    out.putInt(4).put(name).put((byte) 0).putInt(0).putInt(-1);
    return out.put(body).array();
  }

  /** Several arrays one behind the other. */
  public static byte[] join(byte[]... parts) {
    int size = 0;
    for (byte[] part : parts) {
      size += part.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (byte[] part : parts) {
      out.put(part);
    }
    return out.array();
  }
}
