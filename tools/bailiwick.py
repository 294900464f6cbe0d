"""Starts the proxy as an operator would: a file, `bailiwick serve`, the probes."""

import json
import os
import pathlib
import re
import shutil
import time
import urllib.error
import urllib.request

from processes import ROOT, Child, free_port, run

LAUNCHER = ROOT / "bailiwick"
COMMAND = [str(LAUNCHER)]


class Bailiwick:
    """One running proxy. `settings` are keys of its file: listeners, upstream, policies, …

    `prefix` is a command that becomes the proxy, such as one that limits what it may use.
    """

    def __init__(self, children, directory, settings, cores=None, poll=0.02, java_options="", prefix=()):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.metrics_port = free_port()
        settings = {
            "apiVersion": "bailiwick.io/v1",
            "kind": "Proxy",
            "metrics": {"address": f"127.0.0.1:{self.metrics_port}"},
            "admin": {"address": f"127.0.0.1:{free_port()}"},
            **settings,
        }
        self.port = int(settings["listeners"][0]["address"].rsplit(":", 1)[1])
        file = self.directory / "bailiwick.yaml"
        file.write_text(json.dumps(settings, indent=2) + "\n")  # JSON is YAML
        self.child = Child("bailiwick", [*prefix, *COMMAND, "serve", "--config", str(file)],
                           self.directory / "bailiwick.log", cores=cores,
                           env={**os.environ, "BAILIWICK_JAVA_OPTS": java_options})
        children.append(self.child)
        self.child.wait_for(self.ready, "/readyz to say 200", 90, poll)

    def ready(self):
        return self.get("/readyz")[0] == 200

    def get(self, path):
        """Status and text of a page of the metrics port; 0 when nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=5) as r:
                return r.status, r.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name, label=""):
        """Sum of a metric's series, or of those with that label; 0 when there is none."""
        return sum(float(value) for labels, value in
                   re.findall(rf"^{name}(\{{.*\}})? (\S+)$", self.get("/metrics")[1], re.M)
                   if label in labels)

    def collect_garbage(self):
        """Makes the JVM collect, which brings its count of allocated bytes up to date."""
        home = os.environ.get("JAVA_HOME")
        jcmd = shutil.which("jcmd", path=f"{home}/bin" if home else None)
        if not jcmd:
            return False
        run([jcmd, str(self.pid), "GC.run"], seconds=60)
        time.sleep(0.2)  # the notification comes a moment after the collection
        return True

    @property
    def pid(self):
        return self.child.pid


def build():
    """Lets the launcher build what is missing; returns what it calls its version."""
    return run([str(LAUNCHER), "version"]).strip().split("\n")[-1]


def listener(login, port=None):
    return {"name": "app", "address": f"127.0.0.1:{port or free_port()}", "login": login}
