package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DdlTest {
  private static final String CREATE = "{create: 'orders', $db: 'app'}";

  private static String index(String index) {
    return indexOf("orders", index);
  }

  private static String indexOf(String collection, String index) {
    return "{createIndexes: '" + collection + "', indexes: [" + index + "], $db: 'app'}";
  }

  private static Judge with(DdlMode mode) {
    return Sample.policy().applicationDdl(mode).judge();
  }

  @Test
  void deniesItWhereThePolicySaysSo() {
    with(DdlMode.DENY).denies(CREATE, RuleId.DDL);
    with(DdlMode.DENY).denies(index("{key: {organization_id: 1}, name: 'o'}"), RuleId.DDL);
  }

  @Test
  void acknowledgesItWithoutDoingIt() {
    Judge judge = with(DdlMode.ACKNOWLEDGE);

    assertEquals(Command.json("{ok: 1.0}"), judge.answer(CREATE));
    assertEquals(
        Command.json(
            "{numIndexesBefore: 2, numIndexesAfter: 2,"
                + " note: 'acknowledged: indexes are the operator\\'s', ok: 1.0}"),
        judge.answer(index("{key: {ssn: 1}, name: 's', unique: true}")));
    assertEquals(Command.json("{ok: 1.0}"), judge.answer("{create: 'plans', $db: 'app'}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{key: {organization_id: 1}, name: 'o'}",
        "{key: {organization_id: 1, ssn: -1}, name: 'o', unique: true, sparse: true, v: 2}",
        "{key: {organization_id: 1, note: 'text'}, name: 'o', background: true, hidden: false}",
      })
  void forwardsIndexesLedByTheTenantField(String index) {
    Judge judge = with(DdlMode.ALLOW);

    judge.forwards(index(index), index(index));
    ReplyPlan plan =
        assertInstanceOf(Verdict.Forward.class, judge.verdict(index(index))).replyPlan();
    assertEquals(ReplyPlan.Kind.PLAIN, plan.kind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{key: {ssn: 1}, name: 's'}",
        "{key: {ssn: 1}, name: 's', unique: true}",
        "{key: {ssn: 1, organization_id: 1}, name: 's'}",
        "{key: {organization_id: 'hashed'}, name: 's'}",
        "{key: {'organization_id.x': 1}, name: 's'}",
        "{key: {'$**': 1}, name: 's'}",
        "{key: {organization_id: 1, 'a.$**': 1}, name: 's'}",
        "{key: {organization_id: 1, a: 'wildcard'}, name: 's'}",
        "{key: {organization_id: 1, a: {$code: 'text'}}, name: 's'}",
        "{key: {organization_id: 1, $a: 1}, name: 's'}",
        "{key: {organization_id: 1, '': 1}, name: 's'}",
        "{key: {organization_id: 1}, name: 'o', expireAfterSeconds: 1}",
        "{key: {organization_id: 1}, name: 'o', collation: {locale: 'en'}}",
        "{key: {organization_id: 1}, name: 'o', partialFilterExpression: {$where: '1'}}",
        "{key: {organization_id: 1}, name: 'o', partialFilterExpression: {x: 1}}",
        "{key: {organization_id: 1}, name: 'o', prepareUnique: true}",
        "{key: {organization_id: 1}, name: 'o', hidden: true}",
        "{key: {organization_id: 1}, name: 'o', storageEngine: {}}",
        "{key: {organization_id: 1}, name: 1}",
        "{key: 'organization_id_1', name: 'o'}",
        "{key: {}, name: 'o'}",
        "{name: 'o'}",
      })
  void deniesIndexesThatConcernOthers(String index) {
    with(DdlMode.ALLOW)
        .denies(index("{key: {organization_id: 1}, name: 'a'}, " + index), RuleId.DDL);
  }

  @Test
  void forwardsAnyKeyOnAPrivateCollection() {
    String command = indexOf("scratch_" + Sample.A, "{key: {ssn: 1}, name: 's', unique: true}");

    with(DdlMode.ALLOW).forwards(command, command);
  }

  @Test
  void forwardsCreateWithoutOptions() {
    with(DdlMode.ALLOW).forwards(CREATE, CREATE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "viewOn: 'orders', pipeline: []",
        "capped: true, size: 4096",
        "collation: {locale: 'en', strength: 1}",
        "validator: {$where: '1'}",
        "timeseries: {timeField: 't'}",
        "expireAfterSeconds: 1",
        "bogus: 1",
      })
  void deniesCreateWithAnyOption(String option) {
    String command = "{create: 'orders', " + option + ", $db: 'app'}";

    for (DdlMode mode : DdlMode.values()) {
      with(mode).denies(command, RuleId.FIELD);
    }
  }

  @ParameterizedTest
  @CsvSource({"DENY", "ACKNOWLEDGE", "ALLOW"})
  void deniesUnlistedCollectionsInEveryMode(DdlMode mode) {
    with(mode).denies("{create: 'secrets', $db: 'app'}", RuleId.NAMESPACE);
    with(mode)
        .denies(indexOf("secrets", "{key: {organization_id: 1}, name: 'o'}"), RuleId.NAMESPACE);
  }

  @Test
  void deniesDdlOnReferenceDataUnlessOnlyAcknowledged() {
    with(DdlMode.ALLOW).denies("{create: 'plans', $db: 'app'}", RuleId.READ_ONLY_COLLECTION);
  }

  @Test
  void appliesTheRulesOfThePolicyInEveryMode() {
    for (DdlMode mode : DdlMode.values()) {
      Sample.policy()
          .applicationDdl(mode)
          .deny("no-ddl", "app.orders", Effect.DDL)
          .judge()
          .denies(CREATE, "no-ddl");
    }
  }

  @Test
  void deniesCreateIndexesWithoutIndexesOrWithAQuorum() {
    with(DdlMode.ALLOW).denies("{createIndexes: 'orders', $db: 'app'}", RuleId.FIELD);
    with(DdlMode.ALLOW)
        .denies(
            "{createIndexes: 'orders', indexes: [], commitQuorum: 50, $db: 'app'}", RuleId.FIELD);
  }
}
