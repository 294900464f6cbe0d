package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.oracle.AnyOrderOracle;
import io.bailiwick.policy.oracle.Tenancy;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonWriter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.types.ObjectId;

/** Sends commands to an engine and says what became of them. */
public final class Judge {
  private final BoundPolicy policy;
  private final PolicyEngine engine;
  private final AnyOrderOracle oracle;
  private final OpMsg message = new OpMsg();
  private final MessageEdits edits = new MessageEdits();

  public Judge(BoundPolicy policy, int upstreamWireVersion) {
    this.policy = policy;
    this.engine = new PolicyEngine(upstreamWireVersion);
    this.oracle = new AnyOrderOracle(tenancy(policy));
  }

  /** A judge for tenant A of the sample policy, in front of MongoDB 8.0. */
  public static Judge ofSample() {
    return new Judge(Sample.policy().bind(), 25);
  }

  /** What the oracle has to know of a policy. */
  public static Tenancy tenancy(BoundPolicy policy) {
    byte[] stamp = policy.stampElement();
    BsonDocument stamped =
        Command.decode(
            new BsonWriter().startDocument().raw(stamp, 0, stamp.length).end().toBytes());
    return new Tenancy(
        policy.tenantField(),
        stamped.get(policy.tenantField()),
        new BsonObjectId(new ObjectId(Sample.B)),
        names(policy, true),
        names(policy, false));
  }

  private static Set<String> names(BoundPolicy policy, boolean shared) {
    return policy.collections().stream()
        .filter(access -> access.isShared() == shared)
        .map(access -> access.namespace().toString())
        .collect(Collectors.toSet());
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
    BsonDocument sent = Command.render(message, edits);
    assertEquals(List.of(), oracle.findings(sent), sent::toString);
    return sent;
  }

  /** Expects what MongoDB gets, as JSON with the same stand-ins. */
  public void forwards(String json, String expected) {
    assertEquals(Command.json(expected), forwarded(json));
  }

  public BsonDocument answer(String json) {
    Verdict verdict = verdict(json);
    byte[] document =
        assertInstanceOf(Verdict.Answer.class, verdict, () -> verdict.toString()).document();
    BsonDocument answer = Command.decode(document);
    assertArrayEquals(Command.encode(answer), document, "keys of arrays are not 0, 1, 2");
    return answer;
  }

  public Verdict.Deny denied(Command command) {
    Verdict verdict = verdict(command);
    Verdict.Deny deny =
        assertInstanceOf(Verdict.Deny.class, verdict, () -> command + " -> " + verdict);
    assertNotEquals(RefusalType.INTERNAL, deny.type(), () -> command + " stumbled: " + deny);
    return deny;
  }

  /** Expects a denial by that rule, which is never one for a defect of ours. */
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
