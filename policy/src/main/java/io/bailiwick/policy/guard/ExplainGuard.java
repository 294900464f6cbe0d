package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * explain: the command inside is judged as if it were to run. Only the planner is asked, since what
 * execution counts would tell of other tenants' documents.
 */
final class ExplainGuard implements Guard {
  private static final String PLANNER_ONLY = "queryPlanner";
  private static final byte[] PLANNER_ONLY_ELEMENT = plannerOnly();

  private final NameTable<CommandEntry> explainable;

  ExplainGuard(NameTable<CommandEntry> explainable) {
    this.explainable = explainable;
  }

  @Override
  public void judge(Draft draft) {
    Elements document = draft.command();
    if (document.type() != BsonType.DOCUMENT) {
      throw RefusedException.policy(RuleId.OPTION_VALUE, "explain takes a command");
    }
    CommandEntry entry = entryOf(document);
    List<CollectionAccess> touched = judgeInner(draft, document, entry);
    while (draft.next()) {
      if (draft.field() == Field.VERBOSITY && !draft.element().string().equals(PLANNER_ONLY)) {
        throw RefusedException.policy(RuleId.OPTION_VALUE, "verbosity");
      }
    }
    if (!draft.has(Field.VERBOSITY)) {
      draft.edits().insert(draft.end(), PLANNER_ONLY_ELEMENT);
    }
    draft.plan(new ReplyPlan(ReplyPlan.Kind.EXPLAIN, false, touched, true));
  }

  private static List<CollectionAccess> judgeInner(
      Draft draft, Elements document, CommandEntry entry) {
    Draft inner = new Draft(draft.upstreamWireVersion());
    inner.beginInner(draft, document, entry);
    @Nullable Guard guard = entry.guard();
    if (guard != null) {
      guard.judge(inner);
    }
    inner.finish();
    @Nullable ReplyPlan plan = inner.decision().plan();
    if (plan == null) {
      throw new IllegalStateException("an explainable command was not forwarded");
    }
    return plan.touched();
  }

  private CommandEntry entryOf(Elements document) {
    Elements first = document.document().elements();
    CommandEntry entry = first.next() ? first.lookUp(explainable) : null;
    if (entry == null) {
      throw RefusedException.policy(RuleId.COMMAND, "explain of another command");
    }
    return entry;
  }

  private static byte[] plannerOnly() {
    byte[] document =
        new BsonWriter().startDocument().string("verbosity", PLANNER_ONLY).end().toBytes();
    return Arrays.copyOfRange(document, 4, document.length - 1);
  }
}
