package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Elements;

/**
 * Sees to it that a document that will be stored carries the tenant's value in the tenant field.
 */
public final class Stamp {
  /** The largest document MongoDB stores. */
  private static final int MAX_DOCUMENT_BYTES = 16 << 20;

  private final WalkContext context;

  Stamp(WalkContext context) {
    this.context = context;
  }

  /**
   * Adds the tenant field where it is absent and leaves it where it equals the tenant's value in
   * type and bytes. Containers around the document must have been entered.
   *
   * @param start offset of the document's length
   * @throws RefusedException for another value, for a name that reaches into the tenant field, and
   *     for a document that grows too large
   */
  public void document(byte[] bytes, int start) {
    boolean present = false;
    Elements field = new Elements(bytes, start);
    while (field.next()) {
      if (context.isTenantPath(bytes, field.nameStart(), field.nameEnd())) {
        requireOwn(field);
        present = true;
      }
    }
    int end = field.elementStart() + 1;
    int growth = present ? 0 : context.policy().stampElement().length;
    if (end - start + growth > MAX_DOCUMENT_BYTES) {
      throw Refusals.limit("a document that is too large once stamped");
    }
    if (!present) {
      context.enter(start);
      context.edits().insert(end - 1, context.policy().stampElement());
      context.leave(end);
    }
  }

  /** The element, whose path leads to the tenant field, must say what the stamp would say. */
  void requireOwn(Elements element) {
    if (!isOwn(element)) {
      throw Refusals.of(RuleId.TENANT_FIELD, element, "another value than the tenant's own");
    }
  }

  /** True if the element is the tenant field itself with the tenant's value. */
  boolean isOwn(Elements element) {
    boolean whole =
        element.nameEnd() - element.nameStart() == context.policy().tenantFieldBytes().length;
    return whole && context.policy().tenant().is(element);
  }
}
