package io.bailiwick.proxy.ownership;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.Claim;
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
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.bson.BsonDocument;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectedOwnershipTest {
  private static final long UPSTREAM_ID = 42;
  private static final Policy POLICY = policy("hash-1");

  private static final List<Touch> READS =
      List.of(
          new Touch(
              Objects.requireNonNull(
                  Policies.bind(POLICY, "app", Policies.TENANT_A).access("ads", "campaigns")),
              Effect.READ));

  private final MutableClock clock = new MutableClock();
  private final RecordingObserver observer = new RecordingObserver();
  private final List<String> killed = new ArrayList<>();
  private final List<byte[]> endedSessions = new ArrayList<>();
  private final KeyFile key = KeyFile.generate(new SecureRandom());
  private final OwnershipLimits limits =
      new OwnershipLimits(
          3,
          Duration.ofMinutes(30),
          3,
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          3,
          Duration.ofSeconds(60),
          Duration.ofSeconds(60));
  private final ConnectedOwnership ownership = ownership(key);

  private final Owner a = owner("app", Policies.TENANT_A, 1);
  private final Owner sameUser = owner("app", Policies.TENANT_A, 2);
  private final Owner otherUser = owner("reports", Policies.TENANT_A, 3);
  private final Owner b = owner("app", Policies.TENANT_B, 4);

  private ConnectedOwnership ownership(KeyFile keyFile) {
    UpstreamCleanup cleanup =
        new UpstreamCleanup() {
          @Override
          public void killCursor(
              Principal principal, int server, String database, String collection, long id) {
            killed.add(server + ":" + database + "." + collection + ":" + id);
          }

          @Override
          public void abortTransaction(Principal principal, Transaction transaction) {}

          @Override
          public void endSessions(Principal principal, List<byte[]> ids) {
            endedSessions.addAll(ids);
          }
        };
    return new ConnectedOwnership(
        keyFile,
        limits,
        new ConnectedOwnership.Surroundings(new SecureRandom(), clock, cleanup, observer));
  }

  private static Policy policy(String hash) {
    return Policies.policy(
        hash,
        Duration.ofSeconds(30),
        TripwireMode.FIRST,
        Policies.collection("ads", "campaigns", CollectionClass.SHARED));
  }

  private static Owner owner(String user, String tenant, long connection) {
    return new Owner(Policies.bind(POLICY, user, tenant), connection);
  }

  @BeforeEach
  void connect() {
    List.of(a, sameUser, otherUser, b).forEach(ownership::onConnect);
  }

  private long open(Owner owner) {
    Proof proof =
        ownership.prove(
            List.of(new Claim.OpensCursor("ads", "campaigns", READS)), new byte[0], owner);
    return proof.cursorId(UPSTREAM_ID, 0, true);
  }

  private Proof more(Owner owner, long clientId) {
    return more(owner, clientId, "campaigns", new byte[12]);
  }

  private Proof more(Owner owner, long clientId, String collection, byte[] bytes) {
    Bytes.putInt64(bytes, 4, clientId);
    return ownership.prove(List.of(new Claim.OwnsCursor(4, "ads", collection)), bytes, owner);
  }

  private void assertNotFound(Owner owner, long clientId) {
    RefusedException refusal = assertThrows(RefusedException.class, () -> more(owner, clientId));
    assertEquals(ErrorCode.CURSOR_NOT_FOUND, refusal.code());
  }

  @Test
  void givesCursorsRandomPositiveIdsOfItsOwn() {
    long first = open(a);
    long second = open(a);

    assertTrue(first > 0 && second > 0);
    assertNotEquals(first, second);
    assertNotEquals(UPSTREAM_ID, first);
    assertEquals(2, observer.cursors());
  }

  @Test
  @AdversarialCase(162)
  void continuesACursorOnAnyConnectionOfTheSamePrincipal() {
    long id = open(a);
    byte[] bytes = new byte[12];

    Proof proof = more(sameUser, id, "campaigns", bytes);

    assertEquals(UPSTREAM_ID, Bytes.int64(bytes, 4));
    assertEquals(0, proof.server());
    assertTrue(proof.tripwire());
    assertEquals(id, proof.cursorId(UPSTREAM_ID, 0, true));
  }

  @Test
  @AdversarialCase(160)
  void knowsNoCursorOfAnotherTenantOrUser() {
    long id = open(a);

    assertNotFound(b, id);
    assertNotFound(otherUser, id);
    more(a, id);
  }

  @Test
  void knowsNoCursorByMongoDbsOwnId() {
    open(a);

    assertNotFound(a, UPSTREAM_ID);
    assertNotFound(a, 0);
    assertNotFound(a, -1);
  }

  @Test
  @AdversarialCase(161)
  void knowsNoCursorUnderAnotherNamespace() {
    long id = open(a);

    assertThrows(RefusedException.class, () -> more(a, id, "ad_groups", new byte[12]));
  }

  @Test
  void continuesACursorUnderANewerPolicyThatAllowsItToo() {
    long id = open(a);

    more(new Owner(Policies.bind(policy("hash-2"), "app", Policies.TENANT_A), 1), id);
    more(a, id);
  }

  @Test
  @AdversarialCase(199)
  void endsACursorThatANewerPolicyWouldNotAllow() {
    long id = open(a);
    Policy without = Policies.policy("hash-2", Duration.ofSeconds(30), TripwireMode.FIRST);
    Owner rebound = new Owner(Policies.bind(without, "app", Policies.TENANT_A), 1);

    assertThrows(RefusedException.class, () -> more(rebound, id));

    assertEquals(List.of("0:ads.campaigns:42"), killed);
    assertNotFound(a, id);
  }

  @Test
  void keepsALoadBalancedConnectionsCursorToIt() {
    Owner balanced = new Owner(a.policy(), 8, true);
    Owner another = new Owner(a.policy(), 9, true);
    ownership.onConnect(balanced);
    ownership.onConnect(another);
    long id = open(balanced);

    assertNotFound(another, id);
    assertNotFound(a, id);
    more(balanced, id);
    ownership.onDisconnect(balanced);

    assertEquals(List.of("0:ads.campaigns:42"), killed);
  }

  @Test
  void readsACursorOnOnlyIfTheSameApiIsDeclared() {
    List<Claim> declared =
        List.of(new Claim.OpensCursor("ads", "campaigns", READS), new Claim.DeclaresApi(1));
    long id = ownership.prove(declared, new byte[0], a).cursorId(UPSTREAM_ID, 0, true);

    assertNotFound(a, id);
    byte[] bytes = new byte[12];
    Bytes.putInt64(bytes, 4, id);
    ownership.prove(
        List.of(new Claim.OwnsCursor(4, "ads", "campaigns"), new Claim.DeclaresApi(1)), bytes, a);
  }

  @Test
  void forgetsAnExhaustedCursorWithoutKillingIt() {
    long id = open(a);

    assertEquals(0, more(a, id).cursorId(0, 0, true));

    assertNotFound(a, id);
    assertEquals(List.of(), killed);
    assertEquals(0, observer.cursors());
  }

  @Test
  void refusesACursorThatChangesIntoAnother() {
    Proof proof = more(a, open(a));

    assertThrows(IllegalStateException.class, () -> proof.cursorId(UPSTREAM_ID + 1, 0, true));
  }

  @Test
  void refusesACursorNobodyAskedFor() {
    Proof proof = ownership.prove(List.of(), new byte[0], a);

    assertEquals(0, proof.cursorId(0, 0, false));
    assertThrows(IllegalStateException.class, () -> proof.cursorId(UPSTREAM_ID, 0, false));
  }

  @Test
  void endsACursorWhoseBatchMayHaveBeenLost() {
    long id = open(a);

    more(a, id).onLost();

    assertNotFound(a, id);
    assertEquals(List.of("0:ads.campaigns:42"), killed);
  }

  @Test
  void endsACursorWhoseFirstBatchWasLost() {
    Proof proof =
        ownership.prove(List.of(new Claim.OpensCursor("ads", "campaigns", READS)), new byte[0], a);
    long id = proof.cursorId(UPSTREAM_ID, 0, true);
    assertThrows(IllegalStateException.class, () -> proof.cursorId(UPSTREAM_ID, 0, true));

    proof.onLost();

    assertNotFound(a, id);
    assertEquals(List.of("0:ads.campaigns:42"), killed);
  }

  @Test
  @AdversarialCase(169)
  void endsCursorsWithThePrincipalsLastConnection() {
    long id = open(a);

    ownership.onDisconnect(a);
    more(sameUser, id);
    assertEquals(List.of(), killed);
    ownership.onDisconnect(sameUser);

    assertEquals(List.of("0:ads.campaigns:42"), killed);
    ownership.onConnect(a);
    assertNotFound(a, id);
  }

  @Test
  void endsACursorNobodyContinues() {
    long id = open(a);
    clock.advance(Duration.ofMinutes(9));
    more(a, id);
    clock.advance(Duration.ofMinutes(9));
    ownership.sweep();
    assertEquals(List.of(), killed);

    clock.advance(Duration.ofMinutes(2));
    assertNotFound(a, id);
    ownership.sweep();

    assertEquals(List.of("0:ads.campaigns:42"), killed);
  }

  @Test
  void endsACursorThatIsTooOldHoweverBusy() {
    long id = open(a);
    for (int i = 0; i < 7; i++) {
      more(a, id);
      clock.advance(Duration.ofMinutes(9));
    }

    assertNotFound(a, id);
  }

  @Test
  void killsOnlyWhatIsTheOwners() {
    long own = open(a);
    long foreign = open(b);

    long[] dead = ownership.kill(a, "ads", "campaigns", new long[] {foreign, own, 7});

    assertArrayEquals(new long[] {own}, dead);
    assertEquals(List.of("0:ads.campaigns:42"), killed);
    assertNotFound(a, own);
    more(b, foreign);
  }

  @Test
  @AdversarialCase(169)
  void limitsOpenCursorsOfOneTenantOnly() {
    for (int i = 0; i < 3; i++) {
      open(a);
    }

    RefusedException refusal = assertThrows(RefusedException.class, () -> open(otherUser));

    assertEquals(ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED, refusal.code());
    open(b);
  }

  private byte[] session(ConnectedOwnership through, Owner owner, UUID id) {
    byte[] bytes = new byte[20];
    Bytes.putInt64(bytes, 2, id.getMostSignificantBits());
    Bytes.putInt64(bytes, 10, id.getLeastSignificantBits());
    through.prove(List.of(new Claim.UsesSession(2)), bytes, owner);
    assertEquals(0, bytes[0] | bytes[1] | bytes[18] | bytes[19]);
    return Arrays.copyOfRange(bytes, 2, 18);
  }

  @Test
  @AdversarialCase(164)
  void mapsASessionForEachPrincipalToItsOwn() {
    UUID id = UUID.randomUUID();

    byte[] mapped = session(ownership, a, id);

    assertArrayEquals(mapped, session(ownership, sameUser, id));
    assertFalse(Arrays.equals(mapped, session(ownership, otherUser, id)));
    assertFalse(Arrays.equals(mapped, session(ownership, b, id)));
    assertFalse(Arrays.equals(mapped, session(ownership, a, UUID.randomUUID())));
    assertEquals(0x40, mapped[6] & 0xF0);
    assertEquals(0x80, mapped[8] & 0xC0);
  }

  @Test
  void mapsASessionTheSameWayEachTimeItIsUsedEvenIfItHadEnded() {
    UUID id = UUID.randomUUID();
    byte[] first = session(ownership, a, id);

    assertArrayEquals(first, session(ownership, sameUser, id));
    clock.advance(Duration.ofDays(2));
    ownership.sweep();
    assertArrayEquals(first, session(ownership, a, id));
  }

  @Test
  void mapsASessionTheSameWayOnEveryInstanceWithTheSameKey() {
    UUID id = UUID.randomUUID();
    ConnectedOwnership replica = ownership(key);
    ConnectedOwnership stranger = ownership(KeyFile.generate(new SecureRandom()));
    replica.onConnect(a);
    stranger.onConnect(a);

    assertArrayEquals(session(ownership, a, id), session(replica, a, id));
    assertFalse(Arrays.equals(session(ownership, a, id), session(stranger, a, id)));
  }

  @Test
  void spellsNoTwoPrincipalsTheSame() {
    UUID id = UUID.randomUUID();
    Owner first = owner("ab", Policies.TENANT_A, 9);
    Owner second = owner("a", Policies.TENANT_A, 9);
    ownership.onConnect(first);
    ownership.onConnect(second);

    assertFalse(Arrays.equals(session(ownership, first, id), session(ownership, second, id)));
  }

  @Test
  void limitsLiveSessionsOfOnePrincipalOnly() {
    for (int i = 0; i < 3; i++) {
      session(ownership, a, new UUID(0, i));
    }

    RefusedException refusal =
        assertThrows(RefusedException.class, () -> session(ownership, sameUser, new UUID(0, 9)));

    assertEquals(ErrorCode.TOO_MANY_LOGICAL_SESSIONS, refusal.code());
    session(ownership, a, new UUID(0, 1));
    session(ownership, b, new UUID(0, 9));
  }

  @Test
  void makesRoomForSessionsWhenSomeEnd() {
    for (int i = 0; i < 3; i++) {
      session(ownership, a, new UUID(i, 0));
    }
    byte[] mapped = session(ownership, a, new UUID(0, 0));

    ownership.endSessions(a, endSessions("AAAAAAAAAAAAAAAAAAAAAA=="));

    assertArrayEquals(mapped, endedSessions.get(0));
    session(ownership, a, new UUID(9, 0));
  }

  @Test
  void makesRoomForSessionsWhenNobodyUsesThem() {
    for (int i = 0; i < 3; i++) {
      session(ownership, a, new UUID(i, 0));
    }
    clock.advance(Duration.ofMinutes(31));

    ownership.sweep();

    session(ownership, a, new UUID(9, 0));
  }

  @Test
  void doesNotForgetSessionsBecauseTheirPrincipalLeft() {
    for (int i = 0; i < 3; i++) {
      session(ownership, b, new UUID(i, 0));
    }

    ownership.onDisconnect(b);
    ownership.sweep();
    ownership.onConnect(b);

    assertThrows(RefusedException.class, () -> session(ownership, b, new UUID(9, 0)));
  }

  @Test
  void endsNoSessionThatIsNotNamedByAUuid() {
    ownership.endSessions(a, document("{endSessions: 1, $db: 'admin'}"));
    ownership.endSessions(
        a,
        document(
            "{endSessions: [1, {}, {id: 1}, {id: {$binary: {base64: 'AAAA', subType: '04'}}}]}"));
    ownership.endSessions(
        a,
        document(
            "{endSessions: [{id: {$binary: {base64: 'AAAAAAAAAAAAAAAAAAAAAA==', subType: '00'}}}]}"));

    assertEquals(List.of(), endedSessions);
  }

  @Test
  void provesNothingForWhoIsNotConnected() {
    Owner stranger = owner("stranger", Policies.TENANT_A, 5);

    assertThrows(
        IllegalStateException.class, () -> session(ownership, stranger, UUID.randomUUID()));
  }

  private static RawDocument endSessions(String base64) {
    return document(
        "{endSessions: [{id: {$binary: {base64: '"
            + base64
            + "', subType: '04'}}}], $db: 'admin'}");
  }

  private static RawDocument document(String json) {
    return RawDocument.of(ScriptedReply.bytes(BsonDocument.parse(json)));
  }
}
