"""Writes and reads once; the exit code says whether it got in. With TOKENS it logs in by them."""

import os
import sys

from pymongo import MongoClient
from pymongo.auth_oidc import OIDCCallback, OIDCCallbackResult

tokens = os.environ.get("TOKENS", "").split()


class Given(OIDCCallback):
    """Shows one token after the other."""

    shown = 0

    def fetch(self, context):
        if os.environ["FLOW"] == "human":
            asked = context.idp_info
            told = " ".join([asked.issuer, asked.clientId, *asked.requestScopes])
            assert told == os.environ["TOLD"], told
        self.shown += 1
        return OIDCCallbackResult(access_token=tokens[min(self.shown, len(tokens)) - 1])


given = Given()
flow = {"human": "OIDC_HUMAN_CALLBACK", "machine": "OIDC_CALLBACK"}.get(os.environ.get("FLOW"))
oidc = {"authMechanism": "MONGODB-OIDC", "authMechanismProperties": {flow: given}} if tokens else {}
with MongoClient(sys.argv[1], **oidc) as client:
    campaigns = client.ads.campaigns
    while True:
        written = campaigns.insert_one({"by": "pymongo"}).inserted_id
        assert campaigns.find_one({"_id": written})["by"] == "pymongo"
        if given.shown >= len(tokens):
            break
