package io.bailiwick.proxy.client;

import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.audit.Audit;
import io.bailiwick.proxy.audit.AuditRecord;
import io.bailiwick.proxy.business.WriteNotes;
import io.bailiwick.proxy.observe.Outcome;
import io.bailiwick.proxy.trace.Span;
import io.bailiwick.proxy.trace.TraceContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is to be told of a forwarded command once it is known how it went. Most commands have
 * nothing of the kind, and share one object.
 *
 * @param written what it would count for, or null
 * @param line what the audit will be told, or null
 * @param context where in its client's trace it stands, or null
 * @param span what it is in that trace, or null if nobody is to know
 */
record Sequel(
    @Nullable WriteNotes written,
    @Nullable Line line,
    @Nullable TraceContext context,
    @Nullable Begun span) {
  /** Nothing is to be told. */
  static final Sequel NONE = new Sequel(null, null, null, null);

  private static final int NANOS_IN_MICRO = 1000;

  /**
   * A line of the audit that lacks its end.
   *
   * @param reserved true if the audit keeps a place for it
   */
  record Line(Audit audit, AuditRecord record, boolean reserved) {
    void end(AuditRecord.Ended ended) {
      AuditRecord whole = record.with(ended);
      if (reserved) {
        audit.recordReserved(whole);
      } else {
        audit.record(whole);
      }
    }
  }

  /** A span that lacks its end. */
  record Begun(Instant start, Span.About about) {}

  /** The reply to a write, which is no error. */
  void onWritten(RawDocument reply) {
    if (written != null) {
      written.onReply(reply);
    }
  }

  /**
   * The command has ended; told once.
   *
   * @param code MongoDB's error code, 0 for none; null if it gave no answer
   * @param nanos since the command was taken
   * @param upstreamNanos time that MongoDB took, or -1
   */
  void onEnd(ClientLoop loop, Outcome how, @Nullable Integer code, long nanos, long upstreamNanos) {
    if (line != null) {
      line.end(new AuditRecord.Ended(nanos / NANOS_IN_MICRO, code));
    }
    if (context != null && span != null) {
      Span.Result result = new Span.Result(how.label(), how != Outcome.OK, code, upstreamNanos);
      loop.services().spans().record(new Span(context, span.about(), span.start(), nanos, result));
    }
  }
}
