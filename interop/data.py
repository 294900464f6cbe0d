"""Two organizations' ads business, loaded past the proxy, and the proof of what stayed the same."""

import datetime
import hashlib

import bson
from bson import ObjectId

ORG_A, ORG_B = "665f1c2ab8e4d3a1f0c9e001", "665f1c2ab8e4d3a1f0c9e002"
CAMPAIGNS, GROUPS, DAYS = 5, 3, 300


def _id(letter, kind, number):
    return ObjectId(f"{letter * 16}{kind:04d}{number:04d}")


def documents(letter, organization):
    """By collection. The texts hold a word that must never show in a log or a metric."""
    tenant = {"organization_id": ObjectId(organization)}
    day = datetime.datetime(2026, 1, 1)
    campaigns = [{"_id": _id(letter, 1, i), **tenant, "name": f"{letter}-SECRET campaign {i}",
                  "status": "active" if i % 2 else "paused", "budget": 100 * i,
                  "tags": ["search", f"tag{i}"]} for i in range(1, CAMPAIGNS + 1)]
    groups = [{"_id": _id(letter, 2, i * GROUPS + g), **tenant, "campaign_id": _id(letter, 1, i),
               "name": f"{letter}-SECRET group {i}.{g}", "bid": i + g / 10}
              for i in range(1, CAMPAIGNS + 1) for g in range(GROUPS)]
    stats = [{"_id": _id(letter, 3, i), **tenant, "campaign_id": _id(letter, 1, i % CAMPAIGNS + 1),
              "day": day + datetime.timedelta(days=i), "n": i, "spend": 10 + i % 7,
              "revenue": 2 * (10 + i % 7), "note": f"{letter}-SECRET"} for i in range(DAYS)]
    return {"campaigns": campaigns, "ad_groups": groups, "daily_stats": stats}


def load(client, organizations):
    """Lays the database anew: organizations as {letter: id}, reference data, an unlisted secret."""
    client.drop_database("ads")
    for letter, organization in organizations.items():
        for collection, rows in documents(letter, organization).items():
            client.ads[collection].insert_many(rows)
    client.ads.currencies.insert_many([{"_id": c, "rate": r} for c, r in
                                       (("USD", 1.0), ("EUR", 1.1), ("GBP", 1.3))])
    client.ads.secrets.insert_one({"_id": 1, "text": "B-SECRET"})


def fingerprint(client, owner):
    """Hash over every document in the server that is not the given organization's own."""
    digest, count = hashlib.sha256(), 0
    for database in sorted(client.list_database_names()):
        if database in ("admin", "local", "config"):
            continue
        for collection in sorted(client[database].list_collection_names()):
            rows = client[database][collection].find(
                {"organization_id": {"$ne": ObjectId(owner)}}).sort("_id", 1)
            for row in rows:
                digest.update(f"{database}.{collection}".encode() + bson.encode(row))
                count += 1
    return digest.hexdigest(), count
