package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.walk.FilterWalker;
import io.bailiwick.policy.walk.MatchPlace;
import io.bailiwick.policy.walk.OptionWalker;
import io.bailiwick.policy.walk.WalkContext;
import io.bailiwick.protocol.bson.Elements;

/** count and distinct: the query is confined to the tenant, and there always is one. */
final class QueryGuard implements Guard {
  private final MatchPlace place;
  private final Field[] required;

  private QueryGuard(MatchPlace place, Field... required) {
    this.place = place;
    this.required = required;
  }

  static QueryGuard ofCount() {
    return new QueryGuard(MatchPlace.FIRST);
  }

  static QueryGuard ofDistinct() {
    return new QueryGuard(MatchPlace.QUERY, Field.KEY);
  }

  @Override
  public void judge(Draft draft) {
    for (Field field : required) {
      if (!draft.has(field)) {
        throw RefusedException.policy(RuleId.FIELD, field.word() + " is missing");
      }
    }
    WalkContext walk = draft.walk();
    CollectionAccess source = walk.read(draft.command());
    FilterWalker filters = draft.filters();
    OptionWalker options = draft.options();
    while (draft.next()) {
      Elements element = draft.element();
      switch (draft.field()) {
        case QUERY -> filters.confine(element, source, place);
        case HINT -> options.hint(element, source);
        case COLLATION -> options.collation(element);
        default -> {
          // Numbers and the key, which were checked when the arguments were read.
        }
      }
    }
    if (!draft.has(Field.QUERY)) {
      filters.confineAbsent(draft.end(), "query", source);
    }
    if (!draft.has(Field.COLLATION)) {
      options.collationAbsent(draft.end());
    }
    draft.plan(new ReplyPlan(ReplyPlan.Kind.PLAIN, false, walk.touched(), true));
  }
}
