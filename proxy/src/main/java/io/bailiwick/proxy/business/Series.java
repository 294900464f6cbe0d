package io.bailiwick.proxy.business;

import io.bailiwick.policy.model.BusinessMetric;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One declared count or sum: a cell for each listed value of its label, and a last one for all
 * others. What it counted is read and written under the lock of {@link BusinessMetrics}; the rest
 * is constant.
 */
final class Series {
  private static final String OTHER = "other";

  private final BusinessMetric metric;
  private final List<String> values;
  private final NameTable<Integer> cells;
  private final byte @Nullable [] by;
  private final byte @Nullable [] sum;
  private final double[] above;
  private final double[] below;
  private double unread;

  Series(BusinessMetric metric) {
    this.metric = metric;
    this.values = new ArrayList<>(metric.byValues());
    Map<String, Integer> places = new LinkedHashMap<>();
    values.forEach(value -> places.put(value, places.size()));
    this.cells = NameTable.of(places);
    values.add(OTHER);
    this.by = metric.by() == null ? null : Bytes.utf8(metric.by());
    this.sum = metric.sum() == null ? null : Bytes.utf8(metric.sum());
    this.above = new double[values.size()];
    this.below = new double[values.size()];
  }

  BusinessMetric metric() {
    return metric;
  }

  /** Label values by cell; one alone where there is no label. */
  List<String> values() {
    return values;
  }

  boolean hasLabel() {
    return by != null;
  }

  boolean isSum() {
    return sum != null;
  }

  /** The cell of a document that is not at hand. */
  int otherCell() {
    return values.size() - 1;
  }

  boolean isLabel(Elements field) {
    return isNamed(field, by);
  }

  boolean isAmount(Elements field) {
    return isNamed(field, sum);
  }

  private static boolean isNamed(Elements field, byte @Nullable [] name) {
    return name != null
        && java.util.Arrays.equals(
            name, 0, name.length, field.bytes(), field.nameStart(), field.nameEnd());
  }

  /** The cell of a label value, which must be one of {@link #values}. */
  int cellOf(String label) {
    return values.indexOf(label);
  }

  /** The cell of a document whose label field has that value. */
  int cell(Elements value) {
    Integer cell = cells.get(Amounts.text(value));
    return cell == null ? otherCell() : cell;
  }

  /** Sum of what was not below zero. */
  double above(int cell) {
    return above[cell];
  }

  /** Sum of what was below zero, as a positive number. */
  double below(int cell) {
    return below[cell];
  }

  double net(int cell) {
    return above[cell] - below[cell];
  }

  /** Documents that counted for nothing because their value could not be told. */
  double unread() {
    return unread;
  }

  void add(Tally.Part part) {
    for (int cell = 0; cell < above.length; cell++) {
      above[cell] += part.above(cell);
      below[cell] += part.below(cell);
    }
    unread += part.unread();
  }
}
