package io.bailiwick.proxy.noninterference;

import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Draws what update, findAndModify and bulkWrite may do to a document, in every form. */
final class Updates {
  private final Draw draw;
  private final Expressions expressions;

  Updates(Draw draw, Expressions expressions) {
    this.draw = draw;
    this.expressions = expressions;
  }

  BsonValue update() {
    return switch (draw.below(14)) {
      case 0, 1 -> stored(new BsonDocument());
      case 2 -> pipeline();
      default -> operators();
    };
  }

  /** A document to be stored, behind the fields already there. */
  BsonDocument stored(BsonDocument document) {
    document.append("a", draw.value(1)).append("b", draw.number());
    document.append("s", draw.text()).append("tags", draw.some(0, 3, draw::scalar));
    if (draw.chance(15)) {
      BsonObjectId tenant =
          new BsonObjectId(draw.of(Organizations.OWN, Organizations.KNOWN_FOREIGN));
      document.append(Organizations.FIELD, draw.chance(80) ? tenant : draw.scalar());
    }
    return document;
  }

  private BsonArray pipeline() {
    return draw.some(
        1,
        2,
        () ->
            draw.chance(70)
                ? new BsonDocument("$set", new BsonDocument(draw.path(), expressions.any(2)))
                : new BsonDocument("$unset", new BsonString(draw.path())));
  }

  private BsonDocument operators() {
    BsonDocument update = new BsonDocument();
    for (int i = draw.of(1, 1, 2); i > 0; i--) {
      operator(update);
    }
    return update;
  }

  private void operator(BsonDocument into) {
    String path = draw.path();
    switch (draw.below(14)) {
      case 0, 1, 2 -> into.put("$set", one(path, draw.value(2)));
      case 3 -> into.put(draw.of("$inc", "$mul"), one(path, draw.number()));
      case 4 -> into.put(draw.of("$min", "$max"), one(path, draw.scalar()));
      case 5 -> into.put("$unset", one(path, new BsonString("")));
      case 6 -> into.put("$rename", one(path, new BsonString(draw.path())));
      case 7 -> into.put("$push", one(draw.of("tags", "items", path), pushed()));
      case 8 -> into.put("$addToSet", one(draw.of("tags", path), draw.scalar()));
      case 9 -> into.put("$pop", one("tags", new BsonInt32(draw.of(1, -1))));
      case 10 -> into.put("$pull", one(draw.of("tags", path), draw.scalar()));
      case 11 -> into.put("$setOnInsert", one(path, draw.scalar()));
      case 12 ->
          into.put("$set", one(draw.of("tags.$", "items.$[].v", "items.$[e].v"), draw.scalar()));
      default -> into.put("$bit", one(path, one("or", new BsonInt32(draw.below(8)))));
    }
  }

  private BsonValue pushed() {
    return draw.chance(60)
        ? draw.value(1)
        : one("$each", draw.some(0, 3, draw::scalar)).append("$slice", new BsonInt32(3));
  }

  /** Conditions for the elements named by {@code $[e]}, or null. */
  BsonValue arrayFilters() {
    return draw.chance(80)
        ? BsonNull.VALUE
        : new BsonArray(java.util.List.of(one("e.v", one("$gte", draw.number()))));
  }

  private static BsonDocument one(String name, BsonValue value) {
    return new BsonDocument(name, value);
  }
}
