package io.bailiwick.proxy.noninterference;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.types.Decimal128;

/** Draws choices and BSON values from one seed: the same seed, the same draws. */
final class Draw {
  /** 2026-05-01, the middle of all dates drawn. */
  private static final long NOON = 1_777_593_600_000L;

  private final Random random;

  Draw(long seed) {
    random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  int between(int from, int to) {
    return from + below(to - from + 1);
  }

  boolean chance(int percent) {
    return below(100) < percent;
  }

  @SafeVarargs
  final <T> T of(T... choices) {
    return choices[below(choices.length)];
  }

  <T> T of(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** Between {@code from} and {@code to} values, gathered in an array. */
  BsonArray some(int from, int to, Supplier<? extends BsonValue> each) {
    List<BsonValue> values = new ArrayList<>();
    for (int i = between(from, to); i > 0; i--) {
      values.add(each.get());
    }
    return new BsonArray(values);
  }

  /** The name of a field, never {@code _id} and seldom the tenant field. */
  String field() {
    return chance(4) ? Organizations.FIELD : of("a", "b", "n", "s", "tags", "sub", "items", "day");
  }

  /** A path, at most three names deep. */
  String path() {
    return chance(30) ? of("sub.x", "sub.y", "items.k", "items.v", "tags.0", "sub.z.w") : field();
  }

  BsonValue number() {
    return switch (below(8)) {
      case 0 -> new BsonInt64(between(-3, 12));
      case 1 -> new BsonDouble(between(-6, 24) / 2.0);
      case 2 -> new BsonDecimal128(Decimal128.parse(of("1", "2.50", "-7", "NaN", "Infinity")));
      case 3 -> new BsonDouble(of(0.0, -0.0, Double.NaN, 1e300));
      default -> new BsonInt32(between(-3, 12));
    };
  }

  BsonString text() {
    return new BsonString(of("", "x", "yy", "7", "3.5", "Zebra", "abc", "2026-05-01", "true", "ä"));
  }

  BsonDateTime date() {
    return new BsonDateTime(NOON + between(-40, 40) * 86_400_000L);
  }

  BsonValue scalar() {
    return switch (below(16)) {
      case 0 -> BsonNull.VALUE;
      case 1 -> BsonBoolean.valueOf(chance(50));
      case 2 -> date();
      case 3 -> new BsonObjectId(of(Organizations.CONSTANT_IDS));
      case 4 -> rareScalar();
      case 5, 6, 7, 8, 9 -> text();
      default -> number();
    };
  }

  private BsonValue rareScalar() {
    return switch (below(5)) {
      case 0 -> new BsonBinary(new byte[] {1, 2, (byte) below(4)});
      case 1 -> new BsonRegularExpression("^x", "i");
      case 2 -> new BsonTimestamp(100, between(1, 3));
      case 3 -> new BsonMinKey();
      default -> new BsonMaxKey();
    };
  }

  /** Any value, containers at most {@code depth} deep. */
  BsonValue value(int depth) {
    if (depth == 0 || chance(70)) {
      return scalar();
    }
    return chance(50) ? some(0, 4, () -> value(depth - 1)) : document(depth - 1);
  }

  BsonDocument document(int depth) {
    BsonDocument document = new BsonDocument();
    for (int i = below(4); i > 0; i--) {
      document.put(of("x", "y", "k", "v", "z"), value(depth));
    }
    return document;
  }
}
