package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.protocol.bson.NameTable;
import java.util.Map;

/** The three statements of bulkWrite, told apart by their first name. */
enum BulkOperation {
  INSERT(Effect.INSERT, StatementField.OF_BULK_INSERT, StatementField.DOCUMENT),
  UPDATE(
      Effect.UPDATE, StatementField.OF_BULK_UPDATE, StatementField.FILTER, StatementField.UPDATE),
  DELETE(Effect.DELETE, StatementField.OF_BULK_DELETE, StatementField.FILTER);

  static final NameTable<BulkOperation> TABLE =
      NameTable.of(Map.of("insert", INSERT, "update", UPDATE, "delete", DELETE));

  private final Effect effect;
  private final NameTable<StatementField> parts;
  private final StatementField[] required;

  BulkOperation(Effect effect, NameTable<StatementField> parts, StatementField... required) {
    this.effect = effect;
    this.parts = parts;
    this.required = required;
  }

  Effect effect() {
    return effect;
  }

  NameTable<StatementField> parts() {
    return parts;
  }

  StatementField[] required() {
    return required;
  }
}
