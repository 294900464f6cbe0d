// Writes and reads once; the exit code says whether it got in. With TOKENS it logs in by them.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

// The driver is installed outside the checkout: NODE_MODULES says where.
const { MongoClient } = createRequire(`${process.env.NODE_MODULES}/`)('mongodb');

const { TOKENS, FLOW, TOLD } = process.env;
const tokens = TOKENS ? TOKENS.split(' ') : [];
let shown = 0;
const callback = async ({ idpInfo }) => {
  if (FLOW === 'human') {
    assert.equal([idpInfo.issuer, idpInfo.clientId, ...idpInfo.requestScopes].join(' '), TOLD);
  }
  return { accessToken: tokens[Math.min(++shown, tokens.length) - 1] };
};
const properties = { [FLOW === 'human' ? 'OIDC_HUMAN_CALLBACK' : 'OIDC_CALLBACK']: callback };

const client = new MongoClient(process.argv[2], tokens.length === 0 ? {} : {
  authMechanism: 'MONGODB-OIDC', authMechanismProperties: properties });
try {
  const campaigns = client.db('ads').collection('campaigns');
  do {
    const { insertedId } = await campaigns.insertOne({ by: 'node' });
    assert.equal((await campaigns.findOne({ _id: insertedId })).by, 'node');
  } while (shown < tokens.length);
} finally {
  await client.close();
}
