package io.bailiwick.policy.scenario;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.policy.yaml.YamlNode;
import io.bailiwick.policy.yaml.YamlScalar;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;

/** The wrappers whose values are made of text: expressions, code, symbols, old references. */
final class TextWrappers {
  private TextWrappers() {}

  static void regularExpression(BsonWriter out, String name, YamlMap map) {
    YamlMap parts = Wrappers.parts(map, "$regularExpression", "pattern", "options");
    byte[] pattern = Bytes.utf8(string(parts, "pattern") + "\0");
    byte[] options = Bytes.utf8(string(parts, "options") + "\0");
    out.head(BsonType.REGULAR_EXPRESSION, name)
        .raw(pattern, 0, pattern.length)
        .raw(options, 0, options.length);
  }

  static void text(BsonWriter out, byte type, String name, YamlMap map) {
    String key = map.entries().get(0).key().text();
    stringOf(string(map, key), value -> out.value(name, type, value, 0, value.length));
  }

  static void codeWithScope(BsonWriter out, String name, YamlMap map) {
    byte[] scope = DataWriter.document(Objects.requireNonNull(map.get("$scope")));
    stringOf(
        string(map, "$code"),
        code -> {
          byte[] length = new byte[4];
          Bytes.putInt32(length, 0, 4 + code.length + scope.length);
          out.head(BsonType.JAVASCRIPT_WITH_SCOPE, name)
              .raw(length, 0, 4)
              .raw(code, 0, code.length)
              .raw(scope, 0, scope.length);
        });
  }

  static void dbPointer(BsonWriter out, String name, YamlMap map) {
    YamlMap parts = Wrappers.parts(map, "$dbPointer", "$ref", "$id");
    byte[] id =
        HexFormat.of()
            .parseHex(
                parts
                    .field("$id")
                    .map()
                    .field("$oid")
                    .parsed("0".repeat(24), t -> Wrappers.hex(t, 24)));
    stringOf(
        string(parts, "$ref"),
        ref -> out.head(BsonType.DB_POINTER, name).raw(ref, 0, ref.length).raw(id, 0, 12));
  }

  /** The BSON form of a string: length, bytes, zero. */
  private static void stringOf(String text, Consumer<byte[]> use) {
    byte[] utf8 = Bytes.utf8(text);
    byte[] value = new byte[4 + utf8.length + 1];
    Bytes.putInt32(value, 0, utf8.length + 1);
    System.arraycopy(utf8, 0, value, 4, utf8.length);
    use.accept(value);
  }

  private static String string(YamlMap map, String key) {
    YamlNode node = map.get(key);
    if (node instanceof YamlScalar scalar) {
      return scalar.text();
    }
    map.field(key).fail(ProblemCode.WRONG_TYPE, "a text");
    return "";
  }
}
