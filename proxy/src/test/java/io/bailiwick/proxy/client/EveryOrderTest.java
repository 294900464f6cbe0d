package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Retries, breaker and drain in every order of a few events, on one thread and in virtual time.
 * However it comes: one reply for each request or the end of its connection (S2), no write twice
 * that MongoDB would carry out twice and none acknowledged that it did not (S3), nothing that was
 * denied on the way to MongoDB (S4), and afterwards the next client is served. {@code
 * -Dbailiwick.everyOrder=5} goes one event further.
 */
class EveryOrderTest {
  private static final int EVENTS = Integer.getInteger("bailiwick.everyOrder", 4);
  private static final int MOST_TRIES = 3;

  private enum Event {
    READ,
    WRITE,
    NUMBERED_WRITE,
    DENIED,
    LEAVE,
    ANSWER,
    STEP_DOWN,
    RESET,
    REFUSE,
    ACCEPT,
    SOON,
    LATER,
    TOO_LATE,
    DRAIN
  }

  private static final Set<Event> TIME = Set.of(Event.SOON, Event.LATER, Event.TOO_LATE);

  private int explored;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void S2_S3_S4_holdInEveryOrder(boolean pooled) {
    explore(List.of(), pooled ? 1 : null);
    System.out.println("orders explored: " + explored);
    assertTrue(explored > (EVENTS < 4 ? 500 : 5_000), () -> explored + " orders");
  }

  private void explore(List<Event> before, @Nullable Integer pooled) {
    for (Event event : Event.values()) {
      if (changesNothing(before, event)) {
        continue;
      }
      List<Event> order = new ArrayList<>(before);
      order.add(event);
      boolean possible;
      try (VirtualWorld world = new VirtualWorld(pooled)) {
        possible = new Run(world).live(order);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("in the order " + order + ": " + e.getMessage(), e);
      }
      if (possible) {
        explored++;
        if (order.size() < EVENTS) {
          explore(order, pooled);
        }
      }
    }
  }

  /** Time before anything else, and time after time. */
  private static boolean changesNothing(List<Event> before, Event event) {
    return TIME.contains(event)
        && (before.isEmpty() || TIME.contains(before.get(before.size() - 1)));
  }

  /** One order of events, and what must hold after it. */
  private static final class Run {
    private final VirtualWorld world;
    private final VirtualWorld.Client client;
    private final List<Event> asked = new ArrayList<>();
    private boolean left;
    private @Nullable CompletableFuture<Void> drained;

    Run(VirtualWorld world) {
      this.world = world;
      this.client = world.connect();
    }

    boolean live(List<Event> order) {
      for (Event event : order) {
        if (!happens(event)) {
          return false;
        }
        world.run();
      }
      settle();
      check();
      return true;
    }

    private boolean happens(Event event) {
      VirtualServer server = world.server;
      switch (event) {
        case READ, WRITE, NUMBERED_WRITE, DENIED -> {
          if (left || !client.isOpen()) {
            return false;
          }
          asked.add(event);
          client.send(asked.size(), command(event, asked.size()));
        }
        case LEAVE -> {
          if (left || asked.isEmpty()) {
            return false;
          }
          left = true;
          client.channel.close();
        }
        case ANSWER, STEP_DOWN, RESET -> {
          if (!server.holds()) {
            return false;
          }
          if (event == Event.ANSWER) {
            server.answer();
          } else if (event == Event.STEP_DOWN) {
            server.stepDown();
          } else {
            server.reset();
          }
        }
        case REFUSE -> {
          if (!server.accepts()) {
            return false;
          }
          server.refuse();
        }
        case ACCEPT -> {
          if (server.accepts()) {
            return false;
          }
          server.accept();
        }
        case SOON -> world.pass(Duration.ofMillis(30), 2);
        case LATER -> world.pass(Duration.ofSeconds(3), 10);
        case TOO_LATE -> world.pass(Duration.ofSeconds(65), 13);
        case DRAIN -> {
          if (drained != null) {
            return false;
          }
          drained = world.connections.drain(DrainPlan.within(Duration.ofSeconds(10)));
        }
      }
      return true;
    }

    private static String command(Event event, int id) {
      String nonce = "'nonce-" + id + "'";
      return switch (event) {
        case READ -> "{find: 'orders', filter: {n: " + nonce + "}, $db: 'app'}";
        case WRITE -> "{insert: 'orders', documents: [{n: " + nonce + "}], $db: 'app'}";
        case NUMBERED_WRITE ->
            "{update: 'orders', updates: [{q: {n: "
                + nonce
                + "}, u: {$set: {a: 1}}}], lsid: {id: {$binary: {base64:"
                + " 'AAAAAAAAAAAAAAAAAAAAAA==', subType: '04'}}}, txnNumber: {$numberLong: '"
                + id
                + "'}, $db: 'app'}";
        default -> "{shutdown: 1, comment: " + nonce + ", $db: 'admin'}";
      };
    }

    /** MongoDB is well again, and time enough passes for everything to come to its end. */
    private void settle() {
      VirtualServer server = world.server;
      server.atOnce = true;
      while (server.holds()) {
        server.answer();
        world.run();
      }
      if (!server.accepts()) {
        server.accept();
      }
      world.pass(Duration.ofSeconds(200), 50);
    }

    private void check() {
      assertEquals(List.of(), client.odd);
      for (int id = 1; id <= asked.size(); id++) {
        check(id, asked.get(id - 1));
      }
      if (drained != null) {
        assertTrue(drained.isDone(), "drained");
        assertFalse(client.isOpen());
      } else {
        nextClientIsServed();
      }
    }

    private void check(int id, Event kind) {
      String nonce = "nonce-" + id;
      List<BsonDocument> replies = client.repliesTo(id);
      assertTrue(replies.size() <= 1, "replies to " + id);
      assertTrue(replies.size() == 1 || !client.isOpen(), "no reply to " + id);
      int arrived = Collections.frequency(world.server.arrived, nonce);
      int most = kind == Event.DENIED ? 0 : kind == Event.WRITE ? 1 : MOST_TRIES;
      assertTrue(arrived <= most, () -> nonce + " arrived " + arrived + " times");
      if (kind == Event.DENIED) {
        assertFalse(world.server.heard.toString().contains(nonce), "denied, and yet sent");
      } else if (!replies.isEmpty() && isOk(replies.get(0))) {
        assertTrue(world.server.done.contains(nonce), "acknowledged, and yet not done");
        assertTrue(kind != Event.READ || replies.get(0).toJson().contains(nonce), "another's");
      }
    }

    private static boolean isOk(BsonDocument reply) {
      return reply.getNumber("ok").doubleValue() == 1;
    }

    private void nextClientIsServed() {
      VirtualWorld.Client next = world.connect();
      next.send(99, command(Event.READ, 99));
      world.pass(Duration.ofSeconds(1), 2);
      List<BsonDocument> replies = next.repliesTo(99);
      assertTrue(replies.size() == 1 && isOk(replies.get(0)), () -> "the next got " + replies);
    }
  }
}
