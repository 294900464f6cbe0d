package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/**
 * Walks the projection of find and findAndModify: paths that are kept or dropped, expressions, and
 * the operators {@code $elemMatch, $slice, $meta}. Changes nothing.
 */
public final class ProjectionWalker {
  private final WalkContext context;
  private final ExpressionWalker expressions;
  private final FilterWalker filters;

  ProjectionWalker(WalkContext context) {
    this.context = context;
    this.expressions = new ExpressionWalker(context);
    this.filters = new FilterWalker(context);
  }

  /**
   * @throws io.bailiwick.policy.verdict.RefusedException if it is no document, or holds what may
   *     not stand in a projection
   */
  public void walk(Elements projection) {
    Elements field = context.document(projection);
    while (field.next()) {
      if (field.nameFirstByte() == '$') {
        throw Refusals.operator(field);
      }
      field(field);
    }
  }

  private void field(Elements field) {
    if (field.type() != BsonType.DOCUMENT) {
      expressions.walk(field);
      return;
    }
    Elements member = context.document(field);
    if (!member.next()) {
      return;
    }
    if (member.nameFirstByte() != '$') {
      walk(field);
    } else if (member.nameIs("$elemMatch")) {
      filters.inspect(member);
      if (member.next()) {
        throw Refusals.operator(member);
      }
    } else {
      expressions.walk(field);
    }
  }
}
