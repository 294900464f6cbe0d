package io.bailiwick.policy.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.verdict.ReplyPlan.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a reply may pass, told apart from the product's own tables and held against them. */
class ReplyTablesTest {
  /** Every field that any reply may keep, and some that none may. */
  private static final String EVERYTHING =
      """
      {ok: 1, n: 1, nModified: 1, value: {a: 1}, values: [1], retriedStmtId: 0, retriedStmtIds: [0],
       opTime: {ts: {$timestamp: {t: 1, i: 1}}, t: {$numberLong: '1'}, electionId: 1},
       upserted: [{index: 0, _id: 7, shard: 'x'}], writeErrors: [{index: 0, code: 2, errmsg: 'x'}],
       lastErrorObject: {n: 1, updatedExisting: true, upserted: 7, err: 'x'},
       nErrors: 0, nInserted: 0, nMatched: 0, nUpserted: 0, nDeleted: 0,
       cursor: {id: {$numberLong: '0'}, firstBatch: [], ns: 'x'},
       explainVersion: '1', queryPlanner: {winningPlan: {stage: 'IXSCAN', filter: {a: 1}}},
       errorLabels: ['RetryableWriteError'], writeConcernError: {code: 64, errmsg: 'x'},
       operationTime: {$timestamp: {t: 1, i: 1}}, atClusterTime: {$timestamp: {t: 1, i: 1}},
       $clusterTime: {clusterTime: {$timestamp: {t: 1, i: 1}}}, recoveryToken: {recoveryShardId: 'x'},
       baseBackoffMS: 5, electionId: {$oid: '665f1c2ab8e4d3a1f0c9e001'}, hosts: ['x'], me: 'x',
       setName: 'x', serverInfo: {host: 'x'}, executionStats: {nReturned: 1}, command: {a: 1},
       queryShapeHash: 'x', topologyVersion: {counter: 1}, raw: {x: 1}, shards: {x: 1}, stats: 1,
       errmsg: 'x', errInfo: {a: 1}, keyValue: {a: 1}, code: 1, connectionId: 1, lsid: {id: 1}}
      """;

  private static final Set<String> ANY =
      Set.of(
          "ok",
          "retriedStmtId",
          "retriedStmtIds",
          "errorLabels",
          "writeConcernError",
          "operationTime",
          "atClusterTime",
          "$clusterTime",
          "recoveryToken",
          "baseBackoffMS");

  @ParameterizedTest
  @CsvSource({
    "PLAIN, n values",
    "WRITE, n nModified opTime upserted writeErrors",
    "FIND_AND_MODIFY, value lastErrorObject",
    "BULK_WRITE, nErrors nInserted nMatched nModified nUpserted nDeleted cursor",
    "EXPLAIN, explainVersion queryPlanner",
  })
  void keepsOfEachKindOfReplyWhatIsListed(Kind kind, String fields) {
    Set<String> expected = new TreeSet<>(ANY);
    expected.addAll(Set.of(fields.split(" ")));

    assertEquals(expected, new TreeSet<>(Reply.rebuilt(kind, EVERYTHING).keySet()));
  }

  @Test
  void keepsOfTheirPartsWhatIsListed() {
    BsonDocument write = Reply.rebuilt(Kind.WRITE, EVERYTHING);
    BsonDocument modified = Reply.rebuilt(Kind.FIND_AND_MODIFY, EVERYTHING);
    BsonDocument explained = Reply.rebuilt(Kind.EXPLAIN, EVERYTHING);

    assertEquals(Set.of("ts", "t"), write.getDocument("opTime").keySet());
    assertEquals(Set.of("index", "_id"), write.getArray("upserted").get(0).asDocument().keySet());
    assertEquals(
        Set.of("index", "code", "errmsg"),
        write.getArray("writeErrors").get(0).asDocument().keySet());
    assertEquals(
        Set.of("code", "codeName", "errmsg"), write.getDocument("writeConcernError").keySet());
    assertEquals(
        Set.of("n", "updatedExisting", "upserted"),
        modified.getDocument("lastErrorObject").keySet());
    assertEquals(
        Set.of("stage"), explained.getDocument("queryPlanner").getDocument("winningPlan").keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RetryableWriteError",
        "TransientTransactionError",
        "UnknownTransactionCommitResult",
        "NoWritesPerformed",
        "SystemOverloadedError",
        "RetryableError"
      })
  void keepsALabelThatDriversActOn(String label) {
    BsonDocument rebuilt =
        Reply.rebuilt(Kind.WRITE, "{ok: 0, code: 112, errorLabels: ['x', '" + label + "', 5]}");

    assertEquals(
        new BsonArray(java.util.List.of(new BsonString(label))), rebuilt.getArray("errorLabels"));
  }

  /** MongoDB's own numbers and names. */
  private static Map<Integer, String> codes() {
    String text =
        """
          1=InternalError 2=BadValue 4=NoSuchKey 6=HostUnreachable 7=HostNotFound 8=UnknownError
          9=FailedToParse 10=CannotMutateObject 13=Unauthorized 14=TypeMismatch 15=Overflow
          16=InvalidLength 17=ProtocolError 18=AuthenticationFailed 20=IllegalOperation
          22=InvalidBSON 24=LockTimeout 26=NamespaceNotFound 27=IndexNotFound 28=PathNotViable
          29=NonExistentPath 40=ConflictingUpdateOperators 43=CursorNotFound
          47=NoMatchingDocument 48=NamespaceExists 50=MaxTimeMSExpired 52=DollarPrefixedFieldName
          53=InvalidIdField 54=NotSingleValueField 55=InvalidDBRef 56=EmptyFieldName
          57=DottedFieldName 59=CommandNotFound 61=ShardKeyNotFound 64=WriteConcernTimeout
          65=MultipleErrorsOccurred 66=ImmutableField 72=InvalidOptions 73=InvalidNamespace
          79=UnknownReplWriteConcern 89=NetworkTimeout 96=OperationFailed
          100=UnsatisfiableWriteConcern 112=WriteConflict 115=CommandNotSupported
          117=ConflictingOperationInProgress 121=DocumentValidationFailure 125=CommandFailed
          133=FailedToSatisfyReadPreference 134=ReadConcernMajorityNotAvailableYet
          136=CappedPositionLost 143=CursorInUse 146=ExceededMemoryLimit
          148=ReadConcernMajorityNotEnabled 166=CommandNotSupportedOnView
          167=OptionNotSupportedOnView 168=InvalidPipelineOperator 171=CannotIndexParallelArrays
          175=QueryPlanKilled 206=NoSuchSession 211=KeyNotFound 217=IncompleteTransactionHistory
          225=TransactionTooOld 226=AtomicityFailure 237=CursorKilled 238=NotImplemented
          239=SnapshotTooOld 241=ConversionFailure 246=SnapshotUnavailable 251=NoSuchTransaction
          256=TransactionCommitted 257=TransactionTooLarge 261=TooManyLogicalSessions
          262=ExceededTimeLimit 263=OperationNotSupportedInTransaction
          267=PreparedTransactionInProgress 290=TransactionExceededLifetimeLimitSeconds
          291=NoQueryExecutionPlans 292=QueryExceededMemoryLimitNoDiskUseAllowed 314=ObjectIsBusy
          322=APIVersionError 323=APIStrictError 324=APIDeprecationError 347=APIMismatchError
          365=TemporarilyUnavailable 371=UserWritesBlocked 378=NonConformantBSON
          386=DuplicateKeyId 402=ResourceExhausted 411=QueryRejectedBySettings
          433=AdmissionQueueOverflow 462=IngressRequestRateLimitExceeded 9001=SocketException
          10003=CannotGrowDocumentInCappedNamespace 10334=BSONObjectTooLarge 11000=DuplicateKey
          11001=DuplicateKey 11601=Interrupted 12582=DuplicateKey 13388=StaleConfig
          14031=OutOfDiskSpace 17280=KeyTooLong 31082=SearchNotEnabled 40413=IDLDuplicateField
          40414=IDLFailedToParse 40415=IDLUnknownField 50768=NotARetryableWriteCommand
        """;
    Map<Integer, String> codes = new LinkedHashMap<>();
    for (String pair : text.strip().split("\\s+")) {
      String[] parts = pair.split("=");
      codes.put(Integer.parseInt(parts[0]), parts[1]);
    }
    return codes;
  }

  @Test
  void namesEveryCodeAsMongodbDoes() {
    Map<Integer, String> codes = codes();
    for (int code = 1; code < 60_000; code++) {
      CannedError canned = CannedError.of(code);
      assertEquals(code, canned.code());
      assertEquals(codes.getOrDefault(code, "Location" + code), canned.codeName());
    }
  }

  @Test
  void takesOnlyCodesOfTheWayUpstreamForSuch() {
    Set<Integer> upstream = Set.of(91, 189, 391, 10058, 10107, 11600, 11602, 13435, 13436);
    for (int code = 1; code < 60_000; code++) {
      assertEquals(upstream.contains(code), CannedError.concernsUpstreamOnly(code), "" + code);
    }
  }
}
