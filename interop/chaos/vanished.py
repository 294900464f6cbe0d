"""A client and a server that are gone without a word, in network namespaces of their own whose cable is cut."""

import ctypes
import os
import shutil
import subprocess
import sys
import time

from bailiwick import listener
from processes import Failed, free_port
from stand import HERE, TENANT, native, run
from wire import Raw, hello

NEAR, FAR = "10.77.0.1", "10.77.0.2"
NOBODY = "02:00:00:00:00:99"  # a hardware address that frames get lost with
MOST_SECONDS = 30
CLONE_NEWNET = 0x40000000
TOOLS = "ip", "nsenter", "unshare"


def prove(stand):
    lacking = [tool for tool in TOOLS if not shutil.which(tool)]
    if lacking:
        return stand.skip(f"no {' and no '.join(lacking)} here")
    with open("/proc/thread-self/ns/net") as before:
        # For this thread and what it starts: the machine's own network is not touched.
        if LIBC.unshare(CLONE_NEWNET):
            return stand.skip(f"no network namespaces here: {os.strerror(ctypes.get_errno())}")
        try:
            inside(stand)
        finally:
            LIBC.setns(before.fileno(), CLONE_NEWNET)


LIBC = ctypes.CDLL(None, use_errno=True)


def inside(stand):
    try:
        there = cable(stand)
    except Failed as e:
        return stand.skip(f"no cable between namespaces here: {e}")
    canned = stand.children.start("canned", [*there, str(native("canned"))], stand.directory / "canned.log")
    port = canned.wait_for_line(r"listening on 127\.0\.0\.1:(\d+)").group(1)
    relay = far(stand, there, "relay", FAR, "0", port)
    server = relay.wait_for_line(r"listening on \S+:(\d+)").group(1)
    with_it = proxy(stand, server, "with", {}, {})
    without = proxy(stand, server, "without", {"deadlines": {"keepAlive": "0s"}}, {"timeouts": {"keepAlive": "0s"}})
    sign = stand.directory / "sign"
    clients = [far(stand, there, "client", NEAR, str(one.port), str(wait))
               for one in (with_it, without) for wait in ("never", sign)]
    for one in clients:
        one.wait_for_line("has asked")
    stayed = [local(one) for one in (with_it, without)]
    cut(stand, with_it, there, sign)
    watch(stand, with_it, without)
    for one in stayed:
        one.close()
    for one in (with_it, without):
        stand.leave(one)


def cable(stand):
    """Two namespaces and a cable between; returns what a command on the far side begins with."""
    holder = stand.children.start("far side", ["unshare", "--net", "sleep", "600"], stand.directory / "far.log")
    own = os.readlink("/proc/thread-self/ns/net")
    holder.wait_for(lambda: os.readlink(f"/proc/{holder.pid}/ns/net") != own, "its namespace", 10)
    there = ["nsenter", "-t", str(holder.pid), "-n"]
    for command in ("ip link set lo up", "ip link add near type veth peer name far",
                    f"ip link set far netns {holder.pid}", f"ip addr add {NEAR}/24 dev near", "ip link set near up"):
        run(command.split())
    for command in ("ip link set lo up", f"ip addr add {FAR}/24 dev far", "ip link set far up"):
        run([*there, *command.split()])
    return there


def far(stand, there, *what):
    return stand.children.start(what[0], [*there, sys.executable, str(HERE / "peer.py"), *what],
                                stand.directory / f"{what[0]}-{len(stand.children)}.log")


def proxy(stand, server, name, settings, upstream):
    port = free_port()
    return stand.proxy(f"mongodb://{FAR}:{server}/", name, upstream=upstream, **settings,
                       listeners=[{**listener({"tenant": TENANT}, port), "address": f"0.0.0.0:{port}",
                                   "tls": {"mode": "off"}}])


def local(one):
    """A client that stays, whose connection to the server is what dies."""
    connection = Raw(one.port)
    hello(connection)
    connection.ask({"find": "documents", "filter": {}, "$db": "bench"})
    return connection


def cut(stand, one, there, sign):
    """First the way there, so that a reply is on its way for ever, and then the way back."""
    lose(FAR, "near")
    before = requests(one)
    sign.touch()
    one.child.wait_for(lambda: requests(one) > before, "a request that came over half a cable", 10)
    lose(NEAR, "far", there)
    stand.tell("the cable is cut, with a reply on its way to one client and nothing to the other")


def lose(address, device, there=()):
    run([*there, *f"ip neigh replace {address} lladdr {NOBODY} dev {device} nud permanent".split()])


def requests(one):
    return one.metric("bailiwick_message_bytes_count")


def watch(stand, with_it, without):
    began = time.monotonic()
    seen = {}
    wanted = {"idle client": lambda: vanished(with_it) >= 1, "client with a reply on its way": lambda: vanished(with_it) >= 2,
              "idle server": lambda: lost(with_it) >= 1}
    while time.monotonic() - began < MOST_SECONDS + 5:
        for what in wanted:
            if what not in seen and wanted[what]():
                seen[what] = time.monotonic() - began
        time.sleep(0.2)
    for what in wanted:
        stand.expect(f"{what}: found gone within {MOST_SECONDS} s", seen.get(what, 99) <= MOST_SECONDS, seen)
    stand.tell("gone after " + ", ".join(f"{seconds:.1f} s ({what})" for what, seconds in seen.items()))
    ended = vanished(without), lost(without)
    stand.expect("without keep-alive nobody is missed by then", ended == (0, 0), ended)


def vanished(one):
    return one.metric("bailiwick_client_disconnects_total", 'cause="vanished"')


def lost(one):
    return one.metric("bailiwick_upstream_disconnects_total", 'cause="vanished"')
