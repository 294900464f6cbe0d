package io.bailiwick.policy;

import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.Treatments;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of one command. Built by {@link PolicyEngine} only. */
public sealed interface Verdict {
  /** Catalogue name of the command, or {@code _other}: bounded, safe as a metric label. */
  String command();

  /** May reach MongoDB, once its claims are proven and its edits carried out. */
  final class Forward implements Verdict {
    private final String command;
    private final MessageEdits edits;
    private final List<Claim> claims;
    private final ReplyPlan replyPlan;
    private final Treatments treatments;
    private final List<String> shadowedBy;
    private @Nullable String decisionId;
    private boolean toldToMongoDb;

    Forward(
        String command,
        MessageEdits edits,
        List<Claim> claims,
        ReplyPlan replyPlan,
        Treatments treatments,
        List<String> shadowedBy) {
      this.command = command;
      this.edits = edits;
      this.claims = claims;
      this.replyPlan = replyPlan;
      this.treatments = treatments;
      this.shadowedBy = shadowedBy;
    }

    @Override
    public String command() {
      return command;
    }

    /** To be rendered before the next command is judged with the same edits. */
    public MessageEdits edits() {
      return edits;
    }

    /** To be proven before the next command is judged by the same engine. */
    public List<Claim> claims() {
      return claims;
    }

    public ReplyPlan replyPlan() {
      return replyPlan;
    }

    /** How expressions in filters are treated; to be read before the next command is judged. */
    public Treatments treatments() {
      return treatments;
    }

    /** The id under which the audit knows the command, or null if it records no such commands. */
    public @Nullable String decisionId() {
      return decisionId;
    }

    /** True if MongoDB is to be told the id, too, unless the client's own comment stands there. */
    public boolean isToldToMongoDb() {
      return toldToMongoDb;
    }

    /** Names the command, once, before it is sent. */
    public void decidedAs(String id, boolean tellMongoDb) {
      decisionId = id;
      toldToMongoDb = tellMongoDb;
    }

    /** Names of rules in shadow mode that would have denied the command. */
    public List<String> shadowedBy() {
      return shadowedBy;
    }
  }

  /** Answered from the policy; MongoDB is not asked. */
  record Answer(String command, byte[] document) implements Verdict {}

  /** Answered by the proxy from what it knows of the connection. */
  record Local(String command, LocalCommand local, RawDocument body) implements Verdict {}

  /**
   * Refused.
   *
   * @param database as the client named it, or empty
   * @param rule name of the built-in rule or of the policy's rule
   * @param detail what exactly, without values
   * @param closes true if the connection ends without a reply
   */
  record Deny(
      String command,
      String database,
      ErrorCode code,
      RefusalType type,
      String rule,
      String detail,
      boolean closes)
      implements Verdict {}
}
