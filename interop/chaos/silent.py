"""A server that is stopped (kill -STOP): its port takes connections, its connections live, nobody answers."""

import os
import signal
import time

from journal import TIME_OVER, Books
from kills import answered
from stand import spread

WRITERS = 32
CYCLES, STOPPED_SECONDS = (2, 10), (6, 20)
MOST_SECONDS = 2  # that policy lets an operation take


def prove(stand):
    server = stand.server()
    stand.limit_time(f"{MOST_SECONDS}s")
    proxy = stand.proxy(f"mongodb://127.0.0.1:{server.port}/")
    books = Books(TIME_OVER)
    books.write(proxy.port, "retrying", WRITERS // 2)
    books.write(proxy.port, "not retrying", WRITERS // 2, retryWrites=False, retryReads=False)
    answered(books, WRITERS)
    recoveries, told = [], []
    try:
        for _ in range(CYCLES[stand.long]):
            answered(books, WRITERS)
            before = sum(sum(c.values()) for c in books.errors.values())
            os.kill(server.child.pid, signal.SIGSTOP)
            time.sleep(STOPPED_SECONDS[stand.long])
            told.append(sum(sum(c.values()) for c in books.errors.values()) - before)
            os.kill(server.child.pid, signal.SIGCONT)
            began, before = time.monotonic(), books.answers
            answered(books, 1, before, 0.002)
            recoveries.append(time.monotonic() - began)
            answered(books, WRITERS)
    finally:
        os.kill(server.child.pid, signal.SIGCONT)
        unanswered = books.stop()
    stand.expect("clients are told while the server is silent", all(told), told)
    stand.expect("every request was answered", not unanswered, f"{unanswered} writers wait")
    with server.client() as client:
        books.check(stand, client)
    stand.tell(f"operations may take {MOST_SECONDS} s; from the server's return to the first acknowledged "
               f"write: {spread(recoveries)}")
    stand.leave(proxy)
