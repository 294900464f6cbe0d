package io.bailiwick.policy.walk;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Elements;
import org.jspecify.annotations.Nullable;

/**
 * One pipeline while it is walked. Stages that are added shift the numbers of those behind, so the
 * stages read and the stages written are counted apart.
 */
final class PipelineWalk {
  private final PipelineWalker tools;
  private final WalkContext context;
  private final @Nullable CollectionAccess source;
  private final boolean inFacet;
  private Liveness live;
  private boolean unconfined;
  private int read;
  private int written;

  /**
   * @param source the collection the documents come from, or null
   * @param inFacet true if they come from the stages around
   * @param live what expressions may rely on at the start
   */
  PipelineWalk(
      PipelineWalker tools, @Nullable CollectionAccess source, boolean inFacet, Liveness live) {
    this.tools = tools;
    this.context = tools.context;
    this.source = source;
    this.inFacet = inFacet;
    this.live = live;
    this.unconfined = source != null && source.isShared();
  }

  Liveness walk(Elements pipeline) {
    context.enterPipeline();
    Elements stage = context.array(pipeline);
    context.enter(pipeline.valueStart());
    for (; stage.next(); read++) {
      context.countStage();
      Elements operand = tools.only(stage);
      stage(stage, StageName.of(operand), operand);
    }
    if (read == 0 && source == null && !inFacet) {
      throw RefusedException.policy(RuleId.STAGE, "without a collection, $documents comes first");
    }
    confine(stage);
    context.leave(pipeline.valueEnd());
    context.leavePipeline();
    return live;
  }

  private void stage(Elements stage, StageName name, Elements operand) {
    checkPlace(name, operand);
    if (name == StageName.MATCH) {
      match(stage, operand);
      return;
    }
    if (name != StageName.GEO_NEAR) {
      // It comes first and has a filter of its own.
      confine(stage);
    }
    number(stage);
    context.enter(stage.valueStart());
    live = operand(name, operand);
    context.leave(stage.valueEnd());
  }

  private void checkPlace(StageName name, Elements operand) {
    boolean first = read == 0 && !inFacet;
    boolean fits =
        switch (name) {
          case DOCUMENTS -> first && source == null;
          case GEO_NEAR -> first && source != null;
          case FACET -> !inFacet && !(first && source == null);
          default -> !(first && source == null);
        };
    if (!fits) {
      throw Refusals.of(RuleId.STAGE, operand, "may not stand at this place of a pipeline");
    }
  }

  /** Puts our own stage in front of this one, or behind the last, unless one confines already. */
  private void confine(Elements stage) {
    if (unconfined) {
      tools.confinement.insertMatch(stage.elementStart(), written++);
      context.note("pipeline", "confined to the tenant");
      unconfined = false;
    }
  }

  private void number(Elements stage) {
    if (written != read) {
      tools.confinement.renumber(stage, written);
    }
    written++;
  }

  private void match(Elements stage, Elements operand) {
    boolean first = read == 0 && !inFacet;
    MatchPlace place = first ? MatchPlace.FIRST : MatchPlace.LATER;
    if (!first) {
      confine(stage);
    }
    if (live == Liveness.ENDED) {
      // Walked first: whether a bar goes in front is known only then, and nothing inside changes.
      if (tools.filters.match(operand, source, live, place)) {
        tools.confinement.insertBar(stage.elementStart(), written++);
        context.note("$match", "a stage that no filter is moved across put in front");
      }
      number(stage);
      return;
    }
    number(stage);
    context.enter(stage.valueStart());
    if (first && source != null) {
      tools.filters.confine(operand, source, place);
      unconfined = false;
    } else {
      tools.filters.match(operand, source, live, place);
    }
    context.leave(stage.valueEnd());
  }

  private Liveness operand(StageName name, Elements operand) {
    CollectionAccess from = source;
    return switch (name) {
      case LOOKUP -> tools.joins.lookup(operand, live);
      case GRAPH_LOOKUP -> tools.joins.graphLookup(operand, live);
      case UNION_WITH -> tools.joins.unionWith(operand, live);
      case FACET -> tools.joins.facet(operand, live);
      case GEO_NEAR -> {
        if (from == null) {
          throw new IllegalStateException("$geoNear without a collection was let pass");
        }
        yield tools.joins.geoNear(operand, from, live);
      }
      default -> tools.stages.walk(name, operand, live);
    };
  }
}
