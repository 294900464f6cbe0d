"""What stands between load and upstream, each in turn."""

import dataclasses
import shutil

from bailiwick import Bailiwick, LAUNCHER, build, listener
from processes import Child, connects, free_port, run

TENANT = "665f1c2ab8e4d3a1f0c9e001"  # the same as in native/wire.h
SMALL_JVM = "-Xmx96m -Xss512k -XX:ReservedCodeCacheSize=64m -XX:MaxDirectMemorySize=64m -XX:-UsePerfData"
HAPROXY = """\
global
    nbthread 1
    maxconn 4096
defaults
    mode tcp
    timeout connect 5s
    timeout client 5m
    timeout server 5m
listen one
    bind 127.0.0.1:{one}
    server upstream 127.0.0.1:{upstream}
listen two
    bind 127.0.0.1:{two}
    server upstream 127.0.0.1:{upstream}
"""


@dataclasses.dataclass
class Variant:
    name: str
    port: int
    child: Child | None = None
    version: str = ""
    warm_up: int = 1  # finds
    proxy: Bailiwick | None = None

    @property
    def pid(self):
        return self.child.pid if self.child else None


def start_variants(children, native, target, upstream, cores):
    """Direct first; HAProxy twice (the control: the same thing measured twice) when installed."""
    variants = [Variant("direct", upstream)]
    variants.append(_forward(children, native, target, upstream, cores))
    if shutil.which("haproxy"):
        variants += _haproxy(children, target, upstream, cores)
    else:
        print("haproxy is not installed: compared with no proxy only (Debian: apt-get install haproxy)")
    if LAUNCHER.exists():
        variants.append(_bailiwick(children, target, upstream, cores))
    else:
        print("no launcher ./bailiwick: only the others are measured")
    return variants


def _forward(children, native, target, upstream, cores):
    child = children.start("forward", [str(native / "forward"), str(upstream)],
                           target / "forward.log", cores=cores)
    port = int(child.wait_for_line(r"listening on 127\.0\.0\.1:(\d+)").group(1))
    return Variant("forward", port, child, "bare copy loop in C")


def _haproxy(children, target, upstream, cores):
    one, two = free_port(), free_port()
    file = target / "haproxy.cfg"
    file.write_text(HAPROXY.format(one=one, two=two, upstream=upstream))
    child = children.start("haproxy", ["haproxy", "-db", "-f", str(file)],
                           target / "haproxy.log", cores=cores)
    child.wait_for(lambda: connects(one) and connects(two), "its ports", 10)
    version = run(["haproxy", "-v"]).split("\n")[0]
    return [Variant("haproxy", one, child, version), Variant("haproxy again", two, child, version)]


def _bailiwick(children, target, upstream, cores):
    version = f"{build()}, {SMALL_JVM}"
    proxy = Bailiwick(children, target / "bailiwick", {
        "listeners": [listener({"tenant": TENANT})],
        "upstream": {"uri": f"mongodb://127.0.0.1:{upstream}/"},
        "policies": {"files": ["../../config/policy.yaml"]},
        "audit": {"to": "off"},
    }, cores=cores, java_options=SMALL_JVM)
    return Variant("bailiwick", proxy.port, proxy.child, version, warm_up=400_000, proxy=proxy)
