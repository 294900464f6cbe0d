"""Changes of the primary under load of three drivers: what applications see, and what each server got."""

import time

from frontend import Deployment
from loads import DENIED, books, start_loads
from stand import spread

CHANGES = 4, 40
THREADS = 4


def prove(stand):
    for connections in ("paired", {"pooled": {"perServer": 8}}):
        change_places(stand, connections, connections if isinstance(connections, str) else "pooled")


def change_places(stand, connections, way):
    stand.tell(f"{way} connections")
    servers = [stand.server(f"one-{way}"), stand.server(f"two-{way}")]
    deployment = Deployment([server.port for server in servers], [DENIED.encode()])
    proxy = stand.proxy(deployment.uri(), f"proxy-{way}", upstream={"connections": connections})
    loads = start_loads(stand, f"mongodb://127.0.0.1:{proxy.port}/", THREADS)
    ways = [step_down, die, swallow_and_step_down]
    times = []
    for change in range(CHANGES[stand.long]):
        time.sleep(stand.random.uniform(0.5, 1.5))
        before = deployment.other().requests
        began = time.monotonic()
        ways[change % len(ways)](stand, deployment)
        loads[0].child.wait_for(lambda: deployment.primary.requests > before + 20, "load at the new primary", 60)
        times.append(time.monotonic() - began)
        deployment.do(revive(deployment))
    reports = [load.stop() for load in loads]
    books(stand, reports, servers)
    stand.tell(f"until the new primary had 20 commands: {spread(times)}")
    stand.expect("a denied command reached no server", not sum(face.forbidden for face in deployment.faces))
    stand.expect("both servers were the primary and both refused something",
                 all(face.requests and face.refused for face in deployment.faces) or not stand.long,
                 [(face.requests, face.refused) for face in deployment.faces])
    stand.leave(proxy)
    deployment.stop()


def step_down(_, deployment):
    """Announced: the old one answers "not primary" from now on; connections stay."""
    deployment.do(lambda: deployment.lead(deployment.other()))


def die(stand, deployment):
    """The primary is gone with all connections; a while later the other one takes over."""
    old, new = deployment.primary, deployment.other()

    def gone():
        deployment.primary, old.up = None, False
        old.cut()
    deployment.do(gone)
    time.sleep(stand.random.uniform(0.2, 1.0))
    deployment.do(lambda: deployment.lead(new))


def swallow_and_step_down(stand, deployment):
    """For a moment the primary carries out what it is sent and its connections end without an answer."""
    old, new = deployment.primary, deployment.other()
    deployment.do(lambda: setattr(deployment, "swallowing", old))
    time.sleep(0.1)
    deployment.do(lambda: deployment.lead(new))


def revive(deployment):
    return lambda: [setattr(face, "up", True) for face in deployment.faces]

