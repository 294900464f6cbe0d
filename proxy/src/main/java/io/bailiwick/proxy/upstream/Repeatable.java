package io.bailiwick.proxy.upstream;

/** MongoDB's error codes after which the same command may well succeed. */
final class Repeatable {
  /** ReauthenticationRequired: the proxy's own login on that connection holds no longer. */
  static final int LOGIN_EXPIRED = 391;

  private Repeatable() {}

  /** True if a read, or a write that carries its number, is worth sending again. */
  static boolean isCode(int code) {
    return StateChange.isOne(code)
        || switch (code) {
          case 6, // HostUnreachable
              7, // HostNotFound
              89, // NetworkTimeout
              262, // ExceededTimeLimit
              LOGIN_EXPIRED, // the command was not carried out
              9001 -> // SocketException
              true;
          default -> false;
        };
  }

  /** True for what else a read may be sent again for. */
  static boolean isReadCode(int code) {
    return isCode(code) || code == 134; // ReadConcernMajorityNotAvailableYet
  }

  /**
   * True for errors of a server that is unwell for a while, and that say nothing of what it has.
   */
  static boolean willPass(int code) {
    return isReadCode(code)
        || switch (code) {
          case 133, // FailedToSatisfyReadPreference: a mongos whose shard has no primary
              462, // IngressRequestRateLimitExceeded
              11601 -> // Interrupted
              true;
          default -> false;
        };
  }
}
