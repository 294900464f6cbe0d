"""What a scenario file writes its checks with; results go to stdout, one line each."""

import os
import traceback

from pymongo.errors import BulkWriteError, OperationFailure

THROUGH_PROXY = os.environ["MODE"] == "proxy"
_checks = []


def check(name, attack=False):
    """Registers a check. An attack only makes sense where something stands in its way."""
    def register(function):
        _checks.append((name, attack, function))
        return function
    return register


def attack(name):
    return check(name, attack=True)


def run_all(*arguments):
    for name, is_attack, function in _checks:
        if is_attack and not THROUGH_PROXY:
            report("skip", name, "needs the proxy")
            continue
        try:
            function(*arguments)
            report("ok", name)
        except Exception as failure:  # every failed check is a line, none ends the others
            where = traceback.extract_tb(failure.__traceback__)
            line = next((f.lineno for f in reversed(where) if "scenarios" in f.filename), 0)
            report("fail", name, f"line {line}: {type(failure).__name__}: {failure}")


def report(result, name, detail=""):
    print("CHECK", result, name, " ".join(str(detail).split())[:500], sep="\t", flush=True)


def same(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} (expected: {expected!r})")


def refused(call, *codes):
    """The call must fail with one of these codes; Unauthorized when none is named."""
    try:
        result = call()
    except OperationFailure as failure:
        code = failure.code
        if isinstance(failure, BulkWriteError) and failure.details.get("writeErrors"):
            code = failure.details["writeErrors"][0]["code"]
        if code not in (codes or (13,)):
            raise AssertionError(f"code {code}: {failure} (expected: {codes or (13,)})") from None
        if "SECRET" in str(failure):
            raise AssertionError(f"the error shows a value: {failure}") from None
        return
    raise AssertionError(f"was allowed: {result!r}")
