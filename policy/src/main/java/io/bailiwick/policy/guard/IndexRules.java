package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/**
 * What an index of a client's may be. In a shared collection its key is led by the tenant field, so
 * that it neither tells of nor collides with other tenants' documents. Options that delete
 * documents or change comparison are refused everywhere.
 */
final class IndexRules {
  private static final NameTable<Shape> OPTIONS =
      NameTable.of(
          java.util.Map.of(
              "name", Shape.STRING,
              "unique", Shape.BOOLEAN,
              "sparse", Shape.BOOLEAN,
              "background", Shape.BOOLEAN,
              "hidden", Shape.FALSE,
              "v", Shape.INTEGER));

  private static final NameTable<Boolean> KINDS =
      NameTable.of(true, "text", "2dsphere", "2d", "hashed");

  private IndexRules() {}

  static void check(Draft draft, CollectionAccess target, int start) {
    boolean keyed = false;
    Elements option = new Elements(draft.bytes(), start);
    while (option.next()) {
      if (option.nameIs("key")) {
        checkKey(draft, target, option);
        keyed = true;
        continue;
      }
      Shape shape = option.lookUp(OPTIONS);
      if (shape == null || !shape.fits(option)) {
        throw RefusedException.policy(RuleId.DDL, "index option " + option.name());
      }
    }
    if (!keyed) {
      throw RefusedException.policy(RuleId.DDL, "an index without a key");
    }
  }

  private static void checkKey(Draft draft, CollectionAccess target, Elements key) {
    if (key.type() != BsonType.DOCUMENT) {
      throw RefusedException.policy(RuleId.DDL, "an index key is a document");
    }
    Elements part = new Elements(key.bytes(), key.valueStart());
    boolean first = true;
    while (part.next()) {
      if (first && target.isShared() && !isTenantField(draft, part)) {
        throw RefusedException.policy(RuleId.DDL, "an index key is led by the tenant field");
      }
      if (!isDirection(part)) {
        throw RefusedException.policy(RuleId.DDL, "index key " + part.name());
      }
      first = false;
    }
    if (first) {
      throw RefusedException.policy(RuleId.DDL, "an index key is not empty");
    }
  }

  private static boolean isTenantField(Draft draft, Elements part) {
    return part.nameIs(draft.policy().tenantField()) && Integers.is(part);
  }

  private static boolean isDirection(Elements part) {
    boolean plainName = part.nameFirstByte() != '$' && part.nameFirstByte() != 0;
    boolean kind =
        part.type() == BsonType.STRING
            && KINDS.get(part.bytes(), part.stringStart(), part.stringEnd()) != null;
    return plainName && !part.name().contains("$**") && (kind || Integers.is(part));
  }
}
