"""Writes and reads once; the exit code says whether it got in."""

import sys

from pymongo import MongoClient

with MongoClient(sys.argv[1]) as client:
    campaigns = client.ads.campaigns
    written = campaigns.insert_one({"by": "pymongo"}).inserted_id
    assert campaigns.find_one({"_id": written})["by"] == "pymongo"
