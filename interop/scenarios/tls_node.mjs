// Writes and reads once; the exit code says whether it got in.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

// The driver is installed outside the checkout: NODE_MODULES says where.
const { MongoClient } = createRequire(`${process.env.NODE_MODULES}/`)('mongodb');

const client = new MongoClient(process.argv[2]);
try {
  const campaigns = client.db('ads').collection('campaigns');
  const { insertedId } = await campaigns.insertOne({ by: 'node' });
  assert.equal((await campaigns.findOne({ _id: insertedId })).by, 'node');
} finally {
  await client.close();
}
