// The Node driver as an application of one organization, then as an attacker on the other.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

// The driver is installed outside the checkout: NODE_MODULES says where.
const { MongoClient, ObjectId, Long } = createRequire(`${process.env.NODE_MODULES}/`)('mongodb');

const env = process.env;
const own = new ObjectId(env.OWN_ORG);
const other = new ObjectId(env.OTHER_ORG);
const idOf = (letter, kind, n) =>
  new ObjectId(letter.repeat(16) + String(kind).padStart(4, '0') + String(n).padStart(4, '0'));
const mine = idOf(env.OWN_LETTER, 1, 1);
const theirs = idOf(env.OTHER_LETTER, 1, 1);
const throughProxy = env.MODE === 'proxy';
const [CAMPAIGNS, GROUPS, DAYS] = [5, 3, 300];

const checks = [];
const check = (name, run) => checks.push({ name, run });
const attack = (name, run) => checks.push({ name, run, attack: true });

function connect(options = {}) {
  const { user = `org-${own}`, password = env.OWN_PASSWORD, mechanism } = options;
  const query = (mechanism ? `&authMechanism=${mechanism}` : '') + (options.query ?? '')
    + (env.COMPRESSORS ? `&compressors=${env.COMPRESSORS}` : '');
  return new MongoClient(
    `mongodb://${user}:${password}@127.0.0.1:${options.port ?? env.PORT}/?authSource=admin${query}`,
    { serverSelectionTimeoutMS: 10000, ...options.settings });
}

async function withClient(options, use) {
  const client = connect(options);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

async function refused(promise, ...codes) {
  const expected = codes.length ? codes : [13];
  let result;
  try {
    result = await promise;
  } catch (failure) {
    const code = failure.writeErrors?.[0]?.code ?? failure.code;
    assert.ok(expected.includes(code), `code ${code}: ${failure} (expected: ${expected})`);
    assert.ok(!String(failure).includes('SECRET'), `the error shows a value: ${failure}`);
    return;
  }
  assert.fail(`was allowed: ${JSON.stringify(result)}`);
}

function ownCount(documents) {
  for (const d of documents) assert.equal(String(d.organization_id), String(own));
  return documents.length;
}

async function stored(collection, id) {
  const document = await collection.findOne({ _id: id });
  if (throughProxy && document) {
    assert.equal(String(document.organization_id), String(own));
    delete document.organization_id;
  }
  return document;
}

for (const mechanism of [undefined, 'SCRAM-SHA-1', 'SCRAM-SHA-256']) {
  check(`login with ${mechanism ?? 'the default mechanism'}`, () =>
    withClient({ mechanism }, async (client) =>
      assert.equal(await client.db('ads').collection('campaigns').countDocuments(), CAMPAIGNS)));
}

check('a wrong password is refused', () =>
  withClient({ password: 'ATTACK' }, (client) =>
    refused(client.db('ads').collection('campaigns').findOne(), 18)));

check('a document of 15 MB with nothing but one letter, there and back', async (ads) => {
  const text = 'x'.repeat(15_000_000);
  await ads.collection('campaigns').insertOne({ _id: 'letter', text });
  assert.ok((await stored(ads.collection('campaigns'), 'letter')).text === text);
  await ads.collection('campaigns').deleteOne({ _id: 'letter' });
});

check('find with filter, sort, limit and projection', async (ads) => {
  assert.equal(ownCount(await ads.collection('campaigns').find().toArray()), CAMPAIGNS);
  const rows = await ads.collection('campaigns').find({ budget: { $gte: 200 } })
    .project({ _id: 0, budget: 1 }).sort({ budget: -1 }).skip(1).limit(2).toArray();
  assert.deepEqual(rows, [{ budget: 400 }, { budget: 300 }]);
});

check('a cursor over several batches', async (ads) => {
  const rows = await ads.collection('daily_stats').find({}, { batchSize: 40 }).sort({ n: 1 }).toArray();
  assert.deepEqual(rows.map((r) => r.n), [...Array(DAYS).keys()]);
  assert.equal(ownCount(rows), DAYS);
});

check('a cursor closed half-way', async (ads) => {
  const cursor = ads.collection('daily_stats').find({}, { batchSize: 10 });
  for (let i = 0; i < 15; i++) assert.ok(await cursor.next());
  await cursor.close();
});

check('count and distinct', async (ads) => {
  assert.equal(await ads.collection('campaigns').countDocuments({ status: 'active' }), 3);
  assert.equal(await ads.collection('campaigns').estimatedDocumentCount(), CAMPAIGNS);
  assert.deepEqual((await ads.collection('campaigns').distinct('status')).sort(), ['active', 'paused']);
});

check('aggregate with $group', async (ads) => {
  const rows = await ads.collection('daily_stats').aggregate([
    { $group: { _id: '$campaign_id', spend: { $sum: '$spend' }, revenue: { $sum: '$revenue' } } },
    { $project: { roas: { $divide: ['$revenue', '$spend'] } } }]).toArray();
  assert.deepEqual(rows.map((r) => r.roas), Array(CAMPAIGNS).fill(2));
});

check('$lookup by equality', async (ads) => {
  const rows = await ads.collection('campaigns').aggregate([{ $lookup: {
    from: 'ad_groups', localField: '_id', foreignField: 'campaign_id', as: 'groups' } }]).toArray();
  assert.deepEqual(rows.map((r) => ownCount(r.groups)), Array(CAMPAIGNS).fill(GROUPS));
});

check('$lookup with let and pipeline', async (ads) => {
  const rows = await ads.collection('campaigns').aggregate([{ $lookup: {
    from: 'ad_groups', let: { id: '$_id' }, as: 'groups',
    pipeline: [{ $match: { $expr: { $eq: ['$campaign_id', '$$id'] } } }] } }]).toArray();
  assert.deepEqual(rows.map((r) => ownCount(r.groups)), Array(CAMPAIGNS).fill(GROUPS));
});

check('insert, update, replace, upsert and delete', async (ads) => {
  const c = ads.collection('campaigns');
  await c.insertOne({ _id: 'n1', n: 1 });
  assert.deepEqual(await stored(c, 'n1'), { _id: 'n1', n: 1 });
  assert.equal((await c.updateOne({ _id: 'n1' }, { $inc: { n: 1 }, $push: { l: 1 } })).modifiedCount, 1);
  assert.deepEqual(await stored(c, 'n1'), { _id: 'n1', n: 2, l: [1] });
  await c.replaceOne({ _id: 'n1' }, { n: 5 });
  assert.deepEqual(await stored(c, 'n1'), { _id: 'n1', n: 5 });
  assert.equal((await c.updateOne({ _id: 'n2' }, { $set: { n: 1 } }, { upsert: true })).upsertedId, 'n2');
  assert.deepEqual(await stored(c, 'n2'), { _id: 'n2', n: 1 });
  await c.insertMany([...Array(50).keys()].map((i) => ({ _id: `m${i}`, many: 1 })));
  assert.equal((await c.deleteMany({ many: 1 })).deletedCount, 50);
  assert.equal((await c.deleteMany({ _id: { $in: ['n1', 'n2'] } })).deletedCount, 2);
});

check('findAndModify in its three forms', async (ads) => {
  const c = ads.collection('campaigns');
  await c.insertOne({ _id: 'f', n: 1 });
  const after = await c.findOneAndUpdate({ _id: 'f' }, { $inc: { n: 1 } }, { returnDocument: 'after' });
  assert.equal(after.n, 2);
  assert.equal((await c.findOneAndReplace({ _id: 'f' }, { n: 9 })).n, 2);
  assert.deepEqual(await stored(c, 'f'), { _id: 'f', n: 9 });
  assert.equal((await c.findOneAndDelete({ _id: 'f' })).n, 9);
});

check('a mixed bulk write', async (ads) => {
  const c = ads.collection('campaigns');
  const r = await c.bulkWrite([
    { insertOne: { document: { _id: 'b1', n: 1 } } },
    { updateOne: { filter: { _id: 'b1' }, update: { $inc: { n: 1 } } } },
    { replaceOne: { filter: { _id: 'b2' }, replacement: { n: 3 }, upsert: true } },
    { deleteOne: { filter: { _id: 'b1' } } }]);
  assert.deepEqual([r.insertedCount, r.modifiedCount, r.upsertedCount, r.deletedCount], [1, 1, 1, 1]);
  assert.deepEqual(await stored(c, 'b2'), { _id: 'b2', n: 3 });
  await c.deleteOne({ _id: 'b2' });
});

check('writes are sent as retryable', () =>
  withClient({ settings: { monitorCommands: true } }, async (client) => {
    const seen = [];
    client.on('commandStarted', (e) => seen.push(e.command));
    const c = client.db('ads').collection('campaigns');
    await c.insertOne({ _id: 'retryable' });
    await c.deleteOne({ _id: 'retryable' });
    assert.deepEqual(seen.map((s) => [s.txnNumber !== undefined, s.lsid !== undefined]),
      [[true, true], [true, true]]);
  }));

check('an explicit session', async (ads, client) => {
  await client.withSession(async (session) => {
    const c = ads.collection('campaigns');
    await c.insertOne({ _id: 's' }, { session });
    assert.ok(await c.findOne({ _id: 's' }, { session }));
    await c.deleteOne({ _id: 's' }, { session });
  });
});

async function transact(client) {
  const c = client.db('ads').collection('campaigns');
  const days = client.db('ads').collection('daily_stats');
  await client.withSession(async (session) => {
    await session.withTransaction(async () => {
      await c.insertOne({ _id: 't', n: 1 }, { session });
      await c.updateOne({ _id: 't' }, { $inc: { n: 1 } }, { session });
      assert.equal(ownCount(await days.find({}, { session, batchSize: 70 }).toArray()), DAYS);
    }, { readConcern: { level: 'snapshot' } });
    assert.equal((await c.findOne({ _id: 't' })).n, 2);
    session.startTransaction();
    assert.equal((await c.deleteMany({}, { session })).deletedCount, CAMPAIGNS + 1);
    await session.abortTransaction();
    assert.equal(await c.countDocuments(), CAMPAIGNS + 1);
  });
  assert.equal((await c.deleteOne({ _id: 't' })).deletedCount, 1);
}

check('transactions', (ads, client) => transact(client));

attack('transactions over a load-balanced connection', () =>
  withClient({ query: '&loadBalanced=true' }, transact));

attack('transactions where the connection string names a replica set', () =>
  withClient({ query: '&replicaSet=shop', port: env.SET_PORT }, transact));

check('causal consistency and snapshots', async (ads, client) => {
  const c = ads.collection('campaigns');
  await client.withSession({ causalConsistency: true }, async (session) => {
    await c.insertOne({ _id: 'causal' }, { session });
    assert.equal(await c.countDocuments({ _id: 'causal' }, { session }), 1);
    await c.deleteOne({ _id: 'causal' }, { session });
  });
  await client.withSession({ snapshot: true }, async (session) => {
    assert.equal(ownCount(await c.find({}, { session }).toArray()), CAMPAIGNS);
  });
});

check('many requests at once', async (ads) => {
  const c = ads.collection('campaigns');
  const rows = await Promise.all([...Array(200).keys()].map((i) =>
    c.findOne({ budget: ((i % CAMPAIGNS) + 1) * 100 })));
  rows.forEach((row, i) => assert.equal(row.budget, ((i % CAMPAIGNS) + 1) * 100));
  assert.equal(ownCount(rows), 200);
});

attack('a foreign document is neither found nor written', async (ads) => {
  const c = ads.collection('campaigns');
  assert.equal(await c.findOne({ _id: theirs }), null);
  assert.deepEqual(await c.find({ organization_id: other }).toArray(), []);
  assert.equal(await c.countDocuments({ $or: [{ _id: theirs }] }), 0);
  assert.equal((await c.updateOne({ _id: theirs }, { $set: { name: 'ATTACK' } })).matchedCount, 0);
  assert.equal((await c.replaceOne({ _id: theirs }, { name: 'ATTACK' })).matchedCount, 0);
  assert.equal((await c.deleteMany({ organization_id: other })).deletedCount, 0);
  assert.equal(await c.findOneAndDelete({ _id: theirs }), null);
});

attack('no join reaches foreign documents', async (ads) => {
  const rows = await ads.collection('campaigns').aggregate([
    { $limit: 1 }, { $lookup: { from: 'daily_stats', pipeline: [], as: 'all' } }]).toArray();
  assert.equal(ownCount(rows[0].all), DAYS);
});

attack('documents are not made for, or given to, the other organization', async (ads) => {
  const c = ads.collection('campaigns');
  await refused(c.insertOne({ organization_id: other }));
  await refused(c.insertMany([{ n: 1 }, { organization_id: other }]));
  await refused(c.updateOne({ _id: mine }, { $set: { organization_id: other } }));
  await refused(c.updateOne({ _id: mine }, { $rename: { name: 'organization_id' } }));
  await refused(c.replaceOne({ _id: mine }, { organization_id: other }));
  await refused(c.findOneAndUpdate({ _id: mine }, { $unset: { organization_id: '' } }));
  await refused(c.bulkWrite([{ insertOne: { document: { organization_id: other } } }]));
});

attack('server-side JavaScript is refused', async (ads) => {
  const c = ads.collection('campaigns');
  const f = { $function: { body: 'function() { return true }', args: [], lang: 'js' } };
  await refused(c.findOne({ $where: '1' }));
  await refused(c.findOne({ $or: [{ a: 1 }, { $nor: [{ $where: '1' }] }] }));
  await refused(c.findOne({ $expr: f }));
  await refused(c.aggregate([{ $project: { x: f } }]).toArray());
  await refused(c.updateMany({ $expr: { $not: [f] } }, { $set: { n: 1 } }));
  await refused(c.updateOne({ _id: mine }, [{ $set: { x: f } }]));
});

attack('unlisted collections, stages and commands are refused', async (ads, client) => {
  await refused(ads.collection('secrets').findOne());
  await refused(client.db('admin').collection('system.users').findOne());
  await refused(ads.collection('campaigns').aggregate([{ $out: 'x' }]).toArray());
  await refused(ads.collection('campaigns').aggregate([{ $merge: 'secrets' }]).toArray());
  await refused(ads.collection('campaigns').aggregate([{ $unionWith: 'secrets' }]).toArray());
  await refused(ads.collection('campaigns').watch().next());
  await refused(ads.dropDatabase());
  await refused(client.db('admin').command({ serverStatus: 1 }));
  await refused(client.db('admin').command({ attack: 1 }), 13, 59);
});

attack("another organization's cursor is not read", async (ads) => {
  await withClient({ user: `org-${other}`, password: env.OTHER_PASSWORD }, async (client) => {
    const opened = await client.db('ads').command({ find: 'daily_stats', batchSize: 10 });
    const id = Long.fromBits(Number(BigInt(opened.cursor.id) & 0xffffffffn),
      Number(BigInt(opened.cursor.id) >> 32n));
    await refused(ads.command({ getMore: id, collection: 'daily_stats' }), 13, 43);
  });
});

async function main() {
  const client = connect();
  const ads = client.db('ads');
  for (const { name, run, attack: isAttack } of checks) {
    if (isAttack && !throughProxy) {
      console.log(`CHECK\tskip\t${name}\tneeds the proxy`);
      continue;
    }
    try {
      await run(ads, client);
      console.log(`CHECK\tok\t${name}\t`);
    } catch (failure) {
      console.log(`CHECK\tfail\t${name}\t${String(failure).replace(/\s+/g, ' ').slice(0, 500)}`);
    }
  }
  await client.close();
}

await main();
