package io.bailiwick.proxy.business;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the statements of a write that was judged, so that its shape is known to be sound. */
final class WriteReader {
  /** What holds the statements of each command, and what they do. */
  private static final Map<String, Batch> BATCHES =
      Map.of(
          "insert", new Batch("documents", Effect.INSERT),
          "update", new Batch("updates", Effect.UPDATE),
          "delete", new Batch("deletes", Effect.DELETE),
          "bulkWrite", new Batch("ops", null));

  private static final List<String> STORED = List.of("u", "update", "updateMods");

  private final OpMsg message;
  private final Rows rows;

  /**
   * @param effect of every statement; null if each says so itself
   */
  private record Batch(String name, @Nullable Effect effect) {}

  private WriteReader(OpMsg message, Rows rows) {
    this.message = message;
    this.rows = rows;
  }

  /**
   * @param command its name in the catalogue
   */
  static void read(String command, OpMsg message, Rows rows) {
    WriteReader reader = new WriteReader(message, rows);
    Batch batch = BATCHES.get(command);
    if (batch == null) {
      reader.findAndModify();
    } else {
      reader.batch(batch);
    }
  }

  private void batch(Batch batch) {
    for (int i = 0; i < message.sequenceCount(); i++) {
      if (message.sequenceIs(i, batch.name())) {
        int at = message.sequenceDocumentsAt(i);
        while (at < message.sequenceEnd(i)) {
          statement(batch, at);
          at += Bytes.int32(message.bytes(), at);
        }
      }
    }
    Elements array = message.body().find(batch.name());
    if (array != null && array.type() == BsonType.ARRAY) {
      Elements members = array.inside();
      while (members.next()) {
        statement(batch, members.valueStart());
      }
    }
  }

  private void statement(Batch batch, int start) {
    Effect effect = batch.effect();
    if (rows.isFull()) {
      return;
    }
    if (effect == null) {
      operation(start);
    } else if (effect == Effect.INSERT) {
      rows.add(effect, 0, message.bytes(), start);
    } else {
      change(effect, 0, start);
    }
  }

  /** A statement of bulkWrite names its kind first, and by its value the collection. */
  private void operation(int start) {
    Elements parts = new Elements(message.bytes(), start);
    if (!parts.next()) {
      return;
    }
    int target = parts.int32();
    if (!parts.nameIs("insert")) {
      change(parts.nameIs("update") ? Effect.UPDATE : Effect.DELETE, target, start);
      return;
    }
    while (parts.next()) {
      if (parts.nameIs("document")) {
        rows.add(Effect.INSERT, target, message.bytes(), parts.valueStart());
      }
    }
  }

  private void findAndModify() {
    Elements remove = message.body().find("remove");
    boolean removes = remove != null && remove.type() == BsonType.BOOLEAN && remove.bool();
    change(removes ? Effect.DELETE : Effect.UPDATE, 0, message.bodyStart());
  }

  /** An upsert with a whole document may store it as it is. */
  private void change(Effect effect, int target, int start) {
    boolean upsert = false;
    int document = -1;
    Elements parts = new Elements(message.bytes(), start);
    while (parts.next()) {
      upsert |= parts.nameIs("upsert") && parts.type() == BsonType.BOOLEAN && parts.bool();
      if (parts.type() == BsonType.DOCUMENT && STORED.stream().anyMatch(parts::nameIs)) {
        document = isReplacement(parts) ? parts.valueStart() : -1;
      }
    }
    if (upsert && document >= 0) {
      rows.add(effect, target, message.bytes(), document);
    } else {
      rows.add(effect, target);
    }
  }

  private static boolean isReplacement(Elements update) {
    Elements first = update.inside();
    return !first.next() || first.nameFirstByte() != '$';
  }
}
