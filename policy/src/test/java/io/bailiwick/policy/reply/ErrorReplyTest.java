package io.bailiwick.policy.reply;

import static io.bailiwick.policy.reply.Reply.assertRebuilt;
import static io.bailiwick.policy.reply.Reply.encode;
import static io.bailiwick.policy.reply.Reply.rebuild;
import static io.bailiwick.policy.reply.Reply.rebuilt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.verdict.ReplyPlan.Kind;
import io.bailiwick.protocol.bson.MalformedMessageException;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorReplyTest {
  private static final String CLOCK =
      """
      operationTime: {$timestamp: {t: 5, i: 1}},
      $clusterTime: {clusterTime: {$timestamp: {t: 5, i: 1}},
                     signature: {hash: {$binary: {base64: 'AAAA', subType: '0'}}, keyId: 7}}\
      """;

  @ParameterizedTest
  @EnumSource(Kind.class)
  void keepsCodeAndTimesAndReplacesTheText(Kind kind) {
    assertRebuilt(
        kind,
        "{ok: 0.0, errmsg: 'Failed to parse number B-SECRET in $convert', code: 241,"
            + " codeName: 'other_tenant', errInfo: {failingDocumentId: 'B-SECRET'},"
            + " topologyVersion: {processId: 'mongo-7.internal'}, value: 'B-SECRET',"
            + CLOCK
            + "}",
        "{ok: 0.0, code: 241, errmsg: 'a value cannot be converted',"
            + " codeName: 'ConversionFailure', "
            + CLOCK
            + "}");
  }

  @Test
  void givesAnUnlistedCodeACommonText() {
    assertRebuilt(
        Kind.PLAIN,
        "{ok: 0, errmsg: 'getMore on cursor of session 47DEQpj8', code: 50738}",
        "{ok: 0.0, code: 50738, errmsg: 'operation failed', codeName: 'Location50738'}");
  }

  @Test
  void givesAnErrorWithoutCodeOne() {
    assertRebuilt(
        Kind.PLAIN,
        "{ok: 0, errmsg: 'B-SECRET'}",
        "{ok: 0.0, code: 8, errmsg: 'operation failed', codeName: 'UnknownError'}");
  }

  @Test
  void tellsTheProxyTheCodeThatMongoDbGave() {
    ReplyRules.Rebuilt rebuilt = rebuild(Kind.WRITE, false, encode("{ok: 0, code: 10107}"));
    assertFalse(rebuilt.ok());
    assertEquals(10107, rebuilt.code());
  }

  @Test
  void keepsListedLabelsOnly() {
    assertRebuilt(
        Kind.WRITE,
        "{ok: 0, code: 112, errorLabels: ['TransientTransactionError', 'B-SECRET', 7,"
            + " 'TransientTransactionError', 'NoWritesPerformed']}",
        "{ok: 0.0, code: 112, errmsg: 'write conflict; retry the operation or transaction',"
            + " codeName: 'WriteConflict',"
            + " errorLabels: ['TransientTransactionError', 'NoWritesPerformed']}");
  }

  @Test
  void keepsWhatAnOverloadedServerAsksFor() {
    assertRebuilt(
        Kind.WRITE,
        "{ok: 0, code: 462, errmsg: 'rate', baseBackoffMS: 100,"
            + " errorLabels: ['SystemOverloadedError', 'RetryableError']}",
        "{ok: 0.0, code: 462, errmsg: 'too many requests upstream; retry later',"
            + " codeName: 'IngressRequestRateLimitExceeded', baseBackoffMS: 100,"
            + " errorLabels: ['SystemOverloadedError', 'RetryableError']}");
  }

  @ParameterizedTest
  @ValueSource(ints = {91, 189, 391, 10058, 10107, 11600, 11602, 13435, 13436})
  void translatesWhatConcernsOnlyTheWayUpstream(int code) {
    String reply = "{ok: 0, errmsg: 'not primary mongo-7.internal', code: " + code + "}";
    BsonDocument write = rebuilt(Kind.WRITE, true, reply);
    assertEquals(6, write.getInt32("code").getValue());
    assertEquals(
        new BsonArray(java.util.List.of(new BsonString("RetryableWriteError"))),
        write.get("errorLabels"));
    assertFalse(rebuilt(Kind.WRITE, false, reply).containsKey("errorLabels"));
    assertFalse(write.getString("errmsg").getValue().contains("primary"));
  }

  @Test
  void labelsNothingAsRetryableThatWasNotTranslated() {
    assertFalse(rebuilt(Kind.WRITE, true, "{ok: 0, code: 6}").containsKey("errorLabels"));
    assertEquals(
        1,
        rebuilt(Kind.WRITE, true, "{ok: 0, code: 189, errorLabels: ['RetryableWriteError']}")
            .getArray("errorLabels")
            .size());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void beginsATransactionAnewThatAnElectionEnded(Kind kind) {
    Asked inside = new Asked(false, true, false);
    for (int code : new int[] {91, 189, 10107, 11600, 11602, 13435}) {
      BsonDocument error = rebuilt(kind, inside, "{ok: 0, code: " + code + "}");
      assertEquals(List.of("TransientTransactionError"), labels(error));
    }
    assertEquals(List.of(), labels(rebuilt(kind, inside, "{ok: 0, code: 11000}")));
    assertEquals(
        List.of("TransientTransactionError"),
        labels(
            rebuilt(
                kind, inside, "{ok: 0, code: 10107, errorLabels: ['TransientTransactionError']}")));
  }

  @Test
  void doesNotSayThatNothingWasWrittenWhereAnEarlierTryMayHaveWritten() {
    String refused =
        "{ok: 0, code: 10107, errorLabels: ['RetryableWriteError', 'NoWritesPerformed']}";
    assertEquals(
        List.of("RetryableWriteError", "NoWritesPerformed"),
        labels(rebuilt(Kind.WRITE, new Asked(true, false, false), refused)));
    assertEquals(
        List.of("RetryableWriteError"),
        labels(rebuilt(Kind.WRITE, new Asked(true, false, true), refused)));
    assertEquals(
        List.of("RetryableWriteError"),
        labels(
            rebuilt(
                Kind.BULK_WRITE, new Asked(true, false, true), refused.replace("ok: 0", "ok: 1"))));
  }

  private static List<String> labels(BsonDocument reply) {
    return reply.getArray("errorLabels", new BsonArray()).stream()
        .map(label -> label.asString().getValue())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {organization_id: 1}      | tenant_sku
          {organization_id: 1.0}    | tenant_sku
          {organization_id: 'text'} | tenant_text
          {organization_id: -1}     |
          {organization_id: 'x'}    |
          {organization_id: 1, a: 1}|
          {_id: 1}                  |
          {}                        |
          """)
  void namesAnIndexInADuplicateKeyErrorOnlyIfListed(String keyPattern, String name) {
    BsonDocument error =
        rebuilt(
            Kind.FIND_AND_MODIFY,
            "{ok: 0, code: 11000, errmsg: 'E11000 duplicate key error collection: app.orders"
                + " index: tenant_sku dup key: { ssn: B-SECRET }', keyPattern: "
                + keyPattern
                + ", keyValue: {ssn: 'B-SECRET'}}");
    String text = error.getString("errmsg").getValue();
    assertTrue(text.startsWith("E11000 duplicate key error"));
    assertEquals(name != null, text.endsWith(" index: " + name));
    assertEquals(name != null, error.containsKey("keyPattern"));
    assertFalse(error.containsKey("keyValue"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keyPattern: 'B-SECRET'",
        "keyPattern: [1]",
        "keyPattern: {organization_id: 1, ssn: 1}, errmsg: ' index: tenant_sku dup key'",
        "errmsg: {a: ' index: tenant_sku dup key'}",
        "errmsg: ' index: tenant_sku'",
        "errmsg: 'tenant_sku dup key'",
        "errmsg: '1234567tenant_sku dup key'",
        "kind: ' index: tenant_sku dup key'"
      })
  void namesNoIndexForAnErrorThatIsShapedOtherwise(String fields) {
    BsonDocument error = rebuilt(Kind.WRITE, "{ok: 0, code: 11000, " + fields + "}");
    assertEquals("E11000 duplicate key error", error.getString("errmsg").getValue());
    assertFalse(error.containsKey("keyPattern"));
  }

  @Test
  void namesNoIndexForAnErrorThatIsNoDuplicate() {
    assertRebuilt(
        Kind.FIND_AND_MODIFY,
        "{ok: 0, code: 121, errmsg: ' index: tenant_sku dup key', keyPattern: {organization_id: 1}}",
        "{ok: 0.0, code: 121, errmsg: 'Document failed validation',"
            + " codeName: 'DocumentValidationFailure'}");
  }

  @ParameterizedTest
  @CsvSource({"tenant_sku,true", "_id_,false", "ssn_1,false"})
  void takesTheIndexFromTheTextOfServersThatGiveNoPattern(String index, boolean listed) {
    BsonDocument error =
        rebuilt(
            Kind.WRITE,
            "{ok: 0, code: 11000, errmsg: 'E11000 duplicate key error collection: app.orders"
                + " index: "
                + index
                + " dup key: { : 1 }'}");
    assertEquals(listed, error.containsKey("keyPattern"));
    assertEquals(listed, error.getString("errmsg").getValue().contains(index));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{ok: 1}", "{ok: 1.0}", "{ok: {$numberLong: '1'}}", "{ok: true}"})
  void recognizesSuccess(String reply) {
    byte[] bytes = encode(reply);
    assertTrue(ReplyRules.isOk(bytes, 0, bytes.length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{ok: 0}", "{ok: 0.0}", "{ok: false}", "{ok: null}", "{ok: '1'}"})
  void recognizesFailure(String reply) {
    byte[] bytes = encode(reply);
    assertFalse(ReplyRules.isOk(bytes, 0, bytes.length));
  }

  @Test
  void refusesAReplyWithoutOk() {
    assertThrows(
        MalformedMessageException.class, () -> rebuild(Kind.PLAIN, false, encode("{n: 1}")));
  }

  @Test
  void refusesEveryCutReply() {
    byte[] whole = encode("{errorLabels: ['NoWritesPerformed'], code: 11000, errmsg: 'x', ok: 0}");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(
          MalformedMessageException.class, () -> rebuild(Kind.PLAIN, false, cut), "" + length);
    }
  }

  @Test
  void survivesEveryDamagedByteOfAReply() {
    byte[] whole =
        encode(
            "{writeErrors: [{index: 0, code: 11000, keyPattern: {organization_id: 1},"
                + " errmsg: 'E11000 index: a dup key'}], upserted: [{index: 1, _id: 'x'}],"
                + " writeConcernError: {code: 64}, errorLabels: ['x'], n: 1, ok: 1}");
    for (int at = 0; at < whole.length; at++) {
      for (int change : new int[] {1, 0x7F, 0x80, 0xFF}) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) change;
        try {
          assertTrue(rebuild(Kind.WRITE, false, damaged).body().size() >= 5);
        } catch (MalformedMessageException expected) {
          // Refused, which destroys the connection upstream.
        }
      }
    }
  }
}
