package io.bailiwick.proxy.noninterference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bailiwick.proxy.noninterference.Lane.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The one thing that can be told of others, on purpose outside the proof of non-interference: one
 * index over all organizations keeps {@code _id} unique, so an id that another one uses is taken.
 * Ids that cannot be guessed are the remedy. This shows that it is all that can be told.
 */
class CollisionTest {
  private static final String INSERT = "{insert: 'orders', documents: [{_id: %d}], $db: 'db0'}";

  @TempDir private Path directory;

  @Test
  void tellsThatAnIdIsTakenAndNothingMore() throws Exception {
    BsonDocument foreign =
        new BsonDocument("_id", new BsonInt32(7))
            .append(Organizations.FIELD, new BsonObjectId(Organizations.FOREIGN))
            .append("note", new BsonString(Organizations.CANARY));
    try (World world = World.behindProxy(directory, null, 1);
        Lane lane = new Lane(world)) {
      world.load("db0", Map.of("orders", List.of(foreign)));

      Answer taken = answer(lane, INSERT.formatted(7));
      Answer free = answer(lane, INSERT.formatted(8));
      Answer read = answer(lane, "{count: 'orders', query: {_id: 7}, $db: 'db0'}");

      assertEquals(
          BsonArray.parse("[{index: 0, code: 11000, errmsg: 'E11000 duplicate key error'}]"),
          new RawBsonDocument(taken.raw()).getArray("writeErrors"));
      assertEquals(1, new RawBsonDocument(free.raw()).getNumber("n").intValue());
      assertEquals(0, new RawBsonDocument(read.raw()).getNumber("n").intValue());
      assertFalse(taken.holdsForeign());
      assertEquals(Map.of("orders", Set.of(foreign)), world.foreign("db0"));
    }
  }

  private static Answer answer(Lane lane, String command) throws Exception {
    lane.send(BsonDocument.parse(command));
    return lane.receive();
  }
}
