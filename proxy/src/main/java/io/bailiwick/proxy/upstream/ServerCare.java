package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.upstream.OperationKill.Outcome;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out about one server when clients' commands go wrong there, and ends what they have begun.
 * A command that was slow, or not answered, may be the client's own doing, and must not shut out
 * all others: it counts for the breaker if the server does not answer the proxy's ping either.
 * Thread-safe.
 */
final class ServerCare implements Aftermath {
  private static final Logger LOG = LoggerFactory.getLogger(ServerCare.class);

  private final Server server;
  private final ControlLinks links;
  private final LongSupplier clock;
  private final Observer observer;
  private final AtomicInteger suspicions = new AtomicInteger();

  ServerCare(Server server, ControlLinks links, LongSupplier clock, Observer observer) {
    this.server = server;
    this.links = links;
    this.clock = clock;
    this.observer = observer;
  }

  @Override
  public void onAnswered(long nanos) {
    if (nanos >= server.breaker().slowNanos()) {
      onUnanswered();
    } else {
      server.breaker().answered(nanos);
    }
  }

  @Override
  public void onUnanswered() {
    if (suspicions.getAndIncrement() == 0) {
      check();
    }
  }

  private void check() {
    long from = clock.getAsLong();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    long slow = server.breaker().slowNanos();
    Future<?> timer =
        links.loop().schedule(() -> answer.complete(false), slow, TimeUnit.NANOSECONDS);
    ping()
        .exceptionallyCompose(lost -> ping()) // It may have been lost together with the clients'.
        .whenComplete((reply, lost) -> answer.complete(reply != null));
    answer.thenAccept(
        well -> {
          timer.cancel(false);
          conclude(well, clock.getAsLong() - from);
        });
  }

  private CompletionStage<OwnReply> ping() {
    return links.to(server.position()).ask(new OwnCommand.Ping());
  }

  private void conclude(boolean well, long nanos) {
    int commands = suspicions.getAndSet(0);
    if (well) {
      server.breaker().answered(nanos);
    } else {
      server.breaker().unanswered(commands, nanos);
    }
  }

  @Override
  public void onCompressedRefused() {
    observer.compressedRefused("upstream");
  }

  @Override
  public CompletionStage<?> kill(Introduction of) {
    return OperationKill.begin(of, links, server.position()).thenAccept(this::report);
  }

  private void report(Outcome outcome) {
    observer.operationKilled(outcome.word());
    if (outcome != Outcome.OVER) {
      LOG.atWarn()
          .addKeyValue("server", server.position())
          .addKeyValue("outcome", outcome.word())
          .log("an operation of a client was past its deadline{}", remedy(outcome));
    }
  }

  private static String remedy(Outcome outcome) {
    return switch (outcome) {
      case KILLED, OVER -> "";
      case PARTLY ->
          " and goes on, on shards: upstream.username needs inprog and killop on the cluster";
      case REFUSED -> " and goes on: upstream.username needs inprog and killop on the cluster";
      case UNREACHABLE -> " and goes on: the proxy's own connection did not get to its server";
    };
  }
}
