package io.bailiwick.policy.walk;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Elements;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks aggregation pipelines: every stage must be listed, every source is confined to the tenant,
 * and no expression in a filter can fail on another tenant's document, in whatever order the server
 * evaluates it.
 */
public final class PipelineWalker {
  private static final Set<StageName> OF_UPDATES =
      EnumSet.of(
          StageName.ADD_FIELDS,
          StageName.SET,
          StageName.UNSET,
          StageName.PROJECT,
          StageName.REPLACE_ROOT,
          StageName.REPLACE_WITH);

  final WalkContext context;
  final FilterWalker filters;
  final Confinement confinement;
  final StageWalker stages;
  final JoinWalker joins;

  PipelineWalker(WalkContext context) {
    ExpressionWalker expressions = new ExpressionWalker(context);
    this.context = context;
    this.confinement = new Confinement(context);
    this.filters = new FilterWalker(context, expressions, confinement);
    this.stages = new StageWalker(context, expressions);
    this.joins = new JoinWalker(this, expressions);
  }

  /**
   * Walks a pipeline that starts from a collection, or from {@code $documents}. Containers around
   * the element must have been entered.
   *
   * @param source null where no collection is named
   * @return {@link Liveness#LIVE} if every document that comes out carries the tenant field as
   *     stored
   * @throws io.bailiwick.policy.verdict.RefusedException if the pipeline may not run
   */
  public Liveness walk(Elements pipeline, @Nullable CollectionAccess source) {
    Liveness live = source == null ? Liveness.ENDED : Liveness.of(source.isShared());
    return new PipelineWalk(this, source, false, live).walk(pipeline);
  }

  /** Walks a pipeline inside {@code $facet}, whose documents come from the stages before it. */
  Liveness facet(Elements pipeline, Liveness before) {
    return new PipelineWalk(this, null, true, before).walk(pipeline);
  }

  /**
   * Walks the stages of an update, which may only reshape the one document. Changes nothing.
   *
   * @return how many stages there are
   */
  public int walkUpdate(Elements pipeline) {
    int count = 0;
    Elements stage = context.array(pipeline);
    while (stage.next()) {
      context.countStage();
      Elements operand = only(stage);
      StageName name = StageName.of(operand);
      if (!OF_UPDATES.contains(name)) {
        throw Refusals.of(RuleId.STAGE, operand, "not a stage of updates");
      }
      stages.walk(name, operand, Liveness.UNSHARED);
      count++;
    }
    return count;
  }

  /** The one element of a stage: its name and operand. */
  Elements only(Elements stage) {
    Elements operand = context.document(stage);
    boolean one = operand.next() && operand.valueEnd() == stage.valueEnd() - 1;
    if (!one) {
      throw RefusedException.policy(RuleId.STAGE, "a stage has exactly one name");
    }
    return operand;
  }
}
