package io.bailiwick.policy.scenario;

import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.policy.yaml.YamlNode;
import io.bailiwick.policy.yaml.YamlScalar;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bson.types.Decimal128;

/**
 * MongoDB's extended JSON: a map with exactly these keys is a value of one BSON type. A map that
 * has other keys beside them is an ordinary document.
 */
final class Wrappers {
  private interface Writing {
    void write(BsonWriter out, String name, YamlMap map);
  }

  private static final Map<Set<String>, Writing> BY_KEYS =
      Map.ofEntries(
          Map.entry(Set.of("$oid"), Wrappers::objectId),
          Map.entry(Set.of("$numberInt"), Wrappers::int32),
          Map.entry(Set.of("$numberLong"), Wrappers::int64),
          Map.entry(Set.of("$numberDouble"), Wrappers::float64),
          Map.entry(Set.of("$numberDecimal"), Wrappers::decimal128),
          Map.entry(Set.of("$date"), Wrappers::date),
          Map.entry(Set.of("$timestamp"), Wrappers::timestamp),
          Map.entry(Set.of("$binary"), Wrappers::binary),
          Map.entry(Set.of("$uuid"), Wrappers::uuid),
          Map.entry(Set.of("$regularExpression"), TextWrappers::regularExpression),
          Map.entry(
              Set.of("$code"),
              (out, name, map) -> TextWrappers.text(out, BsonType.JAVASCRIPT, name, map)),
          Map.entry(Set.of("$code", "$scope"), TextWrappers::codeWithScope),
          Map.entry(
              Set.of("$symbol"),
              (out, name, map) -> TextWrappers.text(out, BsonType.SYMBOL, name, map)),
          Map.entry(Set.of("$dbPointer"), TextWrappers::dbPointer),
          Map.entry(Set.of("$undefined"), (out, name, map) -> out.head(BsonType.UNDEFINED, name)),
          Map.entry(Set.of("$minKey"), (out, name, map) -> out.head(BsonType.MIN_KEY, name)),
          Map.entry(Set.of("$maxKey"), (out, name, map) -> out.head(BsonType.MAX_KEY, name)));

  private Wrappers() {}

  static boolean isWrapper(YamlMap map) {
    return BY_KEYS.containsKey(keys(map));
  }

  static void write(BsonWriter out, String name, YamlMap map) {
    Objects.requireNonNull(BY_KEYS.get(keys(map))).write(out, name, map);
  }

  private static Set<String> keys(YamlMap map) {
    return map.entries().size() > 2
        ? Set.of()
        : map.entries().stream().map(entry -> entry.key().text()).collect(Collectors.toSet());
  }

  private static void objectId(BsonWriter out, String name, YamlMap map) {
    String text = map.field("$oid").parsed("0".repeat(24), hex -> hex(hex, 24));
    out.objectId(name, HexFormat.of().parseHex(text));
  }

  static String hex(String text, int digits) {
    if (text.length() != digits || !text.matches("[0-9a-fA-F]*")) {
      throw new IllegalArgumentException(digits + " hexadecimal digits");
    }
    return text;
  }

  private static void int32(BsonWriter out, String name, YamlMap map) {
    out.int32(name, map.field("$numberInt").integer(0, Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  private static void int64(BsonWriter out, String name, YamlMap map) {
    out.int64(name, number(map.field("$numberLong")));
  }

  private static long number(YamlField field) {
    return field.parsed(0L, text -> understood("a 64-bit integer", () -> Long.parseLong(text)));
  }

  private static void float64(BsonWriter out, String name, YamlMap map) {
    out.float64(
        name,
        map.field("$numberDouble")
            .parsed(0d, text -> understood("a double", () -> Double.parseDouble(text))));
  }

  private static void decimal128(BsonWriter out, String name, YamlMap map) {
    Decimal128 value =
        map.field("$numberDecimal")
            .parsed(
                Decimal128.POSITIVE_ZERO,
                text -> understood("a decimal", () -> Decimal128.parse(text)));
    byte[] bytes = new byte[16];
    Bytes.putInt64(bytes, 0, value.getLow());
    Bytes.putInt64(bytes, 8, value.getHigh());
    out.value(name, BsonType.DECIMAL128, bytes, 0, 16);
  }

  private static <T> T understood(String expected, Supplier<T> parser) {
    try {
      return parser.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(expected, e);
    }
  }

  private static void date(BsonWriter out, String name, YamlMap map) {
    YamlNode node = map.get("$date");
    long millis =
        node instanceof YamlMap inner
            ? number(inner.field("$numberLong").required())
            : map.field("$date").parsed(0L, Wrappers::instant);
    out.dateTime(name, millis);
  }

  private static long instant(String text) {
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException("a time such as 2026-01-31T12:00:00Z", e);
    }
  }

  private static void timestamp(BsonWriter out, String name, YamlMap map) {
    YamlMap parts = parts(map, "$timestamp", "t", "i");
    long seconds = number(parts.field("t").required());
    long increment = number(parts.field("i").required());
    byte[] bytes = new byte[8];
    Bytes.putInt32(bytes, 0, (int) increment);
    Bytes.putInt32(bytes, 4, (int) seconds);
    out.value(name, BsonType.TIMESTAMP, bytes, 0, 8);
  }

  private static void binary(BsonWriter out, String name, YamlMap map) {
    YamlMap parts = parts(map, "$binary", "base64", "subType");
    byte[] value = base64(parts);
    String subType = parts.field("subType").required().parsed("00", text -> hex(text, 2));
    out.binary(name, (byte) Integer.parseInt(subType, 16), value);
  }

  private static byte[] base64(YamlMap parts) {
    YamlNode node = parts.get("base64");
    if (node instanceof YamlScalar scalar && scalar.text().isEmpty()) {
      return new byte[0];
    }
    return parts
        .field("base64")
        .required()
        .parsed(new byte[0], text -> understood("base64", () -> Base64.getDecoder().decode(text)));
  }

  private static void uuid(BsonWriter out, String name, YamlMap map) {
    UUID uuid = map.field("$uuid").parsed(new UUID(0, 0), Wrappers::uuid);
    byte[] sixteen = HexFormat.of().parseHex(uuid.toString().replace("-", ""));
    out.binary(name, (byte) 4, sixteen);
  }

  private static UUID uuid(String text) {
    if (text.length() != 36) {
      throw new IllegalArgumentException("a UUID of 36 characters");
    }
    return understood("a UUID", () -> UUID.fromString(text));
  }

  static YamlMap parts(YamlMap map, String key, String first, String second) {
    YamlMap parts = map.field(key).map();
    parts.allow(List.of(first, second));
    return parts;
  }
}
