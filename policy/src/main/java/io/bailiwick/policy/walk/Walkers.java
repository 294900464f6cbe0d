package io.bailiwick.policy.walk;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.policy.verdict.Treatments;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;

/**
 * One of each walker, around one context, made once and used for command after command: none keeps
 * anything beyond the call into it. Confined to one thread.
 */
public final class Walkers {
  private final WalkContext context;
  private final FilterWalker filters;
  private final OptionWalker options;
  private final ProjectionWalker projections;
  private final PipelineWalker pipelines;
  private final UpdateWalker updates;
  private final Stamp stamp;

  /**
   * @param effects hears of every namespace that a walker meets
   * @param upstreamWireVersion the lowest maxWireVersion of any server behind
   */
  public Walkers(EffectSink effects, int upstreamWireVersion) {
    this.context = new WalkContext(effects, upstreamWireVersion);
    this.filters = new FilterWalker(context);
    this.options = new OptionWalker(context);
    this.projections = new ProjectionWalker(context);
    this.pipelines = new PipelineWalker(context);
    this.stamp = new Stamp(context);
    this.updates = new UpdateWalker(context, filters, pipelines, options, stamp);
  }

  /** Starts over with another command; the database follows with {@link WalkContext#in}. */
  public void begin(
      BoundPolicy policy, OpMsg message, MessageEdits edits, Trace trace, Treatments treatments) {
    context.begin(policy, message, edits, trace, treatments);
  }

  public WalkContext context() {
    return context;
  }

  public FilterWalker filters() {
    return filters;
  }

  public OptionWalker options() {
    return options;
  }

  public ProjectionWalker projections() {
    return projections;
  }

  public PipelineWalker pipelines() {
    return pipelines;
  }

  public UpdateWalker updates() {
    return updates;
  }

  public Stamp stamp() {
    return stamp;
  }
}
