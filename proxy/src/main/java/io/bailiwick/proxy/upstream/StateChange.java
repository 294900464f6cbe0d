package io.bailiwick.proxy.upstream;

/** MongoDB's error codes for a server that stopped being the primary or is going down. */
final class StateChange {
  private StateChange() {}

  static boolean isOne(int code) {
    return switch (code) {
      case 91, // ShutdownInProgress
          189, // PrimarySteppedDown
          10058, // LegacyNotPrimary
          10107, // NotWritablePrimary
          11600, // InterruptedAtShutdown
          11602, // InterruptedDueToReplStateChange
          13435, // NotPrimaryNoSecondaryOk
          13436 -> // NotPrimaryOrSecondary
          true;
      default -> false;
    };
  }
}
