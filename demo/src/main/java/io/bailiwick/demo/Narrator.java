package io.bailiwick.demo;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.jspecify.annotations.Nullable;

/** Plays the steps with the official driver, prints before and after, and says what misbehaved. */
final class Narrator {
  /** What drivers add to every command and nobody wants to read. */
  private static final Set<String> ENVELOPE =
      Set.of("$db", "lsid", "txnNumber", "$readPreference", "$clusterTime", "comment", "ordered");

  private static final JsonWriterSettings JSON =
      JsonWriterSettings.builder().outputMode(JsonMode.SHELL).build();

  private final PrintWriter out;
  private final Tap tap;
  private final Map<Organization, MongoClient> clients;
  private int failures;

  Narrator(PrintWriter out, Tap tap, Map<Organization, MongoClient> clients) {
    this.out = out;
    this.tap = tap;
    this.clients = clients;
  }

  /** Plays all steps; returns how many did not behave. */
  int tell(List<Step> steps) {
    failures = 0;
    int number = 0;
    for (Step step : steps) {
      play(++number, step);
    }
    return failures;
  }

  private void play(int number, Step step) {
    out.printf("%n%2d. %s  (as %s)%n", number, step.title(), step.who().title());
    out.println("    sent      " + step.command().toJson(JSON));
    int before = tap.commands().size();
    Document answer = send(step);
    @Nullable BsonDocument received = received(step, before);
    out.println("    MongoDB   " + (received == null ? "received nothing" : json(received)));
    out.println("    answer    " + summary(answer));
    boolean asExpected = holds(step, received, answer);
    failures += asExpected ? 0 : 1;
    out.println((asExpected ? "    ok        " : "    FAILED    not so: ") + step.verdict());
  }

  private Document send(Step step) {
    MongoClient client = clients.get(step.who());
    if (client == null) {
      throw new IllegalStateException("no client for " + step.who());
    }
    try {
      return client.getDatabase(AdsData.DATABASE).runCommand(step.command());
    } catch (MongoCommandException e) {
      return new Document("code", e.getErrorCode()).append("errmsg", e.getErrorMessage());
    } catch (MongoException e) {
      return new Document("code", e.getCode()).append("errmsg", "the driver says: " + e);
    }
  }

  private @Nullable BsonDocument received(Step step, int before) {
    // The proxy itself looks at MongoDB too: only a command with the same name and target counts.
    BsonDocument sent = step.command().toBsonDocument();
    String name = sent.getFirstKey();
    List<BsonDocument> commands = tap.commands();
    for (BsonDocument command : commands.subList(before, commands.size())) {
      if (command.getFirstKey().equals(name) && Objects.equals(sent.get(name), command.get(name))) {
        return command;
      }
    }
    return null;
  }

  private static boolean holds(Step step, @Nullable BsonDocument received, Document answer) {
    if (received == null || step.received() == null) {
      return received == null && step.received() == null && step.answer().test(answer);
    }
    try {
      return step.received().test(received) && step.answer().test(answer);
    } catch (RuntimeException e) {
      // The command has not even the shape that the step looks into.
      return false;
    }
  }

  private static String json(BsonDocument command) {
    BsonDocument shown = command.clone();
    ENVELOPE.forEach(shown::remove);
    return shown.toJson(JSON);
  }

  private static String summary(Document answer) {
    if (answer.containsKey("code")) {
      return "error " + answer.get("code") + ": " + answer.getString("errmsg");
    }
    if (answer.get("cursor") instanceof Document cursor) {
      List<Document> batch = cursor.getList("firstBatch", Document.class, List.of());
      StringBuilder text = new StringBuilder(batch.size() + " documents");
      batch.forEach(document -> text.append("\n              ").append(document.toJson(JSON)));
      return text.toString();
    }
    Document shown = new Document(answer);
    ENVELOPE.forEach(shown::remove);
    shown.remove("operationTime");
    return shown.toJson(JSON);
  }
}
