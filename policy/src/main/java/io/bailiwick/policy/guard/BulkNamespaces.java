package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of full namespaces in a bulkWrite: {@code nsInfo: [{ns: "db.collection"}, …]}. */
final class BulkNamespaces {
  private BulkNamespaces() {}

  /**
   * Every namespace of the list, in order; each must be in the policy.
   *
   * @throws RefusedException if one is not, or the list is missing or holds anything else
   */
  static List<CollectionAccess> read(Draft draft) {
    List<CollectionAccess> namespaces = new ArrayList<>();
    OpMsg message = draft.message();
    for (int i = 0; i < draft.sequences(); i++) {
      if (draft.sequence(i) == Field.NS_INFO) {
        for (int at = message.sequenceDocumentsAt(i);
            at < message.sequenceEnd(i);
            at += Bytes.int32(message.bytes(), at)) {
          Batch.checkCount(namespaces.size() + 1);
          namespaces.add(namespace(draft, at));
        }
      }
    }
    @Nullable Elements list = draft.find(Field.NS_INFO);
    if (list != null) {
      Elements member = draft.walk().array(list);
      while (member.next()) {
        draft.walk().document(member);
        Batch.checkCount(namespaces.size() + 1);
        namespaces.add(namespace(draft, member.valueStart()));
      }
    }
    if (namespaces.isEmpty()) {
      throw RefusedException.policy(RuleId.FIELD, "nsInfo is missing or empty");
    }
    return namespaces;
  }

  private static CollectionAccess namespace(Draft draft, int start) {
    Elements name = new Elements(draft.bytes(), start);
    if (!name.next() || !name.nameIs("ns") || name.type() != BsonType.STRING) {
      throw odd();
    }
    CollectionAccess access = access(draft, name.stringStart(), name.stringEnd());
    if (name.next()) {
      throw odd();
    }
    return access;
  }

  /** The first dot ends the database's name; collections may have more of them. */
  private static CollectionAccess access(Draft draft, int from, int to) {
    byte[] bytes = draft.bytes();
    int dot = from;
    while (dot < to && bytes[dot] != '.') {
      dot++;
    }
    @Nullable CollectionAccess access =
        dot == to ? null : draft.policy().access(bytes, from, dot, dot + 1, to);
    if (access == null) {
      throw RefusedException.policy(RuleId.NAMESPACE, "no such namespace in the policy");
    }
    return access;
  }

  private static RefusedException odd() {
    return RefusedException.policy(RuleId.FIELD, "a member of nsInfo is {ns: <string>}");
  }
}
