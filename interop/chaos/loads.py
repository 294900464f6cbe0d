"""Applications under load: one program per driver, started with the same arguments and ended by a file."""

import collections
import json
import os
import sys

from clients import NODE_PACKAGES, PYMONGO, node_packages
from processes import ROOT

HERE = ROOT / "interop/chaos/load"
DENIED = "NEVER-REACHES-A-SERVER"


class Load:
    """Knows what its program wrote at the end: acknowledged writes, errors by kind, odd things."""

    def __init__(self, stand, name, command, environment, uri, threads, retries, pause_ms):
        word = "retrying" if retries else "not retrying"
        self.name, self.retries = f"{name}, {word}", retries
        file = f"{name.split()[0].lower()}-{'r' if retries else 'n'}"
        self.stop_file, self.report = stand.directory / f"{file}.stop", stand.directory / f"{file}.json"
        for left in (self.stop_file, self.report):  # by the load before this one
            left.unlink(missing_ok=True)
        self.child = stand.children.start(self.name, command, stand.directory / f"{file}.out", env={
            **os.environ, **environment, "LOAD_URI": uri, "LOAD_NAME": file, "LOAD_THREADS": str(threads),
            "LOAD_RETRIES": str(retries).lower(), "LOAD_PAUSE_MS": str(pause_ms), "LOAD_DENIED": DENIED,
            "LOAD_STOP": str(self.stop_file), "LOAD_REPORT": str(self.report)})

    def works(self):
        self.child.wait_for_line("^working$", 120)
        return self

    def stop(self):
        """Asks it to end; every request gets its answer first."""
        self.stop_file.touch()
        self.child.wait_for(lambda: self.report.exists() or None, "its report", 60)
        self.child.process.wait(30)
        return {**json.loads(self.report.read_text()), "name": self.name, "retries": self.retries}


def commands():
    # Without logback: the driver would write down every step it takes.
    jars = [str(jar) for jar in (ROOT / "proxy/target/lib").glob("*.jar") if not jar.name.startswith("logback")]
    modules = node_packages() / "node_modules"
    return [("Java driver", ["java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                             os.pathsep.join(jars), str(HERE / "JavaLoad.java")], {}),
            (f"PyMongo {PYMONGO}", [sys.executable, str(HERE / "pymongo_load.py")], {}),
            (f"Node driver {NODE_PACKAGES['mongodb']}", ["node", str(HERE / "node_load.mjs")],
             {"NODE_MODULES": str(modules)})]


def start_loads(stand, uri, threads, pause_ms=40):
    """Each driver twice: as applications have it, and with its retries off."""
    loads = [Load(stand, name, command, environment, uri, threads, retries, pause_ms)
             for name, command, environment in commands() for retries in (True, False)]
    return [load.works() for load in loads]


def books(stand, reports, servers):
    """What applications were told against what the two servers have."""
    rows = []  # of each server: what it carried out, by document
    for server in servers:
        with server.client() as client:
            rows.append({row["_id"]: row["ops"] for row in client.chaos.journal.find()})
    told = {d: set(n) for report in reports for d, n in report["acknowledged"].items()}
    count = sum(map(len, told.values()))
    lost = [f"{d}: {n}" for d, ns in told.items() for n in ns.difference(*(have.get(d, ()) for have in rows))]
    twice = [f"{d}: {n}" for have in rows for d, ops in have.items()
             for n, times in collections.Counter(ops).items() if times > 1]
    stand.expect(f"of {count} acknowledged writes each is on a server", count and not lost, lost[:5])
    stand.expect("no server carried one out twice", not twice, twice[:5])
    for report in reports:
        odd = {what: n for what, n in report["errors"].items() if what.startswith("unexpected")}
        if report["retries"]:
            stand.expect(f"{report['name']}: no error reached the application", not report["errors"],
                         json.dumps(report["errors"]))
        else:
            stand.expect(f"{report['name']}: only errors that drivers retry", not odd, json.dumps(odd))
        stand.expect(f"{report['name']}: each denied command was denied", report["denied"] > 0
                     and not report["wrong"], json.dumps(report["wrong"][:3]))
        tell(stand, report)
    unanswered = sum(len(set(ops) - told.get(d, set())) for have in rows for d, ops in have.items())
    stand.tell(f"carried out, and the client was told of an error: {unanswered}")
    return unanswered


def tell(stand, report):
    told = ", ".join(f"{n} × {what}" for what, n in report["errors"].items()) or "no error"
    stand.tell(f"{report['name']}: {report['answers']} operations, {told}; longest wait {report['slowest']:.2f} s")
