package io.bailiwick.policy;

import io.bailiwick.policy.guard.CommandCatalog;
import io.bailiwick.policy.guard.CommandEntry;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
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

  Verdict.Deny refuse(RawDocument body, String rule, boolean closes) {
    Elements first = body.elements();
    return new Verdict.Deny(
        first.next() ? nameOf(first) : PolicyEngine.OTHER,
        databaseOf(body),
        ErrorCode.UNAUTHORIZED,
        RefusalType.AUTHENTICATION,
        rule,
        "not logged in",
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
