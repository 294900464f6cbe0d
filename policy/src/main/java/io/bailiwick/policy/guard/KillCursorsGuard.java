package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/** killCursors: answered by the proxy, which alone knows whose the cursors are. */
final class KillCursorsGuard implements Guard {
  @Override
  public void judge(Draft draft) {
    CursorNamespaces.of(draft, draft.command());
    if (!draft.has(Field.CURSORS)) {
      throw RefusedException.policy(RuleId.FIELD, "cursors is missing");
    }
    while (draft.next()) {
      if (draft.field() == Field.CURSORS) {
        requireIds(draft.element());
      }
    }
    draft.local(LocalCommand.KILL_CURSORS);
  }

  private static void requireIds(Elements list) {
    Elements id = new Elements(list.bytes(), list.valueStart());
    while (id.next()) {
      if (id.type() != BsonType.INT64) {
        throw RefusedException.policy(RuleId.OPTION_VALUE, "a cursor id is an int64");
      }
    }
  }
}
