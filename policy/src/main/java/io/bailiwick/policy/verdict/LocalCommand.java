package io.bailiwick.policy.verdict;

/** Commands that the proxy answers itself because the answer depends on the connection. */
public enum LocalCommand {
  HELLO,
  SASL_START,
  SASL_CONTINUE,
  AUTHENTICATE,
  LOGOUT,
  PING,
  BUILD_INFO,
  IS_DB_GRID,
  WHATS_MY_URI,
  CONNECTION_STATUS,
  START_SESSION,
  REFRESH_SESSIONS,
  END_SESSIONS,
  KILL_CURSORS
}
