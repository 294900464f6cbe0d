package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.util.List;

/** update and delete: batches of statements on one collection, refused as a whole or not at all. */
final class StatementsGuard implements Guard {
  private final Effect effect;
  private final Field batch;
  private final NameTable<StatementField> parts;
  private final StatementField[] required;

  private StatementsGuard(
      Effect effect, Field batch, NameTable<StatementField> parts, StatementField... required) {
    this.effect = effect;
    this.batch = batch;
    this.parts = parts;
    this.required = required;
  }

  static StatementsGuard update() {
    return new StatementsGuard(
        Effect.UPDATE,
        Field.UPDATES,
        StatementField.OF_UPDATE,
        StatementField.FILTER,
        StatementField.UPDATE);
  }

  static StatementsGuard delete() {
    return new StatementsGuard(
        Effect.DELETE,
        Field.DELETES,
        StatementField.OF_DELETE,
        StatementField.FILTER,
        StatementField.LIMIT);
  }

  @Override
  public void judge(Draft draft) {
    CollectionAccess target = draft.namespace().collection();
    draft.effect(target, effect);
    if (draft.sequences() == 0 && !draft.has(batch)) {
      throw RefusedException.policy(RuleId.FIELD, batch.word() + " is missing");
    }
    declareVariables(draft);
    Statements statements = new Statements(draft);
    Batch.Statement each = start -> statements.judge(start, parts, target, required);
    for (int i = 0; i < draft.sequences(); i++) {
      Batch.sequence(draft, i, each);
    }
    while (draft.next()) {
      if (draft.field() == batch) {
        Batch.array(draft, draft.element(), each);
      }
    }
    draft.plan(new ReplyPlan(ReplyPlan.Kind.WRITE, false, List.of(target), draft.acknowledged()));
  }

  /** Variables of the command may be read by every statement, also by those that come first. */
  static void declareVariables(Draft draft) {
    Elements let = draft.find(Field.LET);
    if (let != null) {
      draft.options().let(let);
    }
  }
}
