package io.bailiwick.policy.walk;

import io.bailiwick.policy.walk.OperatorTable.Builder;
import io.bailiwick.policy.walk.OperatorTable.Form;

/**
 * The aggregation operators of MongoDB 4.4 to 8 that have been reviewed, by the place where they
 * may stand. What is not listed is refused.
 */
final class Operators {
  /** Operators of expressions. */
  static final OperatorTable EXPRESSION = expression();

  /** Accumulators of {@code $group} and its kin. */
  static final OperatorTable ACCUMULATOR = accumulators().build();

  /** Functions of {@code $setWindowFields}. */
  static final OperatorTable WINDOW = window();

  private Operators() {}

  private static OperatorTable expression() {
    Builder table = new Builder();
    comparisons(table);
    arithmetic(table);
    arrays(table);
    dates(table);
    strings(table);
    types(table);
    documents(table);
    return table
        .operands("$avg", "$max", "$min", "$sum", "$stdDevPop", "$stdDevSamp")
        .named("$median", "input", "method")
        .named("$percentile", "input", "p", "method")
        .build();
  }

  private static void comparisons(Builder table) {
    table
        .total("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$cmp")
        .total("$and", "$or", "$not", "$ifNull", "$isArray", "$isNumber", "$type", "$rand")
        .special("$cond", Form.COND, true, "if", "then", "else")
        .special("$in", Form.IN, true)
        .special("$switch", Form.SWITCH, true, "branches", "default")
        .special("$let", Form.LET, true, "vars", "in")
        .special("$literal", Form.LITERAL, true)
        .special("$meta", Form.META, false);
  }

  private static void arithmetic(Builder table) {
    table
        .operands("$abs", "$add", "$ceil", "$divide", "$exp", "$floor", "$ln", "$log", "$log10")
        .operands("$mod", "$multiply", "$pow", "$round", "$sqrt", "$subtract", "$trunc")
        .operands("$sigmoid", "$bitAnd", "$bitOr", "$bitXor", "$bitNot")
        .operands("$sin", "$cos", "$tan", "$asin", "$acos", "$atan", "$atan2", "$sinh", "$cosh")
        .operands("$tanh", "$asinh", "$acosh", "$atanh", "$degreesToRadians", "$radiansToDegrees");
  }

  private static void arrays(Builder table) {
    table
        .operands("$arrayElemAt", "$arrayToObject", "$concatArrays", "$first", "$last", "$size")
        .operands("$indexOfArray", "$objectToArray", "$range", "$reverseArray", "$slice")
        .operands("$allElementsTrue", "$anyElementTrue", "$setDifference", "$setEquals")
        .operands("$setIntersection", "$setIsSubset", "$setUnion")
        .named("$firstN", "n", "input")
        .named("$lastN", "n", "input")
        .named("$maxN", "n", "input")
        .named("$minN", "n", "input")
        .named("$sortArray", "input", "sortBy")
        .named("$zip", "inputs", "useLongestLength", "defaults")
        .special("$filter", Form.ITERATION, false, "input", "as", "cond", "limit", "arrayIndexAs")
        .special("$map", Form.ITERATION, false, "input", "as", "in", "arrayIndexAs")
        .special(
            "$reduce",
            Form.ITERATION,
            false,
            "input",
            "initialValue",
            "in",
            "as",
            "valueAs",
            "arrayIndexAs");
  }

  private static void dates(Builder table) {
    for (String part :
        new String[] {
          "$dayOfMonth",
          "$dayOfWeek",
          "$dayOfYear",
          "$hour",
          "$isoDayOfWeek",
          "$isoWeek",
          "$isoWeekYear",
          "$millisecond",
          "$minute",
          "$month",
          "$second",
          "$week",
          "$year"
        }) {
      table.either(part, "date", "timezone");
    }
    table
        .named("$dateAdd", "startDate", "unit", "amount", "timezone")
        .named("$dateSubtract", "startDate", "unit", "amount", "timezone")
        .named("$dateDiff", "startDate", "endDate", "unit", "timezone", "startOfWeek")
        .named("$dateTrunc", "date", "unit", "binSize", "timezone", "startOfWeek")
        .named("$dateToParts", "date", "timezone", "iso8601")
        .named("$dateToString", "date", "format", "timezone", "onNull")
        .named("$dateFromString", "dateString", "format", "timezone", "onError", "onNull")
        .named(
            "$dateFromParts",
            "year",
            "month",
            "day",
            "isoWeekYear",
            "isoWeek",
            "isoDayOfWeek",
            "hour",
            "minute",
            "second",
            "millisecond",
            "timezone")
        .operands("$tsIncrement", "$tsSecond");
  }

  private static void strings(Builder table) {
    table
        .operands("$concat", "$indexOfBytes", "$indexOfCP", "$split", "$strLenBytes", "$strLenCP")
        .operands("$strcasecmp", "$substr", "$substrBytes", "$substrCP", "$toLower", "$toUpper")
        .named("$ltrim", "input", "chars")
        .named("$rtrim", "input", "chars")
        .named("$trim", "input", "chars")
        .named("$regexFind", "input", "regex", "options")
        .named("$regexFindAll", "input", "regex", "options")
        .named("$regexMatch", "input", "regex", "options")
        .named("$replaceAll", "input", "find", "replacement")
        .named("$replaceOne", "input", "find", "replacement");
  }

  private static void types(Builder table) {
    table
        .named("$convert", "input", "to", "onError", "onNull", "format", "byteOrder", "base")
        .operands("$toBool", "$toDate", "$toDecimal", "$toDouble", "$toInt", "$toLong")
        .operands("$toObjectId", "$toString", "$toUUID", "$toArray", "$toObject")
        .operands("$toHashedIndexKey", "$hash", "$hexHash", "$createObjectId")
        .operands("$binarySize", "$bsonSize")
        .named("$deserializeEJSON", "input", "onError")
        .named("$serializeEJSON", "input", "relaxed", "onError");
  }

  private static void documents(Builder table) {
    table
        .operands("$mergeObjects")
        .either("$getField", "field", "input")
        .named("$setField", "field", "input", "value")
        .named("$unsetField", "field", "input");
  }

  private static Builder accumulators() {
    return new Builder()
        .operands("$sum", "$avg", "$min", "$max", "$first", "$last", "$push", "$addToSet")
        .operands("$stdDevPop", "$stdDevSamp", "$mergeObjects", "$count")
        .operands("$concatArrays", "$setUnion")
        .named("$top", "sortBy", "output")
        .named("$bottom", "sortBy", "output")
        .named("$topN", "n", "sortBy", "output")
        .named("$bottomN", "n", "sortBy", "output")
        .named("$firstN", "n", "input")
        .named("$lastN", "n", "input")
        .named("$maxN", "n", "input")
        .named("$minN", "n", "input")
        .named("$median", "input", "method")
        .named("$percentile", "input", "p", "method");
  }

  private static OperatorTable window() {
    return accumulators()
        .operands("$rank", "$denseRank", "$documentNumber", "$linearFill", "$locf")
        .operands("$covariancePop", "$covarianceSamp")
        .named("$shift", "output", "by", "default")
        .named("$expMovingAvg", "input", "N", "alpha")
        .named("$derivative", "input", "unit")
        .named("$integral", "input", "unit")
        .build();
  }
}
