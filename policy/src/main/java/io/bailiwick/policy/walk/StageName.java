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
  private static final NameTable<Reason> REFUSED = reasons();

  /**
   * Why a stage that MongoDB knows is refused.
   *
   * @param why for the audit and the author of the command
   */
  private record Reason(String rule, String why) {}

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

  private static NameTable<Reason> reasons() {
    Map<String, Reason> table = new LinkedHashMap<>();
    refuse(
        table,
        new Reason(RuleId.WRITE_STAGE, "writes into a collection, whoever its documents belong to"),
        "$out $merge");
    refuse(
        table,
        new Reason(RuleId.CHANGE_STREAM, "reads what everyone writes"),
        "$changeStream $changeStreamSplitLargeEvent");
    refuse(
        table,
        new Reason(RuleId.SERVER_SIDE_JAVASCRIPT, "runs code on the server"),
        "$function $where $accumulator");
    refuse(
        table,
        new Reason(RuleId.STAGE, "searches the documents of all tenants before any filter"),
        "$search $searchMeta $vectorSearch $rankFusion $scoreFusion");
    refuse(
        table,
        new Reason(RuleId.STAGE, "tells of the server and of all who use it"),
        """
        $collStats $indexStats $planCacheStats $listSearchIndexes $listSampledQueries
        $shardedDataDistribution $operationMetrics $currentOp $listSessions $listLocalSessions
        $queryStats $querySettings $listCatalog $listClusterCatalog $listCachedAndActiveUsers
        $listMqlEntities $listExtensions $backupCursor $backupCursorExtend\
        """);
    return NameTable.of(table);
  }

  private static void refuse(Map<String, Reason> table, Reason reason, String stages) {
    for (String stage : stages.split("\\s+")) {
      table.put(stage, reason);
    }
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
    Reason reason = element.lookUp(REFUSED);
    throw reason == null
        ? Refusals.of(RuleId.STAGE, element, "not among the stages that may stand here")
        : Refusals.of(reason.rule(), element, reason.why());
  }
}
