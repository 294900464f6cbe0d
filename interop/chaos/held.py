"""Connections that are held, each with a command a second; every byte of every reply is compared."""

import json
import threading

from stand import native

CONNECTIONS, SECONDS = (500, 8000), (10, 1800)
SETTLED = 1 / 6  # of the time, after which memory should not grow


def prove(stand):
    connections, seconds = CONNECTIONS[stand.long], SECONDS[stand.long]
    proxy = stand.proxy(f"mongodb://127.0.0.1:{stand.canned()}/")
    load = stand.children.start("load", [
        str(native("load")), "--port", str(proxy.port), "--connections", str(connections), "--rate",
        str(connections), "--warm", str(seconds * SETTLED), "--seconds", str(seconds)], stand.directory / "load.log")
    settled = []
    timer = threading.Timer(seconds * SETTLED, lambda: settled.append(proxy.memory.last))
    timer.start()
    load.process.wait(seconds * 2 + 120)
    timer.cancel()
    told = json.loads(load.log.read_text().strip().splitlines()[-1])
    stand.expect(f"{connections} connections for {seconds} s: none lost, no reply wrong or missing",
                 load.process.returncode == 0 and told["operations"] > 0, told)
    growth = proxy.memory.last / settled[0] - 1
    stand.tell(f"{told['operations']} operations; memory {settled[0]:.0f} MiB after {seconds * SETTLED:.0f} s, "
               f"{proxy.memory.last:.0f} MiB at the end")
    if stand.long:
        stand.expect("memory grew by less than 5 % after the first minutes", growth < 0.05, f"{growth:.1%}")
    stand.leave(proxy)
