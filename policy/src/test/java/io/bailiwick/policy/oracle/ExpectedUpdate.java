package io.bailiwick.policy.oracle;

import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** What documents to be stored and updates must become, worked out on decoded values. */
final class ExpectedUpdate {
  private final Tenancy tenancy;

  ExpectedUpdate(Tenancy tenancy) {
    this.tenancy = tenancy;
  }

  BsonDocument stamped(BsonDocument document) {
    BsonDocument out = document.clone();
    out.putIfAbsent(tenancy.field(), tenancy.tenant());
    return out;
  }

  BsonValue of(BsonValue update, boolean upsert) {
    if (update.isArray()) {
      BsonArray stages = update.asArray().clone();
      BsonDocument literal = new BsonDocument("$literal", tenancy.tenant());
      stages.add(new BsonDocument("$set", new BsonDocument(tenancy.field(), literal)));
      return stages;
    }
    BsonDocument document = update.asDocument();
    if (document.isEmpty() || !document.getFirstKey().startsWith("$")) {
      return stamped(document);
    }
    return upsert ? upserting(document) : document;
  }

  private BsonDocument upserting(BsonDocument update) {
    BsonDocument out = new BsonDocument();
    update.forEach(
        (operator, operand) -> {
          BsonDocument paths = operand.asDocument().clone();
          boolean removed = paths.remove(tenancy.field()) != null;
          if (operator.equals("$setOnInsert")) {
            paths.put(tenancy.field(), tenancy.tenant());
          }
          if (!(operator.equals("$set") && removed && paths.isEmpty())) {
            out.put(operator, paths);
          }
        });
    out.putIfAbsent("$setOnInsert", new BsonDocument(tenancy.field(), tenancy.tenant()));
    return out;
  }
}
