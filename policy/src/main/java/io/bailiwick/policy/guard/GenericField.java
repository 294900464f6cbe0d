package io.bailiwick.policy.guard;

import io.bailiwick.protocol.bson.NameTable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Arguments that any command may carry. Internal ones ({@code $audit}, {@code $client}, {@code
 * shardVersion}, {@code rawData} and so on) are refused by not being here.
 */
enum GenericField {
  DB("$db", Shape.STRING),
  LSID("lsid", Shape.DOCUMENT),
  TXN_NUMBER("txnNumber", Shape.INTEGER),
  AUTOCOMMIT("autocommit", Shape.BOOLEAN),
  START_TRANSACTION("startTransaction", Shape.BOOLEAN),
  READ_PREFERENCE("$readPreference", Shape.DOCUMENT),
  READ_CONCERN("readConcern", Shape.DOCUMENT),
  WRITE_CONCERN("writeConcern", Shape.DOCUMENT),
  MAX_TIME_MS("maxTimeMS", Shape.INTEGER),
  COMMENT("comment", Shape.ANY),
  API_VERSION("apiVersion", Shape.STRING),
  API_STRICT("apiStrict", Shape.BOOLEAN),
  API_DEPRECATION_ERRORS("apiDeprecationErrors", Shape.BOOLEAN),
  CLUSTER_TIME("$clusterTime", Shape.DOCUMENT);

  static final NameTable<GenericField> TABLE = table();

  private final String word;
  private final Shape shape;

  GenericField(String word, Shape shape) {
    this.word = word;
    this.shape = shape;
  }

  Shape shape() {
    return shape;
  }

  /** True if the argument may also stand in a command that explain holds. */
  boolean mayLieInside() {
    return switch (this) {
      case DB, READ_CONCERN, WRITE_CONCERN, MAX_TIME_MS, COMMENT -> true;
      default -> false;
    };
  }

  private static NameTable<GenericField> table() {
    Map<String, GenericField> table = new LinkedHashMap<>();
    for (GenericField field : values()) {
      table.put(field.word, field);
    }
    return NameTable.of(table);
  }
}
