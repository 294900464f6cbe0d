package io.bailiwick.proxy.business;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.ownership.Proof;
import org.jspecify.annotations.Nullable;

/**
 * One write on its way, as far as declared numbers are concerned: what it would count for, until
 * its reply says what of it succeeded. Event-loop confined.
 */
public final class WriteNotes {
  private final BusinessMetrics metrics;
  private final Targets targets;
  private final Rows rows;
  private final boolean ordered;
  private final CountedWrites.@Nullable Numbered numbered;
  private final Proof proof;

  /**
   * What the client asked for.
   *
   * @param ordered true if nothing is carried out behind the first failure
   * @param numbered null unless MongoDB carries it out once however often it is sent
   */
  record Asked(
      Targets targets, Rows rows, boolean ordered, CountedWrites.@Nullable Numbered numbered) {}

  WriteNotes(BusinessMetrics metrics, Asked asked, Proof proof) {
    this.metrics = metrics;
    this.targets = asked.targets();
    this.rows = asked.rows();
    this.ordered = asked.ordered();
    this.numbered = asked.numbered();
    this.proof = proof;
  }

  /**
   * MongoDB's answer has come, and it is no error.
   *
   * @param reply rebuilt from what may pass; borrowed
   */
  public void onReply(RawDocument reply) {
    Tally tally = new Tally(metrics);
    WriteReply said = WriteReply.read(reply, rows.size());
    if (rows.isFull()) {
      unknown(tally);
    } else if (said.hasOutcomes()) {
      bulk(said, tally);
    } else if (rows.effect(0) == Effect.INSERT) {
      inserts(said, said.n(), tally);
    } else {
      statements(said, tally);
    }
    if (!tally.isEmpty() && (numbered == null || metrics.isFirst(numbered))) {
      proof.onWritten(tally);
    }
  }

  /** Some of it was written, and nobody can say what. */
  private void unknown(Tally tally) {
    for (int target = 0; target < targets.count(); target++) {
      for (Effect effect : Targets.COUNTED) {
        targets.of(target, effect).forEach(series -> tally.unread(series, 1));
      }
    }
  }

  /** Counted only if what MongoDB says of each statement agrees with its total. */
  private void inserts(WriteReply said, double total, Tally tally) {
    int count = 0;
    for (int row = 0; row < rows.size(); row++) {
      count += rows.effect(row) == Effect.INSERT && said.succeeded(row, ordered) ? 1 : 0;
    }
    for (int row = 0; row < rows.size(); row++) {
      if (rows.effect(row) != Effect.INSERT || !said.succeeded(row, ordered)) {
        continue;
      }
      if (count == total) {
        rows.inserted(row, tally);
      } else {
        targets.of(rows.target(row), Effect.INSERT).forEach(series -> tally.unread(series, 1));
      }
    }
  }

  /** update, delete and findAndModify: all on one collection. */
  private void statements(WriteReply said, Tally tally) {
    Effect effect = rows.effect(0);
    add(0, effect, effect == Effect.DELETE ? said.n() : said.modified(), tally);
    for (int row = 0; row < rows.size(); row++) {
      if (said.upserted(row)) {
        rows.inserted(row, tally);
      }
    }
  }

  private void add(int target, Effect effect, double documents, Tally tally) {
    for (Series series : targets.of(target, effect)) {
      tally.add(series, 0, documents);
    }
  }

  private void bulk(WriteReply said, Tally tally) {
    inserts(said, said.total("nInserted"), tally);
    if (said.tellsAll()) {
      for (int row = 0; row < rows.size(); row++) {
        if (rows.effect(row) != Effect.INSERT && said.succeeded(row, ordered)) {
          add(rows.target(row), rows.effect(row), said.documents(row), tally);
          if (said.upserted(row)) {
            rows.inserted(row, tally);
          }
        }
      }
    } else {
      totals(Effect.UPDATE, Effect.UPDATE, said.total("nModified"), tally);
      totals(Effect.UPDATE, Effect.INSERT, said.total("nUpserted"), tally);
      totals(Effect.DELETE, Effect.DELETE, said.total("nDeleted"), tally);
    }
  }

  /** Where only failures are told, a total belongs to a collection if all its statements do. */
  private void totals(Effect statement, Effect effect, double documents, Tally tally) {
    int only = -1;
    boolean several = false;
    for (int row = 0; row < rows.size(); row++) {
      if (rows.effect(row) == statement) {
        several |= only >= 0 && only != rows.target(row);
        only = rows.target(row);
      }
    }
    for (int target = 0; target < targets.count() && documents > 0; target++) {
      if (!several && target != only) {
        continue;
      }
      for (Series series : targets.of(target, effect)) {
        if (several || series.isSum()) {
          tally.unread(series, documents);
        } else {
          tally.add(series, series.otherCell(), documents);
        }
      }
    }
  }
}
