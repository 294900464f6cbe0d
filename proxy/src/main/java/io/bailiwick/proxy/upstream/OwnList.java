package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one of MongoDB's lists to its end, over as many batches as it takes. */
final class OwnList {
  private static final int MOST_BATCHES = 10_000;
  private static final int CURSOR_NOT_FOUND = 43;

  private final Function<OwnCommand, CompletionStage<OwnReply>> link;
  private final String database;
  private final List<OwnReply> members = new ArrayList<>();
  private int batches;

  private OwnList(Function<OwnCommand, CompletionStage<OwnReply>> link, String database) {
    this.link = link;
    this.database = database;
  }

  /**
   * What a list came to.
   *
   * @param code MongoDB's error code, or 0
   * @param members documents of the list, complete if the code is 0
   */
  record Outcome(int code, List<OwnReply> members) {}

  /** Asks for a list; fails only if MongoDB cannot be reached or understood. */
  static CompletionStage<Outcome> read(ControlLink link, OwnCommand command) {
    return read(link::ask, command);
  }

  /**
   * Asks for a list.
   *
   * @param link asks for each batch of it
   */
  static CompletionStage<Outcome> read(
      Function<OwnCommand, CompletionStage<OwnReply>> link, OwnCommand command) {
    OwnList list = new OwnList(link, command.database());
    return link.apply(command).thenCompose(list::onBatch);
  }

  private CompletionStage<Outcome> onBatch(OwnReply reply) {
    if (batches > 0 && reply.code() == CURSOR_NOT_FOUND) {
      throw UnexpectedReplyException.of(Kind.OTHER_SERVER); // Another took over on the way.
    }
    if (!reply.ok() && Repeatable.willPass(reply.code())) {
      throw UnexpectedReplyException.of(Kind.UNREACHABLE);
    }
    if (!reply.ok()) {
      return CompletableFuture.completedStage(new Outcome(Math.max(1, reply.code()), List.of()));
    }
    @Nullable Elements first = reply.find("cursor", "firstBatch");
    collect(first == null ? reply.find("cursor", "nextBatch") : first);
    long id = reply.number("cursor", "id");
    if (id == 0) {
      return CompletableFuture.completedStage(new Outcome(0, List.copyOf(members)));
    }
    if (++batches > MOST_BATCHES) {
      throw UnexpectedReplyException.protocol("a list without an end");
    }
    return link.apply(new OwnCommand.NextBatch(database, collection(reply), id))
        .thenCompose(this::onBatch);
  }

  private String collection(OwnReply reply) {
    @Nullable Elements namespace = reply.find("cursor", "ns");
    String text =
        namespace == null || namespace.type() != BsonType.STRING ? "" : namespace.string();
    if (!text.startsWith(database + ".")) {
      throw UnexpectedReplyException.protocol("a list of another database");
    }
    return text.substring(database.length() + 1);
  }

  private void collect(@Nullable Elements batch) {
    if (batch == null || batch.type() != BsonType.ARRAY) {
      throw UnexpectedReplyException.protocol("a list without a batch");
    }
    Elements documents = batch.inside();
    while (documents.next()) {
      if (documents.type() == BsonType.DOCUMENT) {
        members.add(
            new OwnReply(
                Arrays.copyOfRange(
                    documents.bytes(), documents.valueStart(), documents.valueEnd())));
      }
    }
  }
}
