package io.bailiwick.policy.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.Command;
import io.bailiwick.policy.Judge;
import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Sample;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.oracle.AnyOrderOracle;
import io.bailiwick.policy.oracle.ExpectedCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.bson.BsonDocument;

/**
 * Judges a message by the product and by what was written apart from it. Whatever the bytes:
 * nothing is thrown and no guard fails; what is forwarded is what decoding, editing and encoding
 * gives, byte for byte; the any-order oracle has nothing against it; and it has not grown out of
 * proportion.
 */
final class JudgedTwice {
  private static final int MAX_GROWTH = 10;
  private static final int MAX_ADDED = 4096;

  private final BoundPolicy policy;
  private final PolicyEngine engine = new PolicyEngine(25);
  private final OpMsg message = new OpMsg();
  private final OpMsg rendered = new OpMsg();
  private final MessageEdits edits = new MessageEdits();
  private final AnyOrderOracle oracle;
  private final ExpectedCommand expected;
  private int forwarded;

  JudgedTwice(Sample sample) {
    policy = sample.bind();
    oracle = new AnyOrderOracle(Judge.tenancy(policy));
    expected = new ExpectedCommand(Judge.tenancy(policy));
  }

  /** How many of the messages were forwarded. */
  int forwarded() {
    return forwarded;
  }

  void judge(byte[] bytes) {
    try {
      message.parse(Command.frame(bytes));
    } catch (MalformedMessageException e) {
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length);
      return;
    }
    Verdict verdict = engine.judge(policy, message, edits, Trace.NONE);
    if (verdict instanceof Verdict.Deny deny) {
      assertNotEquals(RefusalType.INTERNAL, deny.type(), deny::detail);
    } else if (verdict instanceof Verdict.Forward) {
      forwarded++;
      checkForwarded(bytes);
    }
  }

  private void checkForwarded(byte[] bytes) {
    byte[] out = render();
    assertTrue(out.length <= MAX_GROWTH * bytes.length + MAX_ADDED, "grows out of proportion");
    BsonDocument sent = Command.decode(rendered.parse(Command.frame(out)));
    BsonDocument command = Command.decode(message);
    assertArrayEquals(
        Command.encode(expected.of(command)),
        Command.encode(sent),
        () -> command + "\n became " + sent + "\n expected " + expected.of(command));
    assertEquals(List.of(), oracle.findings(sent), sent::toString);
  }

  private byte[] render() {
    ByteBuf out =
        MessageWriter.write(UnpooledByteBufAllocator.DEFAULT, message, edits, 7, new byte[0]);
    byte[] bytes = ByteBufUtil.getBytes(out);
    out.release();
    return bytes;
  }
}
