package io.bailiwick.policy.reply;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import java.util.Arrays;

/** Recognizes documents that are not the principal's own. */
public final class Tripwire {
  private Tripwire() {}

  /**
   * True if the document carries the tenant field, once, with the principal's value, as MongoDB
   * compares values.
   *
   * @param start offset of the document's length
   * @param limit offset behind the last byte that may be read
   * @throws MalformedMessageException if the document's lengths do not fit
   */
  public static boolean carriesTenant(BoundPolicy policy, byte[] bytes, int start, int limit) {
    byte[] name = policy.tenantFieldBytes();
    boolean found = false;
    Elements fields = Elements.checked(bytes, start, limit);
    while (fields.next()) {
      if (Arrays.equals(bytes, fields.nameStart(), fields.nameEnd(), name, 0, name.length)) {
        if (found || !policy.tenant().matches(fields)) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }

  /**
   * True if a reply to findAndModify holds a document that does not carry the tenant field.
   *
   * @param start offset of the reply document's length
   * @param limit offset behind the last byte that may be read
   * @throws MalformedMessageException if lengths do not fit
   */
  public static boolean holdsForeignValue(BoundPolicy policy, byte[] bytes, int start, int limit) {
    Elements fields = Elements.checked(bytes, start, limit);
    while (fields.next()) {
      if (fields.nameIs("value")
          && fields.type() == BsonType.DOCUMENT
          && !carriesTenant(policy, bytes, fields.valueStart(), fields.valueEnd())) {
        return true;
      }
    }
    return false;
  }
}
