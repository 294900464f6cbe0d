"""SIGTERM to one of two instances, again and again, under load of three drivers: nobody notices."""

import base64
import time

from loads import books, start_loads
from processes import free_port
from stand import spread

RESTARTS, THREADS = (2, 50), (8, 43)  # six programs: 48 and 258 connections
DRAIN = {"delay": "0s", "timeout": "8s"}


def prove(stand):
    server = stand.server()
    key = stand.directory / "key"
    key.write_text(base64.b64encode(stand.random.randbytes(32)).decode() + "\n")
    key.chmod(0o400)
    ports, instances = [free_port(), free_port()], {}

    def start(port):
        instances[port] = stand.proxy(f"mongodb://127.0.0.1:{server.port}/", f"proxy-{port}", port=port,
                                      drain=DRAIN, keyFile="../key")
    for port in ports:
        start(port)
    loads = start_loads(stand, f"mongodb://{','.join(f'127.0.0.1:{port}' for port in ports)}/",
                        THREADS[stand.long], pause_ms=400)
    codes, times = [], []
    for restart in range(RESTARTS[stand.long]):
        time.sleep(2)
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
    stand.tell(f"from SIGTERM to the end, {DRAIN['timeout']} allowed: {spread(times)}")
    for instance in instances.values():
        stand.leave(instance)
