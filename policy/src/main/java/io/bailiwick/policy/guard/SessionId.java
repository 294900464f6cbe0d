package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.Arrays;

/**
 * A client's session id: exactly {@code {id: UUID}}, none of the internal fields beside it.
 *
 * <pre>
 * int32 30 | 05 "id" 00 | int32 16 | 04 | 16 bytes | 00
 * </pre>
 */
final class SessionId {
  private static final byte[] IN_FRONT = {
    30, 0, 0, 0, BsonType.BINARY, 'i', 'd', 0, 16, 0, 0, 0, 0x04
  };
  private static final int SIZE = 30;

  private SessionId() {}

  /**
   * Offset of the UUID's 16 bytes.
   *
   * @throws RefusedException if the element is not exactly {@code {id: UUID}}
   */
  static int at(Elements element) {
    int from = element.valueStart();
    int at = from + IN_FRONT.length;
    boolean sound =
        element.type() == BsonType.DOCUMENT
            && element.valueEnd() - from == SIZE
            && Arrays.equals(element.bytes(), from, at, IN_FRONT, 0, IN_FRONT.length);
    if (!sound) {
      throw RefusedException.policy(RuleId.SESSION, "a session id is {id: UUID} and nothing else");
    }
    return at;
  }
}
