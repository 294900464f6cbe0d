package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Touch;
import io.bailiwick.policy.walk.Liveness;
import io.bailiwick.policy.walk.OptionWalker;
import io.bailiwick.policy.walk.WalkContext;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** aggregate: every stage is walked, every source confined to the tenant. */
final class AggregateGuard implements Guard {
  @Override
  public void judge(Draft draft) {
    require(draft, Field.PIPELINE);
    require(draft, Field.CURSOR);
    WalkContext walk = draft.walk();
    CollectionAccess source = source(draft);
    OptionWalker options = draft.options();
    Elements let = draft.find(Field.LET);
    if (let != null) {
      options.let(let);
    }
    Liveness live = Liveness.ENDED;
    while (draft.next()) {
      Elements element = draft.element();
      switch (draft.field()) {
        case PIPELINE -> live = draft.walkers().pipelines().walk(element, source);
        case CURSOR -> cursor(walk.document(element));
        case HINT -> options.hint(element, source);
        case COLLATION -> options.collation(element);
        default -> {
          // Booleans, which were checked when the arguments were read.
        }
      }
    }
    if (!draft.has(Field.COLLATION)) {
      options.collationAbsent(draft.end());
    }
    draft.claim(opens(draft, source));
    draft.plan(new ReplyPlan(ReplyPlan.Kind.CURSOR, live == Liveness.LIVE, walk.touched(), true));
  }

  private static void require(Draft draft, Field field) {
    if (!draft.has(field)) {
      throw RefusedException.policy(RuleId.FIELD, field.word() + " is missing");
    }
  }

  /** The collection, or null for {@code aggregate: 1}, which starts from {@code $documents}. */
  private static @Nullable CollectionAccess source(Draft draft) {
    Elements command = draft.command();
    if (command.type() == BsonType.STRING) {
      return draft.walk().read(command);
    }
    if (!Integers.isBetween(command, 1, 1)) {
      throw RefusedException.policy(RuleId.NAMESPACE, "a collection is named by a string");
    }
    draft.namespace().listedDatabase();
    return null;
  }

  private static Claim opens(Draft draft, @Nullable CollectionAccess source) {
    List<Touch> reads =
        draft.walk().touched().stream().map(access -> new Touch(access, Effect.READ)).toList();
    return source == null
        ? new Claim.OpensCursor(draft.namespace().database(), CursorNamespaces.AGGREGATE, reads)
        : new Claim.OpensCursor(
            source.namespace().database(), source.namespace().collection(), reads);
  }

  private static void cursor(Elements option) {
    while (option.next()) {
      if (!option.nameIs("batchSize")) {
        throw RefusedException.policy(RuleId.FIELD, "cursor takes batchSize only");
      }
      if (!Integers.is(option)) {
        throw RefusedException.policy(RuleId.OPTION_VALUE, "cursor.batchSize");
      }
    }
  }
}
