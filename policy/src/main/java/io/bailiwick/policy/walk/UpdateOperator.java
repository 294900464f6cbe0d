package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.NameTable;
import java.util.LinkedHashMap;
import java.util.Map;

/** The update operators that have been reviewed; every other is refused. */
enum UpdateOperator {
  SET("$set"),
  SET_ON_INSERT("$setOnInsert"),
  UNSET("$unset"),
  RENAME("$rename"),
  INC("$inc"),
  MUL("$mul"),
  MIN("$min"),
  MAX("$max"),
  BIT("$bit"),
  CURRENT_DATE("$currentDate"),
  PUSH("$push"),
  ADD_TO_SET("$addToSet"),
  POP("$pop"),
  PULL("$pull"),
  PULL_ALL("$pullAll");

  static final NameTable<UpdateOperator> TABLE = table();

  private final String word;

  UpdateOperator(String word) {
    this.word = word;
  }

  /** True if it writes its operand as it is, so that the tenant's own value may be written. */
  boolean assigns() {
    return this == SET || this == SET_ON_INSERT;
  }

  private static NameTable<UpdateOperator> table() {
    Map<String, UpdateOperator> table = new LinkedHashMap<>();
    for (UpdateOperator operator : values()) {
      table.put(operator.word, operator);
    }
    return NameTable.of(table);
  }
}
