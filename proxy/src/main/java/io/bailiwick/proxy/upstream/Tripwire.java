package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.proxy.upstream.ReplyElements.Step;
import io.netty.buffer.ByteBuf;

/**
 * The last look at a document on its way to the client: its tenant field must be there and must be
 * exactly the element that the client's own documents are stamped with.
 */
final class Tripwire {
  private final ReplyBuffer reply;
  private final ReplyElements document;

  Tripwire(ReplyBuffer reply) {
    this.reply = reply;
    this.document = new ReplyElements(reply);
  }

  /**
   * Checks a document that has arrived in full.
   *
   * @throws UnexpectedReplyException of kind TRIPWIRE if it is not the tenant's
   */
  void check(int from, int to, BoundPolicy policy) {
    document.start(from + 4, to);
    boolean found = false;
    Step step = document.next();
    while (step == Step.ELEMENT) {
      if (equals(document.nameStart(), document.nameEnd(), policy.tenantFieldBytes())) {
        if (!equals(document.at(), document.valueEnd(), policy.stampElement())) {
          throw UnexpectedReplyException.tripwire();
        }
        found = true;
      }
      document.skip();
      step = document.next();
    }
    if (!found) {
      throw UnexpectedReplyException.tripwire();
    }
  }

  private boolean equals(int from, int to, byte[] expected) {
    if (to - from != expected.length) {
      return false;
    }
    ByteBuf in = reply.bytes();
    int at = reply.index(from);
    for (int i = 0; i < expected.length; i++) {
      if (in.getByte(at + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
