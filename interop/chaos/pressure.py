"""Inserts of 16 MB, more at once than there is memory for: refused, not fatal, and all is well afterwards.

Plain and through each compressor. Two contents: one that stays as long as it is when it is compressed, so that the
message itself has no room, and one that becomes small, so that it is here whole and there is none to open it.
"""

import collections
import os
import struct
import threading
import time
import zlib

import snappy
from backports import zstd
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure
from stand import java_options
from wire import OP_COMPRESSED, OP_MSG, Closed, Raw, hello, plain

HEAP = DIRECT = 32
INSERTS, AT_ONCE = (24, 1000), 8
BY_DRIVER = (4, 100)
SIZE = 16_000_000
PATIENCE = 30
COMPRESSORS = {"snappy": (1, snappy.compress), "zlib": (2, lambda plain: zlib.compress(plain, 1)),
               "zstd": (3, zstd.compress)}
DENSE = os.urandom(SIZE)
LOOSE = b"".join(DENSE[i:i + 100] + bytes(1900) for i in range(0, SIZE, 2000))


def prove(stand):
    options = java_options(HEAP, DIRECT) + " -Dio.netty.leakDetection.level=paranoid"
    proxy = stand.proxy(f"mongodb://127.0.0.1:{stand.canned()}/", options=options)
    small = Raw(proxy.port)
    hello(small)
    for name in ("plain", *COMPRESSORS):
        messages = [insert_of(name, content) for content in (DENSE, LOOSE)]
        press(stand, proxy, small, f"{name} inserts of {SIZE // 10**6} MB", INSERTS[stand.long],
              lambda i: large(proxy.port, name, messages[i % 2]))
    for name in COMPRESSORS:
        with MongoClient("127.0.0.1", proxy.port, directConnection=True, compressors=name, retryWrites=False) as client:
            press(stand, proxy, small, f"inserts by PyMongo with {name}", BY_DRIVER[stand.long],
                  lambda i: by_driver(client, (DENSE, LOOSE)[i % 2]))
    small.close()
    stand.leave(proxy, HEAP, DIRECT)


def press(stand, proxy, small, what, inserts, insert):
    """So many inserts from several at once, while somebody else asks for little."""
    outcomes, lock, left = collections.Counter(), threading.Lock(), list(range(inserts))

    def work():
        while True:
            with lock:
                if not left:
                    return
                number = left.pop()
            outcome = insert(number)
            with lock:
                outcomes[outcome] += 1

    threads = [threading.Thread(target=work, daemon=True) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    others = collections.Counter()
    while any(thread.is_alive() for thread in threads):
        others[ask(small)] += 1
        time.sleep(0.1)
    began = time.monotonic()
    healthy = ask(small)
    stand.tell(f"{inserts} {what}, {AT_ONCE} at once: {dict(outcomes)}; small commands: {dict(others)}; "
               f"first answer afterwards: {time.monotonic() - began:.2f} s")
    coded = sum(n for outcome, n in outcomes.items() if outcome == "ok" or outcome.startswith("code"))
    stand.expect(f"{what}: each carried out or refused with a code", coded == inserts, dict(outcomes))
    stand.expect("others served meanwhile, the process lives and serves at once afterwards",
                 set(others) <= {"ok"} and proxy.child.alive() and healthy == "ok", (dict(others), healthy))


def insert_of(name, content):
    """An insert as it goes over the wire but for its requestID."""
    body = plain({"insert": "large", "documents": [{"_id": 1, "x": content}], "$db": "chaos"})
    if name == "plain":
        return OP_MSG, body
    number, compress = COMPRESSORS[name]
    return OP_COMPRESSED, struct.pack("<iib", OP_MSG, len(body), number) + compress(body)


def large(port, name, message):
    connection = None
    try:
        connection = Raw(port, PATIENCE)
        connection.ask({"hello": 1, "compression": [name], "$db": "admin"})
        reply = connection.send(*message)
        again = hello(connection)  # the connection has not suffered
        return f"code {reply['code']}" if not reply["ok"] else "ok" if again["ok"] else "not ok"
    except (Closed, OSError) as e:
        return f"closed ({e})"
    finally:
        if connection:
            connection.close()


def by_driver(client, content):
    try:
        client.chaos.large.insert_one({"x": content})
        return "ok"
    except AutoReconnect as e:
        return f"closed ({type(e).__name__})"
    except OperationFailure as e:
        return f"code {e.code}"


def ask(connection):
    try:
        reply = connection.ask({"find": "documents", "filter": {}, "$db": "bench"})
        return "ok" if reply["ok"] else f"code {reply['code']}"
    except Closed as e:
        return f"closed ({e})"
