package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.verdict.RuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** I3: an argument, operator or stage that no table lists is denied, in every command there is. */
class ListedOnlyTest {
  private static final String TRANSACTION =
      "lsid: {id: {$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}},"
          + " txnNumber: {$numberLong: '1'}, autocommit: false, ";

  private static final Set<String> HANDSHAKES =
      Set.of("hello", "isMaster", "ismaster", "saslStart", "saslContinue", "authenticate");

  private final Judge judge = Sample.policy().applicationDdl(DdlMode.ALLOW).judge();

  /** One sound command for each row of the catalogue that has a guard, and some for their forms. */
  static List<String> soundCommands() {
    return List.of(
        "{find: 'orders', filter: {x: 1}, sort: {x: 1}, $db: 'app'}",
        "{aggregate: 'orders', pipeline: [{$match: {x: 1}}], cursor: {}, $db: 'app'}",
        "{count: 'orders', query: {x: 1}, $db: 'app'}",
        "{distinct: 'orders', key: 'x', query: {x: 1}, $db: 'app'}",
        "{insert: 'orders', documents: [{stored: 1}], $db: 'app'}",
        "{update: 'orders', updates: [{q: {x: 1}, u: {$set: {x: 1}}}], $db: 'app'}",
        "{delete: 'orders', deletes: [{q: {x: 1}, limit: 0}], $db: 'app'}",
        "{findAndModify: 'orders', query: {x: 1}, update: {$set: {x: 1}}, $db: 'app'}",
        "{findandmodify: 'orders', query: {x: 1}, remove: true, $db: 'app'}",
        "{bulkWrite: 1, ops: [{update: 0, filter: {x: 1}, updateMods: {$set: {x: 1}}},"
            + " {delete: 0, filter: {x: 1}}, {insert: 0, document: {stored: 1}}],"
            + " nsInfo: [{ns: 'app.orders'}], $db: 'admin'}",
        "{explain: {find: 'orders', filter: {x: 1}}, verbosity: 'queryPlanner', $db: 'app'}",
        "{explain: {update: 'orders', updates: [{q: {x: 1}, u: {$set: {x: 1}}}]}, $db: 'app'}",
        "{getMore: {$numberLong: '1'}, collection: 'orders', batchSize: 2, $db: 'app'}",
        "{killCursors: 'orders', cursors: [], $db: 'app'}",
        "{startSession: 1, $db: 'admin'}",
        "{refreshSessions: [], $db: 'admin'}",
        "{endSessions: [], $db: 'admin'}",
        "{logout: 1, $db: 'admin'}",
        "{connectionStatus: 1, $db: 'admin'}",
        "{ping: 1, $db: 'admin'}",
        "{buildInfo: 1, $db: 'admin'}",
        "{buildinfo: 1, $db: 'admin'}",
        "{whatsmyuri: 1, $db: 'admin'}",
        "{listCommands: 1, $db: 'admin'}",
        "{isdbgrid: 1, $db: 'admin'}",
        "{getParameter: 1, featureCompatibilityVersion: 1, $db: 'admin'}",
        "{create: 'orders', $db: 'app'}",
        "{createIndexes: 'orders', indexes: [{key: {organization_id: 1}, name: 'o'}], $db: 'app'}",
        "{listIndexes: 'orders', cursor: {}, $db: 'app'}",
        "{listCollections: 1, filter: {}, $db: 'app'}",
        "{listDatabases: 1, $db: 'admin'}",
        "{commitTransaction: 1, " + TRANSACTION + "recoveryToken: {}, $db: 'admin'}",
        "{abortTransaction: 1, " + TRANSACTION + "$db: 'admin'}");
  }

  @Test
  void triesEveryCommandThatIsServed() {
    Set<String> tried = new TreeSet<>(HANDSHAKES);
    soundCommands().forEach(json -> tried.add(Command.json(json).getFirstKey()));
    Set<String> served = new TreeSet<>();
    for (String name : new PolicyEngine(25).commandNames()) {
      Verdict verdict = judge.verdict("{'" + name + "': 1, $db: 'app'}");
      boolean refusedByName =
          verdict instanceof Verdict.Deny deny
              && Set.of(RuleId.COMMAND, RuleId.SERVER_SIDE_JAVASCRIPT).contains(deny.rule());
      if (!refusedByName || name.equals("getParameter")) {
        served.add(name);
      }
    }
    assertEquals(served, tried);
  }

  @ParameterizedTest
  @MethodSource("soundCommands")
  void I3_deniesAnUnlistedArgument(String json) {
    assertFalse(judge.verdict(json) instanceof Verdict.Deny, json);
    for (String name : List.of("bogus", "$bogus", "rawData", "Filter", "filter.x", "ordered2")) {
      BsonDocument command = Command.json(json);
      command.put(name, new BsonInt32(1));
      judge.denies(Command.of(Command.encode(command)), RuleId.FIELD);
    }
  }

  @ParameterizedTest
  @MethodSource("soundCommands")
  void deniesNullWhereAnArgumentHasAType(String json) {
    for (String name : Command.json(json).keySet()) {
      BsonDocument command = Command.json(json);
      boolean typed =
          !name.equals(command.getFirstKey()) && !name.equals("featureCompatibilityVersion");
      if (typed) {
        command.put(name, BsonNull.VALUE);
        judge.denied(Command.of(Command.encode(command)));
      }
    }
  }

  /** Puts an operator that nobody knows into each document in turn, at any depth. */
  @ParameterizedTest
  @MethodSource("soundCommands")
  void I3_deniesAnUnlistedNameAtAnyDepth(String json) {
    int places = documents(Command.json(json)).size();
    for (int i = 1; i < places; i++) {
      BsonDocument command = Command.json(json);
      BsonDocument place = documents(command).get(i);
      if (isStored(place)) {
        continue;
      }
      place.put("$bogus", new BsonInt32(1));
      Verdict verdict = judge.verdict(Command.of(Command.encode(command)));
      assertTrue(verdict instanceof Verdict.Deny || isIgnored(command), () -> "" + command);
    }
  }

  private static boolean isStored(BsonDocument place) {
    return place.containsKey("stored");
  }

  /** Answered from the policy, which does not look at the size of a batch. */
  private static boolean isIgnored(BsonDocument command) {
    return command.getFirstKey().startsWith("list");
  }

  private static List<BsonDocument> documents(BsonDocument root) {
    List<BsonDocument> found = new ArrayList<>();
    collect(root, found);
    return found;
  }

  private static void collect(BsonValue value, List<BsonDocument> found) {
    if (value instanceof BsonDocument document) {
      found.add(document);
      document.values().forEach(member -> collect(member, found));
    } else if (value instanceof BsonArray array) {
      array.forEach(member -> collect(member, found));
    }
  }

  @Test
  void cutsWhatARefusalSaysOfAName() {
    BsonDocument command = Command.json("{find: 'orders', $db: 'app'}");
    command.put("x".repeat(100_000), new BsonString(""));

    Verdict.Deny deny = judge.denies(Command.of(Command.encode(command)), RuleId.FIELD);

    assertTrue(deny.detail().length() <= 160);
  }
}
