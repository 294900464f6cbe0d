package io.bailiwick.proxy.observe;

import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/** The counters and histograms of one command name. */
final class CommandSeries {
  private final Counter.Child[] outcomes;
  private final Histogram.Child seconds;
  private final Histogram.Child upstreamSeconds;

  CommandSeries(String command, Counter commands, Histogram duration, Histogram upstreamDuration) {
    Outcome[] all = Outcome.values();
    outcomes = new Counter.Child[all.length];
    for (Outcome outcome : all) {
      outcomes[outcome.ordinal()] = commands.labels(command, outcome.label());
    }
    seconds = duration.labels(command);
    upstreamSeconds = upstreamDuration.labels(command);
  }

  void record(Outcome outcome, double clientSeconds) {
    outcomes[outcome.ordinal()].inc();
    seconds.observe(clientSeconds);
  }

  void recordUpstream(double spent) {
    upstreamSeconds.observe(spent);
  }
}
