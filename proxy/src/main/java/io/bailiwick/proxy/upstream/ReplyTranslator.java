package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.function.LongUnaryOperator;

/** Rebuilds a collected reply so that it tells the client nothing but its own business. */
@FunctionalInterface
public interface ReplyTranslator {
  /**
   * Writes the reply that the client gets.
   *
   * @param reply the whole body as MongoDB sent it; all lengths in it have been checked
   * @param cursorIds MongoDB's cursor id to the client's
   * @param out takes exactly one document
   */
  void translate(
      ReplyPlan plan,
      BoundPolicy policy,
      RawDocument reply,
      LongUnaryOperator cursorIds,
      BsonWriter out);
}
