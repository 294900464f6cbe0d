package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Touch;
import io.bailiwick.protocol.bson.Bytes;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTest {
  private static final String SESSION =
      ", lsid: {id: {$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}}";
  private static final String NEXT =
      SESSION + ", txnNumber: {$numberLong: '7'}, autocommit: false, $db: 'app'";
  private static final String FIRST = ", startTransaction: true" + NEXT;
  private static final String END = NEXT.replace("'app'", "'admin'");

  private final Judge judge = Judge.ofSample();

  private static String find(String rest) {
    return "{find: 'orders', filter: {}" + rest + "}";
  }

  private Claim.InTransaction claim(String json) {
    return claim(Command.of(json));
  }

  private Claim.InTransaction claim(Command command) {
    Verdict verdict = judge.verdict(command);
    List<Claim> claims =
        assertInstanceOf(Verdict.Forward.class, verdict, verdict::toString).claims();
    assertTrue(claims.stream().anyMatch(Claim.UsesSession.class::isInstance));
    return claims.stream()
        .filter(Claim.InTransaction.class::isInstance)
        .map(Claim.InTransaction.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void claimsTheTransactionAndWhereInItACommandStands() {
    Command first = Command.of(find(FIRST));

    assertEquals(Step.START, claim(first).step());
    assertEquals(7, Bytes.int64(first.toBytes(), claim(first).numberAt()));
    assertEquals(Step.CONTINUE, claim(find(NEXT)).step());
    assertEquals(Step.COMMIT, claim("{commitTransaction: 1" + END + "}").step());
    assertEquals(Step.ABORT, claim("{abortTransaction: 1" + END + "}").step());
  }

  @Test
  void claimsNoTransactionForAWriteThatMayBeSentAgain() {
    Verdict verdict =
        judge.verdict(
            "{insert: 'orders', documents: [{}], txnNumber: {$numberLong: '7'}"
                + SESSION
                + ", $db: 'app'}");

    List<Claim> claims = assertInstanceOf(Verdict.Forward.class, verdict).claims();
    assertEquals(1, claims.size());
    assertInstanceOf(Claim.UsesSession.class, claims.get(0));
  }

  @Test
  void remembersEverythingThatAnyCommandTouches() {
    assertEquals(
        List.of("app.orders READ", "app.plans READ"),
        touches(
            "{aggregate: 'orders', cursor: {}, pipeline: [{$lookup: {from: 'plans',"
                + " localField: 'a', foreignField: 'b', as: 'c'}}]"
                + FIRST
                + "}"));
    assertEquals(
        List.of("app.orders INSERT"),
        touches("{insert: 'orders', documents: [{}, {}]" + NEXT + "}"));
    assertEquals(
        List.of("app.users DELETE"),
        touches(
            "{bulkWrite: 1, ops: [{delete: 0, filter: {}}], nsInfo: [{ns: 'app.users'}]"
                + END
                + "}"));
  }

  private List<String> touches(String json) {
    return claim(json).touches().stream()
        .map(touch -> touch.access().namespace() + " " + touch.effect())
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{count: 'orders', query: {}",
        "{listCollections: 1, filter: {}",
        "{listIndexes: 'orders', cursor: {}",
        "{create: 'orders'",
        "{createIndexes: 'orders', indexes: [{key: {organization_id: 1}, name: 'o'}]",
        "{ping: 1",
        "{endSessions: []",
        "{startSession: 1",
        "{explain: {find: 'orders'}",
      })
  void refusesInATransactionWhatMongodbRefusesThere(String command) {
    Verdict.Deny deny = judge.denies(command + NEXT + "}", RuleId.TRANSACTION);

    assertEquals(ErrorCode.OPERATION_NOT_SUPPORTED_IN_TRANSACTION, deny.code());
    judge.denies(command + FIRST + "}", RuleId.TRANSACTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{getMore: {$numberLong: '5'}, collection: 'orders'",
        "{killCursors: 'orders', cursors: []"
      })
  void refusesToStartATransactionWithWhatFollows(String command) {
    assertEquals(
        ErrorCode.OPERATION_NOT_SUPPORTED_IN_TRANSACTION,
        judge.denies(command + FIRST + "}", RuleId.TRANSACTION).code());
    assertTrue(!(judge.verdict(command + NEXT + "}") instanceof Verdict.Deny));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{find: 'orders', autocommit: false, $db: 'app'}",
        "{find: 'orders', startTransaction: true, $db: 'app'}",
        "{find: 'orders', txnNumber: {$numberLong: '7'}, autocommit: false, $db: 'app'}",
        "{commitTransaction: 1, $db: 'admin'}",
      })
  void refusesHalfATransaction(String json) {
    assertEquals(ErrorCode.INVALID_OPTIONS, judge.denies(json, RuleId.TRANSACTION).code());
    judge.denies(find(SESSION + ", autocommit: false, $db: 'app'"), RuleId.TRANSACTION);
    judge.denies(
        find(SESSION + ", txnNumber: {$numberLong: '7'}, startTransaction: true, $db: 'app'"),
        RuleId.TRANSACTION);
    judge.denies(find(FIRST.replace("autocommit: false", "autocommit: true")), RuleId.TRANSACTION);
    judge.denies(
        find(FIRST.replace("startTransaction: true", "startTransaction: false")),
        RuleId.TRANSACTION);
  }

  @ParameterizedTest
  @CsvSource({
    "snapshot, true",
    "majority, true",
    "local, true",
    "available, false",
    "linearizable, false"
  })
  void takesAReadConcernOnTheFirstCommandOnly(String level, boolean allowed) {
    String concern = ", readConcern: {level: '" + level + "'}";

    assertEquals(allowed, judge.verdict(find(concern + FIRST)) instanceof Verdict.Forward);
    judge.denies(find(concern + NEXT), RuleId.TRANSACTION);
    judge.denies("{commitTransaction: 1" + concern + END + "}", RuleId.TRANSACTION);
    judge.forwarded(find(concern + ", $db: 'app'"));
  }

  @Test
  void takesAWriteConcernOnTheLastCommandOnly() {
    String concern = ", writeConcern: {w: 'majority', wtimeout: 10}";

    claim("{commitTransaction: 1" + concern + END + "}");
    claim("{abortTransaction: 1" + concern + END + "}");
    judge.denies("{insert: 'orders', documents: [{}]" + concern + FIRST + "}", RuleId.TRANSACTION);
    judge.denies("{insert: 'orders', documents: [{}]" + concern + NEXT + "}", RuleId.TRANSACTION);
  }

  @Test
  void readsFromThePrimaryOnly() {
    claim(find(", $readPreference: {mode: 'primary'}" + FIRST));
    judge.denies(find(", $readPreference: {mode: 'nearest'}" + FIRST), RuleId.TRANSACTION);
    judge.forwarded(find(", $readPreference: {mode: 'nearest'}, $db: 'app'"));
  }

  @Test
  void saysWhichTimeACommandWantsToRead() {
    String time = ", readConcern: {level: 'snapshot', atClusterTime: {$timestamp: {t: 9, i: 2}}}";
    Command command = Command.of(find(time + ", $db: 'app'"));
    List<Claim> claims = assertInstanceOf(Verdict.Forward.class, judge.verdict(command)).claims();

    Claim.ReadsAt claim = (Claim.ReadsAt) claims.get(claims.size() - 1);
    assertEquals(9L << 32 | 2, Bytes.int64(command.toBytes(), claim.timestampAt()));
    judge.denies(
        find(time.replace("atCl", "afterClusterTime: {$timestamp: {t: 9, i: 2}}, atCl") + NEXT),
        RuleId.OPTION_VALUE);
    Verdict explained =
        judge.verdict("{explain: {find: 'orders', filter: {}" + time + "}, $db: 'app'}");
    assertTrue(
        assertInstanceOf(Verdict.Forward.class, explained).claims().stream()
            .anyMatch(Claim.ReadsAt.class::isInstance));
  }

  @Test
  void tellsOneDeclarationOfTheApiFromAnother() {
    String one = ", apiVersion: '1'";
    Set<List<Claim>> declarations = new HashSet<>();
    for (String strict : List.of("", ", apiStrict: false", ", apiStrict: true")) {
      for (String errors :
          List.of("", ", apiDeprecationErrors: false", ", apiDeprecationErrors: true")) {
        List<Claim> claims = declared(one + strict + errors);
        assertEquals(1, claims.size());
        declarations.add(claims);
      }
    }
    assertEquals(List.of(), declared(""));
    assertEquals(9, declarations.size());
  }

  private List<Claim> declared(String arguments) {
    Verdict verdict = judge.verdict(find(arguments + ", $db: 'app'"));
    return assertInstanceOf(Verdict.Forward.class, verdict).claims().stream()
        .filter(Claim.DeclaresApi.class::isInstance)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{x: 1}",
        "{recoveryShardId: 1}",
        "{recoveryShardId: 's', $where: '1'}",
      })
  void takesARecoveryTokenOfMongodbsShapeOnly(String token) {
    judge.denies("{commitTransaction: 1, recoveryToken: " + token + END + "}", RuleId.OPTION_VALUE);
    claim("{commitTransaction: 1, recoveryToken: {recoveryShardId: 'shard0'}" + END + "}");
    judge.denies("{commitTransaction: 2" + END + "}", RuleId.OPTION_VALUE);
    judge.denies("{commitTransaction: 1" + NEXT + "}", RuleId.NAMESPACE);
  }

  /** A token of one name has 27 bytes beside the name. */
  @ParameterizedTest
  @CsvSource({"485, true", "486, false"})
  void boundsTheRecoveryToken(int length, boolean passes) {
    String token = "{recoveryShardId: '" + "s".repeat(length) + "'}";
    Verdict verdict = judge.verdict("{commitTransaction: 1, recoveryToken: " + token + END + "}");

    assertEquals(passes, verdict instanceof Verdict.Forward);
  }

  @Test
  void judgesAgainByAnotherGeneration() {
    BoundPolicy then = Sample.policy().bind();
    List<Touch> touches =
        List.of(touch(then, "orders", Effect.UPDATE), touch(then, "plans", Effect.READ));

    Rejudgement.require(then, then, touches);
    Rejudgement.require(then, Sample.policy().bind(), touches);
    Rejudgement.require(
        then, Sample.policy().deny("r", "app.orders", Effect.DELETE).bind(), touches);
    refuses(then, Sample.policy().deny("r", "app.orders", Effect.UPDATE).bind(), touches, "r");
    refuses(then, Sample.policy().forString("x").bind(), touches, RuleId.TENANT_FIELD);
    refuses(then, confinedBy("org", then), touches, RuleId.TENANT_FIELD);
    refuses(then, withheld(then, "plans"), touches, RuleId.NAMESPACE);
    Rejudgement.require(then, withheld(then, "users"), touches);
    refuses(
        then,
        Sample.policy().collection("app", "plans", CollectionClass.SHARED).bind(),
        touches,
        RuleId.NAMESPACE);
  }

  private static BoundPolicy confinedBy(String field, BoundPolicy bound) {
    Policy policy = bound.policy();
    return new Policy(
            policy.name(),
            policy.hash(),
            field,
            policy.tenantType(),
            policy.principals(),
            policy.collections(),
            policy.rules(),
            policy.limits(),
            policy.applicationDdl(),
            policy.tripwire(),
            policy.businessMetrics())
        .bind(bound.principal(), LocalDate.of(2026, 11, 25));
  }

  private static BoundPolicy withheld(BoundPolicy bound, String collection) {
    List<CollectionRule> rules =
        bound.policy().collections().stream()
            .filter(rule -> rule.collection().equals(collection))
            .toList();
    assertEquals(1, rules.size());
    return bound.policy().without(rules).bind(bound.principal(), LocalDate.of(2026, 11, 25));
  }

  private static Touch touch(BoundPolicy policy, String collection, Effect effect) {
    return new Touch(Objects.requireNonNull(policy.access("app", collection)), effect);
  }

  private static void refuses(BoundPolicy then, BoundPolicy now, List<Touch> touches, String rule) {
    RefusedException refusal =
        assertThrows(RefusedException.class, () -> Rejudgement.require(then, now, touches));
    assertEquals(rule, refusal.rule());
  }
}
