package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What MongoDB says that an account may do with the cluster. */
final class Privileges {
  private static final List<String> TO_END_OTHERS_OPERATIONS = List.of("inprog", "killop");

  private Privileges() {}

  /**
   * True only if MongoDB lists what the account may do, and looking at others' operations and
   * ending them is not among it.
   *
   * @param status the answer to connectionStatus
   */
  static boolean lackEndingOperations(OwnReply status) {
    @Nullable Elements list = status.find("authInfo", "authenticatedUserPrivileges");
    if (list == null || list.type() != BsonType.ARRAY) {
      return false;
    }
    Set<String> actions = new HashSet<>();
    boolean listed = false;
    Elements each = list.inside();
    while (each.next()) {
      if (each.type() == BsonType.DOCUMENT) {
        listed = true;
        OwnReply privilege =
            new OwnReply(Arrays.copyOfRange(each.bytes(), each.valueStart(), each.valueEnd()));
        if (privilege.isTrue("resource", "cluster")
            || privilege.isTrue("resource", "anyResource")) {
          actions.addAll(Greeting.texts(privilege.find("actions")));
        }
      }
    }
    return listed && !actions.containsAll(TO_END_OTHERS_OPERATIONS);
  }
}
