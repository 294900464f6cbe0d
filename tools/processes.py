"""Children that are started, waited for by their own word, and stopped by their own pid."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Failed(Exception):
    """Something outside did not work; the message is for a person, no stack trace needed."""


class Child:
    """A process whose output goes to a file and is read along until it says it is ready."""

    def __init__(self, name, command, log, cores=None, env=None, cwd=None):
        self.name = name
        self.log = pathlib.Path(log)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env=env, cwd=cwd, start_new_session=True,
                preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None)
        self.pid = self.process.pid

    def wait_for_line(self, pattern, seconds=60):
        """The match of the first line that fits; fails when the child dies or stays silent."""
        def look():
            return re.search(pattern, self.log.read_text(errors="replace"), re.M)
        return self.wait_for(look, f"a line like {pattern!r}", seconds)

    def wait_for(self, condition, what, seconds=60, poll=0.02):
        """What the condition returns once it is true; asked anew every `poll` seconds."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            found = condition()
            if found:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(poll)
        alive = "is silent" if self.process.poll() is None else f"exited {self.process.returncode}"
        raise Failed(f"{self.name} {alive}; waited {seconds} s for {what}\n{self.tail()}")

    def alive(self):
        return self.process.poll() is None

    def tail(self, lines=30):
        text = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"    {self.name}| {line}" for line in text[-lines:])

    def stop(self, seconds=10):
        """SIGTERM, then SIGKILL; returns the exit code. Only this child and what it started."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self.process.wait()
        return self.process.returncode

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


class Children(list):
    """Stops all of them, last started first, whatever happened in between."""

    def __enter__(self):
        return self

    def start(self, *args, **kwargs):
        child = Child(*args, **kwargs)
        self.append(child)
        return child

    def __exit__(self, *_):
        for child in reversed(self):
            child.stop()


def free_port():
    """A port of loopback that was free a moment ago."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def cpu_seconds(pid):
    """CPU time of a process with all its threads, those that ended too."""
    return time.clock_gettime((~pid << 3) | 2)


def run(command, seconds=600, **kwargs):
    """Runs to the end; output only when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=seconds, text=True, **kwargs)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def end_after(seconds):
    """Ends this program with its clean-up when told to (SIGTERM) or when it runs too long."""
    def late(*_):
        raise Failed(f"still running after {seconds} s: giving up")
    signal.signal(signal.SIGALRM, late)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.alarm(seconds)
