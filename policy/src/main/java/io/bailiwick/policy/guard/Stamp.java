package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.bson.Elements;

/**
 * Sees to it that a document that will be stored carries the tenant field with the tenant's value.
 */
final class Stamp {
  /** The largest document MongoDB stores. */
  static final int MAX_DOCUMENT_BYTES = 16 << 20;

  private Stamp() {}

  /**
   * Adds the tenant field where it is absent and leaves it where it equals the tenant's value in
   * type and bytes.
   *
   * @param start offset of the document's length; the document is entered and left
   * @throws RefusedException for another value, for a name that reaches into the tenant field, and
   *     for a document that grows too large
   */
  static void document(BoundPolicy policy, MessageEdits edits, byte[] bytes, int start) {
    boolean present = false;
    Elements field = new Elements(bytes, start);
    while (field.next()) {
      if (!TenantPath.leads(policy, bytes, field.nameStart(), field.nameEnd())) {
        continue;
      }
      boolean exact = field.nameEnd() - field.nameStart() == policy.tenantFieldBytes().length;
      if (!exact || !policy.tenant().is(field)) {
        throw RefusedException.policy(RuleId.TENANT_FIELD, "a document names another tenant");
      }
      present = true;
    }
    int end = field.elementStart() + 1;
    byte[] stamp = policy.stampElement();
    if (end - start + (present ? 0 : stamp.length) > MAX_DOCUMENT_BYTES) {
      throw RefusedException.policy(RuleId.LIMIT, "a document is too large once stamped");
    }
    if (!present) {
      edits.enter(start);
      edits.insert(end - 1, stamp);
      edits.leave(end);
    }
  }
}
