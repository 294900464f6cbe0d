"""SIGTERM to one of two instances, again and again, under load of three drivers: nobody notices.

Only what ends within the time for draining is proven. A write that is still at work then is told 91,
and its driver sends it again with the same number: MongoDB holds that back until the first is over,
SecantusDB RS carries both out (of 300 writes sent twice at once without a proxy, 247 stood there
twice). So the time must be longer than what a machine under load makes the server take.
"""

import base64
import time

from loads import books, start_loads
from processes import free_port
from stand import spread

RESTARTS, THREADS = (2, 50), (8, 43)  # six programs: 48 and 258 connections
DRAIN_SECONDS = 8, 25  # the second is the default
# Drivers look at a server that was away every ten seconds: until then the other one is all they have.
PAUSE_SECONDS = 12


def prove(stand):
    server = stand.server()
    key = stand.directory / "key"
    key.write_text(base64.b64encode(stand.random.randbytes(32)).decode() + "\n")
    key.chmod(0o400)
    drain = f"{DRAIN_SECONDS[stand.long]}s"
    ports, instances = [free_port(), free_port()], {}

    def start(port):
        instances[port] = stand.proxy(f"mongodb://127.0.0.1:{server.port}/", f"proxy-{port}", port=port,
                                      drain={"timeout": drain}, keyFile="../key")
    for port in ports:
        start(port)
    loads = start_loads(stand, f"mongodb://{','.join(f'127.0.0.1:{port}' for port in ports)}/",
                        THREADS[stand.long], pause_ms=400)
    codes, times = [], []
    for restart in range(RESTARTS[stand.long]):
        time.sleep(PAUSE_SECONDS)
        port = ports[restart % 2]
        began = time.monotonic()
        codes.append(instances[port].child.stop(60))
        times.append(time.monotonic() - began)
        stand.children.remove(instances[port].child)
        start(port)
    reports = [load.stop() for load in loads]
    stand.expect(f"{len(codes)} times SIGTERM, {len(codes)} times exit code 0", not any(codes), codes)
    unanswered = books(stand, reports, [server])
    stand.expect("no request was carried out and not answered", not unanswered, unanswered)
    stand.tell(f"from SIGTERM to the end, {drain} allowed: {spread(times)}")
    for instance in instances.values():
        stand.leave(instance)
