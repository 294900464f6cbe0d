package io.bailiwick.policy.reply;

import static io.bailiwick.policy.reply.Reply.assertRebuilt;
import static io.bailiwick.policy.reply.Reply.encode;
import static io.bailiwick.policy.reply.Reply.rebuild;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.verdict.ReplyPlan.Kind;
import io.bailiwick.protocol.bson.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyRulesTest {
  private static final String CIRCUMSTANCES =
      "recoveryToken: {recoveryShardId: 's1'}, atClusterTime: {$timestamp: {t: 5, i: 1}},"
          + " operationTime: {$timestamp: {t: 5, i: 1}}, $clusterTime: {keyId: 7},"
          + " retriedStmtIds: [0, 1]";

  @Test
  void rebuildsTheReplyToAWrite() {
    assertRebuilt(
        Kind.WRITE,
        "{n: 2, nModified: 1, upserted: [{index: 1, _id: 'own', other: 'B-SECRET'}, 'B-SECRET'],"
            + " electionId: {$oid: '7fffffff0000000000000001'}, opTime: {ts: {$timestamp: {t: 5, i: 1}}, t: 2, host: 'mongo-7.internal'}, ok: 1.0,"
            + " lastOp: 'mongo-7.internal', "
            + CIRCUMSTANCES
            + "}",
        "{n: 2, nModified: 1, upserted: [{index: 1, _id: 'own'}], opTime: {ts: {$timestamp: {t: 5, i: 1}}, t: 2}, ok: 1.0, "
            + CIRCUMSTANCES
            + "}");
  }

  @Test
  void rebuildsTheErrorsOfAWrite() {
    assertRebuilt(
        Kind.WRITE,
        """
        {n: 0, ok: 1, writeErrors: [
          {index: 0, code: 11000, errmsg: 'E11000 dup key: {ssn: "B-SECRET"}',
           keyPattern: {ssn: 1}, keyValue: {ssn: 'B-SECRET'}},
          {index: 3, code: 11000, errmsg: 'E11000 dup key: {sku: "B-SECRET"}',
           keyPattern: {organization_id: 1}, keyValue: {organization_id: 'B-SECRET'}},
          {index: 4, code: 121, errmsg: 'B-SECRET', errInfo: {failingDocumentId: 'B-SECRET'}},
          'B-SECRET']}
        """,
        """
        {n: 0, ok: 1, writeErrors: [
          {index: 0, code: 11000, errmsg: 'E11000 duplicate key error'},
          {index: 3, code: 11000, errmsg: 'E11000 duplicate key error index: tenant_sku',
           keyPattern: {organization_id: 1}},
          {index: 4, code: 121, errmsg: 'Document failed validation'}]}
        """);
  }

  @Test
  void rebuildsAWriteConcernErrorAndKeepsItsLabel() {
    assertRebuilt(
        Kind.WRITE,
        "{n: 1, ok: 1, errorLabels: ['RetryableWriteError', 'B-SECRET'], writeConcernError:"
            + " {code: 64, codeName: 'x', errmsg: 'waiting for mongo-7.internal',"
            + " errInfo: {wtimeout: true, host: 'mongo-7.internal'}}}",
        "{n: 1, ok: 1, errorLabels: ['RetryableWriteError'], writeConcernError:"
            + " {code: 64, codeName: 'WriteConcernTimeout',"
            + " errmsg: 'waiting for replication timed out'}}");
  }

  @Test
  void translatesAWriteConcernErrorThatConcernsOnlyTheWayUpstream() {
    assertRebuilt(
        Kind.WRITE,
        "{n: 1, ok: 1, writeConcernError: {code: 91, errmsg: 'mongo-7.internal shuts down'}}",
        "{n: 1, ok: 1, writeConcernError: {code: 6, codeName: 'HostUnreachable',"
            + " errmsg: 'interrupted upstream; may be retried'}}");
  }

  @Test
  void rebuildsTheReplyToFindAndModifyAndPassesItsDocument() {
    assertRebuilt(
        Kind.FIND_AND_MODIFY,
        "{lastErrorObject: {n: 1, updatedExisting: true, upserted: 7, err: 'B-SECRET'},"
            + " value: {_id: 1, a: [{b: {$numberDecimal: '1.10'}}]}, ok: 1, serverInfo: 1,"
            + " retriedStmtId: 0}",
        "{lastErrorObject: {n: 1, updatedExisting: true, upserted: 7},"
            + " value: {_id: 1, a: [{b: {$numberDecimal: '1.10'}}]}, ok: 1, retriedStmtId: 0}");
  }

  @Test
  void passesADocumentOfFindAndModifyThatTheStrictWalkWouldRefuse() {
    byte[] odd = encode("{value: {aa: 1, ab: 2}, ok: 1}");
    for (int i = 0; i < odd.length; i++) {
      odd[i] = odd[i] == 'b' ? (byte) 'a' : odd[i];
    }
    assertEquals(odd.length, rebuild(Kind.FIND_AND_MODIFY, false, odd).body().size());
  }

  @Test
  void rebuildsPlainReplies() {
    assertRebuilt(Kind.PLAIN, "{n: 3, ok: 1, host: 'mongo-7.internal'}", "{n: 3, ok: 1}");
    assertRebuilt(
        Kind.PLAIN,
        "{values: [1, 'own', {a: 1}], ok: 1, " + CIRCUMSTANCES + ", stats: 'B-SECRET'}",
        "{values: [1, 'own', {a: 1}], ok: 1, " + CIRCUMSTANCES + "}");
    assertRebuilt(Kind.PLAIN, "{n: 'B-SECRET', values: 'B-SECRET', ok: 1}", "{ok: 1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"firstBatch", "nextBatch"})
  void rebuildsTheReplyToBulkWrite(String batch) {
    assertRebuilt(
        Kind.BULK_WRITE,
        """
        {ok: 1, nErrors: 1, nInserted: 1, nMatched: 2, nModified: 3, nUpserted: 4, nDeleted: 5,
         cursor: {partialResultsReturned: true, ns: 'other_tenant', id: {$numberLong: '99'}, BATCH: [
           {ok: 1, idx: 0, n: 1, nModified: 1, upserted: {_id: 'own', x: 'B-SECRET'}},
           {ok: 0, idx: 1, n: 0, code: 11000, errmsg: 'dup key: B-SECRET',
            keyPattern: {_id: 1}, keyValue: {_id: 'B-SECRET'}},
           {ok: 0, idx: 2, n: 0, errmsg: 'B-SECRET'}]}}
        """
            .replace("BATCH", batch),
        """
        {ok: 1, nErrors: 1, nInserted: 1, nMatched: 2, nModified: 3, nUpserted: 4, nDeleted: 5,
         cursor: {ns: 'admin.$cmd.bulkWrite', id: {$numberLong: '4711'}, BATCH: [
           {ok: 1, idx: 0, n: 1, nModified: 1, upserted: {_id: 'own'}},
           {ok: 0, idx: 1, n: 0, code: 11000, errmsg: 'E11000 duplicate key error'},
           {ok: 0, idx: 2, n: 0, code: 8, errmsg: 'operation failed'}]}}
        """
            .replace("BATCH", batch));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{cursor: 1}",
        "{cursor: {firstBatch: []}}",
        "{cursor: {id: 7, firstBatch: []}}",
        "{cursor: {id: {$numberLong: '1'}, firstBatch: {}}}",
        "{cursor: {id: {$numberLong: '1'}, firstBatch: [1]}}"
      })
  void refusesABulkWriteCursorOfAnotherShape(String reply) {
    byte[] bytes = encode(reply.substring(0, reply.length() - 1) + ", ok: 1}");
    assertThrows(MalformedMessageException.class, () -> rebuild(Kind.BULK_WRITE, false, bytes));
  }

  @Test
  void rebuildsAPlan() {
    assertRebuilt(
        Kind.EXPLAIN,
        """
        {explainVersion: '1', ok: 1, serverInfo: {host: 'mongo-7.internal'},
         command: {find: 'orders', filter: {x: 'B-SECRET'}},
         executionStats: {nReturned: 1, totalDocsExamined: 900},
         queryPlanner: {namespace: 'app.orders', parsedQuery: {x: 'B-SECRET'},
           rejectedPlans: [{stage: 'B_SECRET'}],
           winningPlan: {stage: 'OR', filter: {x: 'B-SECRET'}, direction: 'forward',
             inputStages: [
               {stage: 'FETCH', inputStage: {stage: 'IXSCAN', indexName: 'tenant_sku',
                keyPattern: {organization_id: 1}, indexBounds: {organization_id: ['B-SECRET']}}},
               {stage: 'IXSCAN', indexName: 'ssn_B-SECRET', keyPattern: {ssn: 1}}]}}}
        """,
        """
        {explainVersion: '1', ok: 1,
         queryPlanner: {namespace: 'app.orders', winningPlan: {stage: 'OR', direction: 'forward',
             inputStages: [
               {stage: 'FETCH', inputStage: {stage: 'IXSCAN', indexName: 'tenant_sku',
                keyPattern: {organization_id: 1}}},
               {stage: 'IXSCAN'}]}}}
        """);
  }

  @Test
  void rebuildsThePlanOfAnAggregate() {
    assertRebuilt(
        Kind.EXPLAIN,
        """
        {ok: 1, stages: [
          {$cursor: {queryPlanner: {namespace: 'other_tenant.orders',
             winningPlan: {queryPlan: {stage: 'COLLSCAN'}, slotBasedPlan: {stages: 'B-SECRET'}}},
           executionStats: {nReturned: 3}}},
          {$group: {_id: 'B-SECRET'}}]}
        """,
        "{ok: 1, queryPlanner: {winningPlan: {stage: 'COLLSCAN'}}}");
  }

  @Test
  void cutsAPlanThatNestsTooDeep() {
    String plan = "{stage: 'LIMIT', inputStage: ".repeat(80) + "{stage: 'EOF'}" + "}".repeat(80);
    byte[] reply = encode("{ok: 1, queryPlanner: {winningPlan: " + plan + "}}");
    assertTrue(rebuild(Kind.EXPLAIN, false, reply).body().size() < reply.length);
  }

  /** Only a field that holds the client's own data may hold text of MongoDB's choosing. */
  @ParameterizedTest
  @EnumSource(names = "CURSOR", mode = EnumSource.Mode.EXCLUDE)
  void letsNoTextThroughInFieldsOfAnotherType(Kind kind) {
    for (String secret : new String[] {"'B-SECRET'", "{x: 'B-SECRET'}", "[{x: ['B-SECRET']}]"}) {
      for (String ok : new String[] {"0", "1"}) {
        StringBuilder reply = new StringBuilder("{ok: " + ok);
        for (String name : NAMES) {
          reply.append(", ").append(name).append(": ").append(secret);
        }
        String out =
            new String(
                rebuild(kind, true, encode(reply + "}")).body().toBytes(),
                StandardCharsets.ISO_8859_1);
        assertFalse(out.contains("SECRET"), out);
      }
    }
  }

  private static final String[] NAMES = {
    "n",
    "nModified",
    "index",
    "code",
    "codeName",
    "errmsg",
    "errorLabels",
    "writeErrors",
    "writeConcernError",
    "upserted",
    "lastErrorObject",
    "opTime",
    "electionId",
    "operationTime",
    "atClusterTime",
    "retriedStmtId",
    "baseBackoffMS",
    "nErrors",
    "nInserted",
    "explainVersion",
    "queryPlanner",
    "stages",
    "keyPattern",
    "keyValue",
    "errInfo",
    "topologyVersion",
    "serverInfo",
    "executionStats",
    "command",
    "$err",
    "note",
    "''"
  };

  @Test
  void refusesToRebuildBatchesOfDocuments() {
    assertThrows(IllegalStateException.class, () -> rebuild(Kind.CURSOR, false, encode("{ok: 1}")));
  }
}
