package io.bailiwick.policy.fuzz;

import io.bailiwick.policy.Sample;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonJavaScript;
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

/** Draws names and values, among them those that mean something to the policy. */
final class DrawnValues {
  private static final List<String> PATHS =
      List.of(
          "a",
          "b.c",
          "organization_id",
          "_id",
          "organization_id.x",
          "tags.0",
          "organization_id.0",
          "items.$[i].n",
          "items.$.n",
          "organization_idx",
          "");
  private static final List<String> COLLECTIONS =
      List.of("orders", "users", "plans", "scratch_" + Sample.A, "secrets", "scratch_" + Sample.B);

  private final Choice choice;

  DrawnValues(Choice choice) {
    this.choice = choice;
  }

  String path() {
    return choice.of(PATHS);
  }

  /** Mostly one that may be named. */
  String collection() {
    return choice.of(choice.once(20) ? COLLECTIONS : COLLECTIONS.subList(0, 4));
  }

  static BsonDocument document(String name, BsonValue value) {
    return new BsonDocument(name, value);
  }

  static BsonArray array(BsonValue... values) {
    return new BsonArray(List.of(values));
  }

  static BsonInt32 number(int value) {
    return new BsonInt32(value);
  }

  /** The tenant's value, another's, or one that looks like it. */
  BsonValue tenant() {
    return switch (choice.below(5)) {
      case 0 -> new BsonObjectId(new ObjectId(Sample.A));
      case 1 -> new BsonObjectId(new ObjectId(Sample.B));
      case 2 -> new BsonString(Sample.A);
      case 3 -> array(new BsonObjectId(new ObjectId(Sample.A)));
      default -> document("$eq", new BsonObjectId(new ObjectId(Sample.A)));
    };
  }

  /** A value to be stored or compared with. */
  BsonValue value(int depth) {
    int kind = choice.below(depth > 0 ? 24 : 21);
    return switch (kind) {
      case 0, 1 -> number(choice.below(4));
      case 2, 3 -> tenant();
      case 4 -> new BsonString(choice.of(List.of("x", "", "$a", "$$ROOT", "a\0b", "$$USER_ROLES")));
      case 5 -> new BsonInt64(choice.below(3) - 1L);
      case 6 -> new BsonDouble(choice.of(List.of(0.0, -0.0, 1.5, Double.NaN, 1e300)));
      case 7 -> BsonBoolean.valueOf(choice.once(2));
      case 8 -> BsonNull.VALUE;
      case 9 -> new BsonRegularExpression("^a", choice.of(List.of("", "i", "ix")));
      case 10 -> new BsonTimestamp(1, 1);
      case 11 -> new BsonMinKey();
      case 12 -> new BsonMaxKey();
      case 13 -> new BsonDateTime(0);
      case 14 -> new BsonBinary((byte) choice.below(10), new byte[4]);
      case 15 -> new BsonDecimal128(Decimal128.parse("1"));
      case 16 -> choice.once(8) ? new BsonSymbol("x") : number(1);
      case 17 -> choice.once(8) ? new BsonUndefined() : number(1);
      case 18 -> choice.once(8) ? new BsonJavaScript("1") : number(1);
      case 19 -> new BsonArray();
      case 20 -> new BsonDocument();
      case 21 -> stored(depth - 1);
      case 22 -> array(value(depth - 1), value(depth - 1));
      default -> document(choice.of(List.of("$ref", "$where", "$gt")), value(depth - 1));
    };
  }

  /** A document to be stored. */
  BsonDocument stored(int depth) {
    BsonDocument document = new BsonDocument();
    for (int i = choice.below(4); i > 0; i--) {
      document.put(path(), value(depth));
    }
    return document;
  }
}
