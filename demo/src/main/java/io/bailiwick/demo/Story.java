package io.bailiwick.demo;

import static io.bailiwick.demo.Organization.ACME;
import static io.bailiwick.demo.Organization.GLOBEX;

import java.util.List;
import java.util.function.Predicate;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;

/** The scenes, in order, each with what MongoDB must receive and what the client must get. */
final class Story {
  private static final String TENANT_FIELD = "organization_id";
  private static final int UNAUTHORIZED = 13;

  private Story() {}

  static List<Step> steps() {
    return List.of(
        findWithoutFilter(),
        returnOnAdSpend(),
        insertWithoutOrganization(),
        lookupIntoAdGroups(),
        readTheOther(),
        refused(
            "Hand a campaign over to the other organization",
            new Document("update", "campaigns")
                .append(
                    "updates",
                    List.of(
                        new Document("q", new Document("_id", "acme-1"))
                            .append(
                                "u",
                                new Document("$set", new Document(TENANT_FIELD, GLOBEX.id()))))),
            "the tenant field can't be changed"),
        refused(
            "Server-side JavaScript: $where",
            new Document("find", "campaigns")
                .append("filter", new Document("$where", "this.status == 'active'")),
            "JavaScript never reaches MongoDB"),
        refused(
            "Server-side JavaScript: $eval",
            new Document("$eval", "db.campaigns.drop()"),
            "JavaScript never reaches MongoDB"),
        refused(
            "Server-side JavaScript: $function, deep inside an expression",
            new Document("find", "campaigns").append("filter", deepFunction()),
            "JavaScript never reaches MongoDB, at any depth"),
        readReferenceData(),
        refused(
            "Write to reference data",
            new Document("insert", "currencies")
                .append("documents", List.of(new Document("_id", "CHF"))),
            "reference data is read-only"),
        theOtherSide());
  }

  private static Step findWithoutFilter() {
    return new Step(
        "A find without a filter",
        ACME,
        new Document("find", "campaigns"),
        command -> isTenantPredicate(command.getDocument("filter"), ACME),
        answer -> onlyOwn(answer, ACME, 2),
        "the filter was added; only Acme's campaigns come back");
  }

  private static Step returnOnAdSpend() {
    return new Step(
        "Return on ad spend per campaign",
        ACME,
        new Document("aggregate", "daily_stats")
            .append(
                "pipeline",
                List.of(
                    new Document(
                        "$group",
                        new Document("_id", "$campaign")
                            .append("spend", new Document("$sum", "$spend"))
                            .append("revenue", new Document("$sum", "$revenue"))),
                    new Document(
                        "$project",
                        new Document(
                            "roas", new Document("$divide", List.of("$revenue", "$spend")))),
                    new Document("$sort", new Document("_id", 1))))
            .append("cursor", new Document()),
        command -> isTenantPredicate(firstStage(command).getDocument("$match"), ACME),
        answer -> {
          List<Document> batch = batch(answer);
          return batch.size() == 2
              && Double.valueOf(4.5).equals(batch.get(0).getDouble("roas"))
              && Double.valueOf(1.2).equals(batch.get(1).getDouble("roas"));
        },
        "the pipeline starts with the tenant's $match; the sums hold Acme's money only");
  }

  private static Step insertWithoutOrganization() {
    return new Step(
        "An insert without organization_id",
        ACME,
        new Document("insert", "campaigns")
            .append(
                "documents",
                List.of(
                    new Document("_id", "acme-3").append("name", "Winter").append("draft", true))),
        command -> {
          BsonDocument stored = command.getArray("documents").get(0).asDocument();
          return stored.containsKey(TENANT_FIELD)
              && stored.get(TENANT_FIELD).asObjectId().getValue().equals(ACME.id());
        },
        answer -> Integer.valueOf(1).equals(answer.getInteger("n")),
        "the document was stamped on its way");
  }

  private static Step lookupIntoAdGroups() {
    return new Step(
        "A $lookup into ad groups",
        ACME,
        new Document("aggregate", "campaigns")
            .append(
                "pipeline",
                List.of(
                    new Document(
                        "$lookup",
                        new Document("from", "ad_groups")
                            .append("let", new Document("campaign", "$_id"))
                            .append(
                                "pipeline",
                                List.of(
                                    new Document(
                                        "$match",
                                        new Document(
                                            "$expr",
                                            new Document(
                                                "$eq", List.of("$campaign", "$$campaign"))))))
                            .append("as", "groups"))))
            .append("cursor", new Document()),
        Story::everyMatchIsAcme,
        answer -> onlyOwn(answer, ACME, 3),
        "both collections are filtered, the joined one inside the $lookup");
  }

  private static Step readTheOther() {
    return new Step(
        "Ask for the other organization by name",
        ACME,
        new Document("find", "campaigns").append("filter", new Document(TENANT_FIELD, GLOBEX.id())),
        command -> isTenantPredicate(firstOfAnd(command.getDocument("filter")), ACME),
        answer -> !isError(answer) && batch(answer).isEmpty(),
        "both conditions must hold: nothing does");
  }

  private static Step readReferenceData() {
    return new Step(
        "Read reference data",
        ACME,
        new Document("find", "currencies"),
        command -> !command.toJson().contains(TENANT_FIELD),
        answer -> batch(answer).size() == 2,
        "listed as reference: everyone reads it, unfiltered");
  }

  private static Step theOtherSide() {
    return new Step(
        "The same find, asked by the other organization",
        GLOBEX,
        new Document("find", "campaigns"),
        command -> isTenantPredicate(command.getDocument("filter"), GLOBEX),
        answer -> onlyOwn(answer, GLOBEX, 2),
        "Globex sees Globex, and nothing that Acme did changed it");
  }

  private static Step refused(String title, Document command, String verdict) {
    return new Step(
        title,
        ACME,
        command,
        null,
        answer -> Integer.valueOf(UNAUTHORIZED).equals(answer.getInteger("code")),
        verdict);
  }

  private static Document deepFunction() {
    Document function =
        new Document(
            "$function",
            new Document("body", "function() { return true }")
                .append("args", List.of())
                .append("lang", "js"));
    return new Document(
        "$or",
        List.of(
            new Document("status", "active"),
            new Document("$expr", new Document("$and", List.of(true, function)))));
  }

  private static boolean everyMatchIsAcme(BsonDocument command) {
    BsonDocument inner = command.getArray("pipeline").get(1).asDocument().getDocument("$lookup");
    BsonDocument match = inner.getArray("pipeline").get(0).asDocument().getDocument("$match");
    return isTenantPredicate(firstStage(command).getDocument("$match"), ACME)
        && isTenantPredicate(firstOfAnd(match), ACME);
  }

  private static BsonDocument firstStage(BsonDocument command) {
    return command.getArray("pipeline").get(0).asDocument();
  }

  private static BsonValue firstOfAnd(BsonDocument filter) {
    return filter.getArray("$and").get(0);
  }

  private static boolean isTenantPredicate(BsonValue filter, Organization organization) {
    return BsonDocument.parse(
            new Document(TENANT_FIELD, new Document("$eq", organization.id())).toJson())
        .equals(filter);
  }

  private static boolean isError(Document answer) {
    return answer.containsKey("code");
  }

  private static boolean onlyOwn(Document answer, Organization organization, int count) {
    Predicate<Document> own =
        document -> organization.id().equals(document.getObjectId(TENANT_FIELD));
    return !isError(answer)
        && batch(answer).size() == count
        && batch(answer).stream().allMatch(own);
  }

  private static List<Document> batch(Document answer) {
    return answer.get("cursor", new Document()).getList("firstBatch", Document.class, List.of());
  }
}
