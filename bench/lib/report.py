"""Figures as people read them: medians of ratios within a round, with their spread."""

import os
import pathlib
import platform
import re
import statistics


def print_machine(variants, seed):
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    machine = {"cpu": cpu.group(1) if cpu else "?", "cores": os.cpu_count(),
               "kernel": platform.release(), "seed": seed,
               "load_average_before": os.getloadavg()[0],
               "versions": {v.name: v.version for v in variants if v.version}}
    print(f"machine: {machine['cpu']}, {machine['cores']} cores, kernel {machine['kernel']}, "
          f"load average before {machine['load_average_before']:.2f}; seed {seed}")
    for name, version in machine["versions"].items():
        print(f"  {name}: {version}")
    return machine


def _column(cell, variant, figure):
    return {s["round"]: s[figure] for s in cell if s["variant"] == variant}


def ratio(cell, variant, other, random):
    """Median of throughput ratios, round by round, and its 95 % interval (bootstrap)."""
    a, b = (_column(cell, v, "ops_per_second") for v in (variant, other))
    ratios = [a[r] / b[r] for r in a if b.get(r)]
    if not ratios:
        return 0, 0, 0
    medians = sorted(statistics.median(random.choices(ratios, k=len(ratios))) for _ in range(1000))
    return statistics.median(ratios), medians[25], medians[974]


def print_table(workload, connections, cell, random):
    names = list(dict.fromkeys(s["variant"] for s in sorted(cell, key=lambda s: s["variant"])))
    base = "haproxy" if "haproxy" in names else "direct"
    where = "all on one core" if connections == 1 else "load and upstream on one core, proxy on the other"
    print(f"\n{workload}, {connections} connection{'s' if connections > 1 else ''} ({where})")
    print(f"  {'':14} {'ops/s':>9} {'÷ ' + base:>22} {'p50 µs':>9} {'p99 µs':>9} {'CPU µs/op':>10} {'(p25)':>7}")
    for name in names:
        middle, low, high = ratio(cell, name, base, random)
        def median(figure):
            return statistics.median(_column(cell, name, figure).values())
        cpu = sorted(_column(cell, name, "cpu_us_per_op").values())
        print(f"  {name:14} {median('ops_per_second'):9.0f} {middle:8.2f} [{low:.2f} – {high:.2f}]"
              f" {median('p50_us'):9.1f} {median('p99_us'):9.1f}"
              f" {statistics.median(cpu):10.1f} {cpu[len(cpu) // 4]:7.1f}", flush=True)
    if "haproxy again" in names:
        middle, _, _ = ratio(cell, "haproxy again", "haproxy", random)
        word = "differences under 8 % are no claims" if 0.9 <= middle <= 1.1 else \
            "outside 0.9 – 1.1: TOO NOISY, these figures are no claims"
        print(f"  control, haproxy against itself: {middle:.2f}; {word}")


def print_open_loop(rate, figures):
    print(f"\nfind, 16 connections, open loop at {rate} ops/s: latency from when a request was due")
    print(f"  {'':14} {'p50 µs':>9} {'p99 µs':>9} {'p99.9 µs':>9} {'requests':>9}")
    for f in sorted(figures, key=lambda f: f["variant"]):
        tail = f"{f['p999_us']:9.1f}" if f["operations"] >= 100000 else f"{'–':>9}"
        print(f"  {f['variant']:14} {f['p50_us']:9.1f} {f['p99_us']:9.1f} {tail} {f['operations']:9}")
