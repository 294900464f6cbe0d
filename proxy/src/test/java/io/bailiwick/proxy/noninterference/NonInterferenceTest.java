package io.bailiwick.proxy.noninterference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One organization's commands, legal and hostile, twice: what the others hold must not be told from
 * any reply, and must be the same afterwards; and what is forwarded must satisfy the any-order
 * oracle. 10,000 commands, or 100,000 where the environment has {@code CI}; as many as wanted with
 * {@code -Dnoninterference.commands=N}, other ones with {@code -Dnoninterference.seed=N}, against
 * real servers with {@code -Dnoninterference.servers=HOST:PORT,HOST:PORT} (two empty ones).
 *
 * <p>Ids are drawn per organization. That an {@code _id} is taken can be found out by inserting it:
 * one index over all organizations sees to it, and the threat model says so.
 */
class NonInterferenceTest {
  private static final int RUN = 150;
  private static final int LANES = 4;
  private static final int SHRINKS = 600;

  private static final long COMMANDS = System.getenv("CI") == null ? 10_000 : 100_000;

  private final long commands = Long.getLong("noninterference.commands", COMMANDS);
  private final long firstSeed = Long.getLong("noninterference.seed", 1);
  private final AtomicLong nextSeed = new AtomicLong(firstSeed);

  private final ResourceLeakDetector.Level leakDetection = ResourceLeakDetector.getLevel();

  @TempDir private Path directory;

  /** Every hundredth buffer is watched, not each: the embedded server writes byte by byte. */
  @BeforeEach
  void watchSomeBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.ADVANCED);
  }

  @AfterEach
  void watchAllBuffers() {
    ResourceLeakDetector.setLevel(leakDetection);
  }

  @Test
  void answersAreTheSameWhateverOthersHold() throws Exception {
    try (World left = world(0);
        World right = world(1)) {
      List<Duel> duels = new ArrayList<>();
      for (int lane = 0; lane < LANES; lane++) {
        duels.add(new Duel(left, right, lane));
      }
      long start = System.nanoTime();
      String leaks = inParallel(duels);
      report(duels, left.tap().judged() + right.tap().judged(), start);
      assertEquals("", leaks);
      assertEquals(List.of(), left.tap().findings());
      assertEquals(List.of(), right.tap().findings());
      assertTrue(left.tap().judged() > commands / 4, "most commands never reached the server");
    }
  }

  @Test
  void noticesThatNothingStandsBetween() throws Exception {
    try (World left = World.withoutProxy(directory, 1);
        World right = World.withoutProxy(directory, 1)) {
      Duel duel = new Duel(left, right, 0);
      BsonDocument find = BsonDocument.parse("{find: 'orders', $db: 'db0'}");
      int noticed = 0;
      for (long seed = 1; seed <= 20; seed++) {
        noticed += duel.run(seed, commands(duel, seed)) == null ? 0 : 1;
      }

      assertEquals(20, noticed);
      assertNotNull(duel.run(1, List.of(find)));
      assertFalse(left.tap().findings().isEmpty());
    }
  }

  @Test
  void seesNoDifferenceWhereThereIsNone() throws Exception {
    try (World left = World.behindProxy(Files.createDirectory(directory.resolve("0")), null, 1);
        World right = World.behindProxy(Files.createDirectory(directory.resolve("1")), null, 1)) {
      BsonDocument find =
          BsonDocument.parse("{find: 'orders', filter: {$expr: {$toInt: '$note'}}, $db: 'db0'}");

      assertNull(new Duel(left, right, 0).run(1, List.of(find)));
    }
  }

  private World world(int number) throws IOException {
    Path files = Files.createDirectory(directory.resolve("world-" + number));
    return World.behindProxy(files, given(number), LANES);
  }

  private static @Nullable InetSocketAddress given(int number) {
    String servers = System.getProperty("noninterference.servers", "");
    if (servers.isEmpty()) {
      return null;
    }
    String[] address = servers.split(",")[number].split(":");
    return new InetSocketAddress(address[0], Integer.parseInt(address[1]));
  }

  private static List<BsonDocument> commands(Duel duel, long seed) {
    return new Commands(new Draw(~seed), duel.database()).draw(RUN);
  }

  /** Runs all seeds; the leaks found by then, one of each lane at most. */
  private String inParallel(List<Duel> duels) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(duels.size());
    try {
      List<Future<String>> results = new ArrayList<>();
      for (Duel duel : duels) {
        results.add(threads.submit(() -> untilLeak(duel)));
      }
      StringBuilder leaks = new StringBuilder();
      for (Future<String> result : results) {
        leaks.append(result.get());
      }
      return leaks.toString();
    } finally {
      threads.shutdownNow();
    }
  }

  private String untilLeak(Duel duel) throws IOException {
    long lastSeed = firstSeed + (commands + RUN - 1) / RUN;
    for (long seed = nextSeed.getAndIncrement();
        seed < lastSeed;
        seed = nextSeed.getAndIncrement()) {
      List<BsonDocument> run = commands(duel, seed);
      Duel.Leak leak = duel.run(seed, run);
      if (leak != null) {
        nextSeed.set(Long.MAX_VALUE / 2);
        return minimal(duel, seed, run.subList(0, leak.at() + 1));
      }
    }
    return "";
  }

  private static String minimal(Duel duel, long seed, List<BsonDocument> failing)
      throws IOException {
    List<BsonDocument> small =
        new Shrinker(run -> leak(duel, seed, run) != null, SHRINKS).shrink(failing);
    Duel.Leak leak = leak(duel, seed, small);
    return "\nseed "
        + seed
        + "; send:\n  "
        + small.stream().map(BsonDocument::toJson).collect(Collectors.joining("\n  "))
        + "\n"
        + (leak == null ? "seen once, not again" : leak.what());
  }

  private static Duel.@Nullable Leak leak(Duel duel, long seed, List<BsonDocument> run) {
    try {
      return duel.run(seed, run);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void report(List<Duel> duels, long judged, long start) {
    Map<String, Duel.Tally> tallies = new TreeMap<>();
    duels.forEach(duel -> duel.tallies().forEach((k, v) -> tallies.merge(k, v, Duel.Tally::plus)));
    Duel.Tally all = tallies.values().stream().reduce(new Duel.Tally(0, 0), Duel.Tally::plus);
    System.out.printf(
        "non-interference: %d commands in both worlds, %d %% ok, %d forwarded and judged, %.1f s%n",
        all.sent(), percent(all), judged, (System.nanoTime() - start) / 1e9);
    System.out.println(
        tallies.entrySet().stream()
            .filter(entry -> entry.getValue().sent() * 200 >= all.sent())
            .map(entry -> "%s %s".formatted(entry.getKey(), counts(entry.getValue())))
            .collect(Collectors.joining(", ", "  ", "")));
  }

  private static String counts(Duel.Tally tally) {
    return "%d (%d %% ok)".formatted(tally.sent(), percent(tally));
  }

  private static long percent(Duel.Tally tally) {
    return tally.sent() == 0 ? 0 : 100 * tally.ok() / tally.sent();
  }
}
