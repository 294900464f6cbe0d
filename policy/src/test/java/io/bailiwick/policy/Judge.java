package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import org.bson.BsonDocument;

/** Sends commands to an engine and says what became of them. */
public final class Judge {
  private final BoundPolicy policy;
  private final PolicyEngine engine;
  private final OpMsg message = new OpMsg();
  private final MessageEdits edits = new MessageEdits();

  public Judge(BoundPolicy policy, int upstreamWireVersion) {
    this.policy = policy;
    this.engine = new PolicyEngine(upstreamWireVersion);
  }

  /** A judge for tenant A of the sample policy, in front of MongoDB 8.0. */
  public static Judge ofSample() {
    return new Judge(Sample.policy().bind(), 25);
  }

  /** The verdict on a command; {@code %A%} and {@code %B%} stand for the tenants' values. */
  public Verdict verdict(String json) {
    return verdict(Command.of(json));
  }

  public Verdict verdict(Command command) {
    byte[] bytes = command.toBytes();
    return engine.judge(policy, message.parse(Command.frame(bytes)), edits, Trace.NONE);
  }

  /** What MongoDB would get, document sequences folded in as arrays. */
  public BsonDocument forwarded(String json) {
    return forwarded(Command.of(json));
  }

  public BsonDocument forwarded(Command command) {
    Verdict verdict = verdict(command);
    assertInstanceOf(Verdict.Forward.class, verdict, () -> verdict.toString());
    return Command.render(message, edits);
  }

  /** Expects what MongoDB gets, as JSON with the same stand-ins. */
  public void forwards(String json, String expected) {
    assertEquals(Command.json(expected), forwarded(json));
  }

  public BsonDocument answer(String json) {
    Verdict verdict = verdict(json);
    return Command.decode(
        assertInstanceOf(Verdict.Answer.class, verdict, () -> verdict.toString()).document());
  }

  public Verdict.Deny denied(Command command) {
    Verdict verdict = verdict(command);
    return assertInstanceOf(Verdict.Deny.class, verdict, () -> command + " -> " + verdict);
  }

  /** Expects a denial by that rule. */
  public Verdict.Deny denies(String json, String rule) {
    Verdict.Deny deny = denied(Command.of(json));
    assertEquals(rule, deny.rule(), () -> json + " -> " + deny);
    return deny;
  }

  public Verdict.Deny denies(Command command, String rule) {
    Verdict.Deny deny = denied(command);
    assertEquals(rule, deny.rule(), deny::toString);
    return deny;
  }
}
