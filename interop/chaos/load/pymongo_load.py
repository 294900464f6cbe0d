"""Load of PyMongo: see load/JavaLoad.java, which does the same."""

import collections
import json
import os
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from journal import kind
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

SETTINGS = {key[5:].lower(): value for key, value in os.environ.items() if key.startswith("LOAD_")}
RETRIES = SETTINGS["retries"] == "true"
STOP = pathlib.Path(SETTINGS["stop"])
BLOCK = 200

acknowledged, errors = collections.defaultdict(list), collections.Counter()
answers, denied, slowest, wrong = [], [], [0.0], []


def attempt(operation):
    began = time.monotonic()
    try:
        operation()
        answers.append(1)
    except PyMongoError as e:
        errors[kind(e)] += 1
    slowest[0] = max(slowest[0], time.monotonic() - began)


def deny(database):
    try:
        database.unlisted.find_one({"x": SETTINGS["denied"]})
        wrong.append("a denied command was answered")
    except OperationFailure as e:
        denied.append(1)
        if e.code != 13:
            wrong.append(f"denied with {e.code}")
    except PyMongoError as e:
        errors[kind(e)] += 1


def work(database, thread):
    number = 0
    while not STOP.exists():
        document = f"{SETTINGS['name']}-{thread}-{number // BLOCK}"

        def write():
            database.journal.update_one({"_id": document}, {"$push": {"ops": number}}, upsert=True)
            acknowledged[document].append(number)

        def read():
            row = database.journal.find_one({"_id": document})
            if row and row["_id"] != document:
                wrong.append("somebody else's document")
        attempt(write)
        attempt(read)
        if number % 10 == 5:
            deny(database)
        if number == 0 and thread == 0:
            print("working", flush=True)
        number += 1
        time.sleep(int(SETTINGS["pause_ms"]) / 1000)


client = MongoClient(SETTINGS["uri"], retryWrites=RETRIES, retryReads=RETRIES, maxPoolSize=int(SETTINGS["threads"]))
threads = [threading.Thread(target=work, args=(client.chaos, i)) for i in range(int(SETTINGS["threads"]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
client.close()
report = {"acknowledged": acknowledged, "errors": errors, "answers": len(answers), "denied": len(denied),
          "slowest": slowest[0], "wrong": wrong}
half = pathlib.Path(SETTINGS["report"] + ".half")
half.write_text(json.dumps(report))
half.rename(SETTINGS["report"])
