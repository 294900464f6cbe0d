package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.walk.MatchPlace;
import io.bailiwick.policy.walk.OptionWalker;
import io.bailiwick.protocol.bson.Elements;

/** find: the filter is confined to the tenant, and what stands beside it is walked. */
final class FindGuard implements Guard {
  @Override
  public void judge(Draft draft) {
    CollectionAccess source = draft.walk().read(draft.command());
    OptionWalker options = draft.options();
    Elements let = draft.find(Field.LET);
    if (let != null) {
      options.let(let);
    }
    boolean whole = true;
    while (draft.next()) {
      whole &= !isShaped(draft);
      argument(draft, source, options);
    }
    if (!draft.has(Field.FILTER)) {
      draft.filters().confineAbsent(draft.end(), "filter", source);
    }
    if (!draft.has(Field.COLLATION)) {
      options.collationAbsent(draft.end());
    }
    FindOutcomes.Outcome outcome = draft.finds().of(source);
    draft.claim(outcome.opens());
    draft.plan(whole ? outcome.whole() : outcome.shaped());
  }

  private static boolean isShaped(Draft draft) {
    return draft.field() == Field.PROJECTION && !draft.element().document().isEmpty();
  }

  private static void argument(Draft draft, CollectionAccess source, OptionWalker options) {
    Elements element = draft.element();
    switch (draft.field()) {
      case FILTER -> draft.filters().confine(element, source, MatchPlace.QUERY);
      case PROJECTION -> draft.walkers().projections().walk(element);
      case SORT -> options.sort(element);
      case HINT -> options.hint(element, source);
      case COLLATION -> options.collation(element);
      default -> {
        // Numbers and booleans, which were checked when the arguments were read.
      }
    }
  }
}
