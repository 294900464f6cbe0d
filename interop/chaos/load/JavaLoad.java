import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.Document;

/**
 * Load of the Java driver. Each thread writes its next number to a list, reads the list, now and then tries what the
 * policy denies, and pauses; until the stop file exists. Then a report: what was acknowledged, errors by kind.
 */
public final class JavaLoad {
  private static final int BLOCK = 200;
  private static final Map<Integer, String> AWAY =
      Map.of(6, "HostUnreachable", 89, "NetworkTimeout", 91, "ShutdownInProgress", 189, "PrimarySteppedDown",
          462, "IngressRequestRateLimitExceeded");

  private final Map<String, Queue<Integer>> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> errors = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicInteger denied = new AtomicInteger();
  private final AtomicLong slowestNanos = new AtomicLong();

  public static void main(String[] arguments) throws Exception {
    new JavaLoad().run(Integer.parseInt(setting("THREADS")), Boolean.parseBoolean(setting("RETRIES")));
  }

  private static String setting(String name) {
    return System.getenv("LOAD_" + name);
  }

  private void run(int threads, boolean retries) throws Exception {
    MongoClientSettings settings =
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(setting("URI")))
            .retryWrites(retries)
            .retryReads(retries)
            .applyToConnectionPoolSettings(pool -> pool.maxSize(threads))
            .build();
    try (MongoClient client = MongoClients.create(settings)) {
      List<Thread> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        all.add(new Thread(() -> work(client.getDatabase("chaos"), thread)));
        all.get(i).start();
      }
      for (Thread thread : all) {
        thread.join();
      }
    }
    report();
  }

  private void work(MongoDatabase database, int thread) {
    MongoCollection<Document> journal = database.getCollection("journal");
    Path stop = Path.of(setting("STOP"));
    for (int number = 0; !Files.exists(stop); number++) {
      int now = number;
      String document = setting("NAME") + "-" + thread + "-" + number / BLOCK;
      attempt(
          () -> {
            journal.updateOne(
                Filters.eq("_id", document), Updates.push("ops", now), new UpdateOptions().upsert(true));
            acknowledged.computeIfAbsent(document, d -> new ConcurrentLinkedQueue<>()).add(now);
          });
      attempt(
          () -> {
            Document row = journal.find(Filters.eq("_id", document)).first();
            if (row != null && !document.equals(row.get("_id"))) {
              wrong.add("somebody else's document");
            }
          });
      if (number % 10 == 5) {
        deny(database);
      }
      if (number == 0 && thread == 0) {
        System.out.println("working");
      }
      pause();
    }
  }

  private void attempt(Runnable operation) {
    long began = System.nanoTime();
    try {
      operation.run();
      answers.incrementAndGet();
    } catch (MongoException e) {
      count(e);
    }
    slowestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
  }

  private void deny(MongoDatabase database) {
    try {
      database.getCollection("unlisted").find(Filters.eq("x", setting("DENIED"))).first();
      wrong.add("a denied command was answered");
    } catch (MongoServerException e) {
      denied.incrementAndGet();
      if (e.getCode() != 13) {
        wrong.add("denied with " + e.getCode());
      }
    } catch (MongoException e) {
      count(e);
    }
  }

  private void count(MongoException error) {
    errors.computeIfAbsent(kind(error), k -> new AtomicInteger()).incrementAndGet();
  }

  private static String kind(MongoException error) {
    if (error instanceof MongoServerException) {
      String word = AWAY.getOrDefault(error.getCode(), "unexpected " + error.getCode());
      return (word + " " + String.join("+", new TreeSet<>(error.getErrorLabels()))).strip();
    }
    String name = error.getClass().getSimpleName();
    boolean network = error instanceof MongoSocketException || error instanceof MongoTimeoutException
        || name.equals("MongoConnectionPoolClearedException") || name.equals("MongoNodeIsRecoveringException")
        || name.equals("MongoNotPrimaryException");
    return network ? name : "unexpected " + error.toString().substring(0, Math.min(120, error.toString().length()));
  }

  private static void pause() {
    try {
      Thread.sleep(Long.parseLong(setting("PAUSE_MS")));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void report() throws Exception {
    Document acks = new Document();
    acknowledged.forEach((document, numbers) -> acks.append(document, List.copyOf(numbers)));
    Document kinds = new Document();
    errors.forEach((kind, count) -> kinds.append(kind.replace('.', ' '), count.get()));
    Document report =
        new Document("acknowledged", acks)
            .append("errors", kinds)
            .append("answers", answers.get())
            .append("denied", denied.get())
            .append("slowest", slowestNanos.get() / 1e9)
            .append("wrong", List.copyOf(wrong));
    Path half = Path.of(setting("REPORT") + ".half");
    Files.writeString(half, report.toJson());
    Files.move(half, Path.of(setting("REPORT")), StandardCopyOption.ATOMIC_MOVE);
  }
}
