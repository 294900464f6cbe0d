package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;

/** A client's session id: exactly {@code {id: UUID}}, none of the internal fields beside it. */
final class SessionId {
  private static final byte SUBTYPE_UUID = 0x04;
  private static final int UUID_BYTES = 16;

  private SessionId() {}

  /**
   * Offset of the UUID's 16 bytes.
   *
   * @throws RefusedException if the element is not exactly {@code {id: UUID}}
   */
  static int at(Elements element) {
    if (element.type() != BsonType.DOCUMENT) {
      throw odd();
    }
    Elements id = new Elements(element.bytes(), element.valueStart());
    if (!id.next() || !isUuid(id)) {
      throw odd();
    }
    int at = id.valueStart() + 5;
    if (id.next()) {
      throw odd();
    }
    return at;
  }

  private static boolean isUuid(Elements id) {
    return id.nameIs("id")
        && id.type() == BsonType.BINARY
        && Bytes.int32(id.bytes(), id.valueStart()) == UUID_BYTES
        && id.bytes()[id.valueStart() + 4] == SUBTYPE_UUID;
  }

  private static RefusedException odd() {
    return RefusedException.policy(RuleId.SESSION, "a session id is {id: UUID} and nothing else");
  }
}
