package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.Namespace;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/** Namespaces that a cursor may have: a collection of the policy, or the name of its command. */
final class CursorNamespaces {
  /** Replies to bulkWrite are cursors of this name in the database {@code admin}. */
  static final Namespace BULK_WRITE = new Namespace("admin", "$cmd.bulkWrite");

  /** Pipelines that start from no collection have cursors of this name. */
  static final String AGGREGATE = "$cmd.aggregate";

  private CursorNamespaces() {}

  /**
   * The namespace that a getMore names; reading on counts as reading.
   *
   * @throws io.bailiwick.policy.verdict.RefusedException if no cursor of this principal's can have
   *     that namespace
   */
  static Namespace read(Draft draft, Elements collection) {
    Namespace namespace = of(draft, collection);
    CollectionAccess access = draft.policy().access(namespace.database(), namespace.collection());
    if (access != null) {
      draft.effect(access, Effect.READ);
    }
    return namespace;
  }

  /** The namespace that a killCursors names. */
  static Namespace of(Draft draft, Elements collection) {
    if (is(collection, BULK_WRITE.collection())
        && draft.namespace().databaseIs(BULK_WRITE.database())) {
      return BULK_WRITE;
    }
    if (is(collection, AGGREGATE)) {
      return new Namespace(draft.namespace().listedDatabase(), AGGREGATE);
    }
    return draft.namespace().collection(collection).namespace();
  }

  private static boolean is(Elements name, String text) {
    return name.type() == BsonType.STRING
        && name.stringEnd() - name.stringStart() == text.length()
        && name.bytes()[name.stringStart()] == '$'
        && name.string().equals(text);
  }
}
