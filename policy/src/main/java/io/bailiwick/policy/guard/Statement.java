package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/**
 * What a write statement holds, read before it is walked because its parts come in any order.
 *
 * @param present the parts, a bit for each ordinal
 * @param upsert true if the statement may store a new document
 * @param updateType BSON type of the update, or 0
 */
record Statement(int present, boolean upsert, byte updateType) {

  /**
   * @throws RefusedException for a part that the table does not name or that has another type
   */
  static Statement read(byte[] bytes, int start, NameTable<StatementField> parts) {
    int present = 0;
    boolean upsert = false;
    byte updateType = 0;
    Elements part = new Elements(bytes, start);
    while (part.next()) {
      StatementField field = part.lookUp(parts);
      if (field == null) {
        throw RefusedException.policy(RuleId.FIELD, part.name());
      }
      if (!field.shape().fits(part)) {
        throw RefusedException.policy(RuleId.OPTION_VALUE, part.name());
      }
      present |= 1 << field.ordinal();
      upsert |= field == StatementField.UPSERT && part.bool();
      updateType = field == StatementField.UPDATE ? part.type() : updateType;
    }
    return new Statement(present, upsert, updateType);
  }

  boolean has(StatementField field) {
    return (present & 1 << field.ordinal()) != 0;
  }

  /**
   * @throws RefusedException if the part is absent
   */
  void require(StatementField field) {
    if (!has(field)) {
      throw RefusedException.policy(RuleId.FIELD, field + " is missing in a statement");
    }
  }
}
