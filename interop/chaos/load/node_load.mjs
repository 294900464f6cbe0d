// Load of the Node driver: see JavaLoad.java, which does the same.
import { createRequire } from "node:module";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { MongoClient, MongoNetworkError, MongoServerError, MongoServerSelectionError } = require("mongodb");

const setting = (name) => process.env[`LOAD_${name}`];
const BLOCK = 200;
const AWAY = { 6: "HostUnreachable", 89: "NetworkTimeout", 91: "ShutdownInProgress", 189: "PrimarySteppedDown",
  462: "IngressRequestRateLimitExceeded" };
const retries = setting("RETRIES") === "true";
const threads = Number(setting("THREADS"));
const acknowledged = {}, errors = {}, wrong = [];
let answers = 0, denied = 0, slowest = 0;

function kind(error) {
  if (error instanceof MongoServerError) {
    const word = AWAY[error.code] ?? `unexpected ${error.code}`;
    return `${word} ${[...error.errorLabels].filter((l) => l !== "ResetPool").sort().join("+")}`.trim();
  }
  const network = error instanceof MongoNetworkError || error instanceof MongoServerSelectionError
    || error.name === "MongoPoolClearedError";
  return network ? error.name : `unexpected ${error}`.slice(0, 120);
}

async function attempt(operation) {
  const began = performance.now();
  try {
    await operation();
    answers++;
  } catch (error) {
    const what = kind(error);
    errors[what] = (errors[what] ?? 0) + 1;
  }
  slowest = Math.max(slowest, (performance.now() - began) / 1000);
}

async function deny(database) {
  try {
    await database.collection("unlisted").findOne({ x: setting("DENIED") });
    wrong.push("a denied command was answered");
  } catch (error) {
    if (error instanceof MongoServerError) {
      denied++;
      if (error.code !== 13) wrong.push(`denied with ${error.code}`);
    } else {
      errors[kind(error)] = (errors[kind(error)] ?? 0) + 1;
    }
  }
}

async function work(database, thread) {
  const journal = database.collection("journal");
  for (let number = 0; !existsSync(setting("STOP")); number++) {
    const document = `${setting("NAME")}-${thread}-${Math.floor(number / BLOCK)}`;
    await attempt(async () => {
      await journal.updateOne({ _id: document }, { $push: { ops: number } }, { upsert: true });
      (acknowledged[document] ??= []).push(number);
    });
    await attempt(async () => {
      const row = await journal.findOne({ _id: document });
      if (row && row._id !== document) wrong.push("somebody else's document");
    });
    if (number % 10 === 5) await deny(database);
    if (number === 0 && thread === 0) console.log("working");
    await sleep(Number(setting("PAUSE_MS")));
  }
}

const client = new MongoClient(setting("URI"), { retryWrites: retries, retryReads: retries, maxPoolSize: threads });
await Promise.all(Array.from({ length: threads }, (_, i) => work(client.db("chaos"), i)));
await client.close();
const report = `${setting("REPORT")}.half`;
writeFileSync(report, JSON.stringify({ acknowledged, errors, answers, denied, slowest, wrong }));
renameSync(report, setting("REPORT"));
