package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to connectionStatus: who logged in, and on request what the policy lets them do, from
 * which tools derive the tree that they show. Nothing of the account that MongoDB sees.
 */
final class ConnectionStatus {
  private static final Map<String, Effect> ACTIONS = actions();

  private ConnectionStatus() {}

  private static Map<String, Effect> actions() {
    Map<String, Effect> actions = new LinkedHashMap<>();
    actions.put("find", Effect.READ);
    actions.put("insert", Effect.INSERT);
    actions.put("update", Effect.UPDATE);
    actions.put("remove", Effect.DELETE);
    return actions;
  }

  static byte[] of(@Nullable Binding binding, RawDocument command) {
    BsonWriter out =
        new BsonWriter().startDocument().startDocument("authInfo").startArray("authenticatedUsers");
    if (binding != null && binding.asker() instanceof Asker.LoggedIn) {
      out.startDocument("0")
          .string("user", binding.user())
          .string("db", binding.authSource())
          .end();
    }
    out.end().startArray("authenticatedUserRoles").end();
    if (showsPrivileges(command)) {
      out.startArray("authenticatedUserPrivileges");
      BoundPolicy policy = binding == null ? null : binding.policy();
      if (policy != null) {
        privileges(policy, out);
      }
      out.end();
    }
    return out.end().float64("ok", 1.0).end().toBytes();
  }

  private static boolean showsPrivileges(RawDocument command) {
    Elements option = command.find("showPrivileges");
    return option != null && option.type() == BsonType.BOOLEAN && option.bool();
  }

  /** One element for each collection that the principal may name. */
  static void privileges(BoundPolicy policy, BsonWriter out) {
    int position = 0;
    for (CollectionAccess access : policy.collections()) {
      out.startDocument(Integer.toString(position++)).startDocument("resource");
      out.string("db", access.namespace().database());
      out.string("collection", access.namespace().collection()).end().startArray("actions");
      int count = 0;
      for (Map.Entry<String, Effect> action : ACTIONS.entrySet()) {
        if (allows(access, action.getValue())) {
          out.string(Integer.toString(count++), action.getKey());
        }
      }
      out.end().end();
    }
  }

  private static boolean allows(CollectionAccess access, Effect effect) {
    boolean writesReference =
        effect != Effect.READ && access.collectionClass() == CollectionClass.REFERENCE;
    return !writesReference && access.deniedBy(effect) == null;
  }
}
