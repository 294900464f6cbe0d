package io.bailiwick.proxy.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import io.bailiwick.policy.scenario.CaseMessages;
import io.bailiwick.policy.scenario.CaseMessages.Attack;
import io.bailiwick.proxy.container.RealServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every message of the scenario files on a real server with two organizations' documents: nothing
 * of the other's is read, changed or told, and the server takes what was made of each command. What
 * it does not support stands, with its code, in a list that must be neither longer nor shorter.
 */
@Timeout(300)
@EnabledIf(
    value = "io.bailiwick.proxy.container.RealServer#isThere",
    disabledReason = "no container engine runs here, and the environment names no server")
final class RealScenariosTest {
  /** The list is that of SecantusDB RS; another server is only told about. */
  private static final Path SKIPS = Path.of("..", "interop", "skipped-scenarios.txt");

  private static final String OF_SECANTUS = "secantus";

  @TempDir Path directory;

  @Test
  void everyScenarioIsTakenByTheServerOrListedAndTellsNothingOfTheOther() throws Exception {
    List<String> skipped = new ArrayList<>();
    int taken = 0;
    try (RealServer server = RealServer.start();
        MongoClient direct = server.direct();
        WholeProxy whole = new WholeProxy(directory, server.upstream(directory), "")) {
      TwoOrganizations data = new TwoOrganizations(direct, 3);
      Map<String, List<String>> before = data.notOfA();
      try (AttackRun run = new AttackRun(whole)) {
        for (Attack attack : CaseMessages.all()) {
          @Nullable BsonDocument reply = run.send(attack);
          if (reply != null) {
            TwoOrganizationsTest.assertTellsNothing(attack, reply);
            taken += attack.reachesMongoDb() && isOk(reply) ? 1 : 0;
          }
          if (attack.reachesMongoDb() && (reply == null || !isOk(reply))) {
            skipped.add(attack.name().replaceFirst(":\\d+:\\d+", "") + " | " + reason(reply));
          }
        }
      }
      assertEquals(before, data.notOfA());
      report(taken, skipped, direct);
    }
  }

  private static boolean isOk(BsonDocument reply) {
    return reply.getNumber("ok").doubleValue() == 1.0;
  }

  private static String reason(@Nullable BsonDocument reply) {
    return reply == null ? "no reply" : "code " + reply.getNumber("code").intValue();
  }

  private static void report(int taken, List<String> skipped, MongoClient direct)
      throws IOException {
    String found = String.join("\n", new TreeSet<>(skipped)) + "\n";
    System.getLogger("scenarios")
        .log(System.Logger.Level.INFO, "{0} taken; skipped by this server:\n{1}", taken, found);
    assertTrue(taken > 50, taken + " taken");
    if (!isSecantus(direct)) {
      return;
    }
    if (Boolean.getBoolean("bailiwick.writeDocs")) {
      Files.writeString(SKIPS, found);
    }
    assertEquals(Files.readString(SKIPS), found);
  }

  private static boolean isSecantus(MongoClient direct) {
    Object set =
        direct.getDatabase("admin").runCommand(new org.bson.Document("hello", 1)).get("setName");
    return OF_SECANTUS.equals(set);
  }
}
