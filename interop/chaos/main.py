"""Kills, stops, starves and drains real processes, and proves what held. All on loopback, bounded."""

import argparse
import os
import pathlib
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "tools")]

import descriptors
import drain
import failover
import held
import kills
import pressure
import silent
import storm
import vanished
from bailiwick import build
from processes import Children, Failed, end_after
from stand import Results, Stand

# name, what it is, and how it runs: the cheap ones first.
PROOFS = {
    "descriptors": ("file descriptors run out", descriptors.prove),
    "pressure": ("large inserts, little memory", pressure.prove),
    "storm": ("thousands connect at once, again and again", storm.prove),
    "held": ("connections that are held", held.prove),
    "vanished": ("a client and a server that are gone without a word", vanished.prove),
    "silent": ("a server that goes silent", silent.prove),
    "failover": ("another server becomes the primary", failover.prove),
    "drain": ("rolling restarts under load", drain.prove),
    "kills": ("the server is killed while 64 connections write", kills.prove),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, epilog="proofs: " + "; ".join(
        f"{name}: {what}" for name, (what, _) in PROOFS.items()))
    parser.add_argument("proof", nargs="*", choices=[[], *PROOFS], help="only these; else all")
    parser.add_argument("--long", action="store_true", help="the whole forms: about two hours")
    parser.add_argument("--server", choices=["any", "rs", "py"], default="any", help="SecantusDB RS or PY")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)))
    parser.add_argument("--image", help="a directory that deploy/image-root has made, to try what the image holds")
    arguments = parser.parse_args()
    end_after(9000 if arguments.long else 900)
    results = Results()
    version = build()
    arguments.java = 25 if arguments.image else int(re.search(r"Java (\d+)", version).group(1))
    print(f"{arguments.image or version}; seed {arguments.seed}; load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
          flush=True)
    for name in arguments.proof or PROOFS:
        what, prove = PROOFS[name]
        print(f"{name}: {what}", flush=True)
        began = time.monotonic()
        with Children() as children:
            prove(Stand(name, children, results, arguments))
        print(f"  {time.monotonic() - began:.0f} s", flush=True)
    print(f"{results.passed} held, {results.failed} did not, {results.skipped} skipped", flush=True)
    return 1 if results.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"chaos: {failed}")
