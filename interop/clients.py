"""Installs the drivers at fixed versions, once, in the user's cache. Needs only the standard library."""

import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))

from processes import Failed, run

PYMONGO = "4.20.0"
COMPRESSORS = ("backports.zstd==1.8.0", "python-snappy==0.7.3")  # that PyMongo takes, but for zlib
GO_DRIVER = "2.10.0"
NODE_PACKAGES = {"mongodb": "7.9.0", "mongosh": "2.12.0"}
# Go's driver brings all of them, every driver zlib; Java's come with the proxy. For zstd Node needs @mongodb-js/zstd, whose
# installation fetches something ready-made from a place of its own.
NODE_COMPRESSORS = {"snappy": "7.4.3"}
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "bailiwick"


def once(directory, make):
    """Makes a directory beside its place and moves it there when it is whole."""
    if directory.exists():
        return directory
    half = directory.with_name(f"{directory.name}.{os.getpid()}")
    half.parent.mkdir(parents=True, exist_ok=True)
    try:
        make(half)
        half.rename(directory)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return directory


def python_packages(*requirements):
    """A directory for PYTHONPATH with these packages in it."""
    name = "-".join(r.replace("==", "-") for r in requirements)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return once(CACHE / f"python{version}-{name}", lambda half: run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--root-user-action", "ignore", "--target", str(half), *requirements]))


def node_packages(more=()):
    """The directory that has the node_modules with the Node driver, mongosh and more packages by name and version."""
    if not shutil.which("npm") or not shutil.which("node"):
        raise Failed("node and npm are needed for the Node driver and mongosh, and were not found")
    wanted = [f"{name}@{version}" for name, version in {**NODE_PACKAGES, **dict(more)}.items()]

    def make(half):
        half.mkdir()
        (half / "package.json").write_text('{"private": true}\n')
        run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--save-exact",
             "--loglevel", "error", *wanted], cwd=half, seconds=900)
    return once(CACHE / ("node-" + "-".join(wanted).replace("@", "-").replace("/", "-")), make)


def go_scenarios(source, target):
    """Builds the Go driver's scenarios; modules come at the versions of go.mod, checked by go.sum."""
    if not shutil.which("go"):
        raise Failed("go is needed for the Go driver, and was not found")
    binary = target.resolve() / "go_scenarios"
    run(["go", "build", "-mod=readonly", "-o", str(binary), "."], cwd=source, seconds=900)
    return binary


def one_write_drivers(target, pymongo):
    """Name, command and environment of each driver that writes and reads once; the command gets the
    connection string as its last word."""
    here = pathlib.Path(__file__).resolve().parent
    node = node_packages() / "node_modules"
    scenarios = here / "scenarios"
    # The proxy's own driver, from its jars; the source is compiled at each start.
    yield "Java driver", ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp",
                          str(here.parent / "proxy" / "target" / "lib" / "*"), str(scenarios / "TlsJava.java")], {}
    yield f"PyMongo {PYMONGO}", [sys.executable, str(scenarios / "tls_pymongo.py")], {"PYTHONPATH": str(pymongo)}
    yield f"Node driver {NODE_PACKAGES['mongodb']}", ["node", str(scenarios / "tls_node.mjs")], {
        "NODE_MODULES": str(node)}
    if shutil.which("go"):
        binary = target / "tls_go"
        run(["go", "build", "-mod=readonly", "-o", str(binary), "."], cwd=here / "tls_go", seconds=900)
        yield f"Go driver {GO_DRIVER}", [str(binary)], {}
    else:
        print("  skip  Go driver: no go")
