package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.util.LinkedHashMap;
import java.util.Map;

/** The stages that have been reviewed; every other is refused. */
enum StageName {
  MATCH("$match"),
  PROJECT("$project"),
  ADD_FIELDS("$addFields"),
  SET("$set"),
  UNSET("$unset"),
  REPLACE_ROOT("$replaceRoot"),
  REPLACE_WITH("$replaceWith"),
  REDACT("$redact"),
  UNWIND("$unwind"),
  GROUP("$group"),
  BUCKET("$bucket"),
  BUCKET_AUTO("$bucketAuto"),
  SORT_BY_COUNT("$sortByCount"),
  COUNT("$count"),
  SORT("$sort"),
  LIMIT("$limit"),
  SKIP("$skip"),
  SAMPLE("$sample"),
  SET_WINDOW_FIELDS("$setWindowFields"),
  DENSIFY("$densify"),
  FILL("$fill"),
  FACET("$facet"),
  LOOKUP("$lookup"),
  GRAPH_LOOKUP("$graphLookup"),
  UNION_WITH("$unionWith"),
  GEO_NEAR("$geoNear"),
  DOCUMENTS("$documents");

  static final NameTable<StageName> TABLE = table();
  private static final NameTable<String> REFUSED_BY =
      NameTable.of(
          Map.of(
              "$out", RuleId.WRITE_STAGE,
              "$merge", RuleId.WRITE_STAGE,
              "$changeStream", RuleId.CHANGE_STREAM,
              "$changeStreamSplitLargeEvent", RuleId.CHANGE_STREAM,
              "$function", RuleId.SERVER_SIDE_JAVASCRIPT,
              "$where", RuleId.SERVER_SIDE_JAVASCRIPT,
              "$accumulator", RuleId.SERVER_SIDE_JAVASCRIPT));

  private final String word;

  StageName(String word) {
    this.word = word;
  }

  private static NameTable<StageName> table() {
    Map<String, StageName> table = new LinkedHashMap<>();
    for (StageName stage : values()) {
      table.put(stage.word, stage);
    }
    return NameTable.of(table);
  }

  /**
   * The stage that the element's name names.
   *
   * @throws RefusedException if it is none of these
   */
  static StageName of(Elements element) {
    StageName stage = element.lookUp(TABLE);
    if (stage != null) {
      return stage;
    }
    String rule = element.lookUp(REFUSED_BY);
    throw Refusals.of(
        rule == null ? RuleId.STAGE : rule, element, "not among the stages that may stand here");
  }
}
