"""kill -9 and restart of a server on disk, again and again, while 64 connections write through the proxy."""

import time

from journal import Books
from processes import Failed
from stand import spread

CYCLES = 3, 100  # short, long; for each way of connecting
WRITERS = 64
DOWN_SECONDS = 0, 0.2, 1, 3
PATIENCE = 60


def prove(stand):
    for connections in ("paired", {"pooled": {"perServer": 16}}):
        way = connections if isinstance(connections, str) else "pooled"
        stand.tell(f"{way} connections")
        server = stand.server(way)
        proxy = stand.proxy(f"mongodb://127.0.0.1:{server.port}/", f"proxy-{way}",
                            upstream={"connections": connections})
        cycle_all(stand, server, proxy)
        stand.leave(proxy)
        server.child.stop()


def cycle_all(stand, server, proxy):
    books = Books()
    books.write(proxy.port, "retrying", WRITERS // 2)
    books.write(proxy.port, "not retrying", WRITERS // 2, retryWrites=False, retryReads=False)
    answered(books, WRITERS)
    cycles, recoveries, starts, done = CYCLES[stand.long], [], [], 0
    try:
        for done in range(1, cycles + 1):
            answered(books, WRITERS)
            time.sleep(stand.random.uniform(0.05, 0.5))
            server.kill()
            killed = time.monotonic()
            time.sleep(stand.random.choice(DOWN_SECONDS if stand.long else DOWN_SECONDS[:3]))
            server.begin()
            server.ready()
            back, before = time.monotonic(), books.answers
            starts.append(back - killed)
            answered(books, 1, before, 0.002)
            recoveries.append(time.monotonic() - back)
    finally:
        unanswered = books.stop()
    stand.expect(f"after each of {done} kills writes were taken again", len(recoveries) == cycles)
    stand.expect("every request was answered", not unanswered, f"{unanswered} writers wait")
    with server.client() as client:
        books.check(stand, client)
    stand.tell(f"from kill to the port's return: {spread(starts)}")
    stand.tell(f"from there to the first acknowledged write: {spread(recoveries)}")
    again = proxy.metric("bailiwick_retries_total", 'result="sent"')
    stand.tell(f"sent again by the proxy: {again:.0f}")


def answered(books, count, since=None, poll=0.02):
    """Waits for that many more acknowledged writes."""
    since = books.answers if since is None else since
    limit = time.monotonic() + PATIENCE
    while books.answers < since + count:
        if time.monotonic() > limit:
            raise Failed(f"{books.answers - since} of {count} writes in {PATIENCE} s")
        time.sleep(poll)
