package io.bailiwick.proxy.business;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** What a reply says of each statement of a write. A number that is missing is NaN. */
final class WriteReply {
  private final int statements;
  private final Map<String, Double> totals = new HashMap<>();
  private final BitSet failed = new BitSet();
  private final BitSet told = new BitSet();
  private final BitSet upserted = new BitSet();
  private final Map<Integer, Double> documents = new HashMap<>();
  private boolean outcomes;
  private boolean more;
  private boolean tellsAll;
  private int firstFailure;

  private WriteReply(int statements) {
    this.statements = statements;
  }

  /**
   * @param reply rebuilt by the proxy, and so sound
   * @param statements how many the command had
   */
  static WriteReply read(RawDocument reply, int statements) {
    WriteReply said = new WriteReply(statements);
    Elements fields = reply.elements();
    while (fields.next()) {
      said.field(fields);
    }
    said.tellsAll = !said.more && said.told.cardinality() > said.failed.cardinality();
    said.firstFailure = said.failed.nextSetBit(0);
    return said;
  }

  private void field(Elements field) {
    if (field.nameIs("writeErrors")) {
      each(field, member -> mark(failed, member.find("index")));
    } else if (field.nameIs("upserted")) {
      each(field, member -> mark(upserted, member.find("index")));
    } else if (field.nameIs("lastErrorObject") && field.type() == BsonType.DOCUMENT) {
      findAndModify(field.document());
    } else if (field.nameIs("cursor") && field.type() == BsonType.DOCUMENT) {
      outcomes(field.document());
    } else if (isNumber(field)) {
      totals.put(field.name(), number(field));
    }
  }

  private void findAndModify(RawDocument last) {
    Elements n = last.find("n");
    Elements existing = last.find("updatedExisting");
    totals.put("n", n == null ? Double.NaN : number(n));
    if (existing != null && existing.type() == BsonType.BOOLEAN) {
      totals.put("nModified", existing.bool() ? 1.0 : 0.0);
    }
    upserted.set(0, last.find("upserted") != null);
  }

  private void outcomes(RawDocument cursor) {
    outcomes = true;
    Elements id = cursor.find("id");
    more = id == null || id.type() != BsonType.INT64 || id.int64() != 0;
    Elements batch = cursor.find("firstBatch");
    if (batch != null) {
      each(batch, this::outcome);
    }
  }

  private void outcome(RawDocument outcome) {
    int row = (int) number(outcome, "idx");
    if (row < 0 || row >= statements) {
      more = true; // What cannot be placed is as good as not told.
      return;
    }
    told.set(row);
    if (number(outcome, "ok") != 1) {
      failed.set(row);
    }
    Elements modified = outcome.find("nModified");
    documents.put(row, modified == null ? number(outcome, "n") : number(modified));
    upserted.set(row, outcome.find("upserted") != null);
  }

  private interface Member {
    void take(RawDocument member);
  }

  private static void each(Elements array, Member action) {
    if (array.type() == BsonType.ARRAY) {
      Elements members = array.inside();
      while (members.next()) {
        if (members.type() == BsonType.DOCUMENT) {
          action.take(members.document());
        }
      }
    }
  }

  private void mark(BitSet set, @org.jspecify.annotations.Nullable Elements index) {
    double row = index == null ? Double.NaN : number(index);
    if (row >= 0 && row < statements) {
      set.set((int) row);
    }
  }

  private static double number(RawDocument document, String name) {
    Elements field = document.find(name);
    return field == null ? -1 : number(field);
  }

  private static boolean isNumber(Elements field) {
    return field.type() == BsonType.INT32
        || field.type() == BsonType.INT64
        || field.type() == BsonType.DOUBLE;
  }

  private static double number(Elements field) {
    return isNumber(field) ? Amounts.number(field) : Double.NaN;
  }

  /** True if it tells of single statements, as bulkWrite's does. */
  boolean hasOutcomes() {
    return outcomes;
  }

  /** True if it tells of every statement that was carried out, and not of failures alone. */
  boolean tellsAll() {
    return tellsAll;
  }

  /** Documents that the whole write inserted, found to update, or deleted. */
  double n() {
    return total("n");
  }

  double modified() {
    return total("nModified");
  }

  double total(String name) {
    return totals.getOrDefault(name, Double.NaN);
  }

  /** Documents that one statement of a bulkWrite changed or deleted. */
  double documents(int row) {
    return documents.getOrDefault(row, 0.0);
  }

  boolean upserted(int row) {
    return upserted.get(row);
  }

  /** In order, nothing is carried out behind the first failure. */
  boolean succeeded(int row, boolean ordered) {
    if (tellsAll) {
      return told.get(row) && !failed.get(row);
    }
    return !failed.get(row) && !(ordered && firstFailure >= 0 && row > firstFailure);
  }
}
