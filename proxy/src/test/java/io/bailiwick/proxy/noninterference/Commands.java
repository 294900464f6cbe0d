package io.bailiwick.proxy.noninterference;

import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * Draws commands of all families. Left out, because the reply is no function of the sender's data
 * even with nobody else there: {@code $sample}, {@code $sampleRate} and bare {@code $rand}
 * (random); {@code $currentDate} and values made of {@code $$NOW} (they store the time); {@code
 * whatsmyuri} and {@code startSession} (the client's port, a fresh id); {@code $createObjectId} (a
 * fresh id, may be turned into text). Natural order stays in: the servers give one organization's
 * documents in the order of their insertion, whatever lies between them.
 */
final class Commands {
  /** Stands in a getMore or killCursors for an id that only the run knows. */
  static final BsonString CURSOR = new BsonString("the cursor opened last");

  /** Stands for the collection of that cursor. */
  static final BsonString COLLECTION = new BsonString("the collection of that cursor");

  private static final int SESSIONS = 3;

  private final Draw draw;
  private final String database;
  private final Filters filters;
  private final Pipelines pipelines;
  private final Updates updates;
  private final Transactions transactions;
  private final byte[] sessions = new byte[16];
  private int lastId = 100;
  private long lastTransaction;

  Commands(Draw draw, String database) {
    Expressions expressions = new Expressions(draw);
    this.draw = draw;
    this.database = database;
    this.filters = new Filters(draw, expressions);
    this.pipelines = new Pipelines(draw, expressions, filters);
    this.updates = new Updates(draw, expressions);
    for (int i = 1; i < sessions.length; i++) {
      sessions[i] = (byte) draw.below(256);
    }
    this.transactions = new Transactions(draw, sessions.clone());
  }

  /** A run of commands, in the order to be sent. */
  List<BsonDocument> draw(int count) {
    List<BsonDocument> commands = new ArrayList<>();
    while (commands.size() < count) {
      BsonDocument last =
          commands.isEmpty() ? new BsonDocument() : commands.get(commands.size() - 1);
      boolean atTheEnd = commands.size() == count - 1;
      commands.add(atTheEnd && transactions.isOpen() ? transactions.abort() : next(last));
    }
    return commands;
  }

  /** Now and then the same again, as retries do; often the rest of what was opened. */
  private BsonDocument next(BsonDocument last) {
    if (!last.isEmpty() && draw.chance(3)) {
      return last;
    }
    if (transactions.isOpen()) {
      return inTransaction();
    }
    if (draw.chance(3)) {
      return draw.chance(15)
          ? transactions.endAgain()
          : transactions.begin(addressed(transactional()));
    }
    boolean opened =
        last.containsKey("batchSize") || last.get("cursor", BsonNull.VALUE).isDocument();
    return addressed(opened && draw.chance(40) ? getMore() : command());
  }

  private BsonDocument inTransaction() {
    return switch (draw.below(20)) {
      case 0, 1, 2 -> transactions.end();
      case 3 -> transactions.part(addressed(count()));
      case 4 -> addressed(Hostile.command(draw, database));
      case 5, 6 -> transactions.part(addressed(getMore()));
      default -> transactions.part(addressed(transactional()));
    };
  }

  private BsonDocument transactional() {
    return switch (draw.below(12)) {
      case 0, 1, 2 -> find();
      case 3, 4, 5 -> aggregate();
      case 6 -> distinct();
      case 7 -> insert();
      case 8 -> update();
      case 9 -> delete();
      case 10 -> findAndModify();
      default -> bulkWrite();
    };
  }

  private BsonDocument command() {
    return switch (draw.below(50)) {
      case 0, 1, 2, 3, 4, 5, 6, 7, 8 -> find();
      case 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 -> aggregate();
      case 21, 22 -> count();
      case 23, 24 -> distinct();
      case 25, 26 -> write(insert());
      case 27, 28, 29, 30, 31 -> write(update());
      case 32 -> write(delete());
      case 33, 34, 35 -> write(findAndModify());
      case 36, 37 -> write(bulkWrite());
      case 38 -> getMore();
      case 39 -> killCursors();
      case 40, 41 -> aggregate();
      case 42, 43 -> explain();
      default -> Hostile.command(draw, database);
    };
  }

  private BsonDocument addressed(BsonDocument command) {
    String home = command.containsKey("nsInfo") ? "admin" : database;
    String where = draw.chance(1) ? draw.of("admin", "config", "other") : home;
    command.put("$db", new BsonString(where));
    if (!command.containsKey("lsid") && draw.chance(3)) {
      command.put("lsid", session());
    }
    if (draw.chance(2)) {
      command.put("comment", draw.value(1));
    }
    if (draw.chance(1)) {
      command.put("readConcern", BsonDocument.parse("{level: 'local'}"));
    }
    return command;
  }

  private BsonDocument find() {
    BsonDocument find = new BsonDocument("find", pipelines.source());
    if (draw.chance(90)) {
      find.put("filter", filters.filter(3));
    }
    if (draw.chance(35)) {
      find.put("projection", pipelines.projection());
    }
    if (draw.chance(40)) {
      find.put("sort", pipelines.sort());
    }
    if (draw.chance(20)) {
      find.put("skip", new BsonInt32(draw.below(4)));
    }
    if (draw.chance(25)) {
      find.put("limit", new BsonInt32(draw.between(0, 6)));
    }
    if (draw.chance(45)) {
      find.put("batchSize", new BsonInt32(draw.between(0, 3)));
    }
    if (draw.chance(5)) {
      find.put("singleBatch", BsonBoolean.TRUE);
    }
    if (draw.chance(3)) {
      find.put("collation", BsonDocument.parse("{locale: 'simple'}"));
    }
    return find;
  }

  private BsonDocument aggregate() {
    BsonDocument aggregate =
        new BsonDocument("aggregate", pipelines.source())
            .append("pipeline", pipelines.pipeline(2))
            .append("cursor", new BsonDocument());
    if (draw.chance(35)) {
      aggregate.getDocument("cursor").put("batchSize", new BsonInt32(draw.between(0, 3)));
    }
    if (draw.chance(5)) {
      aggregate.put("let", new BsonDocument("outer", draw.scalar()));
    }
    return aggregate;
  }

  private BsonDocument count() {
    BsonDocument count = new BsonDocument("count", pipelines.source());
    count.put("query", filters.filter(2));
    if (draw.chance(25)) {
      count.put(draw.of("skip", "limit"), new BsonInt32(draw.between(1, 4)));
    }
    return count;
  }

  private BsonDocument distinct() {
    BsonDocument distinct = new BsonDocument("distinct", pipelines.source());
    distinct.put("key", new BsonString(draw.chance(10) ? "_id" : draw.path()));
    return distinct.append("query", filters.filter(2));
  }

  private BsonDocument insert() {
    BsonDocument insert = new BsonDocument("insert", target());
    insert.put("documents", draw.some(1, 3, () -> updates.stored(new BsonDocument("_id", id()))));
    return ordered(insert);
  }

  private BsonDocument update() {
    BsonDocument update = new BsonDocument("update", target());
    return ordered(update.append("updates", draw.some(1, 3, () -> statement("q", "u"))));
  }

  private BsonDocument statement(String filter, String change) {
    boolean upsert = draw.chance(15);
    BsonDocument statement = new BsonDocument(filter, changed(upsert));
    statement.put(change, updates.update());
    if (upsert) {
      statement.put("upsert", BsonBoolean.TRUE);
    } else if (draw.chance(40)) {
      statement.put("multi", BsonBoolean.TRUE);
    }
    return withArrayFilters(statement);
  }

  private BsonDocument withArrayFilters(BsonDocument statement) {
    BsonValue arrayFilters = updates.arrayFilters();
    return arrayFilters.isNull() ? statement : statement.append("arrayFilters", arrayFilters);
  }

  private BsonDocument changed(boolean upsert) {
    if (upsert && draw.chance(90)) {
      return new BsonDocument("_id", id());
    }
    return draw.chance(50) ? filters.one() : filters.filter(2);
  }

  private BsonDocument delete() {
    BsonDocument delete = new BsonDocument("delete", target());
    return ordered(delete.append("deletes", draw.some(1, 2, this::deletion)));
  }

  private BsonDocument deletion() {
    BsonDocument filter = draw.chance(60) ? filters.one() : filters.filter(2);
    return new BsonDocument("q", filter).append("limit", new BsonInt32(draw.of(1, 1, 1, 0)));
  }

  private BsonDocument findAndModify() {
    BsonDocument command = new BsonDocument(draw.of("findAndModify", "findandmodify"), target());
    boolean upsert = draw.chance(20);
    command.put("query", changed(upsert));
    if (draw.chance(50)) {
      command.put("sort", pipelines.sort());
    }
    if (!upsert && draw.chance(15)) {
      return command.append("remove", BsonBoolean.TRUE);
    }
    command.append("update", updates.update()).append("new", pipelines.truth(50));
    if (upsert) {
      command.put("upsert", BsonBoolean.TRUE);
    }
    if (draw.chance(20)) {
      command.put("fields", pipelines.projection());
    }
    return withArrayFilters(command);
  }

  private BsonDocument bulkWrite() {
    BsonDocument command = new BsonDocument("bulkWrite", new BsonInt32(1));
    command.put("ops", draw.some(1, 3, this::operation));
    command.put("nsInfo", draw.some(2, 2, () -> namespace(target())));
    if (draw.chance(30)) {
      command.put("errorsOnly", BsonBoolean.TRUE);
    }
    return ordered(command);
  }

  private BsonDocument operation() {
    BsonInt32 at = new BsonInt32(draw.below(2));
    return switch (draw.below(4)) {
      case 0 ->
          new BsonDocument("insert", at)
              .append("document", updates.stored(new BsonDocument("_id", id())));
      case 1 -> new BsonDocument("delete", at).append("filter", filters.one());
      default -> {
        BsonDocument update = new BsonDocument("update", at);
        update.putAll(statement("filter", "updateMods"));
        yield update;
      }
    };
  }

  private BsonDocument namespace(BsonString collection) {
    return new BsonDocument("ns", new BsonString(database + "." + collection.getValue()));
  }

  private BsonDocument getMore() {
    BsonDocument getMore = new BsonDocument("getMore", CURSOR);
    getMore.put("collection", draw.chance(90) ? COLLECTION : pipelines.source());
    if (draw.chance(95)) {
      getMore.put("batchSize", new BsonInt32(draw.between(1, 4)));
    }
    return getMore;
  }

  private BsonDocument killCursors() {
    BsonArray cursors = new BsonArray(List.of(CURSOR));
    return new BsonDocument("killCursors", COLLECTION).append("cursors", cursors);
  }

  private BsonDocument explain() {
    BsonDocument inner =
        switch (draw.below(6)) {
          case 0 -> count();
          case 1 -> distinct();
          case 2 -> update();
          case 3 -> aggregate();
          default -> find();
        };
    String verbosity = draw.chance(80) ? "queryPlanner" : draw.of("executionStats", "none");
    return new BsonDocument("explain", inner).append("verbosity", new BsonString(verbosity));
  }

  private BsonDocument ordered(BsonDocument command) {
    return draw.chance(30) ? command.append("ordered", BsonBoolean.FALSE) : command;
  }

  /** Now and then in a session, with a number that makes it repeatable. */
  private BsonDocument write(BsonDocument command) {
    if (draw.chance(25)) {
      command.put("lsid", session());
      command.put(
          "txnNumber", new BsonInt64(draw.chance(80) ? ++lastTransaction : lastTransaction));
    }
    return command;
  }

  private BsonDocument session() {
    byte[] id = sessions.clone();
    id[0] = (byte) (1 + draw.below(SESSIONS));
    return new BsonDocument("id", new BsonBinary(org.bson.BsonBinarySubType.UUID_STANDARD, id));
  }

  private BsonString target() {
    return draw.chance(3)
        ? new BsonString(draw.of(Organizations.UNLISTED, Organizations.REFERENCE))
        : new BsonString(draw.of("orders", "orders", "items", "items", Organizations.PRIVATE));
  }

  /** The id of a new document; now and then one that is there already. */
  private BsonValue id() {
    return new BsonInt32(draw.chance(20) ? draw.between(1, 14) : ++lastId);
  }
}
