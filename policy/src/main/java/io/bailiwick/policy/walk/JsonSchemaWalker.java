package io.bailiwick.policy.walk;

import static io.bailiwick.policy.walk.ExpressionWalker.deeper;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Walks the operand of {@code $jsonSchema}: MongoDB's keywords but for those of field encryption,
 * bounded in size and depth.
 */
final class JsonSchemaWalker {
  private static final int MAX_BYTES = 64 << 10;

  /** What a keyword holds. */
  private enum Keyword {
    SCALAR,
    STRINGS,
    DATA,
    PATTERN,
    SCHEMA,
    SCHEMAS,
    NAMED_SCHEMAS,
    PATTERN_SCHEMAS,
    DEPENDENCIES
  }

  private static final NameTable<Keyword> KEYWORDS = keywords();

  private final WalkContext context;

  JsonSchemaWalker(WalkContext context) {
    this.context = context;
  }

  private static NameTable<Keyword> keywords() {
    Map<String, Keyword> table = new LinkedHashMap<>();
    put(table, Keyword.SCALAR, "multipleOf", "maximum", "exclusiveMaximum", "minimum");
    put(table, Keyword.SCALAR, "exclusiveMinimum", "maxLength", "minLength", "maxItems");
    put(table, Keyword.SCALAR, "minItems", "uniqueItems", "maxProperties", "minProperties");
    put(table, Keyword.SCALAR, "title", "description");
    put(table, Keyword.STRINGS, "bsonType", "type", "required");
    put(table, Keyword.DATA, "enum");
    put(table, Keyword.PATTERN, "pattern");
    put(table, Keyword.SCHEMA, "items", "additionalItems", "additionalProperties", "not");
    put(table, Keyword.SCHEMAS, "allOf", "anyOf", "oneOf");
    put(table, Keyword.NAMED_SCHEMAS, "properties");
    put(table, Keyword.PATTERN_SCHEMAS, "patternProperties");
    put(table, Keyword.DEPENDENCIES, "dependencies");
    return NameTable.of(table);
  }

  private static void put(Map<String, Keyword> table, Keyword keyword, String... names) {
    for (String name : names) {
      table.put(name, keyword);
    }
  }

  void walk(Elements operand, int depthLeft) {
    if (operand.valueEnd() - operand.valueStart() > MAX_BYTES) {
      throw Refusals.limit("a $jsonSchema of more than " + MAX_BYTES + " bytes");
    }
    schema(operand, depthLeft);
  }

  private void schema(Elements holder, int depthLeft) {
    int deeper = deeper(depthLeft);
    Elements member = context.document(holder);
    while (member.next()) {
      Keyword keyword = member.lookUp(KEYWORDS);
      if (keyword == null) {
        throw Refusals.operator(member);
      }
      keyword(keyword, member, deeper);
    }
  }

  private void keyword(Keyword keyword, Elements member, int depthLeft) {
    switch (keyword) {
      case SCALAR -> Operands.scalar(member);
      case STRINGS -> strings(member);
      case DATA -> members(member);
      case PATTERN -> pattern(member);
      case SCHEMA -> schemaOrList(member, depthLeft);
      case SCHEMAS -> schemas(member, depthLeft);
      case NAMED_SCHEMAS -> named(member, depthLeft, false);
      case PATTERN_SCHEMAS -> named(member, depthLeft, true);
      case DEPENDENCIES -> dependencies(member, deeper(depthLeft));
    }
  }

  private void strings(Elements member) {
    if (member.type() != BsonType.ARRAY) {
      Operands.string(member);
      return;
    }
    Elements word = context.array(member);
    for (int count = 1; word.next(); count++) {
      context.checkMembers(count);
      Operands.string(word);
    }
  }

  private void members(Elements member) {
    Elements value = context.array(member);
    for (int count = 1; value.next(); count++) {
      context.checkMembers(count);
    }
  }

  private static void pattern(Elements member) {
    Operands.string(member);
    Patterns.check(member);
  }

  /** {@code items} may list schemas, {@code additionalItems} may be just true or false. */
  private void schemaOrList(Elements member, int depthLeft) {
    if (member.type() == BsonType.ARRAY) {
      schemas(member, depthLeft);
    } else if (member.type() != BsonType.BOOLEAN) {
      schema(member, depthLeft);
    }
  }

  private void schemas(Elements member, int depthLeft) {
    int deeper = deeper(depthLeft);
    Elements schema = context.array(member);
    while (schema.next()) {
      schema(schema, deeper);
    }
  }

  private void named(Elements member, int depthLeft, boolean byPattern) {
    int deeper = deeper(depthLeft);
    Elements schema = context.document(member);
    while (schema.next()) {
      if (byPattern && schema.nameEnd() - schema.nameStart() > Patterns.MAX_BYTES) {
        throw Refusals.limit("a regular expression longer than " + Patterns.MAX_BYTES + " bytes");
      }
      schema(schema, deeper);
    }
  }

  private void dependencies(Elements member, int depthLeft) {
    Elements dependency = context.document(member);
    while (dependency.next()) {
      if (dependency.type() == BsonType.ARRAY) {
        strings(dependency);
      } else {
        schema(dependency, depthLeft);
      }
    }
  }
}
