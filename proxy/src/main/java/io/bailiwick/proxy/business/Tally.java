package io.bailiwick.proxy.business;

import io.bailiwick.proxy.ownership.Written;
import java.util.LinkedHashMap;
import java.util.Map;

/** What some writes add to the declared numbers. Event-loop confined until it is counted. */
final class Tally implements Written {
  /** What is added to one series. */
  static final class Part {
    private final double[] above;
    private final double[] below;
    private double unread;

    private Part(int cells) {
      above = new double[cells];
      below = new double[cells];
    }

    double above(int cell) {
      return above[cell];
    }

    double below(int cell) {
      return below[cell];
    }

    double unread() {
      return unread;
    }

    private void plus(Part other) {
      for (int cell = 0; cell < above.length; cell++) {
        above[cell] += other.above[cell];
        below[cell] += other.below[cell];
      }
      unread += other.unread;
    }
  }

  private final BusinessMetrics metrics;
  private final Map<Series, Part> parts = new LinkedHashMap<>();

  Tally(BusinessMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Adds an amount.
   *
   * @param amount NaN if it could not be told
   */
  void add(Series series, int cell, double amount) {
    Part part = part(series);
    if (Double.isNaN(amount)) {
      part.unread++;
    } else if (amount < 0) {
      part.below[cell] -= amount;
    } else {
      part.above[cell] += amount;
    }
  }

  /** So many documents were written of which nothing is known. */
  void unread(Series series, double documents) {
    part(series).unread += documents;
  }

  private Part part(Series series) {
    return parts.computeIfAbsent(series, any -> new Part(series.values().size()));
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  Map<Series, Part> parts() {
    return parts;
  }

  @Override
  public Written and(Written later) {
    if (later instanceof Tally other) {
      other.parts.forEach((series, part) -> part(series).plus(part));
    }
    return this;
  }

  @Override
  public void holds() {
    metrics.count(this);
  }
}
