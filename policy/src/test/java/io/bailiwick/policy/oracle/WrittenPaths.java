package io.bailiwick.policy.oracle;

import java.util.Set;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Whether a stage may take, forge or overwrite the tenant field. */
final class WrittenPaths {
  private static final Set<String> NAMING = Set.of("as", "depthField", "distanceField");

  private WrittenPaths() {}

  static boolean reach(String stage, BsonValue operand, String field) {
    return switch (stage) {
      case "$addFields", "$set" -> any(operand.asDocument().keySet().stream(), field);
      case "$unset" ->
          any(
              operand.isArray()
                  ? operand.asArray().stream().map(WrittenPaths::text)
                  : Stream.of(text(operand)),
              field);
      case "$unwind" -> any(unwound(operand), field);
      case "$setWindowFields", "$fill" ->
          any(
              operand.asDocument().getDocument("output", new BsonDocument()).keySet().stream(),
              field);
      case "$lookup", "$graphLookup" -> any(named(operand, NAMING), field);
      case "$geoNear" -> any(named(operand, Set.of("distanceField", "includeLocs")), field);
      default -> true;
    };
  }

  private static Stream<String> unwound(BsonValue operand) {
    if (operand.isString()) {
      return Stream.of(text(operand).substring(Math.min(1, text(operand).length())));
    }
    BsonDocument options = operand.asDocument();
    String path = options.getString("path", new BsonString("")).getValue();
    return Stream.concat(
        Stream.of(path.substring(Math.min(1, path.length()))),
        named(operand, Set.of("includeArrayIndex")));
  }

  private static Stream<String> named(BsonValue operand, Set<String> options) {
    return operand.asDocument().entrySet().stream()
        .filter(entry -> options.contains(entry.getKey()))
        .map(entry -> text(entry.getValue()));
  }

  private static boolean any(Stream<String> paths, String field) {
    return paths.anyMatch(path -> path.equals(field) || path.startsWith(field + "."));
  }

  private static String text(BsonValue value) {
    return value.asString().getValue();
  }
}
