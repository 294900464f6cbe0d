package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stages that MongoDB knows are refused with the reason, wherever they stand. */
class RefusedStagesTest {
  private final Judge judge = Judge.ofSample();

  @ParameterizedTest
  @CsvSource({
    "$out, write-stage, writes into a collection",
    "$merge, write-stage, writes into a collection",
    "$changeStream, change-stream, reads what everyone writes",
    "$changeStreamSplitLargeEvent, change-stream, reads what everyone writes",
    "$search, stage, searches the documents of all tenants",
    "$searchMeta, stage, searches the documents of all tenants",
    "$vectorSearch, stage, searches the documents of all tenants",
    "$rankFusion, stage, searches the documents of all tenants",
    "$scoreFusion, stage, searches the documents of all tenants",
    "$collStats, stage, tells of the server",
    "$backupCursorExtend, stage, tells of the server",
    "$currentOp, stage, tells of the server",
    "$where, server-side-javascript, runs code",
    "$futureStage, stage, not among the stages"
  })
  void tellsWhy(String stage, String rule, String why) {
    String pipeline = "[{'" + stage + "': {}}]";
    for (String command :
        new String[] {
          pipeline,
          "[{$facet: {a: " + pipeline + "}}]",
          "[{$lookup: {from: 'users', as: 'u', pipeline: " + pipeline + "}}]",
          "[{$unionWith: {coll: 'users', pipeline: " + pipeline + "}}]"
        }) {
      Verdict.Deny deny =
          judge.denies(
              "{aggregate: 'orders', pipeline: " + command + ", cursor: {}, $db: 'app'}", rule);
      assertTrue(deny.detail().contains(stage + ": " + why), deny::toString);
    }
  }
}
