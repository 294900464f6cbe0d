package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.walk.FilterWalker;
import io.bailiwick.policy.walk.MatchPlace;
import io.bailiwick.policy.walk.OptionWalker;
import io.bailiwick.policy.walk.Stamp;
import io.bailiwick.policy.walk.UpdateWalker;
import io.bailiwick.policy.walk.WalkContext;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/** Judges write statements one by one, for one command. The edits lie inside the statement. */
final class Statements {
  private final Draft draft;
  private final WalkContext context;
  private final FilterWalker filters;
  private final UpdateWalker updates;
  private final OptionWalker options;
  private final Stamp stamp;

  Statements(Draft draft) {
    this.draft = draft;
    this.context = draft.walk();
    this.filters = draft.filters();
    this.updates = draft.walkers().updates();
    this.options = draft.options();
    this.stamp = draft.walkers().stamp();
  }

  /** A document to be stored. */
  void insert(int start, CollectionAccess target) {
    if (target.isShared()) {
      stamp.document(draft.bytes(), start);
    }
  }

  /**
   * A statement of any kind that the parts in the table make up.
   *
   * @param start offset of the statement's length
   * @param required parts that must be there
   */
  void judge(
      int start,
      NameTable<StatementField> parts,
      CollectionAccess target,
      StatementField... required) {
    Statement statement = Statement.read(draft.bytes(), start, parts);
    for (StatementField field : required) {
      statement.require(field);
    }
    if (statement.upsert()) {
      draft.effect(target, Effect.INSERT);
    }
    int variables = context.variables();
    declareConstants(statement, start, parts);
    context.enter(start);
    Elements part = new Elements(draft.bytes(), start);
    while (part.next()) {
      StatementField field = part.lookUp(parts);
      if (field != null) {
        part(field, part, statement, target);
      }
    }
    if (statement.has(StatementField.ARRAY_FILTERS)) {
      updates.requireUse(
          find(StatementField.ARRAY_FILTERS, start, parts),
          find(StatementField.UPDATE, start, parts));
    }
    if (statement.has(StatementField.FILTER) && !statement.has(StatementField.COLLATION)) {
      options.collationAbsent(part.elementStart());
    }
    context.leave(part.elementStart() + 1);
    context.forget(variables);
  }

  private void part(
      StatementField field, Elements part, Statement statement, CollectionAccess target) {
    switch (field) {
      case FILTER -> filter(part, target, statement.upsert());
      case UPDATE -> updates.walk(part, target, statement.upsert());
      case DOCUMENT -> insert(part.valueStart(), target);
      case ARRAY_FILTERS -> updates.arrayFilters(part, target);
      case COLLATION -> options.collation(part);
      case HINT -> options.hint(part, target);
      case SORT -> options.sort(part);
      case CONSTANTS, MULTI, UPSERT, LIMIT, NAMESPACE -> {}
    }
  }

  private void filter(Elements part, CollectionAccess target, boolean upsert) {
    if (upsert) {
      filters.confineUpsert(part, target);
    } else {
      filters.confine(part, target, MatchPlace.QUERY);
    }
  }

  /** Constants may be read by the pipeline of their own statement, wherever they stand in it. */
  private void declareConstants(Statement statement, int start, NameTable<StatementField> parts) {
    if (!statement.has(StatementField.CONSTANTS)) {
      return;
    }
    if (statement.updateType() != BsonType.ARRAY) {
      throw RefusedException.policy(RuleId.FIELD, "constants without a pipeline");
    }
    Elements constants = find(StatementField.CONSTANTS, start, parts);
    refuseNew(constants);
    options.let(constants);
  }

  /** A part that is there, standing on it. */
  private Elements find(StatementField wanted, int start, NameTable<StatementField> parts) {
    Elements part = new Elements(draft.bytes(), start);
    while (part.next()) {
      if (part.lookUp(parts) == wanted) {
        return part;
      }
    }
    throw RefusedException.policy(RuleId.FIELD, wanted + " is missing in a statement");
  }

  /** Under this name MongoDB itself passes the document that an upsert is to store. */
  private static void refuseNew(Elements constants) {
    if (constants.document().find("new") != null) {
      throw RefusedException.policy(RuleId.VARIABLE, "a constant called new");
    }
  }
}
