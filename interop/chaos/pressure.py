"""Inserts of 16 MB, more at once than there is memory for: refused, not fatal, and all is well afterwards."""

import collections
import threading
import time

from stand import java_options
from wire import Closed, Raw, hello

HEAP = DIRECT = 32
INSERTS, AT_ONCE = (60, 1000), 8
SIZE = 16_000_000
PATIENCE = 30


def prove(stand):
    options = java_options(HEAP, DIRECT) + " -Dio.netty.leakDetection.level=paranoid"
    proxy = stand.proxy(f"mongodb://127.0.0.1:{stand.canned()}/", options=options)
    small = Raw(proxy.port)
    hello(small)
    outcomes, lock, left = collections.Counter(), threading.Lock(), [INSERTS[stand.long]]

    def insert():
        while True:
            with lock:
                if not left[0]:
                    return
                left[0] -= 1
            what = large(proxy.port)
            with lock:
                outcomes[what] += 1

    threads = [threading.Thread(target=insert, daemon=True) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    others = collections.Counter()
    while any(thread.is_alive() for thread in threads):
        others[ask(small)] += 1
        time.sleep(0.1)
    began = time.monotonic()
    healthy = ask(small)
    stand.expect("the process lives and serves at once afterwards", proxy.child.alive() and healthy == "ok", healthy)
    stand.tell(f"first answer afterwards: {time.monotonic() - began:.2f} s")
    coded = sum(n for what, n in outcomes.items() if what == "ok" or what.startswith("code"))
    stand.expect(f"each of {INSERTS[stand.long]} inserts of {SIZE // 10**6} MB was carried out or refused with a code",
                 coded == INSERTS[stand.long], dict(outcomes))
    stand.expect("small commands of others were served meanwhile", set(others) == {"ok"}, dict(others))
    stand.tell(f"{INSERTS[stand.long]} inserts, {AT_ONCE} at once: {dict(outcomes)}; small commands: {dict(others)}")
    small.close()
    stand.leave(proxy, HEAP, DIRECT)


def large(port):
    connection = None
    try:
        connection = Raw(port, PATIENCE)
        hello(connection)
        reply = connection.ask({"insert": "large", "documents": [{"_id": 1, "x": b"x" * SIZE}], "$db": "chaos"})
        return "ok" if reply["ok"] else f"code {reply['code']}"
    except (Closed, OSError) as e:
        return f"closed ({e})"
    finally:
        if connection:
            connection.close()


def ask(connection):
    try:
        reply = connection.ask({"find": "documents", "filter": {}, "$db": "bench"})
        return "ok" if reply["ok"] else f"code {reply['code']}"
    except Closed as e:
        return f"closed ({e})"
