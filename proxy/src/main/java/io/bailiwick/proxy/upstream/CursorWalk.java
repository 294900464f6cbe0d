package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.upstream.ReplyElements.Step;
import io.netty.buffer.ByteBuf;

/**
 * Walks the {@code cursor} of a reply as its bytes arrive, in either order of its fields, and gives
 * the client an id of ours in the place of MongoDB's. Batches are skipped by their length; under
 * the tripwire a document is let pass only once it was seen whole and carries the tenant. Reusable;
 * event-loop confined.
 */
final class CursorWalk {
  private final ReplyBuffer reply;
  private final ReplyElements cursor;
  private final ReplyElements batch;
  private final Collected collected;

  private UpstreamRequest request;
  private int server;
  private boolean guarded;
  private boolean inBatch;
  private boolean idSeen;
  private boolean batchSeen;
  private int skipTo;
  private int safe;

  @SuppressWarnings("NullAway.Init") // start() comes before everything else
  CursorWalk(ReplyBuffer reply, Collected collected) {
    this.reply = reply;
    this.cursor = new ReplyElements(reply);
    this.batch = new ReplyElements(reply);
    this.collected = collected;
  }

  /**
   * Starts over.
   *
   * @param from offset of the cursor document's length
   * @param to offset behind the cursor document
   */
  void start(int from, int to, UpstreamRequest forRequest, int fromServer) {
    cursor.start(from + 4, to);
    request = forRequest;
    server = fromServer;
    guarded = forRequest.plan().tripwire() || forRequest.proof().tripwire();
    inBatch = false;
    idSeen = false;
    batchSeen = false;
    skipTo = 0;
    safe = from + 4;
  }

  /**
   * Walks as far as the bytes reach.
   *
   * @return true once the whole cursor has been walked
   */
  boolean advance() {
    while (true) {
      if (skipTo > safe) {
        safe = Math.min(skipTo, reply.arrived());
        if (safe < skipTo) {
          return false;
        }
      }
      Step step = inBatch ? batch.next() : cursor.next();
      if (step == Step.MORE) {
        return false;
      }
      if (step == Step.END && !inBatch) {
        return end();
      }
      if (!(inBatch ? batchStep(step) : field())) {
        return false;
      }
    }
  }

  /** Offset up to which bytes may be passed to the client. */
  int safe() {
    return safe;
  }

  private boolean end() {
    if (!idSeen || !batchSeen) {
      throw UnexpectedReplyException.protocol("cursor without an id or a batch");
    }
    safe = cursor.end();
    return true;
  }

  private boolean field() {
    if (cursor.nameIs("id")) {
      return id();
    }
    if (cursor.nameIs("firstBatch") || cursor.nameIs("nextBatch")) {
      startBatch();
      return true;
    }
    cursor.skip();
    skipTo = cursor.at();
    return true;
  }

  private boolean id() {
    if (idSeen || cursor.type() != BsonType.INT64) {
      throw UnexpectedReplyException.protocol("cursor id twice, or no int64");
    }
    if (!cursor.hasArrived()) {
      return false;
    }
    idSeen = true;
    ByteBuf in = reply.bytes();
    int at = reply.index(cursor.valueStart());
    Proof proof = request.proof();
    in.setLongLE(at, proof.cursorId(in.getLongLE(at), server, guarded));
    cursor.skip();
    safe = cursor.at();
    return true;
  }

  private void startBatch() {
    if (batchSeen || cursor.type() != BsonType.ARRAY) {
      throw UnexpectedReplyException.protocol("batch twice, or no array");
    }
    batchSeen = true;
    if (guarded) {
      inBatch = true;
      batch.start(cursor.valueStart() + 4, cursor.valueEnd());
      safe = batch.at();
      cursor.skip();
    } else {
      cursor.skip();
      skipTo = cursor.at();
    }
  }

  private boolean batchStep(Step step) {
    if (step == Step.END) {
      inBatch = false;
      safe = batch.end();
      return true;
    }
    if (batch.type() != BsonType.DOCUMENT
        || batch.valueEnd() - batch.valueStart() > ClientReply.MAX_COLLECTED) {
      throw UnexpectedReplyException.protocol("batch of other things than documents");
    }
    if (!batch.hasArrived()) {
      return false;
    }
    BoundPolicy policy = request.owner().policy();
    if (!collected.carriesTenant(reply, batch.valueStart(), batch.valueEnd(), policy)) {
      throw UnexpectedReplyException.tripwire();
    }
    batch.skip();
    safe = batch.at();
    if (policy.policy().tripwire() == TripwireMode.FIRST) {
      inBatch = false;
      skipTo = batch.end();
    }
    return true;
  }
}
