package io.bailiwick.policy;

import io.bailiwick.policy.guard.CommandCatalog;
import io.bailiwick.policy.guard.CommandEntry;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.Map;

/** Judges what may be said before a login: an allow-list by name; the rest is not read. */
final class Greetings {
  private static final int MAX_NAME_SHOWN = 128;

  private static final NameTable<LocalCommand> LEGACY =
      NameTable.of(
          Map.of(
              "hello", LocalCommand.HELLO,
              "isMaster", LocalCommand.HELLO,
              "ismaster", LocalCommand.HELLO,
              "saslStart", LocalCommand.SASL_START,
              "saslContinue", LocalCommand.SASL_CONTINUE,
              "ping", LocalCommand.PING));

  private static final NameTable<LocalCommand> MODERN =
      NameTable.of(
          Map.of(
              "hello", LocalCommand.HELLO,
              "isMaster", LocalCommand.HELLO,
              "ismaster", LocalCommand.HELLO,
              "saslStart", LocalCommand.SASL_START,
              "saslContinue", LocalCommand.SASL_CONTINUE,
              "authenticate", LocalCommand.AUTHENTICATE,
              "ping", LocalCommand.PING,
              "buildInfo", LocalCommand.BUILD_INFO,
              "buildinfo", LocalCommand.BUILD_INFO,
              "logout", LocalCommand.LOGOUT));

  private static final NameTable<LocalCommand> WITHOUT_TENANT =
      NameTable.of(
          Map.ofEntries(
              Map.entry("hello", LocalCommand.HELLO),
              Map.entry("isMaster", LocalCommand.HELLO),
              Map.entry("ismaster", LocalCommand.HELLO),
              Map.entry("saslStart", LocalCommand.SASL_START),
              Map.entry("saslContinue", LocalCommand.SASL_CONTINUE),
              Map.entry("authenticate", LocalCommand.AUTHENTICATE),
              Map.entry("ping", LocalCommand.PING),
              Map.entry("buildInfo", LocalCommand.BUILD_INFO),
              Map.entry("buildinfo", LocalCommand.BUILD_INFO),
              Map.entry("whatsmyuri", LocalCommand.WHATS_MY_URI),
              Map.entry("connectionStatus", LocalCommand.CONNECTION_STATUS),
              Map.entry("startSession", LocalCommand.START_SESSION),
              Map.entry("refreshSessions", LocalCommand.REFRESH_SESSIONS),
              Map.entry("endSessions", LocalCommand.END_SESSIONS),
              Map.entry("killCursors", LocalCommand.KILL_CURSORS),
              Map.entry("logout", LocalCommand.LOGOUT)));

  private final CommandCatalog catalog;

  Greetings(CommandCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * @param legacy true for an OP_QUERY, which is closed upon for anything else
   */
  Verdict judge(RawDocument body, boolean legacy) {
    Elements first = body.elements();
    LocalCommand local = first.next() ? first.lookUp(legacy ? LEGACY : MODERN) : null;
    return local == null
        ? refuse(body, RuleId.LOGIN_REQUIRED, legacy)
        : new Verdict.Local(nameOf(first), local, body);
  }

  /** What is answered without a tenant; everything else needs one. */
  Verdict judgeWithoutTenant(OpMsg message) {
    RawDocument body = message.body();
    Elements first = body.elements();
    LocalCommand local = first.next() ? first.lookUp(WITHOUT_TENANT) : null;
    if (local == null || message.sequenceCount() > 0) {
      return refuse(body, RuleId.TENANT_TOKEN, message.moreToCome());
    }
    if (local == LocalCommand.KILL_CURSORS && first.type() != BsonType.STRING) {
      return new Verdict.Deny(
          nameOf(first),
          databaseOf(body),
          ErrorCode.UNAUTHORIZED,
          RefusalType.POLICY,
          RuleId.NAMESPACE,
          "a collection is named by a text",
          message.moreToCome());
    }
    return new Verdict.Local(nameOf(first), local, body);
  }

  Verdict.Deny refuse(RawDocument body, String rule, boolean closes) {
    Elements first = body.elements();
    return new Verdict.Deny(
        first.next() ? nameOf(first) : PolicyEngine.OTHER,
        databaseOf(body),
        ErrorCode.UNAUTHORIZED,
        RefusalType.AUTHENTICATION,
        rule,
        rule.equals(RuleId.TENANT_TOKEN) ? "no tenant is named" : "not logged in",
        closes);
  }

  private String nameOf(Elements first) {
    CommandEntry entry = catalog.find(first.bytes(), first.nameStart(), first.nameEnd());
    return entry == null ? PolicyEngine.OTHER : entry.name();
  }

  /** The database as the command names it, cut short; empty if it names none. */
  static String databaseOf(RawDocument body) {
    Elements database = body.find("$db");
    if (database == null || database.type() != BsonType.STRING) {
      return "";
    }
    String name = database.string();
    return name.length() <= MAX_NAME_SHOWN ? name : name.substring(0, MAX_NAME_SHOWN);
  }
}
