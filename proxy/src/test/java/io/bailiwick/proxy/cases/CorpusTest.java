package io.bailiwick.proxy.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.scenario.CaseMessages;
import io.bailiwick.policy.scenario.CaseMessages.Attack;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every known attack over a real socket: what may reach MongoDB, and how the connection ends. */
@Timeout(300)
final class CorpusTest {
  @TempDir Path directory;

  @Test
  @AdversarialCase(170)
  void nothingDeniedReachesMongoDbAndConnectionsStayInStepOrEnd() throws Exception {
    List<Attack> attacks = CaseMessages.all();
    assertTrue(attacks.size() > 400, "only " + attacks.size() + " attacks");
    try (ScriptedUpstream upstream = WholeProxy.upstream();
        WholeProxy whole = new WholeProxy(directory, upstream.address())) {
      awaitVersion(whole);
      AttackRun run = new AttackRun(whole);
      for (Attack attack : attacks) {
        int before = commands(upstream);
        run.send(attack);
        int reached = commands(upstream) - before;
        assertEquals(attack.reachesMongoDb() ? 1 : 0, reached, attack.name());
      }
      run.close();
    }
  }

  /** Until the version of MongoDB is known, what needs a newer one than the oldest is refused. */
  private static void awaitVersion(WholeProxy whole) throws IOException {
    BsonDocument join =
        BsonDocument.parse(
            "{aggregate: 'orders', pipeline: [{$lookup: {from: 'users', localField: 'a',"
                + " foreignField: 'b', as: 'c'}}], cursor: {}, $db: 'app'}");
    for (int known = 0; known < 8; ) {
      try (RawClient client = whole.a()) {
        known = client.call(join).ok() ? known + 1 : 0;
      }
    }
  }

  /** Commands that clients caused, but for those that look whether a connection is in step. */
  private static int commands(ScriptedUpstream upstream) {
    return (int) upstream.received().stream().filter(CorpusTest::isCaused).count();
  }

  private static boolean isCaused(ReceivedCommand command) {
    return !List.of(
                "hello", "isMaster", "buildInfo", "listCollections", "listIndexes", "endSessions")
            .contains(command.name())
        && !command.body().toString().contains(AttackRun.PROBE);
  }

  @Test
  @AdversarialCase(170)
  void refusesEveryCommandOfMongoDbsOwnInTheSameWords() throws Exception {
    try (ScriptedUpstream upstream = WholeProxy.upstream();
        WholeProxy whole = new WholeProxy(directory, upstream.address());
        RawClient client = whole.a()) {
      int before = commands(upstream);
      Set<String> texts = new HashSet<>();
      for (String name : refusedCommands()) {
        RawClient.Reply reply = client.call("{'" + name + "': 1, $db: 'app'}");
        assertEquals(13, reply.code(), name);
        String text = reply.document().getString("errmsg").getValue();
        texts.add(text.replaceAll("command \\S+ ", "command X ").replaceAll("[0-9A-Z]+\\]$", "]"));
      }
      assertEquals(0, commands(upstream) - before);
      // By the rule for commands and the one for JavaScript.
      assertEquals(2, texts.size(), texts.toString());
    }
  }

  private static List<String> refusedCommands() throws IOException {
    Path file =
        CaseMessages.DIRECTORY.resolveSibling(
            Path.of("io", "bailiwick", "policy", "refused-commands.txt"));
    List<String> names = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.startsWith("#")) {
        names.addAll(List.of(line.strip().split("\\s+")));
      }
    }
    names.removeIf(String::isEmpty);
    assertTrue(names.size() > 150, names.toString());
    return names;
  }
}
