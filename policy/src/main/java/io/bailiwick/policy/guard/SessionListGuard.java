package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/**
 * endSessions and refreshSessions: lists of the client's own session ids, answered by the proxy.
 */
final class SessionListGuard implements Guard {
  /** As many as drivers send in one command. */
  private static final int MAX_SESSIONS = 10_000;

  private final LocalCommand command;

  SessionListGuard(LocalCommand command) {
    this.command = command;
  }

  @Override
  public void judge(Draft draft) {
    Elements list = draft.command();
    if (list.type() != BsonType.ARRAY) {
      throw RefusedException.policy(RuleId.SESSION, "a list of session ids is an array");
    }
    Elements session = new Elements(list.bytes(), list.valueStart());
    int count = 0;
    while (session.next()) {
      SessionId.at(session);
      if (++count > MAX_SESSIONS) {
        throw RefusedException.policy(RuleId.LIMIT, "more than 10000 session ids");
      }
    }
    draft.local(command);
  }
}
