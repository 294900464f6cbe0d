"""The proxy runs out of file descriptors: who is connected is served on, nothing spins, and it ends well."""

import collections
import time

from processes import cpu_seconds
from wire import Closed, Raw, hello

LIMIT = 256
EARLY, FLOOD = 16, 400
WATCH_SECONDS = 5, 30
SPIN = 0.2  # of a core
PATIENCE = 0.2  # with each latecomer


def prove(stand):
    proxy = stand.proxy(f"mongodb://127.0.0.1:{stand.canned()}/",
                        prefix=["prlimit", f"--nofile={LIMIT}:{LIMIT}"])
    early = [Raw(proxy.port) for _ in range(EARLY)]
    outcomes = collections.Counter()
    for one in early:
        hello(one)
        outcomes[ask(one)] += 1
    flood = [Raw(proxy.port, 60) for _ in range(FLOOD)]
    late = collections.Counter(first(one) for one in flood)
    for _ in range(5):
        for one in early:
            outcomes[ask(one)] += 1
    stand.expect(f"{EARLY} connections from before are served on", set(outcomes) == {"ok"}, dict(outcomes))
    before = cpu_seconds(proxy.pid)
    time.sleep(WATCH_SECONDS[stand.long])
    share = (cpu_seconds(proxy.pid) - before) / WATCH_SECONDS[stand.long]
    stand.expect("nothing spins while none are left", share < SPIN, f"{share:.0%} of a core")
    stand.tell(f"{FLOOD} more with {LIMIT} descriptors for all: {dict(late)}; {share:.1%} of a core meanwhile")
    for one in flood:
        one.close()
    began = time.monotonic()
    proxy.child.wait_for(lambda: newcomer(proxy.port), "a newcomer to be served", 60)
    stand.expect("a newcomer is served once there are some again", True)
    stand.tell(f"it took {time.monotonic() - began:.2f} s")
    outcomes = collections.Counter(ask(one) for one in early)
    stand.expect("and so are those from before", set(outcomes) == {"ok"}, dict(outcomes))
    for one in early:
        one.close()
    stand.leave(proxy)


def first(connection):
    """What a latecomer gets: `waiting` if it was not let in yet."""
    connection.socket.settimeout(PATIENCE)
    try:
        hello(connection)
        return ask(connection)
    except Closed as e:
        return "waiting" if "timed out" in str(e) else "closed"


def newcomer(port):
    try:
        connection = Raw(port, 5)
        hello(connection)
        served = ask(connection) == "ok"
        connection.close()
        return served
    except (Closed, OSError):
        return False


def ask(connection):
    try:
        reply = connection.ask({"find": "documents", "filter": {}, "$db": "bench"})
        return "ok" if reply["ok"] else f"code {reply['code']}"
    except Closed as e:
        return f"closed ({e})"
