import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.inc;

import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.UpdateOneModel;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/** What an application does, by the connection string given; one line for each check. */
public final class CompressedJava {
  private static final int MANY = 1_000;

  private interface Check {
    void run() throws Exception;
  }

  public static void main(String[] arguments) {
    try (MongoClient client = MongoClients.create(arguments[0])) {
      MongoDatabase ads = client.getDatabase("ads");
      MongoCollection<Document> campaigns = ads.getCollection("campaigns");
      check("writes, and cursors over several batches", () -> many(campaigns));
      check("bulk writes, updates and findAndModify", () -> changes(campaigns));
      check("a document of 15 MB with nothing but one letter, there and back", () -> letter(campaigns));
      check("transactions", () -> transaction(client, campaigns));
      check("hello and ping as commands", () -> {
        same(1.0, ads.runCommand(new Document("ping", 1)).getDouble("ok"));
        // An application's own, which a driver may compress.
        same("isdbgrid", client.getDatabase("admin").runCommand(new Document("hello", 1)).get("msg"));
      });
    }
  }

  private static void many(MongoCollection<Document> campaigns) {
    List<Document> some = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      some.add(new Document("batch", "java").append("n", i));
    }
    campaigns.insertMany(some);
    same(MANY, campaigns.find(eq("batch", "java")).batchSize(70).into(new ArrayList<>()).size());
    List<Document> sum = campaigns.aggregate(List.of(
        Aggregates.match(eq("batch", "java")), Aggregates.group(null, Accumulators.sum("n", "$n"))))
        .into(new ArrayList<>());
    same(MANY * (MANY - 1) / 2, sum.get(0).getInteger("n"));
    same((long) MANY, campaigns.deleteMany(eq("batch", "java")).getDeletedCount());
  }

  private static void changes(MongoCollection<Document> campaigns) {
    campaigns.bulkWrite(List.of(
        new InsertOneModel<>(new Document("_id", "java").append("n", 1)),
        new UpdateOneModel<Document>(eq("_id", "java"), inc("n", 1))));
    same(2, campaigns.findOneAndUpdate(eq("_id", "java"), inc("n", 1)).getInteger("n"));
    same(3, campaigns.find(eq("_id", "java")).first().getInteger("n"));
    same(1L, campaigns.deleteOne(eq("_id", "java")).getDeletedCount());
  }

  private static void letter(MongoCollection<Document> campaigns) {
    String text = "x".repeat(15_000_000);
    campaigns.insertOne(new Document("_id", "letter").append("text", text));
    same(true, text.equals(campaigns.find(eq("_id", "letter")).first().getString("text")));
    campaigns.deleteOne(eq("_id", "letter"));
  }

  private static void transaction(MongoClient client, MongoCollection<Document> campaigns) {
    try (ClientSession session = client.startSession()) {
      session.withTransaction(() -> {
        campaigns.insertOne(session, new Document("_id", "java-t").append("n", 1));
        return campaigns.updateOne(session, eq("_id", "java-t"), inc("n", 1));
      });
      session.startTransaction();
      campaigns.updateOne(session, eq("_id", "java-t"), inc("n", 40));
      session.abortTransaction();
    }
    same(2, campaigns.find(eq("_id", "java-t")).first().getInteger("n"));
    campaigns.deleteOne(eq("_id", "java-t"));
  }

  private static void same(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new IllegalStateException(actual + " (expected: " + expected + ")");
    }
  }

  private static void check(String name, Check check) {
    String result = "ok";
    String detail = "";
    try {
      check.run();
    } catch (Exception e) {
      result = "fail";
      detail = String.valueOf(e).replaceAll("\\s+", " ");
    }
    System.out.println("CHECK\t" + result + "\t" + name + "\t" + detail);
  }
}
