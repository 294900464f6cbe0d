package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.bailiwick.proxy.auth.Mechanism;
import io.bailiwick.proxy.auth.SaslPeer;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * F8: files are replaced under load, three of ten times by broken ones. Each operation is decided
 * by one sound generation, which was the last one or is just becoming it, and by nothing of
 * another. 60 reloads, or as many as {@code -Dbailiwick.reloads=1000} says.
 */
@Timeout(1800)
final class ReloadStormTest {
  private static final int RELOADS = Integer.getInteger("bailiwick.reloads", 60);
  private static final long SEED = Long.getLong("bailiwick.seed", 1);
  private static final Pattern RULE = Pattern.compile("\\[bailiwick (\\S+?)-(\\d+) (\\S+)]");

  @TempDir Path directory;
  private final Map<Long, String> confined = new ConcurrentHashMap<>();
  private final AtomicLong lastOperation = new AtomicLong();
  private final AtomicInteger inForce = new AtomicInteger();
  private final AtomicInteger written = new AtomicInteger();
  private final Set<Integer> sound = ConcurrentHashMap.newKeySet();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
  private volatile boolean over;
  private ScriptedUpstream mongo;
  private ReloadStorm storm;
  private Proxy proxy;

  @BeforeEach
  void start() throws Exception {
    mongo =
        ScriptedUpstream.start()
            .always("listCollections", any -> cursor("shop.$cmd.listCollections"))
            .always("find", this::onFind)
            .always("aggregate", this::onAggregate);
    storm = new ReloadStorm(directory, SEED);
    sound.add(0);
    Path config = directory.resolve("bailiwick.yaml");
    Files.writeString(
        config,
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: app, address: "127.0.0.1:0", login: { users: mount/users.yaml } }
          - { name: port, address: "127.0.0.1:0", login: { tenant: "%s" } }
        upstream: { uri: "mongodb://127.0.0.1:%d", timeouts: { connect: 5s, selection: 5s } }
        policies: { files: [mount/one.yaml, mount/two.yaml], poll: 20ms }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: "127.0.0.1:0" }
        audit: { to: audit.jsonl }
        survey: { documents: 0 }
        """
            .formatted(ReloadStorm.TENANT, mongo.address().getPort()));
    proxy = Proxy.start(ConfigParser.parse(config, Overrides.NONE).config());
    Http.await(proxy.metricsAddress(), "/readyz", 200);
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    mongo.close();
  }

  private static ScriptedReply cursor(String namespace) {
    return ScriptedReply.json(
        "{cursor: {id: {$numberLong: '0'}, ns: '" + namespace + "', firstBatch: []}, ok: 1.0}");
  }

  private ScriptedReply onFind(ReceivedCommand command) {
    onArrival(command.body());
    return cursor("shop." + command.body().getString("find").getValue());
  }

  /** Keeps which of the two joined collections were confined to the tenant. */
  private ScriptedReply onAggregate(ReceivedCommand command) {
    onArrival(command.body());
    long operation = 0;
    StringBuilder which = new StringBuilder();
    for (var stage : command.body().getArray("pipeline")) {
      String text = stage.toString();
      Matcher marked = Pattern.compile("\"operation\": (\\d+)").matcher(text);
      if (marked.find()) {
        operation = Long.parseLong(marked.group(1));
      }
      if (stage.asDocument().containsKey("$lookup") && text.contains(ReloadStorm.TENANT)) {
        which.append(stage.asDocument().getDocument("$lookup").getString("from").getValue());
      }
    }
    confined.put(operation, which.toString());
    return cursor("shop.orders");
  }

  private void onArrival(BsonDocument command) {
    String text = command.toString();
    if (text.contains(ReloadStorm.FORBIDDEN) || text.contains(ReloadStorm.BROKEN)) {
      faults.add("forwarded for a tenant of no sound generation: " + text);
    }
  }

  private void count(String what) {
    counts.computeIfAbsent(what, any -> new AtomicInteger()).incrementAndGet();
  }

  private int counted(String what) {
    return counts.getOrDefault(what, new AtomicInteger()).get();
  }

  /** What went on between a request and its reply, as far as generations go. */
  private final class Window {
    private final int from = inForce.get();

    /** True if that generation may have decided. */
    boolean holds(int generation) {
      return generation >= from && generation <= written.get() && sound.contains(generation);
    }

    /** True if a generation of that flavor may have decided. */
    boolean holdsAnOdd(boolean odd) {
      for (int generation = from; generation <= written.get(); generation++) {
        if (sound.contains(generation) && generation % 2 == 1 == odd) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return from + " to " + written.get();
    }
  }

  /** One join over two collections, each described in a file of its own. */
  private boolean join(RawClient client) throws IOException {
    long operation = lastOperation.incrementAndGet();
    Window window = new Window();
    RawClient.Reply reply =
        client.call(
            """
            {aggregate: 'orders', cursor: {}, $db: 'shop', pipeline: [
              {$match: {operation: %d}},
              {$lookup: {from: 'left', localField: 'a', foreignField: 'a', as: 'l'}},
              {$lookup: {from: 'right', localField: 'a', foreignField: 'a', as: 'r'}}]}
            """
                .formatted(operation));
    String which = confined.remove(operation);
    if (!reply.ok()) {
      // A collection whose class has changed is served again once it was looked at.
      count("withheld");
      check(reply.code() == 13 && which == null, "a join ended with", reply.document(), window);
      return false;
    }
    boolean odd = "right".equals(which);
    check(odd || "left".equals(which), "a mix confined only '" + which, reply.document(), window);
    check(window.holdsAnOdd(odd), "an old generation confined " + which, operation, window);
    count("joins");
    return true;
  }

  private void check(boolean good, String what, Object detail, Window window) {
    if (!good) {
      faults.add(what + ": " + detail + " in " + window);
    }
  }

  /** Two rules of two files, one for inserts and one for deletes. */
  private void refusals(RawClient client) throws IOException {
    refusal(client, "one", "{insert: 'frozen', documents: [{a: 1}], $db: 'shop'}");
    refusal(client, "two", "{delete: 'frozen', deletes: [{q: {}, limit: 0}], $db: 'shop'}");
  }

  private void refusal(RawClient client, String rule, String command) throws IOException {
    Window window = new Window();
    BsonDocument reply = client.call(command).document();
    Matcher named = RULE.matcher(reply.toString());
    if (!named.find()) {
      // Before it was looked at for the first time.
      check(reply.toString().contains("[bailiwick namespace"), "not refused", reply, window);
      return;
    }
    check(named.group(1).equals(rule), "another rule", reply, window);
    check(window.holds(Integer.parseInt(named.group(2))), "a wrong generation", reply, window);
    count("refusals");
  }

  /** Logs in as the user that only even generations have, and reads. */
  private void visit() throws Exception {
    Window window = new Window();
    try (RawClient client = RawClient.connect(proxy.address("app"))) {
      SaslPeer peer =
          new SaslPeer(
              Mechanism.SCRAM_SHA_256, ReloadStorm.USER, ReloadStorm.PASSWORD, "admin", true);
      RawClient.Reply first = client.call(peer.start());
      if (first.ok() && client.call(peer.proof(first.document())).ok()) {
        check(window.holdsAnOdd(false), "let in", "a user that is gone", window);
        client.call("{find: 'orders', $db: 'shop'}");
        count("visits");
      } else {
        count("turned away");
      }
    } catch (IOException e) {
      count("cut off"); // by a reload in the middle of it
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private Thread load(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!over) {
                  work.run();
                }
              } catch (Exception | Error e) {
                faults.add("a client was not served: " + e);
              }
            });
    thread.start();
    return thread;
  }

  private RawClient port() throws IOException {
    return RawClient.connect(proxy.address("port"));
  }

  @Test
  @SuppressWarnings("try")
  void I9_noOperationIsDecidedByAMixAndNoneByWhatIsBroken() throws Exception {
    List<Thread> threads = new ArrayList<>();
    int bad = 0;
    long began = System.nanoTime();
    try (LogCapture log = LogCapture.of("io.bailiwick.proxy", Level.ERROR);
        RawClient one = port();
        RawClient two = port();
        RawClient three = port();
        RawClient own = port()) {
      threads.add(load(() -> join(one)));
      threads.add(load(() -> join(two)));
      threads.add(load(() -> refusals(three)));
      threads.add(load(this::visit));
      int number = 1;
      for (int i = 0; i < RELOADS && faults.isEmpty(); i++, number++) {
        if (i * 7 % 10 < 3) { // three of ten, spread
          bad++;
          ReloadStorm.Flaw flaw = ReloadStorm.Flaw.values()[bad % ReloadStorm.Flaw.values().length];
          storm.broken(number, flaw);
          assertNotNull(reload(i), flaw + " was taken");
          assertTrue(metrics().contains("_last_reload_successful 0.0"), flaw.toString());
        } else {
          sound.add(number);
          written.set(number);
          storm.good(number);
          assertNull(reload(i));
          inForce.set(number);
          while (faults.isEmpty() && !join(own)) {
            Thread.onSpinWait();
          }
        }
      }
      letTheUserIn(number % 2 == 0 ? number : number + 1);
      over = true;
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(faults));
      assertTrue(log.lines().stream().filter(l -> l.contains("reload_failed")).count() >= bad);
    }
    proxy.close();
    checkAudit();
    System.out.printf(
        "%d reloads, %d broken, %.1f s: %s%n",
        RELOADS, bad, (System.nanoTime() - began) / 1e9, counts);
    assertTrue(counted("joins") >= RELOADS / 2 && counted("refusals") > 0, counts.toString());
    assertTrue(counted("visits") > 0 && counted("turned away") > 0, counts.toString());
  }

  /**
   * Who was turned away often has to wait; an even generation that stays lets the user in at last.
   */
  private void letTheUserIn(int number) throws IOException {
    sound.add(number);
    written.set(number);
    storm.good(number);
    assertNull(proxy.reload());
    inForce.set(number);
    int before = counted("visits");
    while (faults.isEmpty() && counted("visits") == before) {
      Thread.onSpinWait();
    }
  }

  /** By hand and by the admin address in turn, while the proxy looks for itself, too. */
  private @Nullable String reload(int turn) throws IOException {
    if (turn % 2 == 0) {
      return proxy.reload();
    }
    Http.Answer answer =
        Http.send(Objects.requireNonNull(proxy.adminAddress()), "POST", "/reload", "");
    return answer.status() == 200 ? null : answer.text();
  }

  private String metrics() throws IOException {
    return Http.get(proxy.metricsAddress(), "/metrics").text();
  }

  /** A generation's rules, of whichever file, come with one and the same policy. */
  private void checkAudit() throws IOException {
    Map<String, Set<String>> hashes = new HashMap<>();
    Map<String, Set<String>> generations = new HashMap<>();
    for (String line : Files.readAllLines(directory.resolve("audit.jsonl"))) {
      BsonDocument audited = BsonDocument.parse(line);
      String rule = audited.getString("rule").getValue();
      if (rule.startsWith("one-") || rule.startsWith("two-")) {
        String hash = audited.getString("policy_hash").getValue();
        String generation = rule.substring(4);
        hashes.computeIfAbsent(generation, any -> new HashSet<>()).add(hash);
        generations.computeIfAbsent(hash, any -> new HashSet<>()).add(generation);
      }
    }
    assertTrue(hashes.size() > 1);
    hashes.forEach((generation, of) -> assertEquals(1, of.size(), generation + " had " + of));
    generations.forEach((hash, of) -> assertEquals(1, of.size(), hash + " was " + of));
  }
}
