package io.bailiwick.policy.verdict;

import io.bailiwick.policy.model.CollectionAccess;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reply may be, decided by the command sent.
 *
 * @param kind how the proxy handles the bytes
 * @param tripwire true if documents of the batch must carry the tenant field of this principal
 * @param touched namespaces whose listed indexes may be named in a duplicate-key error
 * @param acknowledged false for writeConcern w:0
 */
public record ReplyPlan(
    Kind kind, boolean tripwire, List<CollectionAccess> touched, boolean acknowledged) {

  /** How the bytes of the reply are handled. */
  public enum Kind {
    /** find, aggregate, getMore: {@code cursor.id} translated, batches streamed. */
    CURSOR,
    /**
     * insert, update, delete: collected and rebuilt from {n, nModified, upserted, writeErrors…}.
     */
    WRITE,
    /** findAndModify: collected; the document passes, the rest is rebuilt. */
    FIND_AND_MODIFY,
    /** count, distinct and other small answers: top-level fields from an allow-list. */
    PLAIN,
    /** bulkWrite: collected, per-operation errors rebuilt, cursor translated. */
    BULK_WRITE,
    /** explain: collected and rebuilt from an allow-list. */
    EXPLAIN
  }

  public static ReplyPlan of(Kind kind, @Nullable CollectionAccess touched) {
    return new ReplyPlan(kind, false, touched == null ? List.of() : List.of(touched), true);
  }
}
