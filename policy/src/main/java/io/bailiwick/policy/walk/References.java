package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/** DBRefs: {@code {$ref, $id, $db}} are names of data although they start like operators. */
final class References {
  private static final NameTable<Boolean> PARTS = NameTable.of(true, "$ref", "$id", "$db");

  private References() {}

  static boolean isPart(Elements member) {
    return member.lookUp(PARTS) != null;
  }

  /** True if the document starts with {@code $ref, $id}, as a DBRef does. */
  static boolean isReference(Elements document) {
    Elements member = document.document().elements();
    return member.next() && member.nameIs("$ref") && member.next() && member.nameIs("$id");
  }
}
