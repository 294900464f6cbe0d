package io.bailiwick.policy.walk;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks what stands beside a filter: the order, the index, the collation and the variables. */
public final class OptionWalker {
  private static final NameTable<Byte> COLLATION =
      NameTable.of(
          Map.of(
              "locale", BsonType.STRING,
              "strength", BsonType.INT32,
              "caseLevel", BsonType.BOOLEAN,
              "caseFirst", BsonType.STRING,
              "numericOrdering", BsonType.BOOLEAN,
              "alternate", BsonType.STRING,
              "maxVariable", BsonType.STRING,
              "normalization", BsonType.BOOLEAN,
              "backwards", BsonType.BOOLEAN));
  private static final byte[] SIMPLE =
      new BsonWriter().startDocument().string("locale", "simple").end().toBytes();

  private final WalkContext context;
  private final ExpressionWalker expressions;

  OptionWalker(WalkContext context) {
    this(context, new ExpressionWalker(context));
  }

  OptionWalker(WalkContext context, ExpressionWalker expressions) {
    this.context = context;
    this.expressions = expressions;
  }

  /** Walks a sort: paths, each 1, -1 or listed metadata. {@code $natural} counts as a hint. */
  public void sort(Elements sort) {
    Elements key = context.document(sort);
    while (key.next()) {
      if (key.nameIs("$natural")) {
        throw Refusals.of(RuleId.HINT, key, "the order of another tenant's documents");
      }
      if (key.nameFirstByte() == '$') {
        throw Refusals.operator(key);
      }
      if (key.type() == BsonType.DOCUMENT) {
        metadata(key);
      } else if (direction(key) == 0) {
        throw Refusals.value(key, "1, -1 or $meta");
      }
    }
  }

  private void metadata(Elements key) {
    Elements meta = context.document(key);
    if (!meta.next() || !meta.nameIs("$meta")) {
      throw Refusals.value(key, "1, -1 or $meta");
    }
    expressions.walk(key);
  }

  /**
   * Checks that a hint names an index that the policy lists as led by the tenant field, whether or
   * not it exists.
   *
   * @param access the collection, or null where there is none
   */
  public void hint(Elements hint, @Nullable CollectionAccess access) {
    if (access != null) {
      for (IndexSpec index : access.indexes()) {
        if (names(hint, index)) {
          return;
        }
      }
    }
    throw RefusedException.policy(
        RuleId.HINT, "only indexes that the policy lists as led by the tenant field");
  }

  private static boolean names(Elements hint, IndexSpec index) {
    return switch (hint.type()) {
      case BsonType.STRING -> hint.string().equals(index.name());
      case BsonType.DOCUMENT -> isKey(hint.document().elements(), index.key());
      default -> false;
    };
  }

  private static boolean isKey(Elements element, Map<String, Object> key) {
    Iterator<Map.Entry<String, Object>> expected = key.entrySet().iterator();
    while (element.next()) {
      if (!expected.hasNext() || !isPart(element, expected.next())) {
        return false;
      }
    }
    return !expected.hasNext();
  }

  private static boolean isPart(Elements element, Map.Entry<String, Object> expected) {
    if (!element.name().equals(expected.getKey())) {
      return false;
    }
    return expected.getValue() instanceof Number number
        ? direction(element) == number.intValue()
        : element.type() == BsonType.STRING && element.string().equals(expected.getValue());
  }

  /** 1 or -1, however it is spelled; 0 for everything else. */
  private static int direction(Elements value) {
    double number =
        switch (value.type()) {
          case BsonType.INT32 -> value.int32();
          case BsonType.INT64 -> value.int64();
          case BsonType.DOUBLE -> value.float64();
          default -> 0;
        };
    return number == 1 ? 1 : number == -1 ? -1 : 0;
  }

  /**
   * Walks a collation. Where tenants are strings none but {@code {locale: "simple"}} is taken,
   * since any other may call two of them equal.
   */
  public void collation(Elements collation) {
    Elements option = context.document(collation);
    if (tenantsAreStrings()) {
      boolean simple =
          option.next()
              && option.nameIs("locale")
              && option.type() == BsonType.STRING
              && option.string().equals("simple");
      if (!simple || option.next()) {
        throw RefusedException.policy(RuleId.COLLATION, "tenants are compared byte for byte");
      }
      return;
    }
    while (option.next()) {
      Byte type = option.lookUp(COLLATION);
      boolean number = type != null && type == BsonType.INT32 && Operands.isNumber(option);
      if (type == null || type != option.type() && !number) {
        throw Refusals.of(RuleId.COLLATION, option, "not among what may stand in a collation");
      }
    }
  }

  /**
   * Adds the collation to a command or statement that gave none, where tenants are strings: the
   * default of the collection might be another.
   *
   * @param at where the element is to be added, at the end of its document
   */
  public void collationAbsent(int at) {
    if (tenantsAreStrings()) {
      context.edits().insert(at, Confinement.head(BsonType.DOCUMENT, "collation"));
      context.edits().insert(at, SIMPLE);
      context.note("collation", "added: simple");
    }
  }

  private boolean tenantsAreStrings() {
    return context.policy().tenant().type() == TenantType.STRING;
  }

  /** Walks a document of variables, which expressions walked from now on may read. */
  public void let(Elements let) {
    expressions.bindings().declarations(let, BsonValidator.MAX_DEPTH);
  }
}
