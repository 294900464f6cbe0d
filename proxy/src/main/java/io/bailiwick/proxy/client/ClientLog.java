package io.bailiwick.proxy.client;

import io.bailiwick.proxy.auth.LoginFault;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.tls.HandshakeFault;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients' connections write to the log. No line holds anything that a client sent (I8): an
 * exception is named by its type and where it came from, never by its message.
 */
final class ClientLog {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy.client");
  private static final int FRAMES_SHOWN = 8;

  private ClientLog() {}

  static void listening(String listener, int port) {
    LOG.atInfo()
        .addKeyValue("event", "listening")
        .addKeyValue("listener", listener)
        .addKeyValue("port", port)
        .log("clients may connect");
  }

  static void handshakeFailed(String listener, long connectionId, HandshakeFault fault) {
    LOG.atInfo()
        .addKeyValue("event", "handshake_failed")
        .addKeyValue("listener", listener)
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("reason", fault.word())
        .log(fault.explanation());
  }

  static void tlsOnPlainPort(String listener, long connectionId) {
    LOG.atInfo()
        .addKeyValue("event", "handshake_failed")
        .addKeyValue("listener", listener)
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("reason", "no-tls-here")
        .log(
            "the client speaks TLS and this listener does not: give the listener a tls section, or"
                + " leave tls=true out of the client's connection string");
  }

  static void loginRefused(long connectionId, LoginFault fault) {
    LOG.atInfo()
        .addKeyValue("event", "login_refused")
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("reason", fault.word())
        .log("login refused");
  }

  static void notAdmitted(long connectionId) {
    LOG.atWarn()
        .addKeyValue("event", "login_refused")
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("reason", "policy")
        .log("login refused: the policy gives this user no tenant, or more than one");
  }

  static void tooManyConnections(long connectionId) {
    LOG.atInfo()
        .addKeyValue("event", "login_refused")
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("reason", "limit")
        .log("login refused: the tenant has as many connections as limits.connectionsPerTenant");
  }

  static void noReply(
      long connectionId, String command, String decisionId, UpstreamFailure failure) {
    // While the breaker is open every request ends so, and the breaker itself has been logged.
    boolean expected = failure.kind() == UpstreamFailure.Kind.BREAKER_OPEN;
    (expected ? LOG.atDebug() : LOG.atInfo())
        .addKeyValue("event", "no_reply")
        .addKeyValue("decision_id", decisionId)
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("command", command)
        .addKeyValue("kind", failure.kind())
        .addKeyValue("sent", failure.sent())
        .log("MongoDB gave no reply");
  }

  /** INFO only where a setting is likely to be looked for: monitors fall silent every day. */
  static void overdue(String listener, long connectionId, CloseCause cause) {
    boolean quiet = cause == CloseCause.IDLE || cause == CloseCause.ANONYMOUS_IDLE;
    (quiet ? LOG.atDebug() : LOG.atInfo())
        .addKeyValue("event", "deadline")
        .addKeyValue("listener", listener)
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("cause", cause.label())
        .log("a client took longer than it may: its connection is closed");
  }

  static void failed(long connectionId, Throwable failure) {
    LOG.atError()
        .addKeyValue("event", "connection_failed")
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("exception", failure.getClass().getName())
        .addKeyValue("at", where(failure))
        .log("a connection was closed because of a defect");
  }

  private static String where(Throwable failure) {
    return Arrays.stream(failure.getStackTrace())
        .limit(FRAMES_SHOWN)
        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
        .collect(Collectors.joining(" < "));
  }
}
