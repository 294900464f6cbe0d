package io.bailiwick.policy;

import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.protocol.bson.NameTable;
import java.util.Map;

/** What may be said before a login. */
final class Greetings {
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

  private Greetings() {}

  static NameTable<LocalCommand> table(boolean legacy) {
    return legacy ? LEGACY : MODERN;
  }
}
