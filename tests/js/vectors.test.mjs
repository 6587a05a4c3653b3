// Sessions of version 1 as they were recorded (tests/realtime/test_vectors.py reads the same), by the
// site's client and by a Protobuf library that knows nothing but the schema.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { AccountState, Book, checksum, formatTicks, Outcome, parseTicks } from "../../static/js/likely-client.js";

const FOLDER = new URL("../vectors/", import.meta.url);
const SCHEMA = new URL("../../proto/likely/v1/live.proto", import.meta.url);
const sessions = readdirSync(FOLDER)
  .filter((name) => name.startsWith("live-v1-"))
  .map((name) => ({ name, ...JSON.parse(readFileSync(new URL(name, FOLDER))) }));
// Without npm's files there is no Protobuf to read with; `make test` fetches them.
const protobuf = await import("protobufjs").then((module) => module.default, () => null);
const withProtobuf = { skip: protobuf === null && "protobufjs is not there: run scripts/npm_files.py" };

const told = ({ messages }, channel) => messages.filter(({ from, json }) => from === "server" && json.channel === channel);
const levels = (list) => list.map(([price, quantity]) => [parseTicks(price), quantity]);

function schema() {
  return new protobuf.Root().loadSync(fileURLToPath(SCHEMA), { keepCase: true }).lookup("likely.v1");
}

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test("there are recorded sessions", () => assert.notEqual(sessions.length, 0));

for (const session of sessions) {
  test(`${session.name}: the recorded frames build the recorded book`, () => {
    const book = new Book();
    for (const { json } of told(session, "book")) assert.equal(book.take(json), Outcome.APPLIED);
    assert.equal(book.seq, session.book.seq);
    for (const { contract, bids, asks } of session.book.contracts) {
      assert.deepEqual(book.bids(contract), levels(bids));
      assert.deepEqual(book.asks(contract), levels(asks));
    }
  });

  test(`${session.name}: the account follows its frames`, () => {
    const account = new AccountState();
    for (const { json } of told(session, "account")) assert.equal(account.take(json), true);
    assert.equal(account.seq, told(session, "account").at(-1).json.account_seq);
  });

  test(`${session.name}: Protobuf reads what JSON says, and writes the same bytes`, withProtobuf, () => {
    const { ClientMessage, ServerMessage } = schema();
    for (const { from, json, proto } of session.messages) {
      const kind = from === "client" ? ClientMessage : ServerMessage;
      const message = kind.decode(bytes(proto));
      assert.deepEqual(kind.toObject(kind.decode(kind.encode(message).finish())), kind.toObject(message));
      if (from === "client") assert.equal(message.id, json.id);
      else if ("ok" in json) assert.deepEqual([message.reply.id, message.reply.ok], [json.id, json.ok]);
    }
  });

  test(`${session.name}: Protobuf's frames build the recorded book too`, withProtobuf, () => {
    const { ServerMessage } = schema();
    const book = new Book();
    for (const { proto } of told(session, "book")) {
      const frame = ServerMessage.toObject(ServerMessage.decode(bytes(proto)), { longs: Number, defaults: true }).book;
      const contracts = frame.contracts.map((one) => ({ ...one, contract: String(one.contract_id), bids: pairs(one.bids), asks: pairs(one.asks) }));
      const type = frame.prev_seq === undefined || frame.type === 1 ? "snapshot" : "delta";
      assert.equal(book.take({ ...frame, type, contracts }), Outcome.APPLIED);
    }
    assert.equal(book.seq, session.book.seq);
    for (const { contract, checksum: expected } of session.book.contracts) {
      assert.equal(checksum(book.bids(contract), book.asks(contract)), expected);
    }
  });
}

function pairs({ price_ticks: prices = [], quantities = [] }) {
  return prices.map((ticks, i) => [formatTicks(ticks), quantities[i]]);
}
