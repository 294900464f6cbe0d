package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Namespace;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * bulkWrite: statements on many collections, each of which names its own by a place in a list. The
 * command is one of {@code admin}, so the list is what is judged, also where nothing refers to it.
 */
final class BulkWriteGuard implements Guard {
  /** First served by MongoDB 8.0. */
  private static final int MIN_WIRE_VERSION = 25;

  @Override
  public void judge(Draft draft) {
    Namespace replies = CursorNamespaces.BULK_WRITE;
    if (!draft.namespace().databaseIs(replies.database())) {
      throw RefusedException.policy(RuleId.NAMESPACE, "bulkWrite is a command of admin");
    }
    if (draft.upstreamWireVersion() < MIN_WIRE_VERSION) {
      throw RefusedException.policy(RuleId.UPSTREAM_TOO_OLD, "bulkWrite needs MongoDB 8.0");
    }
    List<CollectionAccess> namespaces = BulkNamespaces.read(draft);
    StatementsGuard.declareVariables(draft);
    Statements statements = new Statements(draft);
    Batch.Statement op = start -> op(draft, statements, namespaces, start);
    boolean ops = draft.has(Field.OPS);
    for (int i = 0; i < draft.sequences(); i++) {
      if (draft.sequence(i) == Field.OPS) {
        Batch.sequence(draft, i, op);
        ops = true;
      }
    }
    if (!ops) {
      throw RefusedException.policy(RuleId.FIELD, "ops is missing");
    }
    while (draft.next()) {
      switch (draft.field()) {
        case OPS -> Batch.array(draft, draft.element(), op);
        case CURSOR -> checkCursor(draft);
        default -> {}
      }
    }
    draft.claim(new Claim.OpensCursor(replies.database(), replies.collection(), List.of()));
    draft.plan(
        new ReplyPlan(ReplyPlan.Kind.BULK_WRITE, false, each(namespaces), draft.acknowledged()));
  }

  /** Each namespace once, however often the list names it: every error is looked up in these. */
  private static List<CollectionAccess> each(List<CollectionAccess> namespaces) {
    Set<CollectionAccess> once = Collections.newSetFromMap(new IdentityHashMap<>());
    return namespaces.stream().filter(once::add).toList();
  }

  private static void op(
      Draft draft, Statements statements, List<CollectionAccess> namespaces, int start) {
    Elements first = new Elements(draft.bytes(), start);
    if (!first.next()) {
      throw RefusedException.policy(RuleId.FIELD, "an empty statement");
    }
    BulkOperation operation = first.lookUp(BulkOperation.TABLE);
    if (operation == null) {
      throw RefusedException.policy(RuleId.FIELD, first.name());
    }
    CollectionAccess target = target(first, namespaces);
    draft.effect(target, operation.effect());
    statements.judge(start, operation.parts(), target, operation.required());
  }

  private static CollectionAccess target(Elements index, List<CollectionAccess> namespaces) {
    boolean sound =
        index.type() == BsonType.INT32 && index.int32() >= 0 && index.int32() < namespaces.size();
    if (!sound) {
      throw RefusedException.policy(RuleId.NAMESPACE, "no such place in nsInfo");
    }
    return namespaces.get(index.int32());
  }

  private static void checkCursor(Draft draft) {
    Elements option = draft.walk().document(draft.element());
    while (option.next()) {
      if (!option.nameIs("batchSize") || !Integers.is(option)) {
        throw RefusedException.policy(RuleId.FIELD, "cursor." + option.name());
      }
    }
  }
}
