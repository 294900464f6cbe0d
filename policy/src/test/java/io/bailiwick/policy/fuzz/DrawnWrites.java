package io.bailiwick.policy.fuzz;

import static io.bailiwick.policy.fuzz.DrawnValues.array;
import static io.bailiwick.policy.fuzz.DrawnValues.document;
import static io.bailiwick.policy.fuzz.DrawnValues.number;

import java.util.List;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Draws updates, and the statements of writes. */
final class DrawnWrites {
  private static final List<String> ASSIGNING = List.of("$set", "$setOnInsert", "$min", "$push");

  private final Choice choice;
  private final DrawnValues values;
  private final DrawnFilters filters;
  private final DrawnPipelines pipelines;

  DrawnWrites(Choice choice, DrawnValues values, DrawnFilters filters, DrawnPipelines pipelines) {
    this.choice = choice;
    this.values = values;
    this.filters = filters;
    this.pipelines = pipelines;
  }

  BsonValue update() {
    return switch (choice.below(4)) {
      case 0 -> values.stored(2);
      case 1 -> pipelines.update();
      default -> operators();
    };
  }

  private BsonDocument operators() {
    BsonDocument update = new BsonDocument();
    for (int i = choice.below(3); i >= 0; i--) {
      switch (choice.below(8)) {
        case 0, 1 -> update.put(choice.of(ASSIGNING), values.stored(1));
        case 2 -> update.put("$set", document("organization_id", values.tenant()));
        case 3 -> update.put("$unset", document(values.path(), number(1)));
        case 4 -> update.put("$rename", document(values.path(), new BsonString(values.path())));
        case 5 -> update.put("$inc", document(values.path(), number(1)));
        case 6 -> update.put("$pull", document(values.path(), values.value(1)));
        default ->
            update.put(
                choice.of(List.of("$currentDate", "$pop", "$bit", "$v", "$where", "x")),
                document(values.path(), BsonBoolean.TRUE));
      }
    }
    return update;
  }

  /** A member of {@code updates}, {@code deletes} or {@code ops}, by the names it uses there. */
  BsonDocument change(BsonDocument start, String filter, String update) {
    BsonDocument statement = start.append(filter, filters.filter(2)).append(update, update());
    if (choice.once(2)) {
      statement.append("upsert", BsonBoolean.valueOf(choice.once(2)));
    }
    if (choice.once(4)) {
      statement.append("multi", BsonBoolean.TRUE);
    }
    if (choice.once(4)) {
      statement.append("arrayFilters", array(document("i.n", number(1))));
    }
    options(statement);
    return statement;
  }

  BsonDocument removal(BsonDocument start, String filter) {
    BsonDocument statement = start.append(filter, filters.filter(2));
    options(statement);
    return statement;
  }

  private void options(BsonDocument statement) {
    if (choice.once(6)) {
      statement.append("collation", document("locale", new BsonString("simple")));
    }
    if (choice.once(6)) {
      statement.append("hint", new BsonString(choice.of(List.of("org_status", "_id_"))));
    }
  }
}
