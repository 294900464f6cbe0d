package io.bailiwick.proxy.business;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.protocol.bson.Elements;
import java.util.Arrays;
import java.util.List;

/**
 * The statements of one write in their order: what each does to which collection, and what the
 * documents that it brings along would count for. Grows with the statements, by a few bytes each.
 */
final class Rows {
  /** MongoDB takes no more statements in one command. */
  static final int MOST = 100_000;

  private static final int NO_DOCUMENT = -1;
  private static final Effect[] EFFECTS = Effect.values();

  private final List<List<Series>> inserts;
  private final int width;
  private byte[] effects = new byte[4];
  private int[] targets = new int[4];
  private byte[] cells;
  private double[] amounts;
  private int size;

  /**
   * @param inserts for each collection of the command, the series that count what is inserted
   */
  Rows(List<List<Series>> inserts) {
    this.inserts = inserts;
    this.width = inserts.stream().mapToInt(List::size).max().orElse(0);
    this.cells = new byte[4 * width];
    this.amounts = new double[4 * width];
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size == MOST;
  }

  Effect effect(int row) {
    return EFFECTS[effects[row]];
  }

  int target(int row) {
    return targets[row];
  }

  /** A statement that brings no whole document along. */
  void add(Effect effect, int target) {
    next(effect, target);
    Arrays.fill(cells, size * width - width, size * width, (byte) NO_DOCUMENT);
  }

  /**
   * A statement with a document that it may store.
   *
   * @param start offset of the document's length
   */
  void add(Effect effect, int target, byte[] bytes, int start) {
    next(effect, target);
    List<Series> series = inserts.get(target);
    int at = (size - 1) * width;
    for (int i = 0; i < series.size(); i++) {
      cells[at + i] = (byte) series.get(i).otherCell();
      amounts[at + i] = series.get(i).isSum() ? 0 : 1;
    }
    Elements field = new Elements(bytes, start);
    while (!series.isEmpty() && field.next()) {
      read(field, series, at);
    }
  }

  private void read(Elements field, List<Series> series, int at) {
    for (int i = 0; i < series.size(); i++) {
      Series each = series.get(i);
      if (each.isLabel(field)) {
        cells[at + i] = (byte) each.cell(field);
      }
      if (each.isAmount(field)) {
        amounts[at + i] = Amounts.number(field);
      }
    }
  }

  private void next(Effect effect, int target) {
    if (size == targets.length) {
      int larger = Math.min(MOST, size * 2);
      effects = Arrays.copyOf(effects, larger);
      targets = Arrays.copyOf(targets, larger);
      cells = Arrays.copyOf(cells, larger * width);
      amounts = Arrays.copyOf(amounts, larger * width);
    }
    effects[size] = (byte) effect.ordinal();
    targets[size] = target;
    size++;
  }

  /** The document of that statement is stored. */
  void inserted(int row, Tally tally) {
    List<Series> series = inserts.get(targets[row]);
    for (int i = 0; i < series.size(); i++) {
      Series each = series.get(i);
      int cell = cells[row * width + i];
      if (cell != NO_DOCUMENT) {
        tally.add(each, cell, amounts[row * width + i]);
      } else {
        tally.add(each, each.otherCell(), each.isSum() ? Double.NaN : 1);
      }
    }
  }
}
