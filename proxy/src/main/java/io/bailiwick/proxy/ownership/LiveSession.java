package io.bailiwick.proxy.ownership;

/** A session in use: its mapped id, kept so that it is worked out once. Any thread. */
final class LiveSession {
  private final SessionId upstreamId;
  private volatile long usedAt;

  /**
   * @param upstreamId as MongoDB knows it
   * @param now milliseconds
   */
  LiveSession(SessionId upstreamId, long now) {
    this.upstreamId = upstreamId;
    this.usedAt = now;
  }

  SessionId upstreamId() {
    return upstreamId;
  }

  void use(long now) {
    usedAt = now;
  }

  long usedAt() {
    return usedAt;
  }
}
