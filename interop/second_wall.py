"""A mistake in the policy, and what MongoDB's own roles make of it: one account per organization."""

import json

from pymongo import MongoClient
from pymongo.errors import OperationFailure

import data
from bailiwick import LAUNCHER, Bailiwick, listener
from processes import Children, run
from servers import ACCOUNT, PASSWORD

ORGANIZATIONS = {"a": data.ORG_A, "b": data.ORG_B, "c": "665f1c2ab8e4d3a1f0c9e003"}
REPORT = f"report_{data.ORG_A}"

# The mistake: organization A's own collection is listed as if it were everyone's to read.
POLICY = {
    "apiVersion": "bailiwick.io/v1", "kind": "Policy", "metadata": {"name": "mistaken"},
    "tenancy": {"field": "organization_id", "type": "objectId"},
    "principals": [{"name": "app", "user": "org-${tenant}", "authSource": "admin"}],
    "collections": {f"ads.{REPORT}": "reference", "ads.campaigns": "shared"},
}


def create_accounts(server):
    """A and B may use the shared collection, and A alone its report; C has no account at all."""
    admin = server.client.admin
    for letter in ("a", "b"):
        collections = ["campaigns"] + ([REPORT] if letter == "a" else [])
        admin.command({"createRole": f"only-{letter}", "roles": [], "privileges": [
            {"resource": {"db": "ads", "collection": c},
             "actions": ["find", "insert", "update", "remove"]} for c in collections]})
        admin.command("createUser", f"wall-{ORGANIZATIONS[letter]}", pwd=f"wall-{letter}-SECRET",
                      roles=[f"only-{letter}"])


def start(children, server, directory, per_tenant):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "policy.yaml").write_text(json.dumps(POLICY))
    (directory / "upstream.password").write_text(PASSWORD + "\n")
    for letter, organization in ORGANIZATIONS.items():
        (directory / f"{letter}.password").write_text(f"pw-{letter}-SECRET\n")
        run([str(LAUNCHER), "user", "add", "--name", f"org-{organization}", "--auth-source", "admin",
             "--password-file", str(directory / f"{letter}.password"),
             "--file", str(directory / "users.yaml")])
        if letter != "c":
            (directory / f"{organization}.account").write_text(f"wall-{letter}-SECRET\n")
    upstream = {"uri": f"mongodb://127.0.0.1:{server.port}/?replicaSet=secantus",
                "username": ACCOUNT, "passwordFile": "upstream.password"}
    if per_tenant:
        upstream["accountPerTenant"] = {"username": "wall-${tenant}",
                                        "passwordFile": "${tenant}.account"}
    return Bailiwick(children, directory, {
        "listeners": [listener({"users": "users.yaml"})], "upstream": upstream,
        "policies": {"files": ["policy.yaml"]}})


def code(proxy, letter, collection):
    """0 if the organization's read is answered, else the error's code and text."""
    with MongoClient("127.0.0.1", proxy.port, username=f"org-{ORGANIZATIONS[letter]}",
                     password=f"pw-{letter}-SECRET", retryReads=False) as client:
        try:
            client.ads[collection].find_one()
            return 0, ""
        except OperationFailure as refused:
            return refused.code, str(refused)


def check(results, server, directory):
    create_accounts(server)
    server.client.ads[REPORT].replace_one({"_id": 1}, {"text": "A-SECRET"}, upsert=True)
    with Children() as children:
        proxy = start(children, server, directory / "one", per_tenant=False)
        results.expect("second wall", "without it the policy's mistake shows A's report to B",
                       code(proxy, "b", REPORT)[0] == 0, str(code(proxy, "b", REPORT)))
        proxy.child.stop(40)
        proxy = start(children, server, directory / "per-tenant", per_tenant=True)
        results.expect("second wall", "A reads its report", code(proxy, "a", REPORT)[0] == 0,
                       str(code(proxy, "a", REPORT)))
        number, text = code(proxy, "b", REPORT)
        results.expect("second wall", "MongoDB refuses A's report to B's account",
                       number == 13 and "SECRET" not in text, f"{number}: {text}")
        results.expect("second wall", "B reads what is its own", code(proxy, "b", "campaigns")[0] == 0,
                       str(code(proxy, "b", "campaigns")))
        number, text = code(proxy, "c", "campaigns")
        results.expect("second wall", "C, which has no account, is served under no other",
                       number == 13 and "no account for this tenant" in text, f"{number}: {text}")
        log = proxy.child.log.read_text(errors="replace")
        results.expect("second wall", "the log names C's account and its file",
                       f"wall-{ORGANIZATIONS['c']}" in log and f"{ORGANIZATIONS['c']}.account" in log)
        results.expect("second wall", "no password shows in the log", "SECRET" not in log)
