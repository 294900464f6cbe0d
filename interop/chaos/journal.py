"""Writers that note each write before they send it and each answer, and the books against the data.

A write pushes its number onto a list in a document of its own writer: one that is lost is missing
from the list, one that was carried out twice stands there twice, and one that went to somebody
else's document stands where its writer never wrote.
"""

import collections
import threading
import time

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

BLOCK = 100  # writes per document
# What a client may be told while MongoDB is away: network errors, and these. Drivers retry them by their labels.
AWAY = {6: "HostUnreachable", 89: "NetworkTimeout", 91: "ShutdownInProgress", 189: "PrimarySteppedDown",
        462: "IngressRequestRateLimitExceeded"}
# And what it is told where time is what ends an operation.
TIME_OVER = {50: "MaxTimeMSExpired", 262: "ExceededTimeLimit"}


def kind(error, more=None):
    """A name for an error that says whether it is one of MongoDB being away, or one of `more`."""
    if isinstance(error, OperationFailure):
        labels = sorted((error.details or {}).get("errorLabels", []))
        word = {**AWAY, **(more or {})}.get(error.code) or f"unexpected {error.code}"
        return f"{word} {'+'.join(labels)}".strip()
    return type(error).__name__ if isinstance(error, AutoReconnect) else f"unexpected {error!r}"[:120]


class Writer(threading.Thread):
    def __init__(self, books, collection, name, pause):
        super().__init__(daemon=True, name=name)
        self.books, self.collection, self.pause = books, collection, pause
        self.began = None  # of the operation in the air

    def run(self):
        number = 0
        while not self.books.stopping.is_set():
            document = f"{self.name}-{number // BLOCK}"
            self.attempt(lambda: self.write(document, number))
            if number % 8 == 7:
                self.attempt(lambda: self.read(document))
            number += 1
            self.books.stopping.wait(self.pause)

    def attempt(self, operation):
        self.began = time.monotonic()
        try:
            operation()
        except PyMongoError as e:
            self.books.failed(self.name, kind(e, self.books.allowed))
            self.books.stopping.wait(0.05)
        self.books.slowest = max(self.books.slowest, time.monotonic() - self.began)
        self.began = None

    def write(self, document, number):
        self.books.sent[document].add(number)
        self.collection.update_one({"_id": document}, {"$push": {"ops": number}}, upsert=True)
        self.books.acknowledged[document].add(number)
        self.books.answers += 1

    def read(self, document):
        """Whoever reads gets its own document with all that was acknowledged to it."""
        known = set(self.books.acknowledged[document])
        row = self.collection.find_one({"_id": document})
        seen = set(row["ops"]) if row else set()
        if (row and row["_id"] != document) or not known <= seen:
            self.books.wrong.append(f"{document}: {sorted(known - seen)[:5]} not read")


class Books:
    """What all writers sent and were told. `stop` ends them and waits for the last answer."""

    def __init__(self, allowed=None):
        self.allowed = allowed
        self.sent, self.acknowledged = collections.defaultdict(set), collections.defaultdict(set)
        self.errors = collections.defaultdict(collections.Counter)
        self.answers = 0
        self.slowest = 0.0
        self.wrong, self.writers, self.clients = [], [], []
        self.stopping = threading.Event()

    def write(self, port, name, writers, pause=0.0, **options):
        """Starts that many writers with a connection each, all of one driver's client."""
        client = MongoClient(f"mongodb://127.0.0.1:{port}/", maxPoolSize=writers, minPoolSize=0,
                             serverSelectionTimeoutMS=30_000, **options)
        self.clients.append(client)
        for i in range(writers):
            writer = Writer(self, client.chaos.journal, f"{name}-{i}", pause)
            self.writers.append(writer)
            writer.start()

    def failed(self, name, what):
        self.errors[name.rsplit("-", 1)[0]][what] += 1

    def stop(self, seconds=60):
        """Number of writers that got no answer to their last request in that time."""
        self.stopping.set()
        limit = time.monotonic() + seconds
        for writer in self.writers:
            writer.join(max(0.0, limit - time.monotonic()))
        stuck = sum(writer.is_alive() for writer in self.writers)
        if not stuck:
            for client in self.clients:
                client.close()
        return stuck

    def unexpected(self):
        return {name: what for name, counts in self.errors.items() for what in counts
                if what.startswith("unexpected")}

    def check(self, stand, client):
        """The books against what a server has, read past the proxy."""
        rows = {row["_id"]: row["ops"] for row in client.chaos.journal.find()}
        count = sum(map(len, self.acknowledged.values()))
        lost = [f"{d}: {n}" for d, told in self.acknowledged.items() for n in told - set(rows.get(d, ()))]
        twice = [f"{d}: {n}" for d, ops in rows.items() for n, c in collections.Counter(ops).items() if c > 1]
        stray = [d for d, ops in rows.items() if not set(ops) <= self.sent.get(d, set())]
        stand.expect(f"of {count} acknowledged writes none is lost", count and not lost, lost[:5])
        stand.expect("none is carried out twice", not twice, twice[:5])
        stand.expect("none is anybody else's", not stray, stray[:5])
        stand.expect("every read showed what was acknowledged before it", not self.wrong, self.wrong[:5])
        stand.expect("no error but of a server that is away", not self.unexpected(), self.unexpected())
        silent = sum(len(set(ops) - self.acknowledged.get(d, set())) for d, ops in rows.items())
        stand.tell(f"carried out, and the client was told of an error: {silent}")
        for name, counts in sorted(self.errors.items()):
            stand.tell(f"{name} were told: " + ", ".join(f"{n} × {what}" for what, n in counts.most_common()))
        stand.tell(f"longest wait for an answer: {self.slowest:.2f} s")
        return silent
