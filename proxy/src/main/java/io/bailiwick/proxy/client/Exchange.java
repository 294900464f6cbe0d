package io.bailiwick.proxy.client;

import io.bailiwick.proxy.upstream.ReplyOutcome;
import io.bailiwick.proxy.upstream.ReplySink;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;

/** One command that is with MongoDB, and its reply on the way to the client. */
final class Exchange implements ReplySink {
  private final ClientSession session;
  private final Request request;
  private final String command;
  private final RequestFacts facts;
  private boolean started;
  private boolean over;

  Exchange(ClientSession session, Request request, String command, RequestFacts facts) {
    this.session = session;
    this.request = request;
    this.command = command;
    this.facts = facts;
  }

  Request request() {
    return request;
  }

  String command() {
    return command;
  }

  RequestFacts facts() {
    return facts;
  }

  /** True once bytes of the reply are with the client: no other answer can be given any more. */
  boolean started() {
    return started;
  }

  /** Nothing of the reply is wanted any more. */
  void abandon() {
    over = true;
  }

  @Override
  public void onChunk(ByteBuf chunk) {
    if (over || request.silent()) {
      chunk.release();
      return;
    }
    started = true;
    session.onReplyBytes(chunk);
  }

  @Override
  public void onComplete(ReplyOutcome outcome) {
    if (!over) {
      over = true;
      session.onReply(this, outcome);
    }
  }

  @Override
  public void onFailure(UpstreamFailure failure) {
    if (!over) {
      over = true;
      session.onNoReply(this, failure);
    }
  }
}
