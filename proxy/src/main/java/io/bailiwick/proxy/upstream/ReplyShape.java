package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.proxy.upstream.ReplyElements.Step;
import java.util.Arrays;

/**
 * Checks that every length in a collected reply stays inside its container, at any depth, so that
 * it can be read without looking at bounds. Stored values are let be: old documents may hold what
 * is no longer accepted. Reusable; event-loop confined.
 */
final class ReplyShape {
  private int[] pending = new int[32];
  private int size;

  /** Walks the body of a reply that has arrived in full. */
  void check(ReplyBuffer reply) {
    ReplyElements elements = new ReplyElements(reply);
    size = 0;
    queue(ReplyBuffer.DOCUMENT_AT, reply.length());
    while (size > 0) {
      int end = pending[--size];
      elements.start(pending[--size] + 4, end);
      while (elements.next() == Step.ELEMENT) {
        if (BsonType.isContainer(elements.type())) {
          queue(elements.valueStart(), elements.valueEnd());
        }
        elements.skip();
      }
    }
  }

  private void queue(int start, int end) {
    if (size + 2 > pending.length) {
      pending = Arrays.copyOf(pending, pending.length * 2);
    }
    pending[size++] = start;
    pending[size++] = end;
  }
}
