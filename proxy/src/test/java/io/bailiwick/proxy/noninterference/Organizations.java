package io.bailiwick.proxy.noninterference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Whose documents there are. {@link #OWN} asks; its documents are the same in every world. All
 * others' documents are drawn per world: other numbers of them, other fields, other types, mixed
 * among the own ones in another order. Ids are drawn per organization, so that no own id ever meets
 * a foreign one. Everything foreign carries {@link #CANARY} somewhere.
 */
final class Organizations {
  static final String FIELD = "organization_id";
  static final ObjectId OWN = new ObjectId("665f1c2ab8e4d3a1f0c9e001");

  /** Never named in any command: where it turns up in a reply, it was leaked. */
  static final ObjectId FOREIGN = new ObjectId("665f1c2ab8e4d3a1f0c9e002");

  /** Another foreign one, which hostile commands know and name. */
  static final ObjectId KNOWN_FOREIGN = new ObjectId("665f1c2ab8e4d3a1f0c9e003");

  static final String CANARY = "FOREIGN";
  static final List<String> SHARED = List.of("orders", "items");
  static final String REFERENCE = "plans";
  static final String PRIVATE = "own_" + OWN;
  static final String UNLISTED = "secrets";
  private static final String FOREIGN_PRIVATE = "own_" + FOREIGN;

  /** The ids that documents and commands hold, so that they are told from generated ones. */
  static final List<ObjectId> CONSTANT_IDS =
      List.of(
          OWN,
          KNOWN_FOREIGN,
          new ObjectId("5f0000000000000000000001"),
          new ObjectId("5f0000000000000000000002"));

  private Organizations() {}

  /** Collection → documents of a whole database, in the order to be inserted. */
  static Map<String, List<BsonDocument>> documents(long ownSeed, long foreignSeed) {
    Draw own = new Draw(ownSeed);
    Draw foreign = new Draw(foreignSeed);
    Map<String, List<BsonDocument>> all = new LinkedHashMap<>();
    for (String collection : SHARED) {
      all.put(collection, mixed(own, foreign));
    }
    all.put(REFERENCE, plain(own, 6));
    all.put(PRIVATE, plain(own, 5));
    all.put(UNLISTED, foreign(foreign, foreign.below(6)));
    all.put(FOREIGN_PRIVATE, foreign(foreign, foreign.below(6)));
    return all;
  }

  /**
   * Finds what {@link #OWN} may not change in a collection; null where it may change everything.
   * Own documents are not even read: the embedded server stores values that it cannot give back.
   */
  static @Nullable BsonDocument foreignIn(String collection) {
    if (collection.equals(PRIVATE)) {
      return null;
    }
    return SHARED.contains(collection)
        ? new BsonDocument(FIELD, new BsonDocument("$ne", new BsonObjectId(OWN)))
        : new BsonDocument();
  }

  private static List<BsonDocument> mixed(Draw own, Draw foreign) {
    List<BsonDocument> others = foreign(foreign, foreign.below(24));
    List<BsonDocument> all = new ArrayList<>(others);
    int at = 0;
    for (BsonDocument document : plain(own, 12)) {
      at += foreign.below(all.size() - at + 1);
      all.add(at++, document.append(FIELD, new BsonObjectId(OWN)));
    }
    return all;
  }

  private static List<BsonDocument> plain(Draw draw, int count) {
    List<BsonDocument> documents = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      documents.add(fields(draw, new BsonDocument("_id", new BsonInt32(i))));
    }
    return documents;
  }

  private static List<BsonDocument> foreign(Draw draw, int count) {
    List<BsonDocument> documents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BsonDocument document = new BsonDocument("_id", foreignId(draw, i));
      fields(draw, document);
      document.put("note", new BsonString(CANARY + draw.below(1000)));
      for (String name : List.of("a", "s", "tags")) {
        if (draw.chance(25)) {
          document.put(name, new BsonString(CANARY + draw.below(3)));
        }
      }
      BsonValue tenant = foreignTenant(draw);
      documents.add(tenant == null ? document : document.append(FIELD, tenant));
    }
    return documents;
  }

  private static BsonValue foreignId(Draw draw, int number) {
    return draw.chance(50) ? new BsonInt32(-1000 - number) : new BsonString(CANARY + "-" + number);
  }

  /** Mostly another organization; now and then nobody, or what only looks like the own one. */
  private static @Nullable BsonValue foreignTenant(Draw draw) {
    return switch (draw.below(20)) {
      case 0 -> null;
      case 1 -> BsonNull.VALUE;
      case 2 -> new BsonString(OWN.toString());
      case 3 -> new BsonDocument("$eq", new BsonObjectId(OWN)).clone();
      case 4 -> new BsonDocument("id", new BsonArray(List.of(new BsonObjectId(OWN))));
      case 5, 6, 7, 8, 9 -> new BsonObjectId(KNOWN_FOREIGN);
      default -> new BsonObjectId(FOREIGN);
    };
  }

  private static BsonDocument fields(Draw draw, BsonDocument into) {
    into.put("a", draw.value(1));
    into.put("b", draw.chance(50) ? new BsonInt32(draw.between(1, 12)) : draw.value(2));
    into.put("n", draw.chance(80) ? draw.number() : draw.scalar());
    into.put("s", draw.chance(80) ? draw.text() : draw.scalar());
    if (draw.chance(80)) {
      into.put("tags", draw.chance(80) ? draw.some(0, 4, draw::scalar) : draw.value(2));
      into.put("sub", draw.chance(80) ? draw.document(1) : draw.scalar());
      into.put("items", draw.chance(80) ? draw.some(0, 3, () -> item(draw)) : draw.scalar());
      into.put("day", draw.chance(80) ? draw.date() : draw.scalar());
    }
    return into;
  }

  private static BsonDocument item(Draw draw) {
    return new BsonDocument("k", draw.text()).append("v", draw.number());
  }
}
