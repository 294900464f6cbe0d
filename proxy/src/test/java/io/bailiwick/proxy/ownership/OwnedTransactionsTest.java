package io.bailiwick.proxy.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.Touch;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.config.OwnershipLimits;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.RecordingObserver;
import io.bailiwick.proxy.testing.ScriptedReply;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OwnedTransactionsTest {
  private static final CollectionRule CAMPAIGNS =
      Policies.collection("ads", "campaigns", CollectionClass.SHARED);
  private static final List<String> TRANSIENT = List.of("TransientTransactionError");
  private static final long SESSION = 7;

  private final MutableClock clock = new MutableClock();
  private final RecordingObserver observer = new RecordingObserver();
  private final List<String> done = new ArrayList<>();
  private final OwnershipLimits limits =
      new OwnershipLimits(
          100,
          Duration.ofMinutes(30),
          100,
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          3,
          Duration.ofSeconds(30),
          Duration.ofSeconds(60));
  private final ConnectedOwnership ownership =
      new ConnectedOwnership(
          KeyFile.generate(new SecureRandom()),
          limits,
          new ConnectedOwnership.Surroundings(new SecureRandom(), clock, new Cleanup(), observer));

  private final Owner a = owner("app", Policies.TENANT_A, 1);
  private final Owner sameUser = owner("app", Policies.TENANT_A, 2);
  private final Owner otherUser = owner("reports", Policies.TENANT_A, 3);
  private final Owner b = owner("app", Policies.TENANT_B, 4);

  private final class Cleanup implements UpstreamCleanup {
    @Override
    public void killCursor(
        Principal principal, int server, String database, String collection, long upstreamId) {
      done.add("kill " + upstreamId);
    }

    @Override
    public void abortTransaction(Principal principal, Transaction transaction) {
      done.add("abort " + transaction.number() + " on " + transaction.server());
    }

    @Override
    public void endSessions(Principal principal, List<byte[]> ids) {
      done.add("end " + ids.size());
    }
  }

  private static BoundPolicy bind(String user, String tenant, CollectionRule... collections) {
    return Policies.bind(
        Policies.policy("hash", Duration.ofSeconds(30), TripwireMode.FIRST, collections),
        user,
        tenant);
  }

  private static Owner owner(String user, String tenant, long connection) {
    return new Owner(bind(user, tenant, CAMPAIGNS), connection);
  }

  @BeforeEach
  void connect() {
    List.of(a, sameUser, otherUser, b).forEach(ownership::onConnect);
  }

  private Proof prove(Owner owner, Step step, long number, Claim... more) {
    return prove(owner, SESSION, step, number, more);
  }

  private Proof prove(Owner owner, long session, Step step, long number, Claim... more) {
    byte[] bytes = new byte[36];
    Bytes.putInt64(bytes, 0, session);
    Bytes.putInt64(bytes, 16, number);
    Touch touch =
        new Touch(
            Objects.requireNonNull(
                bind("app", Policies.TENANT_A, CAMPAIGNS).access("ads", "campaigns")),
            Effect.UPDATE);
    List<Claim> claims = new ArrayList<>(List.of(more));
    claims.add(new Claim.UsesSession(0));
    claims.add(new Claim.InTransaction(step, 16, step.ends() ? List.of() : List.of(touch)));
    return ownership.prove(claims, bytes, owner);
  }

  /** Sent to the server and answered. */
  private Proof carriedOut(Owner owner, Step step, long number, Claim... more) {
    Proof proof = prove(owner, step, number, more);
    proof.onServer(1);
    proof.onReplied(true, 0);
    return proof;
  }

  private RefusedException refuses(Owner owner, Step step, long number, ErrorCode code) {
    RefusedException refusal =
        assertThrows(RefusedException.class, () -> prove(owner, step, number));
    assertEquals(code, refusal.code(), refusal.detail());
    return refusal;
  }

  @Test
  void goesOnWhereItBeganOnAnyConnectionOfThePrincipal() {
    assertEquals(Proof.ANY_SERVER, prove(a, Step.START, 1).server());
    carriedOut(a, Step.START, 2);

    assertEquals(1, carriedOut(sameUser, Step.CONTINUE, 2).server());
    assertEquals(1, carriedOut(a, Step.COMMIT, 2).server());
    assertEquals(0, observer.transactions());
    assertEquals(List.of(), done);
  }

  @ParameterizedTest
  @EnumSource(names = {"CONTINUE", "COMMIT", "ABORT"})
  @AdversarialCase(164)
  void isUnknownToEveryoneElse(Step step) {
    carriedOut(a, Step.START, 1);

    isUnknown(otherUser, SESSION, step, 1);
    isUnknown(b, SESSION, step, 1);
    isUnknown(a, SESSION, step, 2);
    isUnknown(a, SESSION + 1, step, 1);
    carriedOut(a, step, 1);
  }

  /** Nothing is done in it; of a commit MongoDB may tell whether it was carried out before. */
  private void isUnknown(Owner owner, long session, Step step, long number) {
    if (step == Step.COMMIT) {
      Proof proof = prove(owner, session, step, number);
      UpstreamCleanup.Transaction before = Objects.requireNonNull(proof.unsettled());
      assertEquals(number, before.number());
      assertEquals(Proof.ANY_SERVER, proof.server());
    } else {
      RefusedException refusal =
          assertThrows(RefusedException.class, () -> prove(owner, session, step, number));
      assertEquals(ErrorCode.NO_SUCH_TRANSACTION, refusal.code());
    }
  }

  @Test
  void tellsDriversToBeginAnewOnlyWhereNothingCanHaveBeenCommitted() {
    assertEquals(TRANSIENT, refuses(a, Step.CONTINUE, 1, ErrorCode.NO_SUCH_TRANSACTION).labels());
    assertEquals(TRANSIENT, refuses(a, Step.ABORT, 1, ErrorCode.NO_SUCH_TRANSACTION).labels());
    carriedOut(a, Step.START, 2);
    assertEquals(
        List.of("UnknownTransactionCommitResult"),
        refuses(a, Step.COMMIT, 1, ErrorCode.NO_SUCH_TRANSACTION).labels());
  }

  @Test
  @AdversarialCase(167)
  void commitsAsOftenAsItIsAskedAndThenOnAnyServer() {
    carriedOut(a, Step.START, 1);
    carriedOut(a, Step.COMMIT, 1);

    assertEquals(Proof.ANY_SERVER, carriedOut(sameUser, Step.COMMIT, 1).server());
    refuses(a, Step.CONTINUE, 1, ErrorCode.TRANSACTION_COMMITTED);
    refuses(a, Step.ABORT, 1, ErrorCode.TRANSACTION_COMMITTED);
    isUnknown(b, SESSION, Step.COMMIT, 1);
  }

  @Test
  void leavesTheOutcomeOfALostCommitToMongoDb() {
    carriedOut(a, Step.START, 1);
    Proof commit = prove(a, Step.COMMIT, 1);
    commit.onServer(1);
    commit.onLost();

    assertEquals(List.of(), done);
    refuses(a, Step.CONTINUE, 1, ErrorCode.TRANSACTION_COMMITTED);
    carriedOut(sameUser, Step.COMMIT, 1);
  }

  @Test
  @AdversarialCase(166)
  void endsWithTheConnectionOfAnUnansweredCommand() {
    carriedOut(a, Step.START, 1);
    Proof proof = prove(a, Step.CONTINUE, 1);
    proof.onServer(1);
    proof.onLost();

    assertEquals(List.of("abort 1 on 1"), done);
    assertEquals(
        TRANSIENT, refuses(sameUser, Step.COMMIT, 1, ErrorCode.NO_SUCH_TRANSACTION).labels());
  }

  @Test
  void endsWithThePrincipalsLastConnection() {
    carriedOut(a, Step.START, 1);
    ownership.onDisconnect(a);
    carriedOut(sameUser, Step.CONTINUE, 1);
    assertEquals(List.of(), done);

    ownership.onDisconnect(sameUser);

    assertEquals(List.of("abort 1 on 1"), done);
    ownership.onConnect(a);
    refuses(a, Step.CONTINUE, 1, ErrorCode.NO_SUCH_TRANSACTION);
  }

  @Test
  void endsWithALoadBalancedConnectionAndIsKeptToIt() {
    Owner balanced = new Owner(a.policy(), 8, true);
    ownership.onConnect(balanced);
    carriedOut(balanced, Step.START, 1);

    refuses(a, Step.CONTINUE, 1, ErrorCode.NO_SUCH_TRANSACTION);
    refuses(new Owner(a.policy(), 9, true), Step.COMMIT, 1, ErrorCode.NO_SUCH_TRANSACTION);
    carriedOut(balanced, Step.CONTINUE, 1);
    ownership.onDisconnect(balanced);

    assertEquals(List.of("abort 1 on 1"), done);
  }

  @Test
  void endsWithItsSession() {
    carriedOut(a, Step.START, 1);
    byte[] id = new byte[16];
    Bytes.putInt64(id, 0, SESSION);
    String base64 = java.util.Base64.getEncoder().encodeToString(id);
    RawDocument command =
        RawDocument.of(
            ScriptedReply.bytes(
                BsonDocument.parse(
                    "{endSessions: [{id: {$binary: {base64: '"
                        + base64
                        + "', subType: '04'}}}]}")));

    ownership.endSessions(b, command);
    carriedOut(a, Step.CONTINUE, 1);
    ownership.endSessions(a, command);

    assertEquals(List.of("end 1", "abort 1 on 1", "end 1"), done);
    refuses(a, Step.CONTINUE, 1, ErrorCode.NO_SUCH_TRANSACTION);
  }

  @Test
  void endsWhenNobodyGoesOnWithIt() {
    carriedOut(a, Step.START, 1);
    clock.advance(Duration.ofSeconds(29));
    ownership.sweep();
    carriedOut(a, Step.CONTINUE, 1);
    clock.advance(Duration.ofSeconds(29));
    ownership.sweep();
    assertEquals(List.of(), done);

    clock.advance(Duration.ofSeconds(2));
    assertEquals(TRANSIENT, refuses(a, Step.COMMIT, 1, ErrorCode.NO_SUCH_TRANSACTION).labels());

    assertEquals(List.of("abort 1 on 1"), done);
    assertEquals(0, observer.transactions());
  }

  @Test
  void endsWhenItIsTooOldHoweverBusy() {
    carriedOut(a, Step.START, 1);
    for (int i = 0; i < 3; i++) {
      clock.advance(Duration.ofSeconds(20));
      carriedOut(a, Step.CONTINUE, 1);
    }
    clock.advance(Duration.ofSeconds(1));

    ownership.sweep();

    assertEquals(List.of("abort 1 on 1"), done);
  }

  @Test
  void endsWhenTheSessionBeginsTheNext() {
    carriedOut(a, Step.START, 1);
    carriedOut(a, Step.START, 2);

    refuses(a, Step.CONTINUE, 1, ErrorCode.NO_SUCH_TRANSACTION);
    refuses(a, Step.START, 1, ErrorCode.TRANSACTION_TOO_OLD);
    refuses(a, Step.START, 2, ErrorCode.CONFLICTING_OPERATION_IN_PROGRESS);
    carriedOut(a, Step.CONTINUE, 2);
    assertEquals(1, observer.transactions());
  }

  @Test
  void beginsAgainWhatHasNotReachedMongoDbOrWasRefusedThere() {
    prove(a, Step.START, 1).onUnsent();
    refuses(a, Step.CONTINUE, 1, ErrorCode.NO_SUCH_TRANSACTION);
    Proof refused = prove(a, Step.START, 1);
    refused.onServer(1);
    refused.onReplied(false, 462);

    carriedOut(a, Step.START, 1);

    carriedOut(a, Step.CONTINUE, 1);
    assertEquals(1, observer.transactions());
    assertEquals(List.of(), done);
  }

  @Test
  void isOverOnceItIsAbortedOrMongoDbKnowsItNoMore() {
    carriedOut(a, Step.START, 1);
    carriedOut(a, Step.ABORT, 1);
    refuses(a, Step.COMMIT, 1, ErrorCode.NO_SUCH_TRANSACTION);
    carriedOut(a, Step.START, 2);
    Proof proof = prove(a, Step.CONTINUE, 2);
    proof.onServer(1);
    proof.onReplied(false, 251);

    refuses(a, Step.CONTINUE, 2, ErrorCode.NO_SUCH_TRANSACTION);
    assertEquals(List.of(), done);
    assertEquals(0, observer.transactions());
  }

  @Test
  void isAbortedForAClientWhoseAbortDidNotGetThere() {
    carriedOut(a, Step.START, 1);
    prove(a, Step.ABORT, 1).onUnsent();

    assertEquals(List.of("abort 1 on 1"), done);
  }

  @Test
  void limitsOpenTransactionsOfOneTenantOnly() {
    for (int session = 1; session <= 3; session++) {
      prove(a, session, Step.START, 1).onServer(1);
    }

    RefusedException refusal =
        assertThrows(RefusedException.class, () -> prove(otherUser, 9, Step.START, 1));

    assertEquals(ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED, refusal.code());
    assertTrue(refusal.labels().containsAll(TRANSIENT));
    prove(b, 9, Step.START, 1);
    Proof commit = prove(a, 1, Step.COMMIT, 1);
    commit.onReplied(true, 0);
    prove(otherUser, 9, Step.START, 1);
  }

  @Test
  void isJudgedAgainWhenAnotherPolicyIsInForce() {
    Owner allowed = owner("app", Policies.TENANT_A, 1);
    Owner denied = new Owner(bind("app", Policies.TENANT_A), 1);
    carriedOut(a, Step.START, 1);
    carriedOut(allowed, Step.CONTINUE, 1);

    refuses(denied, Step.COMMIT, 1, ErrorCode.UNAUTHORIZED);

    assertEquals(List.of("abort 1 on 1"), done);
    refuses(a, Step.COMMIT, 1, ErrorCode.NO_SUCH_TRANSACTION);
  }

  @Test
  void goesOnOnlyIfTheSameApiIsDeclared() {
    carriedOut(a, Step.START, 1, new Claim.DeclaresApi(1));

    refuses(a, Step.CONTINUE, 1, ErrorCode.API_MISMATCH_ERROR);
    carriedOut(a, Step.CONTINUE, 1, new Claim.DeclaresApi(1));
  }

  @Test
  void keepsItsCursorsToItself() {
    Claim opens = new Claim.OpensCursor("ads", "campaigns", List.of());
    Proof opening = prove(a, Step.START, 1, opens);
    opening.onServer(1);
    long id = opening.cursorId(42, 1, true);
    opening.onReplied(true, 0);
    Claim owns = new Claim.OwnsCursor(24, "ads", "campaigns");

    RefusedException outside =
        assertThrows(RefusedException.class, () -> getMore(id, List.of(owns)));
    assertEquals(ErrorCode.CURSOR_NOT_FOUND, outside.code());
    List<Claim> inside =
        List.of(
            owns, new Claim.UsesSession(0), new Claim.InTransaction(Step.CONTINUE, 16, List.of()));
    getMore(id, inside);
    carriedOut(a, Step.COMMIT, 1);

    assertEquals(List.of("kill 42"), done);
    assertEquals(0, observer.cursors());
  }

  private void getMore(long id, List<Claim> claims) {
    byte[] bytes = new byte[36];
    Bytes.putInt64(bytes, 0, SESSION);
    Bytes.putInt64(bytes, 16, 1);
    Bytes.putInt64(bytes, 24, id);
    ownership.prove(claims, bytes, a);
  }
}
