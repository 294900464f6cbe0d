package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.Touch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is remembered of a command that is forwarded: its cursor, its collections, its shadows. */
class EffectsTest {
  private final Judge judge = Judge.ofSample();

  private static Verdict.Forward forward(Judge judge, String json) {
    Verdict verdict = judge.verdict(json);
    return assertInstanceOf(Verdict.Forward.class, verdict, verdict::toString);
  }

  private static List<String> reads(Claim.OpensCursor claim) {
    return claim.reads().stream().map(EffectsTest::shown).toList();
  }

  private static String shown(Touch touch) {
    return touch.access().namespace() + " " + touch.effect();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{find: 'orders', $db: 'app'} | app orders | app.orders READ",
        "{find: 'invoices', $db: 'billing'} | billing invoices | billing.invoices READ",
        "{aggregate: 'plans', pipeline: [], cursor: {}, $db: 'app'} | app plans | app.plans READ",
        "{aggregate: 'orders', pipeline: [{$unionWith: 'users'}], cursor: {}, $db: 'app'}"
            + " | app orders | app.orders READ, app.users READ",
        "{aggregate: 1, pipeline: [{$documents: []}, {$unionWith: 'users'}], cursor: {},"
            + " $db: 'app'} | app $cmd.aggregate | app.users READ",
      })
  void claimsTheCursorOfEveryRead(String json, String namespace, String reads) {
    List<Claim> claims = forward(judge, json).claims();

    assertEquals(1, claims.size());
    Claim.OpensCursor claim = assertInstanceOf(Claim.OpensCursor.class, claims.get(0));
    assertEquals(namespace, claim.database() + " " + claim.collection());
    assertEquals(List.of(reads.split(", ")), reads(claim));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "find: 'orders' | app.orders",
        "delete: 'users', deletes: [] | app.users",
        "aggregate: 'orders', pipeline: [{$unionWith: 'plans'}], cursor: {}"
            + " | app.orders, app.plans",
      })
  void remembersWhatAnExplainedCommandTouches(String inner, String touched) {
    ReplyPlan plan = forward(judge, "{explain: {" + inner + "}, $db: 'app'}").replyPlan();

    assertEquals(
        List.of(touched.split(", ")),
        plan.touched().stream().map(access -> access.namespace().toString()).toList());
  }

  @Test
  void namesARuleInShadowOnceHoweverOftenItWouldDeny() {
    Judge ruled =
        Sample.policy()
            .shadow("unread", "app.orders", Effect.READ)
            .shadow("kept", "app.orders", Effect.DELETE)
            .judge();
    String bulk =
        "{bulkWrite: 1, ops: [{delete: 0, filter: {}}, {delete: 0, filter: {}}],"
            + " nsInfo: [{ns: 'app.orders'}], $db: 'admin'}";

    assertEquals(List.of("kept"), forward(ruled, bulk).shadowedBy());
  }

  @Test
  void forgetsTheShadowsOfTheCommandBefore() {
    Judge ruled = Sample.policy().shadow("unread", "app.orders", Effect.READ).judge();

    assertEquals(List.of("unread"), forward(ruled, "{find: 'orders', $db: 'app'}").shadowedBy());
    assertEquals(List.of(), forward(ruled, "{find: 'users', $db: 'app'}").shadowedBy());
  }

  @Test
  void looksAtDocumentsOfSharedCollectionsOnly() {
    String command = "{findAndModify: 'NAME', remove: true, $db: 'app'}";

    assertEquals(true, forward(judge, command.replace("NAME", "orders")).replyPlan().tripwire());
    String own = "scratch_" + Sample.A;
    assertEquals(false, forward(judge, command.replace("NAME", own)).replyPlan().tripwire());
  }
}
