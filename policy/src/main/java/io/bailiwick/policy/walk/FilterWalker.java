package io.bailiwick.policy.walk;

import static io.bailiwick.policy.walk.ExpressionWalker.deeper;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Treatment;
import io.bailiwick.protocol.bson.Elements;
import org.jspecify.annotations.Nullable;

/**
 * Walks match documents: every operator must be listed for the place where it stands. On a shared
 * collection the filter becomes {@code {$and: [{TF: {$eq: T}}, filter]}}, and each {@code $expr}
 * that could fail is guarded by the tenant field. Walks one document at a time.
 */
public final class FilterWalker {
  private final WalkContext context;
  private final ExpressionWalker expressions;
  private final ValueWalker values;
  private final Confinement confinement;
  private final TenantMentions mentions;
  private Liveness liveness = Liveness.UNSHARED;
  private @Nullable CollectionAccess source;
  private boolean unguarded;
  private int leftOut = TenantMentions.NONE;

  FilterWalker(WalkContext context) {
    this(context, new ExpressionWalker(context), new Confinement(context));
  }

  FilterWalker(WalkContext context, ExpressionWalker expressions, Confinement confinement) {
    this.context = context;
    this.expressions = expressions;
    this.values = new ValueWalker(context, this);
    this.confinement = confinement;
    this.mentions = new TenantMentions(context);
  }

  /**
   * Walks the filter that the element holds and, on a shared collection, confines it to this
   * tenant's documents. Containers around the element must have been entered.
   *
   * @throws io.bailiwick.policy.verdict.RefusedException if it is no document, or holds what may
   *     not stand in a filter
   */
  public void confine(Elements filter, CollectionAccess access, MatchPlace place) {
    if (access.isShared()) {
      confineShared(filter, access, place, TenantMentions.NONE);
    } else {
      match(filter, access, Liveness.UNSHARED, place);
    }
  }

  /**
   * Does the same for an upsert, which takes field values from its filter: there only the tenant's
   * own value may stand for the tenant field, and it is left out.
   */
  public void confineUpsert(Elements filter, CollectionAccess access) {
    if (access.isShared()) {
      confineShared(filter, access, MatchPlace.QUERY, mentions.equality(filter));
    } else {
      match(filter, access, Liveness.UNSHARED, MatchPlace.QUERY);
    }
  }

  private void confineShared(
      Elements filter, CollectionAccess access, MatchPlace place, int equality) {
    if (Operands.isEmptyDocument(filter)) {
      confinement.replace(filter);
    } else {
      confinement.open(filter);
      begin(access, Liveness.LIVE, equality);
      walk(filter, place);
      confinement.close(filter);
    }
    context.note(filter, "confined to the tenant");
  }

  /**
   * Confines a command that gave no filter.
   *
   * @param at where the element is to be added, at the end of its document
   */
  public void confineAbsent(int at, String name, CollectionAccess access) {
    if (access.isShared()) {
      confinement.insert(at, name);
      context.note(name, "confined to the tenant");
    }
  }

  /** Walks a condition on members of an array, which is no source's filter; changes nothing. */
  public void inspect(Elements condition) {
    match(condition, null, Liveness.UNSHARED, MatchPlace.MEMBER);
  }

  /** Walks what members of an array must be to be pulled: a value, operators, or a condition. */
  public void inspectMember(Elements condition) {
    begin(null, Liveness.UNSHARED, TenantMentions.NONE);
    values.member(condition, deeper(context.limits().filterDepth()));
  }

  /**
   * Walks a match document and guards what can be guarded.
   *
   * @param access the collection that {@code $text} would search, or null
   * @return true if it holds an expression that could fail and that only a bar can keep from
   *     documents of other tenants; nothing has been changed then
   */
  boolean match(
      Elements filter, @Nullable CollectionAccess access, Liveness live, MatchPlace place) {
    begin(access, live, TenantMentions.NONE);
    walk(filter, place);
    return unguarded;
  }

  private void begin(@Nullable CollectionAccess access, Liveness live, int equality) {
    source = access;
    liveness = live;
    leftOut = equality;
    unguarded = false;
  }

  private void walk(Elements filter, MatchPlace place) {
    Elements members = context.document(filter);
    int most = context.limits().filterBytes();
    if (filter.valueEnd() - filter.valueStart() > most) {
      throw Refusals.limit("a filter of more than " + most + " bytes");
    }
    context.enter(filter.valueStart());
    document(members, place, deeper(context.limits().filterDepth()));
    context.leave(filter.valueEnd());
  }

  /** Walks the members of a match document. */
  void document(Elements members, MatchPlace place, int depthLeft) {
    while (members.next()) {
      MatchOperator operator = members.lookUp(MatchOperator.OF_DOCUMENTS);
      if (members.elementStart() == leftOut) {
        context.edits().remove(members.elementStart(), members.valueEnd());
      } else if (operator != null) {
        operator(operator, members, place, depthLeft);
      } else if (members.nameFirstByte() != '$' || isReference(members, place)) {
        values.walk(members, place, depthLeft);
      } else {
        throw Refusals.operator(members);
      }
    }
  }

  /** Members of arrays may be DBRefs, whose fields are called {@code $ref, $id, $db}. */
  private static boolean isReference(Elements member, MatchPlace place) {
    return place == MatchPlace.MEMBER && References.isPart(member);
  }

  private void operator(MatchOperator operator, Elements element, MatchPlace place, int depthLeft) {
    switch (operator) {
      case AND, OR -> branches(element, place, depthLeft);
      case NOR -> branches(element, place.negated(), depthLeft);
      case EXPR -> expression(element, place, depthLeft);
      case TEXT -> text(element, place);
      case JSON_SCHEMA -> new JsonSchemaWalker(context).walk(element, depthLeft);
      case COMMENT -> Operands.shortScalar(element);
      default -> Operands.number(element);
    }
  }

  private void branches(Elements element, MatchPlace place, int depthLeft) {
    Elements branch = context.array(element);
    context.enter(element.valueStart());
    int deeper = deeper(deeper(depthLeft));
    for (int count = 1; branch.next(); count++) {
      context.checkMembers(count);
      Elements members = context.document(branch);
      context.enter(branch.valueStart());
      document(members, place, deeper);
      context.leave(branch.valueEnd());
    }
    context.leave(element.valueEnd());
  }

  private void expression(Elements element, MatchPlace place, int depthLeft) {
    if (!place.takesExpressions()) {
      throw Refusals.operator(element);
    }
    if (expressions.walk(element, depthLeft) != Certainty.FALLIBLE) {
      context.treat("$expr", Treatment.TOTAL);
    } else if (liveness == Liveness.LIVE) {
      confinement.guard(element);
      context.treat("$expr", Treatment.GUARDED);
    } else if (liveness == Liveness.ENDED) {
      unguarded = true;
      context.treat("$expr", Treatment.BARRED);
    } else {
      context.treat("$expr", Treatment.UNSHARED);
    }
  }

  private void text(Elements element, MatchPlace place) {
    if (!place.takesText() || source == null || !isSearchable(source)) {
      throw Refusals.of(
          RuleId.OPERATOR, element, "needs an index led by the tenant field that the policy lists");
    }
    Elements option = context.document(element);
    while (option.next()) {
      switch (option.name()) {
        case "$search" -> Operands.shortString(option);
        case "$language" -> Operands.shortString(option);
        case "$caseSensitive", "$diacriticSensitive" -> Operands.bool(option);
        default -> throw Refusals.operator(option);
      }
    }
  }

  private boolean isSearchable(CollectionAccess access) {
    return !access.isShared() || access.indexes().stream().anyMatch(this::isLedByTenantAndText);
  }

  private boolean isLedByTenantAndText(IndexSpec index) {
    String leading = index.key().keySet().stream().findFirst().orElse("");
    return leading.equals(context.policy().tenantField()) && index.key().containsValue("text");
  }
}
