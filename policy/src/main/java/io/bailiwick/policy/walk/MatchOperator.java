package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.NameTable;
import java.util.LinkedHashMap;
import java.util.Map;

/** The operators of the match language that have been reviewed, by where they may stand. */
enum MatchOperator {
  AND("$and", true),
  OR("$or", true),
  NOR("$nor", true),
  EXPR("$expr", true),
  TEXT("$text", true),
  COMMENT("$comment", true),
  JSON_SCHEMA("$jsonSchema", true),
  ALWAYS_TRUE("$alwaysTrue", true),
  ALWAYS_FALSE("$alwaysFalse", true),
  SAMPLE_RATE("$sampleRate", true),

  EQ("$eq", false),
  NE("$ne", false),
  GT("$gt", false),
  GTE("$gte", false),
  LT("$lt", false),
  LTE("$lte", false),
  IN("$in", false),
  NIN("$nin", false),
  ALL("$all", false),
  NOT("$not", false),
  ELEM_MATCH("$elemMatch", false),
  SIZE("$size", false),
  TYPE("$type", false),
  EXISTS("$exists", false),
  MOD("$mod", false),
  REGEX("$regex", false),
  OPTIONS("$options", false),
  BITS_ALL_SET("$bitsAllSet", false),
  BITS_ALL_CLEAR("$bitsAllClear", false),
  BITS_ANY_SET("$bitsAnySet", false),
  BITS_ANY_CLEAR("$bitsAnyClear", false),
  GEO_WITHIN("$geoWithin", false),
  WITHIN("$within", false),
  GEO_INTERSECTS("$geoIntersects", false),
  NEAR("$near", false),
  NEAR_SPHERE("$nearSphere", false),
  MIN_DISTANCE("$minDistance", false),
  MAX_DISTANCE("$maxDistance", false),
  UNIQUE_DOCS("$uniqueDocs", false);

  /** Those that stand where a field could: about the whole document. */
  static final NameTable<MatchOperator> OF_DOCUMENTS = table(true);

  /** Those that stand under a field: about its value. */
  static final NameTable<MatchOperator> OF_VALUES = table(false);

  private final String word;
  private final boolean ofDocuments;

  MatchOperator(String word, boolean ofDocuments) {
    this.word = word;
    this.ofDocuments = ofDocuments;
  }

  private static NameTable<MatchOperator> table(boolean ofDocuments) {
    Map<String, MatchOperator> table = new LinkedHashMap<>();
    for (MatchOperator operator : values()) {
      if (operator.ofDocuments == ofDocuments) {
        table.put(operator.word, operator);
      }
    }
    return NameTable.of(table);
  }
}
