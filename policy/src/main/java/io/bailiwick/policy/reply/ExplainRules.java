package io.bailiwick.policy.reply;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a plan: the names of its steps and the listed indexes they use. Hosts, bounds, filters,
 * other plans and counters stay with MongoDB.
 */
final class ExplainRules {
  private static final int MAX_DEPTH = 50;
  private static final int MAX_WORD = 64;

  static final FieldRule EXPLAIN_VERSION =
      (field, context, out) -> {
        if (isWord(field)) {
          out.element(field);
        }
      };

  static final FieldRule QUERY_PLANNER =
      (field, context, out) -> {
        if (field.type() == BsonType.DOCUMENT) {
          out.startDocument("queryPlanner");
          copyPlanner(field.inside(), context, out);
          out.end();
        }
      };

  /** An aggregate that is more than a query: its plan is the first stage's. */
  static final FieldRule STAGES =
      (field, context, out) -> {
        Elements planner = field.type() == BsonType.ARRAY ? planner(field.inside()) : null;
        if (planner != null) {
          QUERY_PLANNER.copy(planner, context, out);
        }
      };

  private ExplainRules() {}

  private static @Nullable Elements planner(Elements stages) {
    if (!stages.next() || stages.type() != BsonType.DOCUMENT) {
      return null;
    }
    Elements cursor = find(stages.inside(), "$cursor");
    return cursor == null || cursor.type() != BsonType.DOCUMENT
        ? null
        : find(cursor.inside(), "queryPlanner");
  }

  private static @Nullable Elements find(Elements fields, String name) {
    while (fields.next()) {
      if (fields.nameIs(name)) {
        return fields;
      }
    }
    return null;
  }

  private static void copyPlanner(Elements fields, ReplyContext context, BsonWriter out) {
    while (fields.next()) {
      if (fields.nameIs("namespace") && isTouched(fields, context)) {
        out.element(fields);
      } else if (fields.nameIs("winningPlan") && fields.type() == BsonType.DOCUMENT) {
        out.startDocument("winningPlan");
        copyPlan(fields.inside(), context, out, 0);
        out.end();
      }
    }
  }

  private static void copyPlan(Elements fields, ReplyContext context, BsonWriter out, int depth) {
    while (fields.next()) {
      byte type = fields.type();
      if ((fields.nameIs("stage") || fields.nameIs("direction")) && isWord(fields)) {
        out.element(fields);
      } else if (fields.nameIs("indexName")) {
        copyIndex(fields, context, out);
      } else if (depth == MAX_DEPTH) {
        continue;
      } else if (fields.nameIs("queryPlan") && type == BsonType.DOCUMENT) {
        copyPlan(fields.inside(), context, out, depth + 1);
      } else if (fields.nameIs("inputStage") && type == BsonType.DOCUMENT) {
        out.startDocument("inputStage");
        copyPlan(fields.inside(), context, out, depth + 1);
        out.end();
      } else if (fields.nameIs("inputStages") && type == BsonType.ARRAY) {
        copyPlans(fields.inside(), context, out, depth + 1);
      }
    }
  }

  private static void copyPlans(Elements plans, ReplyContext context, BsonWriter out, int depth) {
    out.startArray("inputStages");
    int position = 0;
    while (plans.next()) {
      if (plans.type() == BsonType.DOCUMENT) {
        out.startDocument(Integer.toString(position++));
        copyPlan(plans.inside(), context, out, depth);
        out.end();
      }
    }
    out.end();
  }

  private static void copyIndex(Elements name, ReplyContext context, BsonWriter out) {
    if (name.type() != BsonType.STRING) {
      return;
    }
    for (CollectionAccess access : context.plan().touched()) {
      for (IndexSpec index : access.indexes()) {
        if (name.string().equals(index.name())) {
          out.string("indexName", index.name());
          DuplicateKeyIndex.writeKeyPattern(index, out);
          return;
        }
      }
    }
  }

  private static boolean isTouched(Elements namespace, ReplyContext context) {
    if (namespace.type() != BsonType.STRING) {
      return false;
    }
    String name = namespace.string();
    return context.plan().touched().stream()
        .map(CollectionAccess::namespace)
        .anyMatch(touched -> name.equals(touched.database() + "." + touched.collection()));
  }

  /** A short word of letters, digits and underscores: MongoDB's vocabulary, no data. */
  private static boolean isWord(Elements field) {
    if (field.type() != BsonType.STRING) {
      return false;
    }
    int length = field.stringEnd() - field.stringStart();
    boolean word = length > 0 && length <= MAX_WORD;
    for (int i = field.stringStart(); word && i < field.stringEnd(); i++) {
      byte b = field.bytes()[i];
      word = b == '_' || (b >= '0' && b <= '9') || (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
    }
    return word;
  }
}
