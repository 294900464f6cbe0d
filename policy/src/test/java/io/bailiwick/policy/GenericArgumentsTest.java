package io.bailiwick.policy;

import static io.bailiwick.policy.model.CollectionClass.PRIVATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonWriter;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments that any command may carry, shown on an insert. */
class GenericArgumentsTest {
  private static final String UUID = "{$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}";
  private static final String LSID = "lsid: {id: " + UUID + "}";

  private final Judge judge = Judge.ofSample();

  private static String insertWith(String arguments) {
    return "{insert: 'orders', documents: [{x: 1}], $db: 'app', " + arguments + "}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        LSID,
        LSID + ", txnNumber: {$numberLong: '3'}",
        LSID + ", txnNumber: {$numberLong: '0'}",
        "$readPreference: {mode: 'secondaryPreferred', maxStalenessSeconds: 90}",
        "$readPreference: {mode: 'secondary', maxStalenessSeconds: -1}",
        "$readPreference: {mode: 'nearest', tags: [{dc: 'east'}, {}]}",
        "readConcern: {level: 'majority'}",
        "readConcern: {level: 'snapshot', atClusterTime: {$timestamp: {t: 1, i: 1}}}",
        "readConcern: {afterClusterTime: {$timestamp: {t: 1, i: 1}}}",
        "readConcern: {}",
        "writeConcern: {w: 'majority', j: true, wtimeout: 1000}",
        "writeConcern: {w: 1}",
        "writeConcern: {w: 3.0}",
        "maxTimeMS: 0",
        "maxTimeMS: {$numberLong: '2147483647'}",
        "maxTimeMS: 500.0",
        "comment: 'trace 1'",
        "comment: {trace: [1, 2]}",
        "apiVersion: '1', apiStrict: true, apiDeprecationErrors: false",
        "bypassDocumentValidation: false",
      })
  void passesListedArguments(String arguments) {
    BsonDocument expected = Command.json(insertWith(arguments));
    expected
        .getArray("documents")
        .get(0)
        .asDocument()
        .putAll(Command.json("{organization_id: %A%}"));

    assertEquals(expected, judge.forwarded(insertWith(arguments)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$audit: {$impersonatedUser: 'x'}",
        "$client: {}",
        "$tenant: %B%",
        "expectPrefix: true",
        "mayBypassWriteBlocking: true",
        "versionContext: {}",
        "shardVersion: {}",
        "databaseVersion: {}",
        "$configServerState: {}",
        "$configTime: {$timestamp: {t: 1, i: 1}}",
        "$topologyTime: {$timestamp: {t: 1, i: 1}}",
        "$replData: 1",
        "$oplogQueryData: 1",
        "tracking_info: {}",
        "coordinator: true",
        "clientOperationKey: " + UUID,
        "allowImplicitCollectionCreation: true",
        "rawData: true",
        "traceCtx: {}",
        "isTimeseriesNamespace: true",
        "help: true",
        "collectionUUID: " + UUID,
        "encryptionInformation: {type: 1, schema: {'app.users': {}}}",
        "stmtId: 1",
        "stmtIds: [1]",
        "txnRetryCounter: 1",
        "maxTimeMSOpOnly: 1",
        "runtimeConstants: {userRoles: []}",
        "bypassEmptyTsReplacement: true",
        "$queryOptions: {}",
        "impersonatedUsers: []",
        "bogus: 1",
        "'filter.x': 1",
        "'': 1",
        "documents2: []",
      })
  void deniesUnlistedArguments(String argument) {
    judge.denies(insertWith(argument), RuleId.FIELD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$readPreference: {mode: 'fastest'}",
        "$readPreference: {mode: 'secondary', maxStalenessSeconds: 89}",
        "$readPreference: {mode: 'nearest', hedge: {enabled: true}}",
        "$readPreference: {mode: 'nearest', tags: [{dc: 1}]}",
        "$readPreference: 'primary'",
        "$readPreference: {mode: 'nearest', hedge: [{dc: 'east'}]}",
        "$readPreference: {mode: 'nearest', tags: {dc: 'east'}}",
        "$readPreference: {mode: 'nearest', tags: {east: {dc: 'east'}}}",
        "$readPreference: {mode: 'nearest', tags: ['east']}",
        "$readPreference: {mode: 'primary', tags: [{dc: 'east'}]}",
        "$readPreference: {tags: [{}, {dc: 'east'}], mode: 'primary'}",
        "$readPreference: {mode: 'primary', maxStalenessSeconds: 120}",
        "$readPreference: {tags: [{dc: 'east'}]}",
        "readConcern: {bogus: 'majority'}",
        "writeConcern: {wtimeout: {$numberLong: '2147483648'}}",
        "readConcern: {level: 'best'}",
        "readConcern: {afterOpTime: {}}",
        "readConcern: {provenance: 'x'}",
        "readConcern: {$allowTransactionTableSnapshot: true}",
        "readConcern: {atClusterTime: 5}",
        "writeConcern: {w: 51}",
        "writeConcern: {w: -1}",
        "writeConcern: {w: 'nosuchtag'}",
        "writeConcern: {w: {$numberDecimal: '1'}}",
        "writeConcern: {wtimeout: -1}",
        "writeConcern: {j: 1}",
        "writeConcern: {fsync: true}",
        "writeConcern: {provenance: 'clientSupplied'}",
        "maxTimeMS: -1",
        "maxTimeMS: 2147483648",
        "maxTimeMS: '5'",
        "maxTimeMS: 1.5",
        "maxTimeMS: NaN",
        "maxTimeMS: null",
        "apiVersion: '2'",
        "apiVersion: '12'",
        "apiVersion: ''",
        "apiVersion: 1",
        "apiVersion: '1', apiStrict: 1",
        "bypassDocumentValidation: true",
        "bypassDocumentValidation: 0",
        // Its first byte is 0, as that of false.
        "bypassDocumentValidation: 256",
        "comment: {$symbol: 's'}",
        "comment: {$undefined: true}",
        "ordered: 1",
        LSID + ", txnNumber: 3",
        LSID + ", txnNumber: {$numberLong: '-1'}",
      })
  void deniesValuesOutOfTheirList(String argument) {
    judge.denies(insertWith(argument), RuleId.OPTION_VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lsid: {id: " + UUID + ", uid: {$binary: {base64: '47DEQpj8', subType: '00'}}}",
        "lsid: {id: " + UUID + ", txnNumber: {$numberLong: '1'}, txnUUID: " + UUID + "}",
        "lsid: {id: {$binary: {base64: 'WwwfXhERQRGBEQAAAAAAAA==', subType: '03'}}}",
        "lsid: {id: {$binary: {base64: 'WwwfXhERQRGBEQAAAAAA', subType: '04'}}}",
        "lsid: {id: 'x'}",
        "lsid: {uid: " + UUID + "}",
        "lsid: {}",
        "txnNumber: {$numberLong: '3'}",
      })
  void deniesSessionsThatAreMoreThanAnId(String arguments) {
    judge.denies(insertWith(arguments), RuleId.SESSION);
  }

  @Test
  void claimsTheSessionAtItsUuid() {
    Command command = Command.of(insertWith(LSID));
    Verdict verdict = judge.verdict(command);

    List<Claim> claims = assertInstanceOf(Verdict.Forward.class, verdict).claims();
    Claim.UsesSession claim = assertInstanceOf(Claim.UsesSession.class, claims.get(0));
    assertEquals(0x5b, command.toBytes()[claim.uuidAt()]);
    assertEquals(1, claims.size());
  }

  @Test
  void takesTheClusterTimeOut() {
    BsonDocument sent =
        judge.forwarded(
            insertWith(
                "$clusterTime: {clusterTime: {$timestamp: {t: 4294967295, i: 1}}}, ordered: true"));

    assertFalse(sent.containsKey("$clusterTime"));
    assertTrue(sent.containsKey("ordered"));
  }

  @ParameterizedTest
  @CsvSource({"16, true", "17, false"})
  void boundsTheNumberOfTagSets(int count, boolean passes) {
    String sets = "{dc: 'x'}" + ", {dc: 'x'}".repeat(count - 1);
    String command = insertWith("$readPreference: {mode: 'nearest', tags: [" + sets + "]}");

    assertEquals(passes, judge.verdict(command) instanceof Verdict.Forward);
  }

  /** An array of one document of one string has 22 bytes beside those of the string. */
  @ParameterizedTest
  @CsvSource({"4074, true", "4075, false"})
  void boundsTheBytesOfTagSets(int length, boolean passes) {
    String command =
        insertWith(
            "$readPreference: {mode: 'nearest', tags: [{dc: '" + "x".repeat(length) + "'}]}");

    assertEquals(passes, judge.verdict(command) instanceof Verdict.Forward);
  }

  @ParameterizedTest
  @CsvSource({
    "w: 0, false",
    "w: 0.0, false",
    "w: 1, true",
    "w: 'majority', true",
    "j: true, true",
    "wtimeout: 0, true"
  })
  void knowsWhoWaits(String concern, boolean waits) {
    Verdict verdict = judge.verdict(insertWith("writeConcern: {" + concern + "}"));

    assertEquals(
        waits, assertInstanceOf(Verdict.Forward.class, verdict).replyPlan().acknowledged());
  }

  @ParameterizedTest
  @CsvSource({"1019, true", "1020, false"})
  void boundsTheBytesOfAComment(int length, boolean passes) {
    String command = insertWith("comment: '" + "x".repeat(length) + "'");

    assertEquals(passes, judge.verdict(command) instanceof Verdict.Forward);
  }

  @Test
  void deniesACommandWithoutADatabase() {
    judge.denies("{insert: 'orders', documents: [{x: 1}]}", RuleId.FIELD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "{$symbol: 'app'}", "null", "['app']"})
  void deniesADatabaseThatIsNoString(String database) {
    judge.denies(
        "{insert: 'orders', documents: [{x: 1}], $db: " + database + "}", RuleId.OPTION_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"APP", "local", "config", "admin", "app.orders", "", "other"})
  void deniesUnlistedDatabases(String database) {
    judge.denies(
        "{insert: 'orders', documents: [{x: 1}], $db: '" + database + "'}", RuleId.NAMESPACE);
  }

  @Test
  void deniesADatabaseInFrontOfTheCommand() {
    judge.denies("{$db: 'app', insert: 'orders', documents: [{x: 1}]}", RuleId.UNKNOWN_COMMAND);
  }

  @Test
  void deniesTransactionNumbersOnReads() {
    judge.denies(
        "{getMore: {$numberLong: '5'}, collection: 'orders', $db: 'app', "
            + LSID
            + ", txnNumber: {$numberLong: '1'}}",
        RuleId.FIELD);
  }

  @Test
  void closesOnUnacknowledgedCommandsThatAreAnswered() {
    Command read = Command.of("{getMore: {$numberLong: '5'}, collection: 'orders', $db: 'app'}");
    Command write = Command.of(insertWith("writeConcern: {w: 1}"));
    Command hello = Command.of("{hello: 1, $db: 'admin'}");

    assertTrue(judge.denies(read.moreToCome(), RuleId.PROTOCOL).closes());
    assertTrue(judge.denies(write.moreToCome(), RuleId.PROTOCOL).closes());
    assertTrue(judge.denies(hello.moreToCome(), RuleId.PROTOCOL).closes());
  }

  @Test
  void forwardsUnacknowledgedWrites() {
    Verdict verdict = judge.verdict(Command.of(insertWith("writeConcern: {w: 0}")).moreToCome());

    assertFalse(assertInstanceOf(Verdict.Forward.class, verdict).replyPlan().acknowledged());
  }

  @Test
  void closesOnDeniedUnacknowledgedWrites() {
    Command command =
        Command.of(
            "{insert: 'orders', documents: [{organization_id: %B%}], $db: 'app', "
                + "writeConcern: {w: 0}}");

    assertTrue(judge.denies(command.moreToCome(), RuleId.TENANT_FIELD).closes());
  }

  @Test
  void takesUnacknowledgedHousekeeping() {
    Command command = Command.of("{endSessions: [{id: " + UUID + "}], $db: 'admin'}");

    assertInstanceOf(Verdict.Local.class, judge.verdict(command.moreToCome()));
  }

  @Test
  void deniesOddKeysInABatch() {
    byte[] body =
        new BsonWriter()
            .startDocument()
            .string("insert", "orders")
            .startArray("documents")
            .startDocument("1")
            .end()
            .end()
            .string("$db", "app")
            .end()
            .toBytes();

    judge.denies(Command.of(body), RuleId.AMBIGUOUS_BSON);
  }

  /** Odd keys elsewhere in the command are data and say nothing about the batch. */
  @Test
  void takesASoundBatchOfDocumentsThatHoldOddKeys() {
    byte[] body =
        new BsonWriter()
            .startDocument()
            .string("insert", "plain_" + Sample.A)
            .startArray("documents")
            .startDocument("0")
            .startArray("odd")
            .int32("7", 1)
            .end()
            .end()
            .startDocument("1")
            .end()
            .startDocument("2")
            .end()
            .end()
            .string("$db", "app")
            .end()
            .toBytes();
    Judge own = Sample.policy().collection("app", "plain_${tenant}", PRIVATE).judge();

    assertEquals(3, own.forwarded(Command.of(body)).getArray("documents").size());
  }

  @ParameterizedTest
  @CsvSource({
    "9007199254740992.0, true",
    "-9007199254740992.0, true",
    "9007199254740994.0, false",
    "1.0e300, false",
    "Infinity, false",
    "-Infinity, false",
  })
  void takesWholeNumbersOnlyAsFarAsDoublesAreExact(String number, boolean passes) {
    String command = "{find: 'orders', skip: {$numberDouble: '" + number + "'}, $db: 'app'}";

    assertEquals(passes, judge.verdict(command) instanceof Verdict.Forward);
  }
}
