package io.bailiwick.proxy.noninterference;

import io.bailiwick.proxy.testing.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** One client in one world: sends commands, keeps its cursors, hands replies out masked. */
final class Lane implements AutoCloseable {
  private final World world;
  private final Masks masks = new Masks();
  private final Deque<BsonDocument> cursors = new ArrayDeque<>();
  private @Nullable RawClient client;

  Lane(World world) {
    this.world = world;
  }

  /** Sends a command; what stands for a cursor becomes the one opened last. */
  void send(BsonDocument command) throws IOException {
    if (client == null) {
      client = world.connect();
    }
    client.send(resolved(command));
  }

  /** The reply to what was sent, masked. */
  Answer receive() {
    RawClient connection = client;
    if (connection == null) {
      throw new IllegalStateException("nothing was sent");
    }
    try {
      RawBsonDocument reply = (RawBsonDocument) connection.receive().document();
      remember(reply);
      byte[] bytes = new byte[reply.getByteBuffer().remaining()];
      reply.getByteBuffer().get(bytes);
      return new Answer(masks.mask(bytes), bytes);
    } catch (IOException e) {
      client = null;
      cursors.clear();
      return Answer.CLOSED;
    }
  }

  @Override
  public void close() throws IOException {
    if (client != null) {
      client.close();
    }
  }

  /**
   * What came back.
   *
   * @param masked what is compared
   * @param raw as it came
   */
  record Answer(byte[] masked, byte[] raw) {
    /** The connection was closed instead. */
    static final Answer CLOSED = new Answer(new byte[0], new byte[0]);

    boolean isSame(Answer other) {
      return java.util.Arrays.equals(masked, other.masked);
    }

    boolean isOk() {
      return raw.length > 0
          && new RawBsonDocument(raw).getNumber("ok", new BsonInt64(0)).intValue() == 1;
    }

    /** True if something that only foreign documents hold is in it. */
    boolean holdsForeign() {
      String text = new String(raw, StandardCharsets.ISO_8859_1);
      String id = new String(Organizations.FOREIGN.toByteArray(), StandardCharsets.ISO_8859_1);
      return text.contains(Organizations.CANARY) || text.contains(id);
    }

    @Override
    public String toString() {
      return raw.length == 0 ? "connection closed" : new RawBsonDocument(raw).toJson();
    }
  }

  private BsonDocument resolved(BsonDocument command) {
    String name = command.getFirstKey();
    if (!name.equals("getMore") && !name.equals("killCursors")) {
      return command;
    }
    BsonDocument last = cursors.isEmpty() ? new BsonDocument() : cursors.getLast();
    BsonInt64 id = last.getInt64("id", new BsonInt64(4711));
    BsonDocument resolved = command.clone();
    resolved.replaceAll(
        (key, value) -> {
          if (value.equals(Commands.CURSOR)) {
            return id;
          }
          boolean list = value.isArray() && value.asArray().contains(Commands.CURSOR);
          return list ? new BsonArray(java.util.List.of(id)) : value;
        });
    String namespace = last.getString("ns", new BsonString(".orders")).getValue();
    BsonString collection = new BsonString(namespace.substring(namespace.indexOf('.') + 1));
    resolved.replaceAll((key, value) -> value.equals(Commands.COLLECTION) ? collection : value);
    return resolved;
  }

  private void remember(BsonDocument reply) {
    if (!reply.containsKey("cursor") || !reply.isDocument("cursor")) {
      return;
    }
    BsonDocument cursor = reply.getDocument("cursor");
    if (cursor.isInt64("id") && cursor.containsKey("nextBatch") && !cursors.isEmpty()) {
      cursors.removeLast();
    }
    if (cursor.isInt64("id") && cursor.getInt64("id").getValue() != 0) {
      cursors.add(new BsonDocument("id", cursor.get("id")).append("ns", cursor.get("ns")));
    }
  }
}
