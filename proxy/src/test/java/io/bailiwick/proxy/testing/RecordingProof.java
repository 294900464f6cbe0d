package io.bailiwick.proxy.testing;

import io.bailiwick.proxy.ownership.Proof;
import java.util.ArrayList;
import java.util.List;

/** Gives cursors ids that are easy to foretell: MongoDB's, plus 1,000,000. */
public final class RecordingProof implements Proof {
  private static final long OFFSET = 1_000_000;

  private final List<Long> upstreamIds = new ArrayList<>();
  private final int server;
  private final boolean tripwire;
  private volatile int lost;
  private volatile int sentTo = ANY_SERVER;

  public RecordingProof() {
    this(ANY_SERVER, false);
  }

  public RecordingProof(int server, boolean tripwire) {
    this.server = server;
    this.tripwire = tripwire;
  }

  /** What the client sees for a cursor of MongoDB's. */
  public static long clientId(long upstreamCursorId) {
    return upstreamCursorId == 0 ? 0 : upstreamCursorId + OFFSET;
  }

  @Override
  public int server() {
    return server;
  }

  @Override
  public void onServer(int position) {
    sentTo = position;
  }

  @Override
  public boolean tripwire() {
    return tripwire;
  }

  @Override
  public long cursorId(long upstreamCursorId, int answeringServer, boolean guarded) {
    upstreamIds.add(upstreamCursorId);
    return clientId(upstreamCursorId);
  }

  @Override
  public void onLost() {
    lost++;
  }

  /** The ids that replies brought, in order. */
  public List<Long> upstreamIds() {
    return upstreamIds;
  }

  /** Where the request went last. */
  public int sentTo() {
    return sentTo;
  }

  public int lost() {
    return lost;
  }
}
