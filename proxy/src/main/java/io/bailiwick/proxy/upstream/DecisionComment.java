package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The {@code comment} by which MongoDB's log and profiler tell the decision that let a command
 * through. One that the client gave stays as it is.
 */
final class DecisionComment {
  private DecisionComment() {}

  /**
   * Elements to stand at the end of a command's body.
   *
   * @param elements others that stand there, too; left alone
   */
  static byte[] addedTo(byte[] elements, Verdict.Forward forward, OpMsg message) {
    @Nullable String id = forward.decisionId();
    if (id == null || !forward.isToldToMongoDb() || message.body().find("comment") != null) {
      return elements;
    }
    byte[] document = new BsonWriter().startDocument().string("comment", id).end().toBytes();
    int added = document.length - 5;
    byte[] all = Arrays.copyOf(elements, elements.length + added);
    System.arraycopy(document, 4, all, elements.length, added);
    return all;
  }
}
