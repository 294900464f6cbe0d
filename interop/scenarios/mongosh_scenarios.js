// mongosh as a person of one organization at the prompt. Runs inside the shell: db is `ads`.

const own = process.env.OWN_ORG;
const other = process.env.OTHER_ORG;
const throughProxy = process.env.MODE === 'proxy';
const theirs = ObjectId(process.env.OTHER_LETTER.repeat(16) + '00010001');
const mine = ObjectId(process.env.OWN_LETTER.repeat(16) + '00010001');

function same(actual, expected) {
  const [a, e] = [EJSON.stringify(actual), EJSON.stringify(expected)];
  if (a !== e) throw new Error(`${a} (expected: ${e})`);
}

function ownCount(documents) {
  documents.forEach((d) => same(String(d.organization_id), own));
  return documents.length;
}

function refused(call, ...codes) {
  const expected = codes.length ? codes : [13];
  let result;
  try {
    result = call();
  } catch (failure) {
    const code = failure.writeErrors?.[0]?.code ?? failure.code ?? failure.cause?.code;
    if (!expected.includes(code)) throw new Error(`code ${code}: ${failure} (expected: ${expected})`);
    if (String(failure).includes('SECRET')) throw new Error(`the error shows a value: ${failure}`);
    return;
  }
  throw new Error(`was allowed: ${EJSON.stringify(result)}`);
}

function run(name, body, isAttack) {
  if (isAttack && !throughProxy) {
    print(`CHECK\tskip\t${name}\tneeds the proxy`);
    return;
  }
  try {
    body();
    print(`CHECK\tok\t${name}\t`);
  } catch (failure) {
    print(`CHECK\tfail\t${name}\t${String(failure).replace(/\s+/g, ' ').slice(0, 500)}`);
  }
}
const check = (name, body) => run(name, body, false);
const attack = (name, body) => run(name, body, true);

check('the shell is logged in', () => same(db.runCommand({ ping: 1 }).ok, 1));
check('find', () => {
  same(ownCount(db.campaigns.find().toArray()), 5);
  same(db.campaigns.find({ budget: { $gt: 100 } }, { _id: 0, budget: 1 }).sort({ budget: 1 }).limit(2)
    .toArray(), [{ budget: 200 }, { budget: 300 }]);
});
check('a cursor over several batches', () =>
  same(ownCount(db.daily_stats.find().batchSize(50).toArray()), 300));
check('$lookup in both forms', () => {
  const equality = db.campaigns.aggregate([{ $lookup: {
    from: 'ad_groups', localField: '_id', foreignField: 'campaign_id', as: 'groups' } }]).toArray();
  const pipeline = db.campaigns.aggregate([{ $lookup: {
    from: 'ad_groups', let: { id: '$_id' }, as: 'groups',
    pipeline: [{ $match: { $expr: { $eq: ['$campaign_id', '$$id'] } } }] } }]).toArray();
  same(equality.map((r) => ownCount(r.groups)), [3, 3, 3, 3, 3]);
  same(pipeline.map((r) => ownCount(r.groups)), [3, 3, 3, 3, 3]);
});
check('count, distinct and aggregate', () => {
  same(db.campaigns.countDocuments({ status: 'active' }), 3);
  same(db.campaigns.distinct('status').sort(), ['active', 'paused']);
  same(db.daily_stats.aggregate([{ $group: { _id: null, n: { $sum: 1 } } }]).toArray(),
    [{ _id: null, n: 300 }]);
});
check('a document of 15 MB with nothing but one letter, there and back', () => {
  const text = 'x'.repeat(15000000);
  db.campaigns.insertOne({ _id: 'letter', text });
  same(db.campaigns.findOne({ _id: 'letter' }).text === text, true);
  db.campaigns.deleteOne({ _id: 'letter' });
});
check('insert, update, findAndModify and delete', () => {
  db.campaigns.insertOne({ _id: 'shell', n: 1 });
  if (throughProxy) same(String(db.campaigns.findOne({ _id: 'shell' }).organization_id), own);
  same(db.campaigns.updateOne({ _id: 'shell' }, { $inc: { n: 1 } }).modifiedCount, 1);
  same(db.campaigns.findOneAndUpdate({ _id: 'shell' }, { $set: { n: 5 } }).n, 2);
  same(db.campaigns.deleteOne({ _id: 'shell' }).deletedCount, 1);
  db.campaigns.insertMany([{ _id: 's1' }, { _id: 's2' }]);
  same(db.campaigns.bulkWrite([{ deleteOne: { filter: { _id: 's1' } } },
    { deleteOne: { filter: { _id: 's2' } } }]).deletedCount, 2);
});
check('show collections', () =>
  same(['ad_groups', 'campaigns', 'daily_stats'].every((n) => db.getCollectionNames().includes(n)), true));

attack('a foreign document is neither found nor written', () => {
  same(db.campaigns.findOne({ _id: theirs }), null);
  same(db.campaigns.find({ organization_id: ObjectId(other) }).toArray(), []);
  same(db.campaigns.updateOne({ _id: theirs }, { $set: { name: 'ATTACK' } }).matchedCount, 0);
  same(db.campaigns.deleteMany({ organization_id: ObjectId(other) }).deletedCount, 0);
});
attack('the organization is neither chosen nor changed', () => {
  refused(() => db.campaigns.insertOne({ organization_id: ObjectId(other) }));
  refused(() => db.campaigns.updateOne({ _id: mine }, { $set: { organization_id: ObjectId(other) } }));
  refused(() => db.campaigns.replaceOne({ _id: mine }, { organization_id: ObjectId(other) }));
});
attack('server-side JavaScript is refused', () => {
  refused(() => db.campaigns.find({ $where: 'true' }).toArray());
  refused(() => db.campaigns.find({ $where: function () { return true; } }).toArray());
  refused(() => db.campaigns.aggregate([{ $addFields: { x: { $function: {
    body: function () { return 1; }, args: [], lang: 'js' } } } }]).toArray());
});
attack('lists and administration show nothing of the others', () => {
  same(db.getCollectionNames().includes('secrets'), false);
  same(db.adminCommand({ listDatabases: 1, nameOnly: true }).databases.map((d) => d.name), ['ads']);
  refused(() => db.secrets.findOne());
  refused(() => db.dropDatabase());
  refused(() => db.getSiblingDB('admin').system.users.findOne());
  refused(() => db.serverStatus());
  refused(() => db.currentOp());
});
