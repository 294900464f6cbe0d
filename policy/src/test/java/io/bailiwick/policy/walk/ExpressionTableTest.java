package io.bailiwick.policy.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.Command;
import io.bailiwick.policy.Judge;
import io.bailiwick.policy.Sample;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of expression operators against the one list of those that cannot fail: each of them
 * stays as written whatever its operands are, and every other is guarded.
 */
class ExpressionTableTest {
  /** Operand shapes by operator; {@code %V%} stands for the value tried. */
  private static final Map<String, String> CANNOT_FAIL =
      Map.ofEntries(
          Map.entry("$eq", "{$eq: ['$a', %V%]}"),
          Map.entry("$ne", "{$ne: [%V%, '$a']}"),
          Map.entry("$gt", "{$gt: ['$a', %V%]}"),
          Map.entry("$gte", "{$gte: ['$a', %V%]}"),
          Map.entry("$lt", "{$lt: ['$a', %V%]}"),
          Map.entry("$lte", "{$lte: ['$a', %V%]}"),
          Map.entry("$cmp", "{$cmp: ['$a', %V%]}"),
          Map.entry("$and", "{$and: ['$a', %V%]}"),
          Map.entry("$or", "{$or: ['$a', %V%]}"),
          Map.entry("$not", "{$not: [%V%]}"),
          Map.entry("$cond", "{$cond: {if: '$a', then: %V%, else: '$$NOW'}}"),
          Map.entry("$ifNull", "{$ifNull: ['$a', %V%]}"),
          Map.entry("$isArray", "{$isArray: [%V%]}"),
          Map.entry("$isNumber", "{$isNumber: [%V%]}"),
          Map.entry("$type", "{$type: [%V%]}"),
          Map.entry("$rand", "{$rand: {}}"),
          Map.entry("$in", "{$in: ['$a', [%V%]]}"),
          Map.entry("$switch", "{$switch: {branches: [{case: '$a', then: %V%}], default: 1}}"),
          Map.entry("$let", "{$let: {vars: {x: %V%}, in: {$eq: ['$$x', '$$x.y']}}}"),
          Map.entry("$literal", "{$literal: %V%}"));

  private static final String[] VALUES = {
    "1.5",
    "{$numberDouble: 'NaN'}",
    "'text'",
    "{a: 1, b: {c: 'x'}}",
    "[1, 'x', [2]]",
    "{$binary: {base64: 'AQ==', subType: '00'}}",
    "{$oid: '665f1c2ab8e4d3a1f0c9e009'}",
    "true",
    "{$date: 0}",
    "null",
    "{$regularExpression: {pattern: '^x', options: 'i'}}",
    "{$code: '1'}",
    "{$numberInt: '1'}",
    "{$timestamp: {t: 1, i: 1}}",
    "{$numberLong: '1'}",
    "{$numberDecimal: '1'}",
    "{$minKey: 1}",
    "{$maxKey: 1}"
  };

  private static final String[] FROM_THE_DOCUMENT = {"'$a.b'", "'$$ROOT'", "'$$CURRENT.a'"};

  private final Judge judge = Judge.ofSample();

  static Stream<Arguments> total() {
    return new TreeMap<>(CANNOT_FAIL)
        .entrySet().stream()
            .flatMap(
                row ->
                    values(row.getKey())
                        .map(value -> Arguments.of(row.getKey(), row.getValue(), value)));
  }

  /** An array that {@code $in} looks through must be a constant; the others take any value. */
  private static Stream<String> values(String operator) {
    return operator.equals("$in")
        ? Stream.of(VALUES)
        : Stream.concat(Stream.of(VALUES), Stream.of(FROM_THE_DOCUMENT));
  }

  @Tag("exhaustive")
  @ParameterizedTest
  @MethodSource("total")
  void leavesWhatCannotFail(String operator, String shape, String value) {
    assertEquals(expression(shape, value), forwarded(shape, value), operator);
  }

  static Stream<Arguments> totalOperators() {
    return new TreeMap<>(CANNOT_FAIL)
        .entrySet().stream()
            .filter(row -> row.getValue().contains("%V%") && !row.getKey().equals("$literal"))
            .map(row -> Arguments.of(row.getKey(), row.getValue()));
  }

  @ParameterizedTest
  @MethodSource("totalOperators")
  void guardsWhatHasAnOperandThatCanFail(String operator, String shape) {
    for (String value : new String[] {"{$toInt: '$a'}", "['$a']", "{b: '$a'}", "'$$REMOVE'"}) {
      BsonValue sent = forwarded(shape, value);

      assertTrue(isGuarded(sent), () -> operator + " with " + value + ": " + sent);
    }
  }

  static Stream<String> fallible() {
    return names().stream().filter(name -> !CANNOT_FAIL.containsKey(name));
  }

  @ParameterizedTest
  @MethodSource("fallible")
  void guardsEveryOtherOperator(String operator) {
    BsonValue sent = forwarded("{$eq: [1, {%V%}]}", "'" + operator + "': " + operandOf(operator));

    assertTrue(isGuarded(sent), () -> operator + ": " + sent);
  }

  @Test
  void listsNothingAsTotalBeyondTheOneList() {
    Set<String> total =
        names().stream()
            .filter(ExpressionTableTest::isTotal)
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(new TreeSet<>(CANNOT_FAIL.keySet()), total);
  }

  private static Set<String> names() {
    return StreamSupport.stream(Operators.EXPRESSION.names().spliterator(), false)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static OperatorTable.Operator row(String name) {
    byte[] element = Command.encode(BsonDocument.parse("{'" + name + "': 1}"));
    var elements = new io.bailiwick.protocol.bson.Elements(element, 0);
    elements.next();
    OperatorTable.Operator row = Operators.EXPRESSION.find(elements);
    if (row == null) {
      throw new AssertionError("no row for " + name);
    }
    return row;
  }

  private static boolean isTotal(String name) {
    return row(name).total();
  }

  /** Something that the operator's row takes. */
  private static String operandOf(String name) {
    OperatorTable.Operator row = row(name);
    return switch (row.form()) {
      case META -> "'textScore'";
      case NAMED, ITERATION -> {
        Set<String> variables = Set.of("as", "valueAs", "arrayIndexAs");
        yield row.arguments().entries().keySet().stream()
            .filter(argument -> !variables.contains(argument))
            .map(argument -> argument + ": 1")
            .collect(Collectors.joining(", ", "{", "}"));
      }
      default -> "'$a'";
    };
  }

  private static BsonValue expression(String shape, String value) {
    return Command.json("{e: " + shape.replace("%V%", value) + "}").getDocument("e");
  }

  private BsonValue forwarded(String shape, String value) {
    BsonDocument command = Command.json("{find: 'orders', $db: 'app'}");
    command.put("filter", new BsonDocument("$expr", expression(shape, value)));
    return judge
        .forwarded(Command.of(Command.encode(command)))
        .getDocument("filter")
        .getArray("$and")
        .get(1)
        .asDocument()
        .getDocument("$expr");
  }

  private static boolean isGuarded(BsonValue expression) {
    BsonValue condition =
        Command.json("{$eq: ['$$ROOT.organization_id', {$literal: {$oid: '" + Sample.A + "'}}]}");
    return expression.isDocument()
        && expression.asDocument().containsKey("$cond")
        && expression.asDocument().get("$cond").isArray()
        && expression.asDocument().getArray("$cond").get(0).equals(condition)
        && expression
            .asDocument()
            .getArray("$cond")
            .get(2)
            .equals(Command.json("{f: false}").getBoolean("f"));
  }
}
