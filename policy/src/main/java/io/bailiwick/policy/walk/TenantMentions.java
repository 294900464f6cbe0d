package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/**
 * Finds conditions on the tenant field in a match document. An upsert takes field values from its
 * filter, so there none may stand but {@code TF: T} itself, which is left out because the filter
 * around says it already.
 */
final class TenantMentions {
  static final int NONE = -1;

  private static final NameTable<Boolean> BRANCHES = NameTable.of(true, "$and", "$or", "$nor");

  private final WalkContext context;
  private final Stamp stamp;

  TenantMentions(WalkContext context) {
    this.context = context;
    this.stamp = new Stamp(context);
  }

  /**
   * Offset of the element that says {@code TF: T} at the top of the filter, or {@link #NONE}.
   *
   * @throws io.bailiwick.policy.verdict.RefusedException for any other condition on the field
   */
  int equality(Elements filter) {
    int found = NONE;
    Elements member = context.document(filter);
    while (member.next()) {
      if (isEquality(member)) {
        found = member.elementStart();
      } else {
        refuse(member);
      }
    }
    return found;
  }

  /** Refuses a match document that has a condition on the field, or a variable of its name. */
  void refuseAny(Elements filter) {
    Elements member = context.document(filter);
    while (member.next()) {
      refuse(member);
    }
  }

  private void refuse(Elements member) {
    if (context.isTenantPath(member.bytes(), member.nameStart(), member.nameEnd())) {
      throw Refusals.of(RuleId.TENANT_FIELD, member, "no condition on it may stand here");
    }
    if (member.type() == BsonType.ARRAY && member.lookUp(BRANCHES) != null) {
      Elements branch = context.array(member);
      while (branch.next()) {
        refuseAny(branch);
      }
    }
  }

  private boolean isEquality(Elements member) {
    if (!context.isTenantPath(member.bytes(), member.nameStart(), member.nameEnd())) {
      return false;
    }
    return stamp.isOwn(member) || isExplicitEquality(member);
  }

  private boolean isExplicitEquality(Elements member) {
    boolean whole =
        member.nameEnd() - member.nameStart() == context.policy().tenantFieldBytes().length;
    if (!whole || member.type() != BsonType.DOCUMENT) {
      return false;
    }
    Elements operator = context.document(member);
    return operator.next()
        && operator.nameIs("$eq")
        && context.policy().tenant().is(operator)
        && !operator.next();
  }
}
