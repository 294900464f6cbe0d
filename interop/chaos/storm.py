"""Very many connect at once, again and again; half of them break off in the middle of their greeting."""

import select
import socket
import struct
import time

from bson import Int64
from stand import spread
from wire import Raw, hello, message

CONNECTIONS, ROUNDS = (500, 2000), (4, 20)
PER_SERVER = 64
PATIENCE = 30
ABORT = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST


def prove(stand):
    proxy = stand.proxy(f"mongodb://127.0.0.1:{stand.canned()}/",
                        upstream={"connections": {"pooled": {"perServer": PER_SERVER}}})
    witness = Raw(proxy.port)
    hello(witness)
    answers, silent, waits, times = 0, 0, [], []
    for _ in range(ROUNDS[stand.long]):
        good, none, took = storm(stand, proxy.port, CONNECTIONS[stand.long])
        answers, silent = answers + good, silent + none
        times.append(took)
        began = time.monotonic()
        reply = witness.ask(find())
        waits.append(time.monotonic() - began)
        if not reply.get("ok"):
            break
    rounds, count = ROUNDS[stand.long], CONNECTIONS[stand.long]
    stand.expect(f"{rounds} times {count} at once: each that did not break off was greeted and served",
                 len(waits) == rounds and answers == rounds * (count // 2) and not silent,
                 f"{answers} answers, {silent} silent, {len(waits)} rounds; the witness was told {reply}")
    most = proxy.metric("bailiwick_upstream_connections_total")
    stand.expect("no more connections to MongoDB than the pool has, however many come",
                 0 < most <= 2 * PER_SERVER, f"{most:.0f} were opened")
    proxy.child.wait_for(lambda: proxy.metric("bailiwick_client_connections_active") <= 1, "all to be gone", 30)
    stand.tell(f"a round until the last answer: {spread(times)}")
    stand.tell(f"a command on an old connection right after: {spread(waits)}")
    witness.close()
    stand.leave(proxy)


def find():
    return {"find": "documents", "filter": {"_id": Int64(1)}, "$db": "bench"}


def storm(stand, port, count):
    """Answers to whole greetings and commands, connections without, and how long it all took."""
    greeting, command = message({"hello": 1, "$db": "admin"}), message(find())
    poll, open_ones, answered = select.epoll(), {}, 0
    began = time.monotonic()
    for number in range(count):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))
        open_ones[one.fileno()] = [one, number % 2 == 0, b"", 0]
        poll.register(one.fileno(), select.EPOLLOUT)
    while open_ones and time.monotonic() - began < PATIENCE:
        for number, event in poll.poll(1):
            entry = open_ones[number]
            one, stays = entry[:2]
            if event & select.EPOLLOUT and not stays:
                one.send(greeting[:stand.random.randrange(1, len(greeting))])
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            elif event & select.EPOLLOUT:
                one.send(greeting)
                poll.modify(number, select.EPOLLIN)
                continue
            elif whole(entry):
                entry[3] += 1
                if entry[3] == 1:
                    one.send(command)
                    continue
                answered += 1
            elif event & select.EPOLLIN and not entry[4:]:
                continue
            poll.unregister(number)
            one.close()
            del open_ones[number]
    for one, *_ in open_ones.values():
        one.close()
    return answered, len(open_ones), time.monotonic() - began


def whole(entry):
    """Reads what there is; true with a whole reply, which is taken off. Marks an ended connection."""
    try:
        part = entry[0].recv(65536)
    except OSError:
        part = b""
    if not part:
        entry.append("ended")
        return False
    entry[2] += part
    if len(entry[2]) < 4 or len(entry[2]) < struct.unpack_from("<i", entry[2])[0]:
        return False
    entry[2] = entry[2][struct.unpack_from("<i", entry[2])[0]:]
    return True
