package io.bailiwick.proxy.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import io.bailiwick.policy.scenario.CaseMessages;
import io.bailiwick.policy.scenario.CaseMessages.Attack;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.ScriptedReply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every known attack against a server that holds the documents of two organizations. */
@Timeout(300)
final class TwoOrganizationsTest {
  @TempDir Path first;
  @TempDir Path second;

  @Test
  @AdversarialCase({25, 191, 200})
  void noAttackReadsOrChangesOrTellsAnythingOfTheOther() throws Exception {
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.DEBUG)) {
      List<String> one = replies(first, 2);
      List<String> other = replies(second, 5);

      assertEquals(one.size(), other.size());
      for (int i = 0; i < one.size(); i++) {
        assertEquals(one.get(i), other.get(i));
      }
      assertFalse(String.join("\n", log.lines()).contains(TwoOrganizations.SECRET));
    }
  }

  /** A's replies to all attacks, while B has that many documents in each collection. */
  private static List<String> replies(Path directory, int documentsOfB) throws Exception {
    List<String> replies = new ArrayList<>();
    try (ServerHere server = new ServerHere();
        WholeProxy whole = new WholeProxy(directory, server.address)) {
      TwoOrganizations data = new TwoOrganizations(server.direct, documentsOfB);
      Map<String, List<String>> before = data.notOfA();
      AttackRun run = new AttackRun(whole);
      for (Attack attack : CaseMessages.all()) {
        @Nullable BsonDocument reply = run.send(attack);
        replies.add(attack.name() + " -> " + comparable(attack, reply));
        if (reply != null) {
          assertTellsNothing(attack, reply);
        }
      }
      run.close();
      assertEquals(before, data.notOfA());
      String metrics = Http.get(whole.proxy.metricsAddress(), "/metrics").text();
      assertFalse(metrics.contains(TwoOrganizations.SECRET));
      whole.close();
      String audit = Files.readString(whole.auditFile());
      assertFalse(audit.contains(TwoOrganizations.SECRET));
    }
    return replies;
  }

  static void assertTellsNothing(Attack attack, BsonDocument reply) {
    String bytes = latin(ScriptedReply.bytes(reply));
    assertFalse(bytes.contains(TwoOrganizations.SECRET), attack.name());
    String b = latin(new org.bson.types.ObjectId(WholeProxy.B).toByteArray());
    if (!latin(attack.message()).contains(b)) {
      assertFalse(bytes.contains(b), attack.name());
    }
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** But for what no two runs have in common: decisions, times, ports and the order of a sample. */
  private static String comparable(Attack attack, @Nullable BsonDocument reply) {
    if (reply == null) {
      return "nothing";
    }
    if (attack.name().endsWith("a sample")) {
      return reply.toJson().chars().sorted().boxed().toList().toString();
    }
    return reply
        .toJson()
        .replaceAll("[0-9A-Z]{26}]", "DECISION]")
        .replaceAll("\"localTime\": [^}]*}", "TIME")
        .replaceAll("\"_id\": \\{\"\\$oid\": \"[0-9a-f]{24}\"}", "GENERATED")
        .replaceAll("\"connectionId\": \\d+", "CONNECTION");
  }
}
