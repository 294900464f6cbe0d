package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.verdict.ReplyPlan;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.types.ObjectId;

/** Draws replies of every command, sound or not, with secrets where only others' words stand. */
final class DrawnReply {
  /** What no client may read. */
  static final String SECRET = "B-SECRET";

  private static final ObjectId FOREIGN = new ObjectId("665f1c2ab8e4d3a1f0c9e0ff");

  private final IntUnaryOperator choose;
  private final ReplyPlan.Kind kind;

  /**
   * @param choose gives a number from 0 to one less than its argument
   */
  DrawnReply(IntUnaryOperator choose, ReplyPlan.Kind kind) {
    this.choose = choose;
    this.kind = kind;
  }

  private boolean once(int in) {
    return choose.applyAsInt(in) == in - 1;
  }

  private static BsonString secret() {
    return new BsonString(SECRET);
  }

  BsonDocument next() {
    BsonDocument reply = new BsonDocument();
    for (int i = choose.applyAsInt(5); i > 0; i--) {
      part(reply);
    }
    reply.put("ok", once(3) ? new BsonInt32(0) : number());
    if (once(3)) {
      reply.append("operationTime", new BsonTimestamp(1, 1));
    }
    if (!reply.getNumber("ok").equals(new BsonInt32(0)) || reply.containsKey("cursor")) {
      return reply;
    }
    return reply.append("errmsg", secret()).append("code", new BsonInt32(error()));
  }

  private int error() {
    return List.of(11000, 2, 43, 112, 10107, 91, 251, 13, 121).get(choose.applyAsInt(9));
  }

  private BsonValue number() {
    return once(2) ? new BsonDouble(1) : new BsonInt32(1);
  }

  private void part(BsonDocument reply) {
    switch (choose.applyAsInt(9)) {
      case 0 -> reply.put("cursor", cursor());
      case 1 -> reply.put("n", new BsonInt32(choose.applyAsInt(3)));
      case 2 -> reply.put("writeErrors", array(writeError()));
      case 3 -> reply.put("writeConcernError", concernError());
      case 4 -> reply.put("value", BsonNull.VALUE);
      case 5 -> reply.put("lastErrorObject", new BsonDocument("updatedExisting", yes()));
      case 6 -> reply.put("errorLabels", array(new BsonString("RetryableWriteError")));
      case 7 -> reply.put("nErrors", new BsonInt32(1));
      default -> {
        // A batch that is no error passes as it is: it has no plan in it.
        if (kind != ReplyPlan.Kind.CURSOR) {
          reply.put("queryPlanner", planner());
        }
      }
    }
  }

  private static BsonBoolean yes() {
    return BsonBoolean.TRUE;
  }

  private static BsonArray array(BsonValue... values) {
    return new BsonArray(List.of(values));
  }

  private BsonDocument writeError() {
    BsonDocument error =
        new BsonDocument("index", new BsonInt32(0)).append("code", new BsonInt32(error()));
    return error
        .append("errmsg", new BsonString("E11000 dup key: { : \"" + SECRET + "\" }"))
        .append("keyPattern", new BsonDocument(SECRET, new BsonInt32(1)))
        .append("keyValue", new BsonDocument("ssn", secret()))
        .append("errInfo", new BsonDocument("details", secret()));
  }

  private BsonDocument concernError() {
    return new BsonDocument("code", new BsonInt32(error()))
        .append("errmsg", secret())
        .append("errInfo", new BsonDocument("hosts", array(secret())));
  }

  private static BsonDocument planner() {
    return new BsonDocument("namespace", secret())
        .append("parsedQuery", new BsonDocument("ssn", secret()))
        .append("winningPlan", new BsonDocument("stage", new BsonString("COLLSCAN")))
        .append("rejectedPlans", array(secret()));
  }

  private BsonDocument cursor() {
    BsonArray batch = new BsonArray();
    for (int i = choose.applyAsInt(3); i > 0; i--) {
      batch.add(member());
    }
    BsonDocument cursor = new BsonDocument();
    if (once(2)) {
      return cursor.append("id", id()).append("firstBatch", batch);
    }
    cursor.append(once(2) ? "firstBatch" : "nextBatch", batch);
    return cursor.append("ns", new BsonString("ads.campaigns")).append("id", id());
  }

  private BsonValue id() {
    return once(6) ? new BsonInt32(7) : new BsonInt64(choose.applyAsInt(3));
  }

  private BsonDocument member() {
    BsonDocument member = new BsonDocument("_id", new BsonInt32(choose.applyAsInt(9)));
    return once(3) ? member.append("organization_id", new BsonObjectId(FOREIGN)) : member;
  }
}
