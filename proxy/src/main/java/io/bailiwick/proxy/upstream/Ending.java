package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.util.Locale;

/** Why a connection to MongoDB ended, as the label {@code cause}; whoever was first counts. */
enum Ending {
  /** Nobody needed it any more: its client has left, or another will do. */
  RELEASED,
  /** Nobody used it for as long as {@code upstream.timeouts.idle} says. */
  IDLE,
  /** No answer in time to a command, or to greeting and login. */
  TIMEOUT,
  /** MongoDB or the network ended it. */
  LOST,
  /** Nothing was asked, and its server is gone without a word. */
  VANISHED,
  /** TLS could not be agreed on, or was broken. */
  TLS,
  /** What came was no answer to what was asked. */
  PROTOCOL,
  /** A document of another tenant was met in a reply. */
  TRIPWIRE,
  /** Its server has stepped down or goes down. */
  STATE_CHANGE,
  /** MongoDB refused greeting or login, or the login has run out. */
  LOGIN,
  /** No memory for a reply. */
  OVERLOAD,
  INTERNAL;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Ending of(Kind kind) {
    return switch (kind) {
      case TIMEOUT, CONNECT_TIMEOUT, LOGIN_TIMEOUT -> TIMEOUT;
      case DISCONNECTED, UNREACHABLE -> LOST;
      case LOGIN_FAILED, NO_ACCOUNT -> LOGIN;
      case PROTOCOL -> PROTOCOL;
      case TRIPWIRE -> TRIPWIRE;
      case BREAKER_OPEN, POOL_BUSY, TOO_LARGE, OTHER_SERVER, TIME_AHEAD, INTERNAL -> INTERNAL;
    };
  }
}
