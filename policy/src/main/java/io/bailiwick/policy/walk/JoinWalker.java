package io.bailiwick.policy.walk;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Elements;
import org.jspecify.annotations.Nullable;

/** Walks the stages that read a collection or hold pipelines of their own. */
final class JoinWalker {
  /** MongoDB 5.0: {@code $lookup} takes a pipeline beside localField and foreignField. */
  private static final int WIRE_VERSION_OF_MIXED_LOOKUP = 13;

  private final PipelineWalker pipelines;
  private final WalkContext context;
  private final ExpressionWalker expressions;

  JoinWalker(PipelineWalker pipelines, ExpressionWalker expressions) {
    this.pipelines = pipelines;
    this.context = pipelines.context;
    this.expressions = expressions;
  }

  Liveness lookup(Elements operand, Liveness before) {
    boolean equality = false;
    boolean touchesTenantField = false;
    Elements member = context.document(operand);
    while (member.next()) {
      switch (member.name()) {
        case "from", "let", "pipeline" -> {}
        case "localField", "foreignField" -> {
          Operands.string(member);
          equality = true;
        }
        case "as" -> touchesTenantField = isTenantPath(member);
        default -> throw Refusals.field(member);
      }
    }
    Elements from = option(operand, "from");
    CollectionAccess source = from == null ? null : context.read(from);
    int mark = context.scope().mark();
    Elements let = option(operand, "let");
    if (let != null) {
      expressions.bindings().declarations(let, BsonValidator.MAX_DEPTH);
    }
    Liveness joined = joined(operand, source, equality);
    context.scope().restore(mark);
    return before.joining(joined).unless(touchesTenantField);
  }

  /** The pipeline of a {@code $lookup}; one by equality alone gets one that only confines it. */
  private Liveness joined(Elements operand, @Nullable CollectionAccess source, boolean equality) {
    Elements pipeline = option(operand, "pipeline");
    if (pipeline == null && !equality) {
      throw Refusals.of(RuleId.FIELD, operand, "needs from and fields, or a pipeline");
    }
    boolean shared = source != null && source.isShared();
    if (shared && equality && context.upstreamWireVersion() < WIRE_VERSION_OF_MIXED_LOOKUP) {
      throw RefusedException.of(
          ErrorCode.UNAUTHORIZED,
          RefusalType.POLICY,
          RuleId.UPSTREAM_TOO_OLD,
          "$lookup by equality needs MongoDB 5.0; its pipeline form works everywhere");
    }
    context.enter(operand.valueStart());
    Liveness live = pipelineOrAll(operand, pipeline, source);
    context.leave(operand.valueEnd());
    return live;
  }

  private Liveness pipelineOrAll(
      Elements operand, @Nullable Elements pipeline, @Nullable CollectionAccess source) {
    if (pipeline != null) {
      return pipelines.walk(pipeline, source);
    }
    if (source == null) {
      throw Refusals.of(RuleId.FIELD, operand, "needs a collection or a pipeline");
    }
    if (source.isShared()) {
      pipelines.confinement.insertPipeline(operand.valueEnd() - 1);
      context.note(operand, "confined to the tenant");
    }
    return Liveness.of(source.isShared());
  }

  Liveness graphLookup(Elements operand, Liveness before) {
    boolean touchesTenantField = false;
    Elements member = context.document(operand);
    while (member.next()) {
      switch (member.name()) {
        case "from", "restrictSearchWithMatch" -> {}
        case "startWith" -> expressions.walk(member);
        case "connectFromField", "connectToField" -> Operands.string(member);
        case "maxDepth" -> Operands.number(member);
        case "as", "depthField" -> touchesTenantField |= isTenantPath(member);
        default -> throw Refusals.field(member);
      }
    }
    Elements from = option(operand, "from");
    if (from == null) {
      throw Refusals.of(RuleId.FIELD, operand, "needs from");
    }
    CollectionAccess source = context.read(from);
    context.enter(operand.valueStart());
    confine(operand, "restrictSearchWithMatch", source);
    context.leave(operand.valueEnd());
    return before.joining(Liveness.of(source.isShared())).unless(touchesTenantField);
  }

  Liveness geoNear(Elements operand, CollectionAccess source, Liveness before) {
    boolean touchesTenantField = false;
    Elements member = context.document(operand);
    while (member.next()) {
      switch (member.name()) {
        case "query" -> {}
        case "near", "minDistance", "maxDistance" -> expressions.walk(member);
        case "distanceMultiplier" -> Operands.number(member);
        case "spherical" -> Operands.bool(member);
        case "key" -> Operands.string(member);
        case "distanceField", "includeLocs" -> touchesTenantField |= isTenantPath(member);
        default -> throw Refusals.field(member);
      }
    }
    context.enter(operand.valueStart());
    confine(operand, "query", source);
    context.leave(operand.valueEnd());
    return before.unless(touchesTenantField);
  }

  private void confine(Elements operand, String filter, CollectionAccess source) {
    Elements given = option(operand, filter);
    if (given == null) {
      pipelines.filters.confineAbsent(operand.valueEnd() - 1, filter, source);
    } else {
      pipelines.filters.confine(given, source, MatchPlace.LATER);
    }
  }

  Liveness unionWith(Elements operand, Liveness before) {
    if (operand.type() == BsonType.STRING) {
      CollectionAccess source = context.read(operand);
      if (source.isShared()) {
        pipelines.confinement.unite(operand);
        context.note(operand, "confined to the tenant");
      }
      return before.uniting(Liveness.of(source.isShared()));
    }
    Elements member = context.document(operand);
    while (member.next()) {
      if (!member.nameIs("coll") && !member.nameIs("pipeline")) {
        throw Refusals.field(member);
      }
    }
    Elements collection = option(operand, "coll");
    CollectionAccess source = collection == null ? null : context.read(collection);
    context.enter(operand.valueStart());
    Liveness united = pipelineOrAll(operand, option(operand, "pipeline"), source);
    context.leave(operand.valueEnd());
    return before.uniting(united);
  }

  Liveness facet(Elements operand, Liveness before) {
    Liveness after = before.ended();
    Elements pipeline = context.document(operand);
    context.enter(operand.valueStart());
    while (pipeline.next()) {
      if (pipelines.facet(pipeline, before) != Liveness.UNSHARED) {
        after = Liveness.ENDED;
      }
    }
    context.leave(operand.valueEnd());
    return after;
  }

  private boolean isTenantPath(Elements path) {
    Operands.string(path);
    return context.isTenantPath(path.bytes(), path.stringStart(), path.stringEnd());
  }

  private static @Nullable Elements option(Elements operand, String name) {
    return operand.document().find(name);
  }
}
