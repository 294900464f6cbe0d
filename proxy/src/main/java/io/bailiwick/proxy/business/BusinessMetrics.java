package io.bailiwick.proxy.business;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BusinessMetric;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.ownership.Proof;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the policy's {@code businessMetrics} declare. A number goes on where it was when the
 * policy is read again, as long as what it counts is declared the same. Thread-safe; a command that
 * touches nothing declared costs a look at its collections and leaves no garbage.
 */
public final class BusinessMetrics extends Collector {
  private final LongSupplier nanoClock;
  private final CountedWrites counted = new CountedWrites();
  private final Map<BusinessMetric, Series> series = new ConcurrentHashMap<>();
  private final Map<String, RatioWindow> windows = new HashMap<>();
  private final Function<BusinessMetric, Series> bySeries = this::series;
  private volatile List<BusinessMetric> declared = List.of();

  /**
   * @param nanoClock as {@link System#nanoTime()}
   */
  public BusinessMetrics(CollectorRegistry registry, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    register(registry);
  }

  /** From now on these are what a scrape shows. */
  public synchronized void inForce(Policy policy) {
    declared = policy.businessMetrics();
    Map<String, Series> byName = new HashMap<>();
    for (BusinessMetric metric : declared) {
      if (metric.ratio().isEmpty()) {
        byName.put(metric.name(), series(metric.withoutPlace()));
      }
    }
    series.values().retainAll(byName.values());
    Map<String, RatioWindow> before = Map.copyOf(windows);
    windows.clear();
    for (BusinessMetric ratio : declared) {
      if (!ratio.ratio().isEmpty()) {
        windows.put(ratio.name(), window(ratio, before.get(ratio.name()), byName));
      }
    }
  }

  private RatioWindow window(
      BusinessMetric ratio, @Nullable RatioWindow before, Map<String, Series> byName) {
    Series above = known(byName, ratio.ratio().get(0));
    Series below = known(byName, ratio.ratio().get(1));
    Duration window = ratio.window();
    if (window == null) {
      throw new IllegalStateException("a ratio has a window");
    }
    return before != null && before.isOf(above, below, window)
        ? before
        : new RatioWindow(above, below, window, nanoClock.getAsLong());
  }

  private static Series known(Map<String, Series> byName, String name) {
    Series operand = byName.get(name);
    if (operand == null) {
      throw new IllegalStateException("a ratio is of two metrics of its policy");
    }
    return operand;
  }

  private Series series(BusinessMetric metric) {
    return series.computeIfAbsent(metric, Series::new);
  }

  /**
   * What a write that is about to be forwarded would count for; null for nothing.
   *
   * @param message judged, its session already translated; read before this returns
   * @param proof knows when what was written holds
   */
  public @Nullable WriteNotes read(Verdict.Forward forward, OpMsg message, Proof proof) {
    boolean write =
        switch (forward.replyPlan().kind()) {
          case WRITE, FIND_AND_MODIFY, BULK_WRITE -> true;
          case CURSOR, PLAIN, EXPLAIN -> false;
        };
    if (!write || !forward.replyPlan().acknowledged()) {
      return null;
    }
    Targets targets = Targets.of(forward.replyPlan().touched(), bySeries);
    return targets == null ? null : notes(forward.command(), message, targets, proof);
  }

  private WriteNotes notes(String command, OpMsg message, Targets targets, Proof proof) {
    Rows rows = new Rows(targets.inserts());
    WriteReader.read(command, message, rows);
    Elements ordered = message.body().find("ordered");
    boolean inOrder = ordered == null || ordered.type() != BsonType.BOOLEAN || ordered.bool();
    CountedWrites.Numbered numbered = CountedWrites.Numbered.of(message.body());
    return new WriteNotes(this, new WriteNotes.Asked(targets, rows, inOrder, numbered), proof);
  }

  /** False for a write that was counted when it was sent before. */
  boolean isFirst(CountedWrites.Numbered write) {
    return counted.isFirst(write);
  }

  synchronized void count(Tally tally) {
    long now = nanoClock.getAsLong();
    windows.values().forEach(window -> window.advance(now));
    tally.parts().forEach(Series::add);
  }

  @Override
  public synchronized List<MetricFamilySamples> collect() {
    long now = nanoClock.getAsLong();
    windows.values().forEach(window -> window.advance(now));
    Exposition out = new Exposition();
    for (BusinessMetric metric : declared) {
      RatioWindow window = windows.get(metric.name());
      if (window == null) {
        out.series(metric.name(), series(metric.withoutPlace()));
      } else {
        out.ratio(metric.name(), window);
      }
    }
    return new ArrayList<>(out.families());
  }
}
