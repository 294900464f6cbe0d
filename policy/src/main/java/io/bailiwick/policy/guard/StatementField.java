package io.bailiwick.policy.guard;

import io.bailiwick.protocol.bson.NameTable;
import java.util.Map;

/**
 * Parts of one write statement, whatever the command that carries it calls them. A part that a
 * table does not name is refused.
 */
enum StatementField {
  FILTER(Shape.DOCUMENT),
  UPDATE(Shape.DOCUMENT_OR_ARRAY),
  DOCUMENT(Shape.DOCUMENT),
  CONSTANTS(Shape.DOCUMENT),
  MULTI(Shape.BOOLEAN),
  UPSERT(Shape.BOOLEAN),
  LIMIT(Shape.INTEGER),
  ARRAY_FILTERS(Shape.ARRAY),
  COLLATION(Shape.DOCUMENT),
  HINT(Shape.STRING_OR_DOCUMENT),
  SORT(Shape.DOCUMENT),
  /** Which namespace the statement is about, by its place in {@code nsInfo}. */
  NAMESPACE(Shape.INTEGER);

  /** A member of {@code updates}. */
  static final NameTable<StatementField> OF_UPDATE =
      NameTable.of(
          Map.of(
              "q", FILTER,
              "u", UPDATE,
              "c", CONSTANTS,
              "multi", MULTI,
              "upsert", UPSERT,
              "arrayFilters", ARRAY_FILTERS,
              "collation", COLLATION,
              "hint", HINT,
              "sort", SORT));

  /** A member of {@code deletes}. */
  static final NameTable<StatementField> OF_DELETE =
      NameTable.of(Map.of("q", FILTER, "limit", LIMIT, "collation", COLLATION, "hint", HINT));

  /** The member of {@code ops} that inserts. */
  static final NameTable<StatementField> OF_BULK_INSERT =
      NameTable.of(Map.of("insert", NAMESPACE, "document", DOCUMENT));

  /** The member of {@code ops} that updates. */
  static final NameTable<StatementField> OF_BULK_UPDATE =
      NameTable.of(
          Map.of(
              "update", NAMESPACE,
              "filter", FILTER,
              "updateMods", UPDATE,
              "constants", CONSTANTS,
              "multi", MULTI,
              "upsert", UPSERT,
              "arrayFilters", ARRAY_FILTERS,
              "collation", COLLATION,
              "hint", HINT,
              "sort", SORT));

  /** The member of {@code ops} that deletes. */
  static final NameTable<StatementField> OF_BULK_DELETE =
      NameTable.of(
          Map.of(
              "delete", NAMESPACE,
              "filter", FILTER,
              "multi", MULTI,
              "collation", COLLATION,
              "hint", HINT));

  private final Shape shape;

  StatementField(Shape shape) {
    this.shape = shape;
  }

  Shape shape() {
    return shape;
  }
}
