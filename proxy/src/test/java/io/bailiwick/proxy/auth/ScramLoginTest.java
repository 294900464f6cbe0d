package io.bailiwick.proxy.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.proxy.testing.AdversarialCase;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ScramLoginTest {
  private static final String PASSWORD = "pen cil";
  private static final Users.Name ALICE = new Users.Name("alice", "admin");
  private static final Users.Name ODD = new Users.Name("a,b=c", "app");
  private static final Verifiers OF_ALICE =
      Verifiers.ofPassword("alice", PASSWORD, new SecureRandom());
  private static final Users USERS =
      new Users(
          Map.of(
              ALICE, OF_ALICE, ODD, Verifiers.ofPassword("a,b=c", PASSWORD, new SecureRandom())));

  private final AtomicReference<Users> users = new AtomicReference<>(USERS);
  private final List<Runnable> delayed = new ArrayList<>();
  private final LoginThrottle throttle = new LoginThrottle(() -> 0, new java.util.Random(1));
  private final ScramLogins logins =
      new ScramLogins(users::get, new byte[32], throttle, new SecureRandom());
  private final ClientLogin login = open();

  private ClientLogin open() {
    return logins.open(InetAddress.getLoopbackAddress(), (millis, task) -> delayed.add(task));
  }

  private static SaslPeer peer(Mechanism mechanism, boolean skip) {
    return new SaslPeer(mechanism, "alice", PASSWORD, "admin", skip);
  }

  private LoginStep start(BsonDocument command) {
    List<LoginStep> steps = new ArrayList<>();
    login.start(SaslPeer.raw(command), command.getString("$db").getValue(), steps::add);
    assertEquals(1, steps.size());
    return steps.get(0);
  }

  private LoginStep proceed(BsonDocument command) {
    List<LoginStep> steps = new ArrayList<>();
    login.proceed(SaslPeer.raw(command), command.getString("$db").getValue(), steps::add);
    assertEquals(1, steps.size());
    return steps.get(0);
  }

  private static BsonDocument reply(LoginStep step) {
    byte[] bytes =
        step instanceof LoginStep.Done done
            ? done.reply()
            : assertInstanceOf(LoginStep.Continue.class, step).reply();
    return SaslPeer.decode(bytes);
  }

  private static void assertFailed(LoginFault fault, LoginStep step) {
    assertEquals(fault, assertInstanceOf(LoginStep.Failed.class, step).fault());
  }

  private void logIn() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    assertInstanceOf(LoginStep.Done.class, proceed(peer.proof(reply(start(peer.start())))));
  }

  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void logsInInTwoExchanges(Mechanism mechanism) throws Exception {
    SaslPeer peer = peer(mechanism, true);
    BsonDocument first = reply(start(peer.start()));
    assertFalse(first.getBoolean("done").getValue());
    assertEquals(1.0, first.getDouble("ok").getValue());
    LoginStep.Done done = assertInstanceOf(LoginStep.Done.class, proceed(peer.proof(first)));
    peer.checkServer(reply(done));
    assertTrue(reply(done).getBoolean("done").getValue());
    assertEquals(Identity.ofUser(mechanism.word(), "alice", "admin"), done.identity());
  }

  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void logsInWithTheEmptyExchangeAtTheEnd(Mechanism mechanism) throws Exception {
    SaslPeer peer = peer(mechanism, false);
    BsonDocument second = reply(proceed(peer.proof(reply(start(peer.start())))));
    peer.checkServer(second);
    assertFalse(second.getBoolean("done").getValue());
    LoginStep last = proceed(peer.proceed(second.getInt32("conversationId").getValue(), ""));
    assertInstanceOf(LoginStep.Done.class, last);
    assertTrue(reply(last).getBoolean("done").getValue());
  }

  @Test
  void logsInFromASpeculativeStart() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    Speculation sub = login.speculate(SaslPeer.raw(peer.speculative()));
    assertNotNull(sub);
    BsonDocument first = SaslPeer.decode(sub.reply());
    assertFalse(first.containsKey("ok"));
    assertTrue(login.underWay());
    assertInstanceOf(LoginStep.Done.class, proceed(peer.proof(first)));
    assertFalse(login.underWay());
  }

  @Test
  void logsInTheLongWayAfterASpeculativeStartForNothing() throws Exception {
    assertNotNull(login.speculate(SaslPeer.raw(peer(Mechanism.SCRAM_SHA_256, true).speculative())));
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_1, true);
    assertInstanceOf(LoginStep.Done.class, proceed(peer.proof(reply(start(peer.start())))));
  }

  @Test
  void leavesASpeculativeStartOutThatItCannotTake() {
    BsonDocument x509 =
        new BsonDocument("authenticate", new BsonInt32(1))
            .append("mechanism", new BsonString("MONGODB-X509"))
            .append("db", new BsonString("$external"));
    assertNull(login.speculate(SaslPeer.raw(x509)));
    BsonDocument withoutDatabase = peer(Mechanism.SCRAM_SHA_256, true).speculative();
    withoutDatabase.remove("db");
    assertNull(login.speculate(SaslPeer.raw(withoutDatabase)));
    assertFalse(login.underWay());
  }

  @Test
  void unescapesTheUserNameAndTakesTheDatabaseFromTheCommand() throws Exception {
    SaslPeer peer = new SaslPeer(Mechanism.SCRAM_SHA_256, "a,b=c", PASSWORD, "app", true);
    LoginStep.Done done =
        assertInstanceOf(LoginStep.Done.class, proceed(peer.proof(reply(start(peer.start())))));
    assertEquals(Identity.ofUser("SCRAM-SHA-256", "a,b=c", "app"), done.identity());
  }

  @ParameterizedTest
  @CsvSource({
    "alice, wrong, admin",
    "alice, pen cil, app",
    "nobody, pen cil, admin",
    "Alice, pen cil, admin"
  })
  void refusesWrongPasswordAndUnknownUserInTheSameWay(String user, String password, String database)
      throws Exception {
    for (Mechanism mechanism : Mechanism.values()) {
      SaslPeer peer = new SaslPeer(mechanism, user, password, database, true);
      BsonDocument first = reply(start(peer.start()));
      assertEquals(
          new LoginStep.Failed(mechanism.word(), LoginFault.PROOF, 0), proceed(peer.proof(first)));
    }
  }

  @Test
  void givesAnUnknownUserTheSameSaltEachTimeAndOnEveryReplica() {
    SaslPeer peer = new SaslPeer(Mechanism.SCRAM_SHA_256, "nobody", "x", "admin", true);
    String once = salt(reply(start(peer.start())));
    String again = salt(reply(start(peer.start())));
    assertEquals(once, again);
    ScramLogins otherReplica =
        new ScramLogins(users::get, new byte[32], throttle, new SecureRandom());
    List<LoginStep> steps = new ArrayList<>();
    otherReplica
        .open(InetAddress.getLoopbackAddress(), (millis, task) -> {})
        .start(SaslPeer.raw(peer.start()), "admin", steps::add);
    assertEquals(once, salt(reply(steps.get(0))));
    SaslPeer another = new SaslPeer(Mechanism.SCRAM_SHA_256, "nobody2", "x", "admin", true);
    assertFalse(once.equals(salt(reply(start(another.start())))));
  }

  @ParameterizedTest
  @EnumSource(Mechanism.class)
  void tellsAnUnknownUserIterationsAndASaltThatLookLikeAKnownOnes(Mechanism mechanism) {
    String known = SaslPeer.text(reply(start(peer(mechanism, true).start())));
    SaslPeer unknown = new SaslPeer(mechanism, "nobody", "x", "admin", true);
    String madeUp = SaslPeer.text(reply(start(unknown.start())));
    assertEquals(known.substring(known.indexOf(",i=")), madeUp.substring(madeUp.indexOf(",i=")));
    assertEquals(saltOf(known).length(), saltOf(madeUp).length());
  }

  private static String salt(BsonDocument first) {
    return saltOf(SaslPeer.text(first));
  }

  private static String saltOf(String message) {
    return message.substring(message.indexOf(",s=") + 3, message.indexOf(",i="));
  }

  @Test
  void refusesAProofThatIsReplayed() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    BsonDocument first = reply(start(peer.start()));
    BsonDocument proof = peer.proof(first);
    ClientLogin elsewhere = open();
    List<LoginStep> steps = new ArrayList<>();
    elsewhere.start(SaslPeer.raw(peer.start()), "admin", steps::add);
    elsewhere.proceed(SaslPeer.raw(proof), "admin", steps::add);
    assertFailed(LoginFault.PAYLOAD, steps.get(1));
    assertInstanceOf(LoginStep.Done.class, proceed(proof));
    assertFailed(LoginFault.ALREADY_LOGGED_IN, proceed(proof));
  }

  @Test
  void endsTheConversationWithTheFirstWrongProof() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    BsonDocument proof = peer.proof(reply(start(peer.start())));
    BsonDocument wrong = proof.clone();
    String text = SaslPeer.text(proof);
    char last = text.charAt(text.length() - 3);
    wrong.put(
        "payload",
        SaslPeer.binary(
            text.substring(0, text.length() - 3)
                + (last == 'A' ? 'B' : 'A')
                + text.substring(text.length() - 2)));
    assertInstanceOf(LoginStep.Failed.class, proceed(wrong));
    assertFailed(LoginFault.ORDER, proceed(proof));
  }

  @Test
  @AdversarialCase(155)
  void refusesStepsOutOfOrder() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, false);
    assertFailed(LoginFault.ORDER, proceed(peer.proceed(1, "")));
    start(peer.start());
    assertFailed(LoginFault.PAYLOAD, proceed(peer.proceed(2 - 1, "")));
    BsonDocument second = reply(proceed(peer.proof(reply(start(peer.start())))));
    int id = second.getInt32("conversationId").getValue();
    assertFailed(LoginFault.ORDER, proceed(peer.proceed(id, "c=biws,r=x,p=AAAA")));
    assertFailed(LoginFault.ORDER, proceed(peer.proceed(id, "")));
  }

  @Test
  @AdversarialCase(155)
  void refusesAnotherConversationsIdInAnyType() throws Exception {
    for (var id :
        List.of(new BsonInt32(99), new BsonInt32(0), new BsonInt64(1), new BsonString("1"))) {
      SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
      BsonDocument proof = peer.proof(reply(start(peer.start())));
      proof.put("conversationId", id);
      assertInstanceOf(LoginStep.Failed.class, proceed(proof));
    }
  }

  @Test
  void refusesToSwitchTheDatabase() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    BsonDocument proof = peer.proof(reply(start(peer.start())));
    proof.put("$db", new BsonString("app"));
    assertFailed(LoginFault.ORDER, proceed(proof));
  }

  @Test
  void refusesASecondLogin() throws Exception {
    logIn();
    SaslPeer again = peer(Mechanism.SCRAM_SHA_256, true);
    assertFailed(LoginFault.ALREADY_LOGGED_IN, start(again.start()));
    assertNull(login.speculate(SaslPeer.raw(again.speculative())));
  }

  @Test
  @AdversarialCase(156)
  void refusesOtherMechanismsAndPayloads() {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    assertFailed(LoginFault.MECHANISM, start(peer.start("PLAIN", "\0alice\0pw")));
    assertFailed(LoginFault.MECHANISM, start(peer.start("scram-sha-256", "n,,n=alice,r=x")));
    assertFailed(
        LoginFault.PAYLOAD, start(peer.start("SCRAM-SHA-256", "n,,n=alice,r=" + "x".repeat(1024))));
    assertFailed(LoginFault.PAYLOAD, start(peer.start("SCRAM-SHA-256", "n,a=bob,n=alice,r=x")));
    BsonDocument text = peer.start();
    text.put("payload", new BsonString("n,,n=alice,r=x"));
    assertFailed(LoginFault.PAYLOAD, start(text));
    BsonDocument subtype = peer.start();
    subtype.put("payload", new BsonBinary((byte) 4, new byte[16]));
    assertFailed(LoginFault.PAYLOAD, start(subtype));
    BsonDocument none = peer.start();
    none.remove("payload");
    assertFailed(LoginFault.PAYLOAD, start(none));
  }

  @Test
  void takesAPayloadOfTheLargestSize() {
    String start = "n,,n=alice,r=";
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    String payload = start + "x".repeat(SaslCommand.MAX_PAYLOAD - start.length());
    assertInstanceOf(LoginStep.Continue.class, start(peer.start("SCRAM-SHA-256", payload)));
  }

  @Test
  void wantsTheEmptyExchangeUnlessItIsDeclinedByABoolean() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, false);
    BsonDocument odd = peer.start();
    odd.put("options", new BsonDocument("skipEmptyExchange", new BsonInt32(1)));
    assertFalse(reply(proceed(peer.proof(reply(start(odd))))).getBoolean("done").getValue());
    BsonDocument none = peer(Mechanism.SCRAM_SHA_256, false).start();
    none.remove("options");
    assertInstanceOf(LoginStep.Continue.class, start(none));
  }

  @Test
  @AdversarialCase(159)
  void waitsItsTurnAfterRepeatedFailures() throws Exception {
    for (int i = 0; i < LoginThrottle.FREE_FAILURES; i++) {
      SaslPeer wrong = new SaslPeer(Mechanism.SCRAM_SHA_256, "alice", "wrong", "admin", true);
      assertFailed(LoginFault.PROOF, proceed(wrong.proof(reply(start(wrong.start())))));
    }
    SaslPeer right = peer(Mechanism.SCRAM_SHA_256, true);
    BsonDocument proof = right.proof(reply(start(right.start())));
    List<LoginStep> steps = new ArrayList<>();
    login.proceed(SaslPeer.raw(proof), "admin", steps::add);
    assertEquals(0, steps.size());
    assertEquals(1, delayed.size());
    delayed.get(0).run();
    assertInstanceOf(LoginStep.Done.class, steps.get(0));
  }

  @Test
  void refusesUncheckedWhenTooManyWait() throws Exception {
    LoginStep step = new LoginStep.Failed("other", LoginFault.PROOF, 0);
    for (int i = 0;
        i < 200 && !(step instanceof LoginStep.Failed f && f.fault() == LoginFault.THROTTLED);
        i++) {
      ClientLogin connection = open();
      SaslPeer wrong = new SaslPeer(Mechanism.SCRAM_SHA_256, "alice", "wrong", "admin", true);
      List<LoginStep> steps = new ArrayList<>();
      connection.start(SaslPeer.raw(wrong.start()), "admin", steps::add);
      connection.proceed(SaslPeer.raw(wrong.proof(reply(steps.get(0)))), "admin", steps::add);
      if (steps.size() == 2) {
        step = steps.get(1);
      }
    }
    LoginStep.Failed failed = assertInstanceOf(LoginStep.Failed.class, step);
    assertEquals(LoginFault.THROTTLED, failed.fault());
    assertTrue(failed.delayMillis() > 0);
  }

  @Test
  void noticesThatTheCredentialIsGoneOrChanged() throws Exception {
    logIn();
    assertTrue(login.stillValid());
    users.set(new Users(Map.of(ALICE, OF_ALICE)));
    assertTrue(login.stillValid());
    users.set(
        new Users(Map.of(ALICE, Verifiers.ofPassword("alice", PASSWORD, new SecureRandom()))));
    assertFalse(login.stillValid());
    users.set(Users.NONE);
    assertFalse(login.stillValid());
  }

  @Test
  void refusesAUserWhoWasRemovedInTheMiddle() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    BsonDocument proof = peer.proof(reply(start(peer.start())));
    users.set(Users.NONE);
    assertFailed(LoginFault.PROOF, proceed(proof));
  }

  @Test
  void I8_keepsKeysAndNamesOutOfTheReplies() throws Exception {
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    BsonDocument first = reply(start(peer.start()));
    assertFalse(first.toString().contains("alice"));
    LoginStep.Failed failed =
        assertInstanceOf(
            LoginStep.Failed.class, start(peer.start("SCRAM-SHA-256", "secret payload")));
    assertFalse(failed.toString().contains("secret"));
    assertArrayEquals(new String[] {"SCRAM-SHA-1", "SCRAM-SHA-256"}, login.mechanisms().toArray());
  }

  @Test
  void refusesLoginWhereThePortIsBound() {
    ClientLogin none = new NoLogin();
    List<LoginStep> steps = new ArrayList<>();
    SaslPeer peer = peer(Mechanism.SCRAM_SHA_256, true);
    none.start(SaslPeer.raw(peer.start()), "admin", steps::add);
    none.proceed(SaslPeer.raw(peer.proceed(1, "")), "admin", steps::add);
    assertEquals(
        List.of(
            new LoginStep.Failed("other", LoginFault.NOT_OFFERED, 0),
            new LoginStep.Failed("other", LoginFault.NOT_OFFERED, 0)),
        steps);
    assertNull(none.speculate(SaslPeer.raw(peer.speculative())));
    assertTrue(none.mechanisms().isEmpty());
    assertFalse(none.underWay());
    assertTrue(none.stillValid());
  }
}
