package io.bailiwick.proxy.trace;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Names a command's trace in every log line that is written on its behalf. */
public final class LogTrace {
  /** The key in the log; the same as in the audit. */
  private static final String KEY = "trace_id";

  private LogTrace() {}

  /** Runs something on behalf of a command. */
  public static void during(@Nullable TraceContext trace, Runnable action) {
    if (trace == null) {
      action.run();
      return;
    }
    try (MDC.MDCCloseable ignored = MDC.putCloseable(KEY, trace.traceId())) {
      action.run();
    }
  }
}
