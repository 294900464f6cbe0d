"""What every proof stands on: a server that can be killed, the proxy with little memory, and a watch on it."""

import functools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import threading
import time

import bailiwick
from bailiwick import Bailiwick, listener
from processes import ROOT, Failed, run
from pymongo import MongoClient
from servers import READY, choose

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE / "target"
TENANT = "665f1c2ab8e4d3a1f0c9e001"
POLICY = {
    "apiVersion": "bailiwick.io/v1", "kind": "Policy", "metadata": {"name": "chaos"},
    "tenancy": {"field": "organization_id", "type": "objectId"},
    "principals": [{"name": "app", "user": "org-${tenant}", "authSource": "admin"}],
    "collections": {"chaos.journal": "shared", "chaos.large": "shared", "bench.documents": "shared"},
}
HEAP_MIB, DIRECT_MIB = 96, 64
# The JVM itself: code, classes, threads, and what its compiler takes for a moment, which before JDK 25 nothing bounds.
BESIDE_MIB, BESIDE_OLDER_MIB = 64, 80
MAIN = "io.bailiwick.proxy.Main"
# What each proof sets for itself, and what the launcher says for the JDK it finds.
NOT_OF_THE_IMAGE = re.compile(r"-XX:MaxRAMPercentage|-XX:MaxDirectMemorySize|-Dio\.netty\.maxDirectMemory|-XX:CompileCommand|--")


def java_options(heap=HEAP_MIB, direct=DIRECT_MIB):
    """The flags of the image, with so much memory; a JDK that lacks one goes on without."""
    flags = [line for line in (ROOT / "deploy/jvm.args").read_text().splitlines()
             if line.startswith("-") and not NOT_OF_THE_IMAGE.match(line)]
    return " ".join(["-XX:+IgnoreUnrecognizedVMOptions", *flags, f"-Xmx{heap}m", f"-XX:MaxDirectMemorySize={direct}m",
                     f"-Dio.netty.maxDirectMemory={direct << 20}"])


class Results:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def expect(self, name, holds, detail=""):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print(f"  {'ok  ' if holds else 'FAIL'}  {name}{'' if holds else f' - {detail}'}", flush=True)

    def skip(self, proof, why):
        """A proof that cannot be had here; one that .ci/expected-skips.txt does not name has failed."""
        lines = (ROOT / ".ci/expected-skips.txt").read_text().splitlines()
        expected = f"interop/chaos#{proof}" in lines
        self.skipped, self.failed = self.skipped + expected, self.failed + (not expected)
        print(f"  {'skip' if expected else 'FAIL'}  {proof}: {why}", flush=True)

    @staticmethod
    def tell(text):
        """A figure for people: it is reported and never judged."""
        print(f"        {text}", flush=True)


class Memory(threading.Thread):
    """The most memory that a process ever had, looked at ten times a second."""

    def __init__(self, child):
        super().__init__(daemon=True)
        self.child, self.most, self.last = child, 0, 0
        self.start()

    def run(self):
        while self.child.alive():
            try:
                self.last = self.child.memory_mib()
            except (OSError, AttributeError):
                return
            self.most = max(self.most, self.last)
            time.sleep(0.1)


class Persistent:
    """A server whose acknowledged writes are on disk; comes back on the same port and data."""

    def __init__(self, stand, name="server", standalone=False):
        self.children, self.directory = stand.children, stand.directory / name
        self.name, command, extra = choose(stand.arguments.server)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.command = [*command, "--host", "127.0.0.1", "--storage-path", str(self.directory / "data"),
                        "--sync-on-commit"] + (["--standalone"] if standalone else [])
        self.environment = {**os.environ, **extra}
        self.starts = 0
        self.port = 0
        self.begin()
        self.port = self.ready()

    def begin(self):
        self.starts += 1
        self.child = self.children.start(
            "server", [*self.command, "--port", str(self.port)], self.directory / f"{self.starts}.log",
            env=self.environment)

    def ready(self):
        port = int(self.child.wait_for_line(READY).group(1))
        if self.port not in (0, port):
            raise Failed(f"the server came back on port {port}, not on {self.port}")
        return port

    def kill(self):
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.process.wait()
        self.children.remove(self.child)

    def client(self):
        return MongoClient("127.0.0.1", self.port, directConnection=True)


class Stand:
    """One proof's place: its directory, its children, its share of chance."""

    def __init__(self, name, children, results, arguments):
        self.children, self.results, self.arguments = children, results, arguments
        self.expect, self.tell = results.expect, results.tell
        self.skip = functools.partial(results.skip, name)
        self.long = arguments.long
        self.random = random.Random(f"{arguments.seed} {name}")
        self.directory = TARGET / name
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.policy(POLICY)

    def policy(self, policy):
        (self.directory / "policy.yaml").write_text(json.dumps(policy))  # JSON is YAML

    def limit_time(self, most):
        """What the policy lets an operation take, in the proxies that start from now on."""
        self.policy({**POLICY, "limits": {"maxTime": most}})

    def server(self, name="server", **options):
        server = Persistent(self, name, **options)
        self.tell(f"against {server.name}")
        return server

    def canned(self):
        """The bench's upstream that knows its answers by heart; returns its port."""
        child = self.children.start("canned", [str(native("canned"))], self.directory / "canned.log")
        return int(child.wait_for_line(r"listening on 127\.0\.0\.1:(\d+)").group(1))

    def proxy(self, uri, name="proxy", port=None, options=None, upstream=None, prefix=(), **settings):
        options = options or java_options()
        image = self.arguments.image
        if image:
            bailiwick.COMMAND = [f"{image}/jre/bin/java", f"@{image}/jvm.args", *options.split(), MAIN]
        proxy = Bailiwick(self.children, self.directory / name, {
            "listeners": [listener({"tenant": TENANT}, port)],
            "upstream": {"uri": uri, **(upstream or {})},
            "policies": {"files": ["../policy.yaml"]}, "audit": {"to": "off"},
            **settings}, java_options=options, prefix=prefix)
        proxy.memory = Memory(proxy.child)
        return proxy

    def leave(self, proxy, heap=HEAP_MIB, direct=DIRECT_MIB):
        """Ends the proxy as an operator does, and looks at what it leaves behind."""
        alive, code = proxy.child.alive(), proxy.child.stop(60)
        beside = BESIDE_MIB if self.arguments.java >= 25 else BESIDE_OLDER_MIB
        bound = heap + direct + beside
        self.expect("the proxy ran to its end and left with exit code 0", alive and code == 0,
                    f"alive: {alive}, exit code {code}\n{proxy.child.tail()}")
        self.expect(f"memory stayed below {heap} + {direct} + {beside} MiB", proxy.memory.most < bound,
                    f"{proxy.memory.most:.0f} MiB")
        self.tell(f"most memory: {proxy.memory.most:.0f} MiB")
        self.read_log(proxy)

    def read_log(self, proxy):
        log = proxy.child.log.read_text(errors="replace")
        odd = [line for line in log.splitlines()
               if re.search(r"\bat [\w.$]+\(.*\.java:\d+\)|LEAK:|OutOfMemory", line)]
        self.expect("no stack trace and no leaked buffer in the log", not odd, "; ".join(odd[:3]))


def native(name):
    """A program of the bench, compiled when it is missing or older than its source."""
    source, binary = ROOT / "bench/native" / f"{name}.c", TARGET / "native" / name
    newest = max(file.stat().st_mtime for file in source.parent.iterdir())
    if not binary.exists() or binary.stat().st_mtime < newest:
        binary.parent.mkdir(parents=True, exist_ok=True)
        run(["gcc", "-O2", "-o", str(binary), str(source)])
    return binary


def spread(seconds):
    """Median, ninety-fifth percentile and most of some times, as text."""
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    return f"{at(.5):.2f} s median, {at(.95):.2f} s p95, {ordered[-1]:.2f} s most of {len(ordered)}"
