package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.observe.Outcome;
import io.bailiwick.proxy.trace.LogTrace;
import io.bailiwick.proxy.upstream.ReplySink;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One command that is with MongoDB, and its reply on the way to the client: passed on as it comes,
 * or an error in its place. Once a byte has been passed on, only the end of the connection is left.
 */
final class Exchange implements ReplySink {
  private final ClientLoop loop;
  private final ClientSession session;
  private final Request request;
  private final String command;
  private final @Nullable String decided;
  private final RequestFacts facts;
  private final Sequel sequel;
  private long bytes;
  private boolean started;
  private boolean over;

  Exchange(
      ClientLoop loop,
      ClientSession session,
      Request request,
      Verdict.Forward forward,
      RequestFacts facts,
      Sequel sequel) {
    this.loop = loop;
    this.session = session;
    this.request = request;
    this.command = forward.command();
    this.decided = forward.decisionId();
    this.facts = facts;
    this.sequel = sequel;
  }

  /** The id under which the audit knows the command, or a new one for the log alone. */
  private String decisionId() {
    return decided == null ? loop.ids().next() : decided;
  }

  /** Nothing of the reply is wanted any more. */
  void abandon() {
    if (!over) {
      over = true;
      ended(Outcome.PROXY_ERROR, null, -1);
    }
  }

  private void ended(Outcome how, @Nullable Integer code, long upstreamNanos) {
    long nanos = loop.nanos() - request.startedNanos();
    sequel.onEnd(loop, how, code, nanos, upstreamNanos);
  }

  @Override
  public void onChunk(ByteBuf chunk) {
    if (over || request.silent()) {
      chunk.release();
    } else {
      started = true;
      bytes += chunk.readableBytes();
      session.answers().pass(chunk);
    }
  }

  @Override
  public void onWritten(RawDocument reply) {
    if (!over) {
      sequel.onWritten(reply);
    }
  }

  @Override
  public void onComplete(boolean ok, int code, long upstreamNanos) {
    if (over) {
      return;
    }
    over = true;
    try {
      Outcome how = ok ? Outcome.OK : Outcome.UPSTREAM_ERROR;
      session.answers().report(command, how, request, upstreamNanos);
      if (started) {
        loop.services().observer().reply(bytes);
      }
      ended(how, code, upstreamNanos);
      session.onAnswered();
    } catch (Throwable defect) {
      session.fail(defect);
    }
  }

  @Override
  public void onFailure(UpstreamFailure failure) {
    if (over) {
      return;
    }
    over = true;
    LogTrace.during(sequel.context(), () -> failed(failure));
  }

  private void failed(UpstreamFailure failure) {
    try {
      String decisionId = decisionId();
      ClientLog.noReply(session.id(), command, decisionId, failure);
      reportNoReply(failure.kind());
      Outcome how = FailureReplies.outcome(failure);
      session.answers().report(command, how, request, -1);
      ended(how, null, -1);
      if (failure.kind() == UpstreamFailure.Kind.TRIPWIRE) {
        DecisionNotes.alarm(loop, session, command, decisionId, sequel.context());
        session.abort(CloseCause.TRIPWIRE);
      } else if (started || failure.started()) {
        session.abort(CloseCause.UPSTREAM);
      } else {
        byte[] error = FailureReplies.document(failure, facts, decisionId);
        session.answers().answer(request, error);
        session.onAnswered();
      }
    } catch (Throwable defect) {
      session.fail(defect);
    }
  }

  private void reportNoReply(UpstreamFailure.Kind kind) {
    loop.services().observer().noReply(kind.name().toLowerCase(Locale.ROOT));
    if (kind == UpstreamFailure.Kind.POOL_BUSY) {
      loop.services().observer().limited(Limit.POOL);
    }
  }

  /** The process ends: an error in the place of the reply if there still can be one. */
  void onShutdown() {
    if (over || started) {
      session.abort(CloseCause.DRAIN);
      return;
    }
    byte[] error = FailureReplies.shuttingDown(facts, decisionId());
    session.answers().answer(request, error);
    session.answers().report(command, Outcome.PROXY_ERROR, request, -1);
    session.close(CloseCause.DRAIN);
  }
}
