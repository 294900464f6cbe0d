package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.Principal;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out a client's endSessions on the ids that MongoDB knows. Thread-safe. */
final class SessionEnds {
  private static final int SUBTYPE_UUID = 4;

  /** Ends that one command may bring; the rest end by their own time limit. */
  private static final int MOST_AT_ONCE = 1000;

  private final SessionIds sessionIds;
  private final TransactionRegistry transactions;
  private final UpstreamCleanup upstream;

  SessionEnds(SessionIds sessionIds, TransactionRegistry transactions, UpstreamCleanup upstream) {
    this.sessionIds = sessionIds;
    this.transactions = transactions;
    this.upstream = upstream;
  }

  /**
   * @param usedOnly true to pass over those that the holder never used
   */
  void carryOut(Principal principal, Holder holder, RawDocument command, boolean usedOnly) {
    @Nullable Elements field = command.find("endSessions");
    if (field == null || field.type() != BsonType.ARRAY) {
      return;
    }
    List<byte[]> ended = new ArrayList<>();
    Elements members = field.inside();
    while (members.next() && ended.size() < MOST_AT_ONCE) {
      @Nullable Elements id =
          members.type() == BsonType.DOCUMENT ? members.document().find("id") : null;
      if (id != null && isUuid(id)) {
        byte[] mapped = Arrays.copyOfRange(id.bytes(), id.valueStart() + 5, id.valueEnd());
        boolean used = holder.end(SessionId.at(mapped, 0));
        if (usedOnly && !used) {
          continue;
        }
        sessionIds.map(holder.identity(), mapped, 0);
        transactions.endSession(SessionId.at(mapped, 0));
        ended.add(mapped);
      }
    }
    if (!ended.isEmpty()) {
      upstream.endSessions(principal, ended);
    }
  }

  private static boolean isUuid(Elements id) {
    return id.type() == BsonType.BINARY
        && id.valueEnd() - id.valueStart() == 5 + SessionIds.SIZE
        && id.bytes()[id.valueStart() + 4] == SUBTYPE_UUID;
  }
}
