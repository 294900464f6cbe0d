package io.bailiwick.proxy.ownership;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads session ids as clients write them: {@code {id: UUID}}. */
public final class SessionAt {
  private static final int SUBTYPE_UUID = 4;

  private SessionAt() {}

  /** A copy of the sixteen bytes, or null if the element is no session id. */
  public static byte @Nullable [] uuid(Elements session) {
    Elements id = session.type() == BsonType.DOCUMENT ? session.document().find("id") : null;
    if (id == null || id.type() != BsonType.BINARY) {
      return null;
    }
    boolean sound =
        id.valueEnd() - id.valueStart() == 5 + SessionIds.SIZE
            && id.bytes()[id.valueStart() + 4] == SUBTYPE_UUID;
    return sound ? Arrays.copyOfRange(id.bytes(), id.valueStart() + 5, id.valueEnd()) : null;
  }
}
