package io.bailiwick.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDbPointer;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonJavaScript;
import org.bson.BsonJavaScriptWithScope;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonSymbol;
import org.bson.BsonTimestamp;
import org.bson.BsonUndefined;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** Documents of every BSON type, drawn from a seeded generator. */
public final class RandomBson {
  private static final String[] NAMES = {
    "",
    "a",
    "b",
    "_id",
    "organization_id",
    "$set",
    "x.y",
    "0",
    "1",
    "h\u00e4",
    "\u6f22\u5b57",
    "a rather long field name"
  };
  private static final String[] TEXTS = {"", "x", "with\0zero", "\u20ac\ud83d\ude00", "123456789"};

  private final RandomGenerator random;

  public RandomBson(RandomGenerator random) {
    this.random = random;
  }

  public BsonDocument document(int depth) {
    BsonDocument document = new BsonDocument();
    int size = random.nextInt(10) == 0 ? random.nextInt(60) : random.nextInt(6);
    for (int i = 0; i < size; i++) {
      String name = NAMES[random.nextInt(NAMES.length)];
      document.append(document.containsKey(name) ? name + i : name, value(depth));
    }
    return document;
  }

  private BsonValue value(int depth) {
    if (depth > 0 && random.nextInt(4) == 0) {
      return random.nextBoolean() ? document(depth - 1) : array(depth - 1);
    }
    return switch (random.nextInt(20)) {
      case 0 -> new BsonDouble(Double.longBitsToDouble(random.nextLong() >>> 3));
      case 1 -> new BsonString(text());
      case 2 -> new BsonBinary((byte) random.nextInt(7), bytes(random.nextInt(20)));
      case 3 -> new BsonUndefined();
      case 4 -> new BsonObjectId(new ObjectId(bytes(12)));
      case 5 -> BsonBoolean.valueOf(random.nextBoolean());
      case 6 -> new BsonDateTime(random.nextLong());
      case 7 -> BsonNull.VALUE;
      case 8 -> new BsonRegularExpression("^a" + random.nextInt(9), "im");
      case 9 -> new BsonDbPointer("db.c", new ObjectId(bytes(12)));
      case 10 -> new BsonJavaScript(text());
      case 11 -> new BsonSymbol(text());
      case 12 -> new BsonJavaScriptWithScope(text(), document(0));
      case 13 -> new BsonInt32(random.nextInt());
      case 14 -> new BsonTimestamp(random.nextLong());
      case 15 -> new BsonInt64(random.nextLong());
      case 16 -> new BsonDecimal128(Decimal128.parse("-" + random.nextInt(99) + ".50"));
      case 17 -> new BsonMinKey();
      case 18 -> new BsonMaxKey();
      default -> new BsonBinary((byte) 0x80, bytes(3));
    };
  }

  private BsonArray array(int depth) {
    List<BsonValue> values = new ArrayList<>();
    for (int i = random.nextInt(14); i > 0; i--) {
      values.add(value(depth));
    }
    return new BsonArray(values);
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  private byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }
}
