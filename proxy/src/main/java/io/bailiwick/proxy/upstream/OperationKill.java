package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ends in MongoDB what one connection is still busy with, and nothing else: only the very process
 * that the connection leads to is asked, and it is asked by the number that it gave the connection,
 * which is open meanwhile. A mongos ends its own part first, so that it begins no more on shards;
 * what it has begun there is found by how it told the shards whom it acts for. Nothing of that can
 * be set by a client. Thread-safe.
 */
final class OperationKill {
  /** A mongos that is ended may have been about to send once more. */
  private static final int MOST_ROUNDS = 5;

  private final Introduction of;
  private final ControlLink own;
  private final ControlLink user;

  /** How it went; a bounded set, safe as a metric label. */
  enum Outcome {
    /** All of it is ended. */
    KILLED,
    /** It had ended by itself. */
    OVER,
    /** A mongos has ended its part; what may run on shards could not be looked at or ended. */
    PARTLY,
    /** MongoDB did not let the proxy look, or end what it found. */
    REFUSED,
    /** No answer, or not from the process that the connection leads to. */
    UNREACHABLE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private OperationKill(Introduction of, ControlLink own, ControlLink user) {
    this.of = of;
    this.own = own;
    this.user = user;
  }

  /**
   * Begins.
   *
   * @param of the connection, of which nothing new is asked
   * @param links to its server
   * @return how it went; never fails
   */
  static CompletionStage<Outcome> begin(Introduction of, ControlLinks links, int server) {
    ControlLink own = links.to(server);
    ServiceAccount account = of.account();
    // Whom MongoDB knows as the operation's own user may end it without any privilege.
    ControlLink user = account == null || of.own() ? own : links.as(account, server);
    return new OperationKill(of, own, user).run(user == own && !of.own());
  }

  static void write(BsonWriter out, OwnCommand.OperationsOf question) {
    out.int32("aggregate", 1).startArray("pipeline");
    out.startDocument("0").startDocument("$currentOp").bool("allUsers", question.allUsers());
    if (question.mongos()) {
      out.bool("localOps", true);
    }
    out.end().end();
    out.startDocument("1").startDocument("$match");
    out.int64("connectionId", question.connectionId()).end().end();
    out.startDocument("2").startDocument("$project").int32("opid", 1);
    if (question.mongos()) {
      out.int32("clientMetadata.mongos", 1);
    }
    out.end().end().end().startDocument("cursor").end();
  }

  static void write(BsonWriter out, OwnCommand.OperationsOnShards question) {
    out.int32("aggregate", 1).startArray("pipeline");
    out.startDocument("0").startDocument("$currentOp").bool("allUsers", true).end().end();
    out.startDocument("1").startDocument("$match");
    out.string("clientMetadata.mongos.host", question.mongos());
    out.string("clientMetadata.mongos.client", question.client());
    out.startDocument("killPending").bool("$ne", true).end().end().end();
    out.startDocument("2").startDocument("$project").int32("opid", 1).end().end().end();
    out.startDocument("cursor").end();
  }

  private CompletionStage<Outcome> run(boolean allUsers) {
    return list(user, new OwnCommand.OperationsOf(of.connectionId(), allUsers, of.mongos()))
        .thenCompose(this::end)
        .exceptionally(lost -> Outcome.UNREACHABLE);
  }

  private CompletionStage<OwnList.Outcome> list(ControlLink link, OwnCommand question) {
    return OwnList.read(command -> link.ask(command, of.process()), question);
  }

  private CompletionStage<Outcome> end(OwnList.Outcome found) {
    List<OwnReply> operations =
        found.members().stream().filter(each -> each.number("opid") != 0).toList();
    if (found.code() != 0) {
      return done(Outcome.REFUSED);
    }
    if (operations.isEmpty()) {
      return done(Outcome.OVER);
    }
    return killAll(user, operations, each -> new OwnCommand.KillOperation(each.number("opid")))
        .thenCompose(
            ended -> {
              if (!ended) {
                return done(Outcome.REFUSED);
              }
              return of.mongos() ? endOnShards(operations.get(0)) : done(Outcome.KILLED);
            });
  }

  private CompletionStage<Outcome> endOnShards(OwnReply operation) {
    @Nullable String mongos = operation.text("clientMetadata", "mongos", "host");
    @Nullable String client = operation.text("clientMetadata", "mongos", "client");
    if (mongos == null || client == null) {
      return done(Outcome.PARTLY);
    }
    return endOnShards(new OwnCommand.OperationsOnShards(mongos, client), MOST_ROUNDS)
        .exceptionally(lost -> Outcome.PARTLY);
  }

  private CompletionStage<Outcome> endOnShards(OwnCommand question, int rounds) {
    return list(own, question)
        .thenCompose(
            found -> {
              if (found.code() == 0 && found.members().isEmpty()) {
                return done(Outcome.KILLED);
              }
              if (found.code() != 0 || rounds == 0) {
                return done(Outcome.PARTLY);
              }
              return killAll(own, found.members(), OperationKill::onShard)
                  .thenCompose(
                      ended -> ended ? endOnShards(question, rounds - 1) : done(Outcome.PARTLY));
            });
  }

  private static OwnCommand onShard(OwnReply operation) {
    @Nullable String id = operation.text("opid");
    return new OwnCommand.KillOnShard(id == null ? "" : id);
  }

  /** One after the other, all of them; false if one of them was refused. */
  private CompletionStage<Boolean> killAll(
      ControlLink link, List<OwnReply> operations, Function<OwnReply, OwnCommand> kill) {
    CompletionStage<Boolean> outcome = CompletableFuture.completedStage(true);
    for (OwnReply operation : operations) {
      outcome =
          outcome.thenCompose(
              before ->
                  link.ask(kill.apply(operation), of.process())
                      .thenApply(reply -> before && reply.ok()));
    }
    return outcome;
  }

  private static CompletionStage<Outcome> done(Outcome outcome) {
    return CompletableFuture.completedStage(outcome);
  }
}
