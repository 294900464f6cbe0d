"""PyMongo as an application of one organization, then as an attacker on the other."""

import os

import bson
from bson import ObjectId
from pymongo import (DeleteOne, InsertOne, MongoClient, ReadPreference, ReplaceOne, ReturnDocument,
                     UpdateMany, UpdateOne, monitoring)
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from checks import THROUGH_PROXY, attack, check, refused, run_all, same

OWN, OTHER = ObjectId(os.environ["OWN_ORG"]), ObjectId(os.environ["OTHER_ORG"])
LETTER, OTHER_LETTER = os.environ["OWN_LETTER"], os.environ["OTHER_LETTER"]
CAMPAIGNS, GROUPS, DAYS = 5, 3, 300
COMPRESSED = {"compressors": os.environ["COMPRESSORS"]} if os.environ.get("COMPRESSORS") else {}


def id_of(letter, kind, number):
    return ObjectId(f"{letter * 16}{kind:04d}{number:04d}")


MINE, THEIRS = id_of(LETTER, 1, 1), id_of(OTHER_LETTER, 1, 1)


def own(documents):
    """All documents are the own organization's; returns how many there are."""
    documents = list(documents)
    for document in documents:
        same(document["organization_id"], OWN)
    return len(documents)


def stored(collection, identity):
    """Reads back; behind the proxy what was stored carries the organization."""
    document = collection.find_one({"_id": identity})
    if THROUGH_PROXY and document is not None:
        same(document.pop("organization_id"), OWN)
    return document


# ---- login

@check("a document of 15 MB with nothing but one letter, there and back")
def _(ads, c):
    ads.campaigns.insert_one({"_id": "letter", "text": "x" * 15_000_000})
    same(len(stored(ads.campaigns, "letter")["text"].strip("x")), 0)
    same(len(stored(ads.campaigns, "letter")["text"]), 15_000_000)
    ads.campaigns.delete_one({"_id": "letter"})


@check("login with the default mechanism")
def _(ads, c):
    same(ads.client.admin.command("ping")["ok"], 1.0)


for mechanism in ("SCRAM-SHA-1", "SCRAM-SHA-256"):
    @check(f"login with {mechanism}")
    def _(ads, c, mechanism=mechanism):
        with c.connect(authMechanism=mechanism) as client:
            same(client.ads.campaigns.count_documents({}), CAMPAIGNS)


@check("a wrong password is refused")
def _(ads, c):
    for mechanism in ("SCRAM-SHA-1", "SCRAM-SHA-256"):
        with c.connect(password="ATTACK", authMechanism=mechanism) as client:
            refused(lambda: client.ads.campaigns.find_one(), 18)


@check("an unknown user is refused")
def _(ads, c):
    with c.connect(username="org-ATTACK") as client:
        refused(lambda: client.ads.campaigns.find_one(), 18)


@attack("the own password does not open the other organization")
def _(ads, c):
    with c.connect(username=f"org-{OTHER}") as client:
        refused(lambda: client.ads.campaigns.find_one(), 18)


@attack("nothing is read before login")
def _(ads, c):
    with MongoClient("127.0.0.1", c.port, directConnection=True) as client:
        refused(lambda: client.ads.campaigns.find_one())


# ---- reading

@check("find without a filter sees the own documents, all of them")
def _(ads, c):
    same(own(ads.campaigns.find()), CAMPAIGNS)


@check("find with filter, sort, skip, limit and projection")
def _(ads, c):
    rows = ads.campaigns.find({"budget": {"$gte": 200}}, {"_id": 0, "budget": 1},
                              sort=[("budget", -1)], skip=1, limit=2)
    same([r["budget"] for r in rows], [400, 300])


@check("find with $or, $in, $elemMatch and $regex")
def _(ads, c):
    same(own(ads.campaigns.find({"$or": [{"budget": 100}, {"tags": {"$in": ["tag2", "tag3"]}}]})), 3)
    same(own(ads.campaigns.find({"tags": {"$elemMatch": {"$eq": "tag4"}}})), 1)
    same(own(ads.campaigns.find({"name": {"$regex": "^" + LETTER}})), CAMPAIGNS)


@check("a cursor over several batches")
def _(ads, c):
    rows = list(ads.daily_stats.find(sort=[("n", 1)], batch_size=50))
    same([r["n"] for r in rows], list(range(DAYS)))
    same(own(rows), DAYS)


@check("a cursor closed half-way")
def _(ads, c):
    cursor = ads.daily_stats.find(batch_size=10)
    same([next(cursor)["organization_id"] for _ in range(15)], [OWN] * 15)
    cursor.close()


@check("count and distinct")
def _(ads, c):
    same(ads.campaigns.count_documents({"status": "active"}), 3)
    same(ads.campaigns.estimated_document_count(), CAMPAIGNS)
    same(sorted(ads.campaigns.distinct("status")), ["active", "paused"])
    same(sorted(ads.campaigns.distinct("budget", {"budget": {"$lt": 300}})), [100, 200])


@check("aggregate: return on ad spend by campaign")
def _(ads, c):
    rows = list(ads.daily_stats.aggregate([
        {"$group": {"_id": "$campaign_id", "spend": {"$sum": "$spend"},
                    "revenue": {"$sum": "$revenue"}}},
        {"$project": {"roas": {"$divide": ["$revenue", "$spend"]}}}, {"$sort": {"_id": 1}}]))
    same([r["roas"] for r in rows], [2.0] * CAMPAIGNS)


@check("aggregate over several batches")
def _(ads, c):
    same(own(ads.daily_stats.aggregate([{"$match": {"n": {"$gte": 0}}}], batchSize=70)), DAYS)


@check("$lookup by equality")
def _(ads, c):
    rows = list(ads.campaigns.aggregate([{"$lookup": {
        "from": "ad_groups", "localField": "_id", "foreignField": "campaign_id", "as": "groups"}}]))
    same(len(rows), CAMPAIGNS)
    for row in rows:
        same(own(row["groups"]), GROUPS)


@check("$lookup with let and pipeline")
def _(ads, c):
    rows = list(ads.campaigns.aggregate([{"$lookup": {
        "from": "ad_groups", "let": {"id": "$_id"}, "as": "groups", "pipeline": [
            {"$match": {"$expr": {"$eq": ["$campaign_id", "$$id"]}}}, {"$sort": {"bid": 1}}]}}]))
    same([own(r["groups"]) for r in rows], [GROUPS] * CAMPAIGNS)


@check("$lookup into reference data")
def _(ads, c):
    rows = list(ads.campaigns.aggregate([{"$lookup": {
        "from": "currencies", "pipeline": [], "as": "rates"}}]))
    same([len(r["rates"]) for r in rows], [3] * CAMPAIGNS)


@check("$facet, $unionWith and $graphLookup")
def _(ads, c):
    facets = next(ads.campaigns.aggregate([{"$facet": {
        "all": [{"$count": "n"}], "active": [{"$match": {"status": "active"}}, {"$count": "n"}]}}]))
    same((facets["all"][0]["n"], facets["active"][0]["n"]), (CAMPAIGNS, 3))
    same(own(ads.campaigns.aggregate([{"$unionWith": "ad_groups"}])), CAMPAIGNS * (1 + GROUPS))
    graph = ads.campaigns.aggregate([{"$graphLookup": {
        "from": "ad_groups", "startWith": "$_id", "connectFromField": "_id",
        "connectToField": "campaign_id", "as": "reached"}}])
    same([own(r["reached"]) for r in graph], [GROUPS] * CAMPAIGNS)


@check("reference data is read")
def _(ads, c):
    same(ads.currencies.find_one({"_id": "EUR"})["rate"], 1.1)


@check("a private collection is the organization's whole own")
def _(ads, c):
    reports = ads[f"report_{OWN}"]
    reports.insert_many([{"_id": i, "n": i} for i in range(3)])
    same(list(reports.find({"n": {"$gt": 0}}, sort=[("n", 1)])), [{"_id": 1, "n": 1}, {"_id": 2, "n": 2}])
    same(reports.update_one({"_id": 1}, {"$set": {"n": 5}}).modified_count, 1)
    same(reports.delete_many({}).deleted_count, 3)


@check("read preferences are accepted")
def _(ads, c):
    secondary = ads.with_options(read_preference=ReadPreference.SECONDARY_PREFERRED)
    same(own(secondary.campaigns.find()), CAMPAIGNS)


# ---- writing

@check("insert one and many")
def _(ads, c):
    ads.campaigns.insert_one({"_id": "new-1", "name": "new"})
    same(stored(ads.campaigns, "new-1"), {"_id": "new-1", "name": "new"})
    ads.campaigns.insert_many([{"_id": f"many-{i}", "budget": 5000} for i in range(100)])
    same(ads.campaigns.count_documents({"budget": 5000}), 100)
    same(ads.campaigns.delete_many({"budget": 5000}).deleted_count, 100)
    same(ads.campaigns.delete_one({"_id": "new-1"}).deleted_count, 1)


@check("a duplicate key is reported as such")
def _(ads, c):
    ads.campaigns.insert_one({"_id": "twice"})
    refused(lambda: ads.campaigns.insert_one({"_id": "twice"}), 11000)
    ads.campaigns.delete_one({"_id": "twice"})


@check("update operators")
def _(ads, c):
    ads.campaigns.insert_one({"_id": "u", "n": 1, "list": [1, 2], "old": 1})
    result = ads.campaigns.update_one({"_id": "u"}, {
        "$set": {"name": "x"}, "$inc": {"n": 2}, "$push": {"list": 3}, "$unset": {"old": ""},
        "$currentDate": {"at": True}})
    same((result.matched_count, result.modified_count), (1, 1))
    document = stored(ads.campaigns, "u")
    document.pop("at")
    same(document, {"_id": "u", "n": 3, "list": [1, 2, 3], "name": "x"})
    ads.campaigns.update_one({"_id": "u"}, {"$set": {"list.$[big]": 0}},
                             array_filters=[{"big": {"$gte": 2}}])
    same(stored(ads.campaigns, "u")["list"], [1, 0, 0])
    same(ads.campaigns.update_many({"_id": "u"}, {"$rename": {"name": "title"}}).modified_count, 1)
    ads.campaigns.delete_one({"_id": "u"})


@check("an update with a pipeline")
def _(ads, c):
    ads.campaigns.insert_one({"_id": "p", "n": 2})
    ads.campaigns.update_one({"_id": "p"}, [{"$set": {"double": {"$multiply": ["$n", 2]}}}])
    same(stored(ads.campaigns, "p"), {"_id": "p", "n": 2, "double": 4})
    ads.campaigns.delete_one({"_id": "p"})


@check("replacement and upserts")
def _(ads, c):
    ads.campaigns.insert_one({"_id": "r", "n": 1})
    ads.campaigns.replace_one({"_id": "r"}, {"n": 2})
    same(stored(ads.campaigns, "r"), {"_id": "r", "n": 2})
    same(ads.campaigns.update_one({"_id": "up"}, {"$set": {"n": 3}}, upsert=True).upserted_id, "up")
    same(stored(ads.campaigns, "up"), {"_id": "up", "n": 3})
    ads.campaigns.replace_one({"_id": "up2"}, {"n": 4}, upsert=True)
    same(stored(ads.campaigns, "up2"), {"_id": "up2", "n": 4})
    same(ads.campaigns.delete_many({"_id": {"$in": ["r", "up", "up2"]}}).deleted_count, 3)


@check("findAndModify in its three forms")
def _(ads, c):
    ads.campaigns.insert_one({"_id": "f", "n": 1})
    after = ads.campaigns.find_one_and_update({"_id": "f"}, {"$inc": {"n": 1}},
                                              return_document=ReturnDocument.AFTER)
    same(after["n"], 2)
    same(ads.campaigns.find_one_and_replace({"_id": "f"}, {"n": 9})["n"], 2)
    same(stored(ads.campaigns, "f"), {"_id": "f", "n": 9})
    same(ads.campaigns.find_one_and_delete({"_id": "f"})["n"], 9)
    same(ads.campaigns.find_one_and_update({"_id": "f"}, {"$set": {"n": 1}}), None)


@check("a mixed bulk write")
def _(ads, c):
    result = ads.campaigns.bulk_write([
        InsertOne({"_id": "b1", "n": 1}), InsertOne({"_id": "b2", "n": 1}),
        UpdateOne({"_id": "b1"}, {"$inc": {"n": 1}}), UpdateMany({"n": 1}, {"$set": {"m": 1}}),
        ReplaceOne({"_id": "b3"}, {"n": 3}, upsert=True), DeleteOne({"_id": "b2"})])
    same((result.inserted_count, result.modified_count, result.upserted_count,
          result.deleted_count), (2, 2, 1, 1))
    same(stored(ads.campaigns, "b3"), {"_id": "b3", "n": 3})
    same(ads.campaigns.delete_many({"_id": {"$in": ["b1", "b3"]}}).deleted_count, 2)


@check("writes are sent as retryable and sessions are implicit")
def _(ads, c):
    class Seen(monitoring.CommandListener):
        commands = []
        def started(self, event):
            if event.command_name in ("insert", "delete"):
                self.commands.append(event.command)
        def succeeded(self, event): ...
        def failed(self, event): ...
    seen = Seen()
    with c.connect(event_listeners=[seen]) as client:
        client.ads.campaigns.insert_one({"_id": "retryable"})
        client.ads.campaigns.delete_one({"_id": "retryable"})
    same([("txnNumber" in s, "lsid" in s) for s in seen.commands], [(True, True)] * 2)


@check("an explicit session reads its own writes")
def _(ads, c):
    with ads.client.start_session(causal_consistency=True) as session:
        ads.campaigns.insert_one({"_id": "s", "n": 1}, session=session)
        same(ads.campaigns.find_one({"_id": "s"}, session=session)["n"], 1)
        rows = ads.daily_stats.find({}, batch_size=100, session=session)
        same(own(rows), DAYS)
        ads.campaigns.delete_one({"_id": "s"}, session=session)


@check("large documents, there and back")
def _(ads, c):
    text = "x" * (8 << 20)
    ads.campaigns.insert_one({"_id": "large", "text": text})
    same(len(ads.campaigns.find_one({"_id": "large"})["text"]), len(text))
    ads.campaigns.delete_one({"_id": "large"})


@check("the organization's own documents are as before")
def _(ads, c):
    same(own(ads.campaigns.find()), CAMPAIGNS)


# ---- attacks: what is another's is as if it did not exist

@attack("a foreign document is not found by its id")
def _(ads, c):
    same(ads.campaigns.find_one({"_id": THEIRS}), None)
    same(ads.campaigns.count_documents({"_id": THEIRS}), 0)
    same(list(ads.campaigns.find({"$or": [{"_id": THEIRS}, {"_id": THEIRS}]})), [])
    same(list(ads.campaigns.find({"_id": {"$nin": []}, "organization_id": {"$ne": OWN}})), [])


@attack("asking for the other organization finds nothing")
def _(ads, c):
    same(list(ads.campaigns.find({"organization_id": OTHER})), [])
    same(list(ads.campaigns.find({"organization_id": {"$in": [OWN, OTHER]}}, {"budget": 1},
                                 skip=CAMPAIGNS)), [])
    same(ads.campaigns.distinct("organization_id"), [OWN])
    same(list(ads.campaigns.aggregate([{"$match": {"organization_id": OTHER}}])), [])
    same(list(ads.campaigns.aggregate([{"$group": {"_id": "$organization_id"}}])), [{"_id": OWN}])
    same(list(ads.campaigns.find({"name": {"$regex": f"^{OTHER_LETTER}-SECRET"}})), [])


@attack("no join reaches foreign documents")
def _(ads, c):
    rows = list(ads.campaigns.aggregate([
        {"$limit": 1}, {"$lookup": {"from": "ad_groups", "pipeline": [], "as": "all"}}]))
    same(own(rows[0]["all"]), CAMPAIGNS * GROUPS)
    nested = list(ads.campaigns.aggregate([
        {"$limit": 1}, {"$lookup": {"from": "ad_groups", "as": "all", "pipeline": [
            {"$limit": 1}, {"$lookup": {"from": "daily_stats", "pipeline": [], "as": "deep"}}]}}]))
    same(own(nested[0]["all"][0]["deep"]), DAYS)
    union = ads.campaigns.aggregate([{"$unionWith": {"coll": "daily_stats", "pipeline": [
        {"$match": {"organization_id": OTHER}}]}}])
    same(own(union), CAMPAIGNS)


@attack("foreign documents are not written")
def _(ads, c):
    same(ads.campaigns.update_one({"_id": THEIRS}, {"$set": {"name": "ATTACK"}}).matched_count, 0)
    same(ads.campaigns.update_many({}, {"$set": {"touched": 1}}).matched_count, CAMPAIGNS)
    same(ads.campaigns.replace_one({"_id": THEIRS}, {"name": "ATTACK"}).matched_count, 0)
    same(ads.campaigns.delete_one({"_id": THEIRS}).deleted_count, 0)
    same(ads.campaigns.delete_many({"organization_id": OTHER}).deleted_count, 0)
    same(ads.campaigns.find_one_and_delete({"_id": THEIRS}), None)
    same(ads.campaigns.find_one_and_update({"_id": THEIRS}, {"$set": {"name": "ATTACK"}}), None)


@attack("an upsert on a foreign id tells a duplicate, no more")
def _(ads, c):
    refused(lambda: ads.campaigns.update_one({"_id": THEIRS}, {"$set": {"n": 1}}, upsert=True), 11000)


@attack("documents of the other organization are not made")
def _(ads, c):
    refused(lambda: ads.campaigns.insert_one({"organization_id": OTHER}))
    refused(lambda: ads.campaigns.insert_many([{"n": 1}, {"organization_id": OTHER}]))
    refused(lambda: ads.campaigns.insert_one({"organization_id": str(OWN)}))
    refused(lambda: ads.campaigns.insert_one({"organization_id": None}))
    refused(lambda: ads.campaigns.replace_one({"_id": MINE}, {"organization_id": OTHER}))
    refused(lambda: ads.campaigns.find_one_and_replace({"_id": MINE}, {"organization_id": OTHER}))
    refused(lambda: ads.campaigns.bulk_write([
        UpdateOne({"_id": MINE}, {"$set": {"n": 1}}), InsertOne({"organization_id": OTHER})]))


@attack("an upsert that names the other organization makes nothing of it")
def _(ads, c):
    def upsert():
        return ads.campaigns.update_one({"organization_id": OTHER, "_id": "squat"},
                                        {"$set": {"n": 1}}, upsert=True)
    try:
        upsert()
    except OperationFailure as failure:
        same(failure.code in (13, 54, 66), True)
    ads.campaigns.update_one({"x": {"$in": []}}, {"$set": {"empty": 1}}, upsert=True)
    same(own(ads.campaigns.find({"empty": 1})), 1)
    ads.campaigns.delete_many({"empty": 1})
    ads.campaigns.delete_many({"_id": "squat"})


@attack("the tenant field is never changed")
def _(ads, c):
    for change in ({"$set": {"organization_id": OTHER}}, {"$set": {"organization_id.x": 1}},
                   {"$unset": {"organization_id": ""}}, {"$rename": {"organization_id": "x"}},
                   {"$rename": {"name": "organization_id"}}, {"$inc": {"organization_id": 1}},
                   {"$min": {"organization_id": OTHER}}, {"$push": {"organization_id": OTHER}},
                   {"$currentDate": {"organization_id": True}}):
        refused(lambda: ads.campaigns.update_one({"_id": MINE}, change))
        refused(lambda: ads.campaigns.find_one_and_update({"_id": MINE}, change))
    refused(lambda: ads.campaigns.update_one({"_id": MINE}, {"$setOnInsert": {"organization_id": OTHER}},
                                             upsert=True))


@attack("an update pipeline cannot hand a document over")
def _(ads, c):
    for pipeline in ([{"$set": {"organization_id": OTHER}}], [{"$unset": "organization_id"}],
                     [{"$replaceWith": {"organization_id": OTHER}}],
                     [{"$project": {"name": 1}}]):
        try:
            ads.campaigns.update_one({"_id": MINE}, pipeline)
        except OperationFailure as failure:
            same(failure.code, 13)
        same(ads.campaigns.find_one({"_id": MINE})["organization_id"], OWN)


@attack("server-side JavaScript is refused wherever it can stand")
def _(ads, c):
    function = {"$function": {"body": "function() { return true }", "args": [], "lang": "js"}}
    for condition in ({"$where": "1"}, {"$or": [{"n": 1}, {"$and": [{"$where": "1"}]}]},
                      {"$nor": [{"$where": bson.Code("1")}]}, {"$expr": function},
                      {"$expr": {"$and": [True, {"$or": [function]}]}}):
        refused(lambda: ads.campaigns.find_one(condition))
        refused(lambda: ads.campaigns.count_documents(condition))
        refused(lambda: ads.campaigns.distinct("n", condition))
        refused(lambda: ads.campaigns.update_one(condition, {"$set": {"n": 1}}))
        refused(lambda: ads.campaigns.delete_one(condition))
        refused(lambda: ads.campaigns.find_one_and_delete(condition))
    accumulator = {"$accumulator": {"init": "function() {}", "accumulate": "function() {}",
                                    "accumulateArgs": [], "merge": "function() {}", "lang": "js"}}
    for pipeline in ([{"$project": {"x": function}}], [{"$group": {"_id": 1, "x": accumulator}}],
                     [{"$lookup": {"from": "ad_groups", "as": "x", "pipeline": [
                         {"$match": {"$expr": function}}]}}],
                     [{"$facet": {"x": [{"$addFields": {"y": function}}]}}]):
        refused(lambda: list(ads.campaigns.aggregate(pipeline)))
    refused(lambda: ads.campaigns.find_one({}, {"x": function}))
    refused(lambda: ads.command("mapReduce", "campaigns", map="function() {}",
                                reduce="function() {}", out={"inline": 1}), 13, 59)
    refused(lambda: ads.command("$eval", "1"), 13, 59)
    refused(lambda: ads.command("eval", "1"), 13, 59)


@attack("stages that write or leave the collection are refused")
def _(ads, c):
    for stage in ({"$out": "campaigns"}, {"$out": {"db": "other", "coll": "x"}},
                  {"$merge": "campaigns"}, {"$merge": {"into": {"db": "ads", "coll": "secrets"}}},
                  {"$unionWith": "secrets"}, {"$changeStream": {}}, {"$collStats": {"count": {}}},
                  {"$indexStats": {}}, {"$planCacheStats": {}}, {"$listSessions": {}},
                  {"$lookup": {"from": "secrets", "pipeline": [], "as": "x"}},
                  {"$lookup": {"from": {"db": "admin", "coll": "system.users"}, "pipeline": [],
                               "as": "x"}},
                  {"$graphLookup": {"from": "secrets", "startWith": 1, "connectFromField": "_id",
                                    "connectToField": "_id", "as": "x"}}, {"$attack": {}}):
        refused(lambda: list(ads.campaigns.aggregate([stage])), 13, 40324)
        refused(lambda: list(ads.campaigns.aggregate([{"$facet": {"x": [stage]}}])), 13, 40324, 40600)
    refused(lambda: list(ads.client.admin.aggregate([{"$currentOp": {"allUsers": True}}])))
    refused(lambda: list(ads.client.admin.aggregate([{"$listLocalSessions": {}}])))


@attack("what the policy does not list does not exist")
def _(ads, c):
    for collection in (ads.secrets, ads["system.views"], ads["campaigns.x"], ads.Campaigns,
                       ads.client.admin["system.users"], ads.client.local["oplog.rs"],
                       ads.client.config["system.sessions"], ads.client.other.campaigns,
                       ads[f"report_{OTHER}"]):
        refused(lambda: collection.find_one())
        refused(lambda: collection.insert_one({"n": 1}))
        refused(lambda: collection.drop())
        refused(lambda: collection.count_documents({}))


@attack("reference data is not written")
def _(ads, c):
    refused(lambda: ads.currencies.insert_one({"_id": "CHF"}))
    refused(lambda: ads.currencies.update_one({}, {"$set": {"rate": 0}}))
    refused(lambda: ads.currencies.delete_many({}))


@attack("the rules of the policy hold whichever command is used")
def _(ads, c):
    refused(lambda: ads.daily_stats.update_one({}, {"$set": {"spend": 0}}))
    refused(lambda: ads.daily_stats.delete_many({}))
    refused(lambda: ads.daily_stats.find_one_and_update({}, {"$set": {"spend": 0}}))
    refused(lambda: ads.daily_stats.find_one_and_delete({}))


@attack("administration is refused")
def _(ads, c):
    admin = ads.client.admin
    for command in ({"currentOp": 1}, {"killOp": 1, "op": 1}, {"serverStatus": 1},
                    {"getCmdLineOpts": 1}, {"replSetGetStatus": 1}, {"usersInfo": 1},
                    {"createUser": "x", "pwd": "ATTACK", "roles": ["root"]}, {"getLog": "global"},
                    {"setParameter": 1, "logLevel": 1}, {"fsync": 1}, {"shutdown": 1},
                    {"killAllSessions": []}, {"hostInfo": 1}, {"renameCollection": "ads.campaigns",
                                                               "to": "ads.x"}):
        refused(lambda: admin.command(dict(command)), 13, 59)
    for command in ({"dropDatabase": 1}, {"drop": "campaigns"}, {"collMod": "campaigns"},
                    {"validate": "campaigns"}, {"collStats": "campaigns"}, {"dbStats": 1},
                    {"create": "v", "viewOn": "campaigns", "pipeline": []}, {"dropIndexes": "campaigns",
                                                                             "index": "*"},
                    {"attack": 1}, {"FIND": "campaigns"}):
        refused(lambda: ads.command(dict(command)), 13, 59)


@attack("another organization's cursor cannot be read or killed")
def _(ads, c):
    with c.other() as client:
        theirs = client.ads.daily_stats.find(batch_size=10)
        next(theirs)
        refused(lambda: ads.command("getMore", theirs.cursor_id, collection="daily_stats"), 43, 13)
        try:
            ads.command("killCursors", "daily_stats", cursors=[theirs.cursor_id])
        except OperationFailure as failure:
            same(failure.code in (13, 43), True)
        same(1 + len(list(theirs)), DAYS)
    refused(lambda: ads.command("getMore", bson.Int64(1), collection="daily_stats"), 43, 13)
    mine = ads.daily_stats.find(batch_size=10)
    next(mine)
    refused(lambda: ads.command("getMore", mine.cursor_id, collection="campaigns"), 13, 43)
    mine.close()


def transact(client):
    """Commits one transaction that reads and writes, and aborts another."""
    campaigns, days = client.ads.campaigns, client.ads.daily_stats

    def work(session):
        campaigns.insert_one({"_id": "t", "n": 1}, session=session)
        campaigns.bulk_write([UpdateOne({"_id": "t"}, {"$inc": {"n": 1}}),
                              InsertOne({"_id": "t2"})], session=session)
        same(own(days.find(batch_size=70, session=session)), DAYS)
        same(campaigns.find_one_and_update({"_id": "t"}, {"$inc": {"n": 1}}, session=session)["n"], 2)
    with client.start_session() as session:
        session.with_transaction(work, read_concern=ReadConcern("snapshot"))
        same(campaigns.find_one({"_id": "t"})["n"], 3)
        with session.start_transaction():
            same(campaigns.delete_many({}, session=session).deleted_count, CAMPAIGNS + 2)
            session.abort_transaction()
        same(campaigns.count_documents({}), CAMPAIGNS + 2)
    same(campaigns.delete_many({"_id": {"$in": ["t", "t2"]}}).deleted_count, 2)


@check("transactions")
def _(ads, c):
    transact(ads.client)


@attack("transactions over a load-balanced connection")
def _(ads, c):
    with c.connect(loadBalanced=True) as client:
        transact(client)
        same(own(client.ads.daily_stats.find(batch_size=70)), DAYS)


@attack("transactions where the connection string names a replica set")
def _(ads, c):
    with c.connect(port=int(os.environ["SET_PORT"]), replicaSet="shop") as client:
        transact(client)
        same(own(client.ads.daily_stats.find(batch_size=70)), DAYS)


@check("a client-wide bulk write in a transaction")
def _(ads, c):
    with ads.client.start_session() as session, session.start_transaction():
        ads.client.bulk_write([
            InsertOne({"_id": "cb", "n": 1}, namespace="ads.campaigns"),
            UpdateOne({"_id": "cb"}, {"$inc": {"n": 1}}, namespace="ads.campaigns")], session=session)
    same(stored(ads.campaigns, "cb"), {"_id": "cb", "n": 2})
    ads.campaigns.delete_one({"_id": "cb"})


@check("causal consistency and snapshots")
def _(ads, c):
    with ads.client.start_session(causal_consistency=True) as session:
        for i in range(3):
            ads.campaigns.insert_one({"_id": f"c{i}"}, session=session)
            same(ads.campaigns.count_documents({"_id": f"c{i}"}, session=session), 1)
    with ads.client.start_session(snapshot=True) as session:
        same(own(ads.campaigns.find(session=session)), CAMPAIGNS + 3)
    ads.campaigns.delete_many({"_id": {"$in": ["c0", "c1", "c2"]}})


@attack("another organization's transaction is neither joined nor ended")
def _(ads, c):
    with c.other() as client, client.start_session() as theirs, ads.client.start_session() as mine:
        theirs.start_transaction()
        client.ads.campaigns.insert_one({"_id": "victim"}, session=theirs)
        ads.command("ping", session=mine)
        own_id = mine.session_id
        mine._server_session.session_id = dict(theirs.session_id)
        part = {"txnNumber": bson.Int64(theirs._server_session._transaction_id), "autocommit": False,
                "session": mine}
        refused(lambda: ads.command("find", "campaigns", **part), 251)
        refused(lambda: ads.client.admin.command("commitTransaction", **part), 251)
        refused(lambda: ads.client.admin.command("abortTransaction", **part), 251)
        mine._server_session.session_id = own_id  # it goes back to the driver's pool
        same(client.ads.campaigns.find_one({"_id": "victim"}, session=theirs)["_id"], "victim")
        theirs.abort_transaction()


@attack("another organization's session id is no way in")
def _(ads, c):
    with c.other() as client, client.start_session() as theirs, ads.client.start_session() as mine:
        opened = client.ads.command("find", "daily_stats", batchSize=10, session=theirs)["cursor"]
        ads.command("ping", session=mine)
        own_id = mine.session_id
        mine._server_session.session_id = dict(theirs.session_id)
        same(own(ads.campaigns.find(session=mine)), CAMPAIGNS)
        refused(lambda: ads.command("getMore", opened["id"], collection="daily_stats", session=mine),
                43, 13)
        same(len(client.ads.command("getMore", opened["id"], collection="daily_stats", batchSize=20,
                                    session=theirs)["cursor"]["nextBatch"]), 20)
        mine._server_session.session_id = {**theirs.session_id, "uid": bson.Binary(bytes(32))}
        refused(lambda: ads.command("find", "campaigns", session=mine))
        mine._server_session.session_id = own_id  # it goes back to the driver's pool


@attack("lists show what the policy lists and nothing of the others")
def _(ads, c):
    names = set(ads.list_collection_names())
    same(names & {"secrets", f"report_{OTHER}"}, set())
    same({"campaigns", "ad_groups", "daily_stats", "currencies"} <= names, True)
    same(set(ads.client.list_database_names()) <= {"ads"}, True)


@attack("hello tells nothing of what stands behind")
def _(ads, c):
    hello = ads.client.admin.command("hello")
    same({"hosts", "setName", "me", "primary", "electionId", "lastWrite", "topologyVersion"}
         & set(hello), set())
    same(hello["msg"], "isdbgrid")


class Context:
    port = int(os.environ["PORT"])

    def connect(self, **changed):
        settings = {"port": self.port, "username": f"org-{OWN}", "password": os.environ["OWN_PASSWORD"],
                    "authSource": "admin", "serverSelectionTimeoutMS": 10000, **COMPRESSED, **changed}
        return MongoClient("127.0.0.1", **settings)

    def other(self):
        return self.connect(username=f"org-{OTHER}", password=os.environ["OTHER_PASSWORD"])


if __name__ == "__main__":
    context = Context()
    with context.connect() as application:
        run_all(application.ads, context)
