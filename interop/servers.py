"""MongoDB-compatible servers with sessions, got as packages and run as separate processes."""

import os
import pathlib
import shutil

from pymongo import MongoClient

from clients import CACHE, once, python_packages
from processes import Failed, run

RUST_VERSION = "0.5.3-beta.196"
PYTHON_VERSION = "0.7.0b3"
ACCOUNT, PASSWORD = "bailiwick", "service-SECRET"
READY = r"listening on 127\.0\.0\.1:(\d+)"


def rust_binary():
    """SecantusDB RS from the user's cache, built there once (about 15 minutes of CPU)."""
    binary = CACHE / "secantus-rs" / "bin" / "secantusd-rs"
    if binary.exists():
        return binary
    if not shutil.which("cargo"):
        return None
    print("building the test server SecantusDB RS, once: about 15 minutes of CPU", flush=True)
    once(CACHE / "secantus-rs", lambda half: run(
        ["cargo", "install", "secantus-mdb", "--version", RUST_VERSION, "--root", str(half),
         "--ignore-rust-version", "--quiet"], seconds=3600))
    return binary


def choose(wanted):
    """(name, command of its own, extra environment) for `rs`, `py`, or what can be had."""
    if wanted in ("rs", "any"):
        binary = rust_binary()
        if binary:
            return f"SecantusDB RS {RUST_VERSION}", [str(binary), "--cache-size", "256M"], {}
        if wanted == "rs":
            raise Failed("SecantusDB RS needs cargo to be built, and cargo was not found")
        print("cargo was not found: SecantusDB PY stands in for SecantusDB RS", flush=True)
    packages = python_packages(f"SecantusDB=={PYTHON_VERSION}")
    command = [str(packages / "bin" / "secantusd-py")]
    return f"SecantusDB PY {PYTHON_VERSION}", command, {"PYTHONPATH": str(packages)}


class Server:
    """One server with logins on; `accounts` are created in its admin database beside our own."""

    def __init__(self, children, directory, wanted, accounts):
        self.name, command, extra = choose(wanted)
        directory = pathlib.Path(directory)
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        command += ["--host", "127.0.0.1", "--port", "0", "--storage-path", str(directory / "data")]
        environment = {**os.environ, **extra}
        first = children.start("server", command, directory / "open.log", env=environment)
        port = int(first.wait_for_line(READY).group(1))
        with MongoClient("127.0.0.1", port) as client:
            for user, (password, role) in {ACCOUNT: (PASSWORD, "root"), **accounts}.items():
                client.admin.command("createUser", user, pwd=password, roles=[role],
                                     mechanisms=["SCRAM-SHA-1", "SCRAM-SHA-256"])
        first.stop()
        self.child = children.start("server", command + ["--auth"], directory / "server.log",
                                    env=environment)
        self.port = int(self.child.wait_for_line(READY).group(1))
        self.client = MongoClient("127.0.0.1", self.port, username=ACCOUNT, password=PASSWORD)
        self.client.admin.command("ping")
