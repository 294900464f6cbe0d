package io.bailiwick.policy.guard;

import static io.bailiwick.policy.guard.CommandEntry.guarded;
import static io.bailiwick.policy.guard.CommandEntry.handshake;
import static io.bailiwick.policy.guard.CommandEntry.refused;

import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.protocol.bson.NameTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The one table of commands: who judges each and which arguments it takes. Names are exact and
 * case-sensitive. What is not in the table is denied. Guards have scratch space, so every thread
 * has a catalogue of its own.
 */
public final class CommandCatalog {
  private static final Set<String> EXPLAINABLE =
      Set.of(
          "find",
          "aggregate",
          "count",
          "distinct",
          "update",
          "delete",
          "findAndModify",
          "findandmodify");

  private final NameTable<CommandEntry> table;

  public CommandCatalog() {
    Map<String, CommandEntry> rows = new LinkedHashMap<>();
    RefusedCommands.forEach((name, rule) -> rows.put(name, refused(name, rule)));
    reads(rows);
    handshakes(rows);
    cursorsAndSessions(rows);
    writes(rows);
    explain(rows);
    listings(rows);
    listItself(rows);
    table = NameTable.of(rows);
  }

  private CommandCatalog(CommandEntry only) {
    table = NameTable.of(Map.of(only.name(), only));
  }

  /** A catalogue of one command, which takes no arguments of its own. */
  public static CommandCatalog of(String name, Guard guard) {
    return new CommandCatalog(guarded(name, guard));
  }

  private static void reads(Map<String, CommandEntry> rows) {
    add(
        rows,
        guarded(
                "find",
                new FindGuard(),
                Field.FILTER,
                Field.PROJECTION,
                Field.SORT,
                Field.SKIP,
                Field.LIMIT,
                Field.BATCH_SIZE,
                Field.SINGLE_BATCH,
                Field.HINT,
                Field.COLLATION,
                Field.LET,
                Field.ALLOW_DISK_USE,
                Field.ALLOW_PARTIAL_RESULTS,
                Field.TAILABLE,
                Field.AWAIT_DATA,
                Field.NO_CURSOR_TIMEOUT,
                Field.OPLOG_REPLAY,
                Field.RETURN_KEY,
                Field.SHOW_RECORD_ID)
            .in(TransactionRole.STARTS));
    add(
        rows,
        guarded(
                "aggregate",
                new AggregateGuard(),
                Field.PIPELINE,
                Field.CURSOR,
                Field.LET,
                Field.COLLATION,
                Field.HINT,
                Field.ALLOW_DISK_USE,
                Field.BYPASS_DOCUMENT_VALIDATION)
            .in(TransactionRole.STARTS));
    add(
        rows,
        guarded(
            "count",
            QueryGuard.ofCount(),
            Field.QUERY,
            Field.LIMIT,
            Field.SKIP,
            Field.HINT,
            Field.COLLATION));
    add(
        rows,
        guarded(
                "distinct",
                QueryGuard.ofDistinct(),
                Field.KEY,
                Field.QUERY,
                Field.COLLATION,
                Field.HINT)
            .in(TransactionRole.STARTS));
  }

  private static void handshakes(Map<String, CommandEntry> rows) {
    add(rows, handshake("hello", local(LocalCommand.HELLO)), "isMaster", "ismaster");
    add(rows, handshake("saslStart", local(LocalCommand.SASL_START)));
    add(rows, handshake("saslContinue", local(LocalCommand.SASL_CONTINUE)));
    add(rows, handshake("authenticate", local(LocalCommand.AUTHENTICATE)));
    add(rows, guarded("logout", local(LocalCommand.LOGOUT)));
    add(rows, guarded("ping", local(LocalCommand.PING)));
    add(rows, guarded("buildInfo", local(LocalCommand.BUILD_INFO)), "buildinfo");
    add(rows, guarded("whatsmyuri", local(LocalCommand.WHATS_MY_URI)));
    add(
        rows,
        guarded("connectionStatus", local(LocalCommand.CONNECTION_STATUS), Field.SHOW_PRIVILEGES));
  }

  private static void cursorsAndSessions(Map<String, CommandEntry> rows) {
    add(
        rows,
        guarded("getMore", new GetMoreGuard(), Field.COLLECTION, Field.BATCH_SIZE)
            .in(TransactionRole.CONTINUES));
    add(
        rows,
        guarded("killCursors", new KillCursorsGuard(), Field.CURSORS)
            .in(TransactionRole.CONTINUES)
            .fireAndForget());
    add(rows, guarded("startSession", local(LocalCommand.START_SESSION)));
    add(rows, guarded("refreshSessions", new SessionListGuard(LocalCommand.REFRESH_SESSIONS)));
    add(
        rows,
        guarded("endSessions", new SessionListGuard(LocalCommand.END_SESSIONS)).fireAndForget());
    add(rows, ending("commitTransaction", TransactionRole.COMMITS));
    add(rows, ending("abortTransaction", TransactionRole.ABORTS));
  }

  private static CommandEntry ending(String name, TransactionRole role) {
    return guarded(name, EndTransactionGuard::judge, Field.RECOVERY_TOKEN).in(role);
  }

  private static void writes(Map<String, CommandEntry> rows) {
    add(
        rows,
        guarded(
                "insert",
                new InsertGuard(),
                Field.DOCUMENTS,
                Field.ORDERED,
                Field.BYPASS_DOCUMENT_VALIDATION)
            .writing(Field.DOCUMENTS)
            .in(TransactionRole.STARTS));
    add(
        rows,
        guarded(
                "update",
                StatementsGuard.update(),
                Field.UPDATES,
                Field.ORDERED,
                Field.LET,
                Field.BYPASS_DOCUMENT_VALIDATION)
            .writing(Field.UPDATES)
            .in(TransactionRole.STARTS));
    add(
        rows,
        guarded("delete", StatementsGuard.delete(), Field.DELETES, Field.ORDERED, Field.LET)
            .writing(Field.DELETES)
            .in(TransactionRole.STARTS));
    add(
        rows,
        guarded(
                "findAndModify",
                new FindAndModifyGuard(),
                Field.QUERY,
                Field.UPDATE,
                Field.REMOVE,
                Field.NEW,
                Field.UPSERT,
                Field.FIELDS,
                Field.SORT,
                Field.ARRAY_FILTERS,
                Field.LET,
                Field.COLLATION,
                Field.HINT,
                Field.BYPASS_DOCUMENT_VALIDATION)
            .writing()
            .in(TransactionRole.STARTS),
        "findandmodify");
    add(
        rows,
        guarded(
                "bulkWrite",
                new BulkWriteGuard(),
                Field.OPS,
                Field.NS_INFO,
                Field.ORDERED,
                Field.ERRORS_ONLY,
                Field.CURSOR,
                Field.LET,
                Field.BYPASS_DOCUMENT_VALIDATION)
            .writing(Field.OPS, Field.NS_INFO)
            .in(TransactionRole.STARTS));
  }

  private static void explain(Map<String, CommandEntry> rows) {
    Map<String, CommandEntry> explainable = new LinkedHashMap<>(rows);
    explainable.keySet().retainAll(EXPLAINABLE);
    add(rows, guarded("explain", new ExplainGuard(NameTable.of(explainable)), Field.VERBOSITY));
  }

  private static void listings(Map<String, CommandEntry> rows) {
    add(
        rows,
        guarded(
            "listDatabases",
            ListingGuards::listDatabases,
            Field.FILTER,
            Field.NAME_ONLY,
            Field.AUTHORIZED_DATABASES));
    add(
        rows,
        guarded(
            "listCollections",
            ListingGuards::listCollections,
            Field.FILTER,
            Field.NAME_ONLY,
            Field.AUTHORIZED_COLLECTIONS,
            Field.CURSOR));
    add(rows, guarded("listIndexes", ListingGuards::listIndexes, Field.CURSOR));
    add(rows, guarded("isdbgrid", local(LocalCommand.IS_DB_GRID)));
    add(
        rows,
        guarded("getParameter", InfoGuards::getParameter, Field.FEATURE_COMPATIBILITY_VERSION));
    add(rows, guarded("create", DdlGuards::create));
    add(rows, guarded("createIndexes", DdlGuards::createIndexes, Field.INDEXES));
  }

  private static void listItself(Map<String, CommandEntry> rows) {
    List<String> served = new ArrayList<>();
    rows.forEach(
        (name, entry) -> {
          if (entry.guard() != null) {
            served.add(name);
          }
        });
    byte[] answer = InfoGuards.commandList(served);
    add(rows, guarded("listCommands", draft -> draft.answer(answer)));
  }

  private static Guard local(LocalCommand command) {
    return draft -> draft.local(command);
  }

  private static void add(Map<String, CommandEntry> rows, CommandEntry entry, String... aliases) {
    rows.put(entry.name(), entry);
    for (String alias : aliases) {
      rows.put(alias, entry);
    }
  }

  /** The row for a command's name, or null if MongoDB does not know the command either. */
  public @Nullable CommandEntry find(byte[] bytes, int from, int to) {
    CommandEntry entry = table.get(bytes, from, to);
    return entry != null ? entry : RefusedCommands.byPrefix(bytes, from, to);
  }

  /** Every name in the table, aliases as well, in alphabetical order. */
  public Set<String> names() {
    return new TreeSet<>(table.entries().keySet());
  }
}
