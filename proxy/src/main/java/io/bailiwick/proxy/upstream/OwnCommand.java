package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.compression.Compressor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything the proxy itself ever says to MongoDB, as opposed to what a client caused. A closed
 * list: what is not here cannot be said.
 */
sealed interface OwnCommand {
  /** The database the command is sent to. */
  default String database() {
    return "admin";
  }

  /** Writes the elements of the command but {@code $db}, its name first. */
  void write(BsonWriter out);

  /**
   * The greeting, which no client's hello ever is a part of.
   *
   * @param name {@code hello}, or {@code isMaster} for servers that do not know it
   * @param user {@code database.user} to ask the login mechanisms of, or null
   * @param compression what clients' commands may be compressed with, what is preferred first
   */
  record Hello(String name, @Nullable String user, List<Compressor> compression)
      implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32(name, 1);
      if (user != null) {
        out.string("saslSupportedMechs", user);
      }
      if (!compression.isEmpty()) {
        out.startArray("compression");
        for (int i = 0; i < compression.size(); i++) {
          out.string(Integer.toString(i), compression.get(i).specName());
        }
        out.end();
      }
      out.startDocument("client");
      out.startDocument("application").string("name", "bailiwick").end();
      out.startDocument("driver").string("name", "bailiwick").string("version", version()).end();
      out.startDocument("os").string("type", System.getProperty("os.name", "unknown")).end();
      out.string("platform", "Java " + Runtime.version().feature());
      out.end();
    }

    private static String version() {
      @Nullable String version = Hello.class.getPackage().getImplementationVersion();
      return version == null ? "unknown" : version;
    }
  }

  /**
   * By which mechanisms a user may log in.
   *
   * @param user {@code database.user}
   */
  record Mechanisms(String user) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("hello", 1).string("saslSupportedMechs", user);
    }
  }

  /** Who is logged in on the connection. */
  record ConnectionStatus() implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("connectionStatus", 1);
    }
  }

  /** What whoever is logged in may do. */
  record ShowPrivileges() implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("connectionStatus", 1).bool("showPrivileges", true);
    }
  }

  /** First step of a login; a relayed one's payload is the client's own, whose form was checked. */
  record SaslStart(String database, String mechanism, byte[] payload) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("saslStart", 1).string("mechanism", mechanism);
      out.binary("payload", (byte) 0, payload);
      out.startDocument("options").bool("skipEmptyExchange", true).end();
    }
  }

  /** Further step of a login, relayed or our own. */
  record SaslContinue(String database, int conversationId, byte[] payload) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("saslContinue", 1).int32("conversationId", conversationId);
      out.binary("payload", (byte) 0, payload);
    }
  }

  /** Login as whom the connection's certificate names. */
  record Authenticate() implements OwnCommand {
    @Override
    public String database() {
      return "$external";
    }

    @Override
    public void write(BsonWriter out) {
      out.int32("authenticate", 1).string("mechanism", "MONGODB-X509");
    }
  }

  /** Whether a server is there; like every reply, its own says how late it is. */
  record Ping() implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("ping", 1);
    }
  }

  /**
   * What a connection is busy with.
   *
   * @param connectionId as the server calls it
   * @param allUsers true to find it under another account too, which takes the privilege inprog
   * @param mongos true to ask a mongos of itself, not of its shards, and how it shows itself there
   */
  record OperationsOf(long connectionId, boolean allUsers, boolean mongos) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      OperationKill.write(out, this);
    }
  }

  /**
   * What the shards are busy with for one connection to a mongos, as far as it is not to end
   * already. A mongos tells its shards whom it acts for; no client of its own can say so.
   *
   * @param mongos the mongos, as it calls itself
   * @param client the other end of the connection, as the mongos sees it
   */
  record OperationsOnShards(String mongos, String client) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      OperationKill.write(out, this);
    }
  }

  /** Ends an operation of the server that is told. */
  record KillOperation(long operation) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("killOp", 1).int64("op", operation);
    }
  }

  /**
   * Has a mongos end an operation of one of its shards.
   *
   * @param operation as it was listed: {@code shard:number}
   */
  record KillOnShard(String operation) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("killOp", 1).string("op", operation);
    }
  }

  /** Which version a server is. */
  record BuildInfo() implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("buildInfo", 1);
    }
  }

  /** Ends a cursor that has no owner any more. */
  record KillCursors(String database, String collection, long cursorId) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.string("killCursors", collection).startArray("cursors").int64("0", cursorId).end();
    }
  }

  /**
   * Aborts a transaction that nobody goes on with.
   *
   * @param session mapped id
   * @param declaredApi as {@link io.bailiwick.policy.verdict.Claim.DeclaresApi} has it: the last
   *     command must declare what the others did
   */
  record AbortTransaction(byte[] session, long number, int declaredApi) implements OwnCommand {
    private static final byte SUBTYPE_UUID = 4;

    @Override
    public void write(BsonWriter out) {
      out.int32("abortTransaction", 1);
      out.startDocument("lsid").binary("id", SUBTYPE_UUID, session).end();
      out.int64("txnNumber", number).bool("autocommit", false);
      if ((declaredApi & 3) != 0) {
        out.string("apiVersion", "1");
      }
      flag(out, "apiStrict", declaredApi >> 2 & 3);
      flag(out, "apiDeprecationErrors", declaredApi >> 4 & 3);
    }

    private static void flag(BsonWriter out, String name, int declared) {
      if (declared != 0) {
        out.bool(name, declared == 2);
      }
    }
  }

  /**
   * Ends sessions that a client ended.
   *
   * @param ids the mapped ids, 16 bytes each
   */
  record EndSessions(List<byte[]> ids) implements OwnCommand {
    private static final byte SUBTYPE_UUID = 4;

    @Override
    public void write(BsonWriter out) {
      out.startArray("endSessions");
      for (int i = 0; i < ids.size(); i++) {
        out.startDocument(Integer.toString(i)).binary("id", SUBTYPE_UUID, ids.get(i)).end();
      }
      out.end();
    }
  }

  /** Of which type the collections of a database are. */
  record ListCollections(String database) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int32("listCollections", 1).startDocument("cursor").end();
    }
  }

  /** Which indexes a collection has. */
  record ListIndexes(String database, String collection) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.string("listIndexes", collection).startDocument("cursor").end();
    }
  }

  /** The rest of one of the proxy's own lists. */
  record NextBatch(String database, String collection, long cursorId) implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.int64("getMore", cursorId).string("collection", collection);
    }
  }

  /**
   * Whether any document has a field; tells no values.
   *
   * @param maxMillis how long MongoDB may look
   */
  record FindField(String database, String collection, String field, int maxMillis)
      implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      out.string("find", collection);
      out.startDocument("filter").startDocument(field).bool("$exists", true).end().end();
      out.startDocument("projection").int32("_id", 1).end();
      out.int32("limit", 1).bool("singleBatch", true).int32("maxTimeMS", maxMillis);
    }
  }

  /**
   * How many documents have a field of which type; tells no values. The server reads no more
   * documents than it is told to, since nothing is moved in front of a {@code $limit}.
   *
   * @param most how many documents to look at; 0 for all of them
   * @param maxMillis how long MongoDB may look
   */
  record CountTypes(String database, String collection, String field, int most, int maxMillis)
      implements OwnCommand {
    @Override
    public void write(BsonWriter out) {
      TypeCounts.write(out, this);
    }
  }
}
