package io.bailiwick.policy.walk;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/**
 * Walks updates in their three forms, told apart as MongoDB does: an array is a pipeline, a
 * document whose first name starts with {@code $} holds operators, any other document replaces. In
 * a shared collection none of them can change, drop or forge the tenant field, and what an upsert
 * stores carries it.
 */
public final class UpdateWalker {
  private static final byte[] SET_ON_INSERT = Confinement.head(BsonType.DOCUMENT, "$setOnInsert");

  private final WalkContext context;
  private final FilterWalker filters;
  private final PipelineWalker pipelines;
  private final UpdateOperands operands;
  private final TenantMentions mentions;
  private final Stamp stamp;

  UpdateWalker(
      WalkContext context,
      FilterWalker filters,
      PipelineWalker pipelines,
      OptionWalker options,
      Stamp stamp) {
    this.context = context;
    this.filters = filters;
    this.pipelines = pipelines;
    this.operands = new UpdateOperands(context, filters, options);
    this.mentions = new TenantMentions(context);
    this.stamp = stamp;
  }

  /**
   * Walks an update. Containers around the element must have been entered.
   *
   * @param upsert true if the update may store a document that was not there
   * @throws io.bailiwick.policy.verdict.RefusedException if it holds what may not stand there, or
   *     touches the tenant field
   */
  public void walk(Elements update, CollectionAccess access, boolean upsert) {
    if (update.type() == BsonType.ARRAY) {
      pipeline(update, access);
    } else if (startsWithOperator(fields(update))) {
      operators(update, access, upsert);
    } else {
      replacement(update, access);
    }
  }

  /** Names and values that will be stored: whatever BSON holds may stand there. */
  private static Elements fields(Elements holder) {
    if (holder.type() != BsonType.DOCUMENT) {
      throw Refusals.value(holder, "a document");
    }
    return holder.document().elements();
  }

  /**
   * Makes sure that array filters and the paths of an update belong together.
   *
   * @throws io.bailiwick.policy.verdict.RefusedException if a filter is used by no path
   */
  public void requireUse(Elements arrayFilters, Elements update) {
    ArrayFilters.check(update, arrayFilters);
  }

  /** Walks the filters that say which members of arrays {@code $[name]} stands for. */
  public void arrayFilters(Elements arrayFilters, CollectionAccess access) {
    Elements filter = context.array(arrayFilters);
    for (int count = 1; filter.next(); count++) {
      context.checkMembers(count);
      if (access.isShared()) {
        mentions.refuseAny(filter);
      }
      filters.inspect(filter);
    }
  }

  private static boolean startsWithOperator(Elements members) {
    return members.next() && members.nameFirstByte() == '$';
  }

  private void pipeline(Elements update, CollectionAccess access) {
    int stages = pipelines.walkUpdate(update);
    if (access.isShared()) {
      context.enter(update.valueStart());
      int at = update.valueEnd() - 1;
      context.edits().insert(at, Confinement.head(BsonType.DOCUMENT, Integer.toString(stages)));
      context.edits().insert(at, context.policy().stampStage());
      context.leave(update.valueEnd());
      context.note(update, "stamped by a last stage");
    }
  }

  private void replacement(Elements update, CollectionAccess access) {
    Elements field = fields(update);
    while (field.next()) {
      if (field.nameFirstByte() == '$') {
        throw Refusals.operator(field);
      }
    }
    if (access.isShared()) {
      stamp.document(update.bytes(), update.valueStart());
      context.note(update, "a replacement, stamped");
    }
  }

  private void operators(Elements update, CollectionAccess access, boolean upsert) {
    boolean stamps = upsert && access.isShared();
    boolean stamped = false;
    context.enter(update.valueStart());
    Elements element = context.document(update);
    while (element.next()) {
      UpdateOperator operator = element.lookUp(UpdateOperator.TABLE);
      if (operator == null) {
        throw Refusals.operator(element);
      }
      stamped |= operator == UpdateOperator.SET_ON_INSERT;
      if (stamps && operator == UpdateOperator.SET && holdsNothingElse(element)) {
        // An empty $set is an error on MongoDB 4.4.
        context.edits().remove(element.elementStart(), element.valueEnd());
      } else {
        paths(operator, element, access.isShared(), stamps);
      }
    }
    if (stamps && !stamped) {
      int at = update.valueEnd() - 1;
      context.edits().open(at, SET_ON_INSERT);
      context.edits().insert(at, context.policy().stampElement());
      context.edits().close(at);
    }
    context.leave(update.valueEnd());
  }

  /** True if the operator assigns the tenant field its own value and nothing else. */
  private boolean holdsNothingElse(Elements operator) {
    Elements path = fields(operator);
    return path.next() && isTenantPath(path) && stamp.isOwn(path) && !path.next();
  }

  private void paths(UpdateOperator operator, Elements element, boolean isShared, boolean stamps) {
    context.enter(element.valueStart());
    Elements path = fields(element);
    while (path.next()) {
      if (isShared && isTenantPath(path)) {
        tenantPath(operator, path, stamps);
      } else if (path.nameFirstByte() == '$') {
        throw Refusals.operator(path);
      } else {
        operands.walk(operator, path, isShared);
      }
    }
    if (stamps && operator == UpdateOperator.SET_ON_INSERT) {
      context.edits().insert(element.valueEnd() - 1, context.policy().stampElement());
    }
    context.leave(element.valueEnd());
  }

  private void tenantPath(UpdateOperator operator, Elements path, boolean stamps) {
    if (!operator.assigns()) {
      throw Refusals.of(RuleId.TENANT_FIELD, path, "no update changes it");
    }
    stamp.requireOwn(path);
    if (stamps) {
      context.edits().remove(path.elementStart(), path.valueEnd());
    }
  }

  private boolean isTenantPath(Elements path) {
    return context.isTenantPath(path.bytes(), path.nameStart(), path.nameEnd());
  }
}
