"""Starts a server and the proxy, lets real drivers work and attack, and proves what stayed whole."""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))

import data
import second_wall
from bailiwick import Bailiwick, LAUNCHER, build, listener
from clients import GO_DRIVER, NODE_PACKAGES, PYMONGO, go_scenarios, node_packages
from processes import Children, Failed, ROOT, end_after, free_port, run
from servers import ACCOUNT, PASSWORD, Server

TARGET = HERE / "target"
ORGANIZATIONS = {"a": data.ORG_A, "b": data.ORG_B}
PASSWORDS = {"a": "pw-a-SECRET", "b": "pw-b-SECRET"}
SET_PORT = free_port()
SUITE_SECONDS = 180
JAVA_TESTS = "RealMongoTest,RealTransactionsTest,RealPooledTransactionsTest,RealTenantTypesTest,RealScenariosTest"
SECRETS = ("SECRET", "ATTACK")


class Results:
    def __init__(self):
        self.counts = {"ok": 0, "fail": 0, "skip": 0}

    def add(self, group, result, name, detail=""):
        self.counts[result] += 1
        print(f"  {result:4}  {group}: {name}{' - ' + detail if detail else ''}", flush=True)

    def expect(self, group, name, holds, detail=""):
        self.add(group, "ok" if holds else "fail", name, "" if holds else detail)


def suites(node):
    """Name, attacker and command of each client; they take turns in who attacks whom."""
    scenarios = HERE / "scenarios"
    shell = [str(node / "node_modules/.bin/mongosh"), "--quiet", "--norc", "{uri}",
             str(scenarios / "mongosh_scenarios.js")]
    return [(f"PyMongo {PYMONGO}", "a", [sys.executable, str(scenarios / "pymongo_scenarios.py")]),
            (f"Node driver {NODE_PACKAGES['mongodb']}", "b",
             ["node", str(scenarios / "node_scenarios.mjs")]),
            (f"Go driver {GO_DRIVER}", "b", [str(go_scenarios(scenarios / "go", TARGET))]),
            (f"mongosh {NODE_PACKAGES['mongosh']}", "a", shell)]


def run_suite(results, name, command, letter, port, mode, node, compressors=""):
    other = "b" if letter == "a" else "a"
    user = urllib.parse.quote(f"org-{ORGANIZATIONS[letter]}")
    uri = f"mongodb://{user}:{PASSWORDS[letter]}@127.0.0.1:{port}/ads?authSource=admin"
    if compressors:
        uri += f"&compressors={compressors}"
    home = TARGET / "home"
    home.mkdir(exist_ok=True)
    environment = {**os.environ, "MODE": mode, "PORT": str(port), "SET_PORT": str(SET_PORT), "HOME": str(home),
                   "NODE_MODULES": str(node / "node_modules"), "OWN_LETTER": letter,
                   "OTHER_LETTER": other, "OWN_ORG": ORGANIZATIONS[letter],
                   "OTHER_ORG": ORGANIZATIONS[other], "OWN_PASSWORD": PASSWORDS[letter],
                   "OTHER_PASSWORD": PASSWORDS[other],
                   "COMPRESSORS": compressors}
    output = TARGET / f"{name.split()[0].lower()}.out"
    with open(output, "w") as out:
        try:
            code = subprocess.run([part.replace("{uri}", uri) for part in command], cwd=home,
                                  env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT, timeout=SUITE_SECONDS).returncode
        except subprocess.TimeoutExpired:
            code = f"none after {SUITE_SECONDS} s"
    text = output.read_text(errors="replace")
    checks = [line.split("\t") for line in text.splitlines() if line.startswith("CHECK\t")]
    for _, result, check, detail in checks:
        results.add(name, result, check, detail)
    if code != 0 or not checks:
        results.add(name, "fail", f"ended with exit code {code}, {len(checks)} checks",
                    " ".join(text.split()[-60:]))


def accounts_of(login):
    """Users that the server itself knows beside our own account, as {name: (password, role)}."""
    if login == "relay":
        return {f"org-{organization}": (PASSWORDS[letter], "readWriteAnyDatabase")
                for letter, organization in ORGANIZATIONS.items()}
    if login == "accounts":
        return {f"svc-{organization}": (f"svc-{letter}-SECRET", "readWriteAnyDatabase")
                for letter, organization in ORGANIZATIONS.items()}
    return {}


def replica_set(login):
    """A port for connection strings that name a replica set."""
    address = f"127.0.0.1:{SET_PORT}"
    return {**listener(login, SET_PORT), "name": "set",
            "persona": {"replicaSet": "shop", "advertise": address}}


def settings(directory, server_port, login):
    """The proxy's file for that server, and the files that it names, in that directory."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "upstream.password").write_text(PASSWORD + "\n")
    users = directory / "users.yaml"
    users.unlink(missing_ok=True)
    for letter, organization in ORGANIZATIONS.items():
        secret = directory / f"{letter}.password"
        secret.write_text(PASSWORDS[letter] + "\n")
        run([str(LAUNCHER), "user", "add", "--name", f"org-{organization}", "--auth-source", "admin",
             "--password-file", str(secret), "--file", str(users)])
    upstream = {"uri": f"mongodb://127.0.0.1:{server_port}/?replicaSet=secantus",
                "username": ACCOUNT, "passwordFile": "upstream.password",
                "compression": ["zstd", "snappy", "zlib"]}
    if login == "accounts":
        for letter, organization in ORGANIZATIONS.items():
            (directory / f"{organization}.account").write_text(f"svc-{letter}-SECRET\n")
        upstream["accountPerTenant"] = {"username": "svc-${tenant}",
                                        "passwordFile": "${tenant}.account"}
    asked = {"relay": True} if login == "relay" else {"users": "users.yaml"}
    return {
        "listeners": [listener(asked), replica_set(asked)],
        "upstream": upstream,
        "policies": {"files": [str(ROOT / "config/policies/ads.yaml")]},
        "audit": {"to": "stdout"},
    }


def start_proxy(children, server, login):
    directory = TARGET / "bailiwick"
    return Bailiwick(children, directory, settings(directory, server.port, login))


def java_driver(results, server, login):
    """The JUnit scenarios that run on a MongoDB container elsewhere, here on this server."""
    uri = (f"mongodb://{ACCOUNT}:{PASSWORD}@127.0.0.1:{server.port}/"
           "?authSource=admin&replicaSet=secantus&directConnection=true")
    command = ["mvn", "-B", "-pl", "proxy", "-am", "test", f"-Dtest={JAVA_TESTS}", "-Djacoco.skip",
               "-Dspotless.check.skip", "-Dsurefire.failIfNoSpecifiedTests=false"]
    environment = {**os.environ, "BAILIWICK_TEST_MONGODB": uri,
                   "BAILIWICK_TEST_LOGIN": "relay" if login == "relay" else "users"}
    done = subprocess.run(command, cwd=ROOT, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=900)
    (TARGET / "java.out").write_text(done.stdout)
    ran = re.findall(r"Tests run: (\d+), Failures: 0, Errors: 0, Skipped: 0", done.stdout)
    results.expect("Java driver", f"{JAVA_TESTS}, {ran[-1] if ran else 'no'} tests",
                   done.returncode == 0 and ran and int(ran[-1]) > 0,
                   " ".join(re.findall(r"^.*ERROR.*$", done.stdout, re.M)[:8]))


def check_metrics(results, proxy):
    status, text = proxy.get("/metrics")
    sample = re.compile(r'^[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="([^"\\]|\\.)*",?)*\})? [-+.\dEeNaInf]+$')
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    odd = [line for line in lines if not sample.match(line)]
    results.expect("metrics", "every line is a sample or a comment", status == 200 and lines and not odd,
                   f"status {status}, {len(lines)} samples; {odd[:3]}")
    results.expect("metrics", "commands were counted", any(
        re.match(r"bailiwick_\w*commands?\w*_total\{.*find.*\} [1-9]", line) for line in lines),
        "no bailiwick_…commands…_total of find above 0")
    results.expect("metrics", "no value of a document, filter or name shows", not leaked(text), leaked(text))
    results.expect("metrics", "few enough series", len(lines) < 5000, f"{len(lines)}")
    for probe in ("/livez", "/readyz", "/startupz"):
        results.expect("metrics", f"{probe} says 200", proxy.get(probe)[0] == 200)


def leaked(text):
    """The first line with something of a document, a password or an attack in it, or nothing."""
    return next((line for line in text.splitlines() if any(s in line for s in SECRETS)), "")


def through_proxy(results, server, node, only, login):
    results_name = "proof"
    with Children() as children:
        print(f"proxy: {build()}", flush=True)
        proxy = start_proxy(children, server, login)
        for name, attacker, command in suites(node):
            if only and not name.lower().startswith(only):
                continue
            data.load(server.client, ORGANIZATIONS)
            before = data.fingerprint(server.client, ORGANIZATIONS[attacker])
            run_suite(results, name, command, attacker, proxy.port, "proxy", node)
            after = data.fingerprint(server.client, ORGANIZATIONS[attacker])
            results.expect(results_name, f"after {name} nothing of the others changed "
                           f"({before[1]} documents, read past the proxy)", before == after,
                           f"{before} became {after}")
        check_metrics(results, proxy)
        alive = proxy.child.alive()
        code = proxy.child.stop(40)
        results.expect("proxy", "runs to the end and leaves with exit code 0 on SIGTERM",
                       alive and code == 0, f"alive: {alive}, exit code {code}\n{proxy.child.tail()}")
        log = proxy.child.log.read_text(errors="replace")
        results.expect("logs", "no value of a document, password or attack shows", not leaked(log), leaked(log))
        results.expect("logs", "denials are audited", "denied" in log.lower() or "deny" in log.lower())
        odd = [line for line in log.splitlines() if re.search(r"\bat [\w.$]+\(.*\.java:\d+\)|LEAK:", line)]
        results.expect("logs", "no stack trace and no leaked buffer", not odd, "; ".join(odd[:3]))


def directly(results, server, node, only):
    """The same checks straight at the server, one organization's data only: are the checks right?"""
    for name, letter, command in suites(node):
        if only and not name.lower().startswith(only):
            continue
        data.load(server.client, {letter: ORGANIZATIONS[letter]})
        run_suite(results, name, command, letter, server.port, "direct", node)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--direct", action="store_true", help="no proxy: tries out the checks themselves")
    parser.add_argument("--server", choices=["any", "rs", "py"], default="any", help="SecantusDB RS or PY")
    parser.add_argument("--login", choices=["users", "relay", "accounts"], default="users",
                        help="who checks passwords: the proxy, MongoDB; or one account per tenant")
    parser.add_argument("--only", help="one client: pymongo, node, go or mongosh")
    arguments = parser.parse_args()
    end_after(5400)
    TARGET.mkdir(exist_ok=True)
    results = Results()
    node = node_packages()
    login = "relay" if arguments.direct else arguments.login
    with Children() as children:
        server = Server(children, TARGET / "server", arguments.server, accounts_of(login))
        print(f"server: {server.name} (no mongod is to be had here: what is green is green against "
              "this server)", flush=True)
        if arguments.direct:
            directly(results, server, node, arguments.only)
        else:
            through_proxy(results, server, node, arguments.only, login)
        if login == "accounts" and not arguments.only:
            second_wall.check(results, server, TARGET / "wall")
        elif not arguments.direct and not arguments.only:
            java_driver(results, server, login)
        results.expect("server", "still runs", server.child.alive(), server.child.tail())
    counts = results.counts
    print(f"servers that ran: {server.name}")
    print(f"{counts['ok']} passed, {counts['fail']} failed, {counts['skip']} skipped")
    return 1 if counts["fail"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"interop: {failed}")
