package io.bailiwick.policy.guard;

import io.bailiwick.protocol.bson.NameTable;
import java.util.LinkedHashMap;
import java.util.Map;

/** Arguments of commands that are not generic. A command takes those its catalogue row lists. */
public enum Field {
  FILTER("filter", Shape.DOCUMENT),
  QUERY("query", Shape.DOCUMENT),
  PROJECTION("projection", Shape.DOCUMENT),
  FIELDS("fields", Shape.DOCUMENT),
  SORT("sort", Shape.DOCUMENT),
  SKIP("skip", Shape.INTEGER),
  LIMIT("limit", Shape.INTEGER),
  BATCH_SIZE("batchSize", Shape.INTEGER),
  SINGLE_BATCH("singleBatch", Shape.BOOLEAN),
  TAILABLE("tailable", Shape.FALSE),
  AWAIT_DATA("awaitData", Shape.FALSE),
  NO_CURSOR_TIMEOUT("noCursorTimeout", Shape.FALSE),
  ALLOW_PARTIAL_RESULTS("allowPartialResults", Shape.BOOLEAN),
  ALLOW_DISK_USE("allowDiskUse", Shape.BOOLEAN),
  RETURN_KEY("returnKey", Shape.FALSE),
  SHOW_RECORD_ID("showRecordId", Shape.FALSE),
  OPLOG_REPLAY("oplogReplay", Shape.FALSE),
  HINT("hint", Shape.STRING_OR_DOCUMENT),
  COLLATION("collation", Shape.DOCUMENT),
  LET("let", Shape.DOCUMENT),
  KEY("key", Shape.STRING),
  PIPELINE("pipeline", Shape.ARRAY),
  CURSOR("cursor", Shape.DOCUMENT),
  BYPASS_DOCUMENT_VALIDATION("bypassDocumentValidation", Shape.FALSE),
  ORDERED("ordered", Shape.BOOLEAN),
  DOCUMENTS("documents", Shape.ARRAY),
  UPDATES("updates", Shape.ARRAY),
  DELETES("deletes", Shape.ARRAY),
  OPS("ops", Shape.ARRAY),
  NS_INFO("nsInfo", Shape.ARRAY),
  ERRORS_ONLY("errorsOnly", Shape.BOOLEAN),
  REMOVE("remove", Shape.BOOLEAN),
  UPDATE("update", Shape.DOCUMENT_OR_ARRAY),
  NEW("new", Shape.BOOLEAN),
  UPSERT("upsert", Shape.BOOLEAN),
  ARRAY_FILTERS("arrayFilters", Shape.ARRAY),
  COLLECTION("collection", Shape.STRING),
  CURSORS("cursors", Shape.ARRAY),
  VERBOSITY("verbosity", Shape.STRING),
  NAME_ONLY("nameOnly", Shape.BOOLEAN),
  AUTHORIZED_COLLECTIONS("authorizedCollections", Shape.BOOLEAN),
  AUTHORIZED_DATABASES("authorizedDatabases", Shape.BOOLEAN),
  INDEXES("indexes", Shape.ARRAY),
  RECOVERY_TOKEN("recoveryToken", Shape.DOCUMENT),
  SHOW_PRIVILEGES("showPrivileges", Shape.BOOLEAN),
  FEATURE_COMPATIBILITY_VERSION("featureCompatibilityVersion", Shape.ANY);

  private final String word;
  private final Shape shape;

  Field(String word, Shape shape) {
    this.word = word;
    this.shape = shape;
  }

  /** As it stands in the command. */
  public String word() {
    return word;
  }

  Shape shape() {
    return shape;
  }

  static NameTable<Field> table(Field... fields) {
    Map<String, Field> table = new LinkedHashMap<>();
    for (Field field : fields) {
      table.put(field.word, field);
    }
    return NameTable.of(table);
  }
}
