package io.bailiwick.proxy.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.proxy.config.OwnershipLimits;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.RecordingObserver;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a tenant may have open it may have open, and not one more, however many ask at once. */
final class ExactLimitsTest {
  private static final int MOST = 3;
  private static final int THREADS = 2 * MOST;
  private static final Claim OPENS = new Claim.OpensCursor("ads", "campaigns", List.of());

  private final RecordingObserver observer = new RecordingObserver();
  private final ConnectedOwnership ownership =
      new ConnectedOwnership(
          KeyFile.generate(new SecureRandom()),
          new OwnershipLimits(
              MOST,
              Duration.ofMinutes(30),
              MOST,
              Duration.ofMinutes(10),
              Duration.ofHours(1),
              MOST,
              Duration.ofSeconds(30),
              Duration.ofSeconds(60)),
          new ConnectedOwnership.Surroundings(
              new SecureRandom(), new MutableClock(), new NoCleanup(), observer));
  private final Owner a = owner("app", Policies.TENANT_A, 1);
  private final Owner otherUser = owner("reports", Policies.TENANT_A, 2);
  private final Owner b = owner("app", Policies.TENANT_B, 3);

  private static final class NoCleanup implements UpstreamCleanup {
    @Override
    public void killCursor(
        Principal principal, int server, String database, String collection, long upstreamId) {}

    @Override
    public void abortTransaction(Principal principal, Transaction transaction) {}

    @Override
    public void endSessions(Principal principal, List<byte[]> ids) {}
  }

  private static Owner owner(String user, String tenant, long connection) {
    return new Owner(
        Policies.bind(
            Policies.policy(
                "hash",
                Duration.ofSeconds(30),
                TripwireMode.FIRST,
                Policies.collection("ads", "campaigns", CollectionClass.SHARED)),
            user,
            tenant),
        connection);
  }

  @BeforeEach
  void connect() {
    List.of(a, otherUser, b).forEach(ownership::onConnect);
  }

  private Proof opening(Owner owner) {
    return ownership.prove(List.of(OPENS), new byte[0], owner);
  }

  private Proof beginning(Owner owner, int session, Claim... more) {
    byte[] bytes = new byte[24];
    Bytes.putInt64(bytes, 0, session);
    Bytes.putInt64(bytes, 16, 1);
    List<Claim> claims = new ArrayList<>(List.of(more));
    claims.add(new Claim.UsesSession(0));
    claims.add(new Claim.InTransaction(Step.START, 16, List.of()));
    return ownership.prove(claims, bytes, owner);
  }

  private void assertFull(Owner owner) {
    RefusedException refusal = assertThrows(RefusedException.class, () -> opening(owner));
    assertEquals(ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED, refusal.code());
  }

  private void assertRoomFor(int cursors) {
    List<Proof> some = new ArrayList<>();
    for (int i = 0; i < cursors; i++) {
      some.add(opening(a));
    }
    assertFull(a);
    some.forEach(Proof::onUnsent);
  }

  @Test
  void cursorsThatAreBeingOpenedCountAsOpen() {
    for (int i = 0; i < MOST; i++) {
      opening(a);
    }

    assertFull(a);
    assertFull(otherUser);
    assertEquals(0, observer.cursors());
    opening(b);
  }

  @Test
  void thePlaceIsGivenBackOnceByWhateverOpensNoCursor() {
    List<Consumer<Proof>> ends =
        List.of(
            Proof::onUnsent,
            Proof::onLost,
            proof -> proof.onReplied(false, 26),
            proof -> {
              assertEquals(0, proof.cursorId(0, 1, true));
              proof.onReplied(true, 0);
            },
            proof -> {
              proof.onLost();
              proof.onLost();
              proof.onUnsent();
            });
    for (Consumer<Proof> end : ends) {
      end.accept(opening(a));
      assertRoomFor(MOST);
    }
  }

  @Test
  void thePlaceIsKeptForACursorAsLongAsItIsOpen() {
    Proof proof = opening(a);
    long id = proof.cursorId(42, 1, true);
    proof.onReplied(true, 0);
    assertRoomFor(MOST - 1);

    ownership.kill(a, "ads", "campaigns", new long[] {id, id, 7});

    assertRoomFor(MOST);
    Proof lost = opening(a);
    lost.cursorId(43, 1, true);
    lost.onLost();
    assertRoomFor(MOST);
  }

  @Test
  void neitherLimitTakesAPlaceOfTheOther() {
    for (int session = 1; session <= MOST; session++) {
      beginning(a, session);
    }
    assertThrows(RefusedException.class, () -> beginning(otherUser, 1, OPENS));
    assertRoomFor(MOST);

    for (int i = 0; i < MOST; i++) {
      opening(b);
    }
    assertThrows(RefusedException.class, () -> beginning(b, 1, OPENS));
    for (int session = 1; session <= MOST; session++) {
      beginning(b, session);
    }
  }

  @Test
  void aCursorInATransactionGivesItsPlaceBackToo() {
    beginning(a, 1, OPENS).onReplied(true, 0);
    beginning(a, 2, OPENS).onUnsent();
    beginning(a, 3, OPENS).onLost();

    assertRoomFor(MOST);
  }

  @Test
  void notOneTooManyIsOpenedFromManyThreads() throws Exception {
    assertExact(any -> () -> opening(a), Proof::onLost);
  }

  @Test
  void notOneTooManyIsBegunFromManyThreads() throws Exception {
    for (int session = 1; session <= MOST; session++) {
      use(otherUser, session);
    }
    // Of two principals, each of which may have as many sessions: the roof is the tenant's.
    assertExact(
        thread -> () -> beginning(thread < MOST ? a : otherUser, 1 + thread % MOST),
        Proof::onUnsent);
  }

  @Test
  void notOneSessionTooManyIsUsedFromManyThreads() throws Exception {
    for (int round = 0; round < 200; round++) {
      Owner fresh = owner("round" + round, Policies.TENANT_A, 100 + round);
      ownership.onConnect(fresh);
      assertEquals(MOST, allowed(thread -> () -> use(fresh, 1000 + thread)).size());
    }
  }

  private Proof use(Owner owner, int session) {
    byte[] bytes = new byte[16];
    Bytes.putInt64(bytes, 0, session);
    return ownership.prove(List.of(new Claim.UsesSession(0)), bytes, owner);
  }

  private void assertExact(IntFunction<Callable<Proof>> attempt, Consumer<Proof> end)
      throws Exception {
    for (int round = 0; round < 500; round++) {
      List<Proof> allowed = allowed(attempt);
      assertEquals(MOST, allowed.size());
      allowed.forEach(end);
    }
  }

  /** What comes of as many attempts at once as there are threads. */
  private static List<Proof> allowed(IntFunction<Callable<Proof>> attempt) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CyclicBarrier together = new CyclicBarrier(THREADS);
      List<Future<Proof>> attempts = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Callable<Proof> one = attempt.apply(i);
        attempts.add(
            threads.submit(
                () -> {
                  together.await();
                  return one.call();
                }));
      }
      return allowed(attempts);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Proof> allowed(List<Future<Proof>> attempts) throws Exception {
    List<Proof> allowed = new ArrayList<>();
    for (Future<Proof> attempt : attempts) {
      try {
        allowed.add(attempt.get());
      } catch (ExecutionException e) {
        assertInstanceOf(RefusedException.class, e.getCause());
      }
    }
    return allowed;
  }
}
