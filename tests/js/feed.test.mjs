import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { backoffMs, Feed, FeedState, waitMs } from "../../static/js/feed.js";
import { FakeSocket } from "./fake-socket.mjs";

class FakeTimers {
  now = 0;
  pending = new Map();
  next = 1;
  setTimeout = (run, ms) => {
    this.pending.set(this.next, { run, at: this.now + ms });
    return this.next++;
  };
  clearTimeout = (id) => this.pending.delete(id);

  pass(ms) {
    this.now += ms;
    for (const [id, { run, at }] of [...this.pending]) {
      if (at <= this.now && this.pending.delete(id)) run();
    }
  }
}

let sockets;
let timers;
let feed;
let states;
let pushes;
let seq;
beforeEach(() => {
  sockets = [];
  timers = new FakeTimers();
  states = [];
  pushes = [];
  seq = 7;
  const makeSocket = () => {
    sockets.push(new FakeSocket());
    return sockets.at(-1);
  };
  feed = new Feed("ws://test/ws/v1/", { makeSocket, timers });
  feed.onState((state) => states.push(state));
  feed.subscribe("book", {
    market: "rain",
    take: (push) => pushes.push(push),
    since: () => seq,
    lastSeq: (last) => pushes.push(["last", last]),
  });
  feed.connect();
});

test("it subscribes once the socket is open, from what the page has", () => {
  assert.deepEqual(sockets[0].sent, []);
  sockets[0].open();
  assert.deepEqual(sockets[0].sent, [
    { id: "c1", op: "subscribe", channel: "book", market: "rain", since: 7 },
  ]);
});

test("without a seq to resume from it asks for everything", () => {
  seq = null;
  sockets[0].open();
  assert.equal("since" in sockets[0].sent[0], false);
});

test("it is live with the first message and hands pushes to their channel", () => {
  sockets[0].open();
  assert.deepEqual(states, [FeedState.CONNECTING]);
  sockets[0].push({ channel: "book", market: "rain", type: "delta", seq: 8 });
  sockets[0].push({ channel: "book", market: "snow", type: "delta", seq: 9 });
  assert.deepEqual(states, [FeedState.CONNECTING, FeedState.LIVE]);
  assert.deepEqual(pushes.map((push) => push.seq), [8]);
});

test("a heartbeat tells the last seq sent", () => {
  sockets[0].open();
  sockets[0].push({ type: "heartbeat", seqs: { "book:rain": 12, account: 3 } });
  assert.deepEqual(pushes, [["last", 12]]);
});

test("it says that it lags while the server says so, and forgets it with the socket", () => {
  sockets[0].open();
  sockets[0].push({ type: "heartbeat", lagging: false });
  sockets[0].push({ type: "lag", lagging: true, client_lag_ms: 0, server_lag_ms: 1200 });
  sockets[0].push({ channel: "book", market: "rain", type: "delta", seq: 8 });
  assert.equal(feed.state, FeedState.LAGGING);
  sockets[0].push({ type: "lag", lagging: false });
  assert.equal(feed.state, FeedState.LIVE);
  sockets[0].push({ type: "lag", lagging: true });
  sockets[0].close();
  timers.pass(500);
  sockets[1].open();
  sockets[1].push({ id: "c9", ok: true });
  assert.deepEqual(states, [
    FeedState.CONNECTING, FeedState.LIVE, FeedState.LAGGING, FeedState.LIVE, FeedState.LAGGING,
    FeedState.RECONNECTING, FeedState.LIVE,
  ]);
});

test("eight silent seconds make it stale and replace the socket", () => {
  sockets[0].open();
  sockets[0].push({ type: "heartbeat" });
  timers.pass(7999);
  assert.equal(feed.state, FeedState.LIVE);
  timers.pass(1);
  assert.equal(feed.state, FeedState.STALE);
  assert.equal(sockets[0].closed, true);
  timers.pass(500);
  assert.equal(sockets.length, 2);
});

test("a lost socket is replaced, and channels resume from the newest seq", () => {
  sockets[0].open();
  sockets[0].push({ type: "heartbeat" });
  seq = 30;
  sockets[0].close();
  assert.equal(feed.state, FeedState.RECONNECTING);
  timers.pass(500);
  sockets[1].open();
  assert.equal(sockets[1].sent[0].since, 30);
  assert.equal(feed.state, FeedState.RECONNECTING);
  sockets[1].push({ type: "heartbeat" });
  assert.equal(feed.state, FeedState.LIVE);
});

test("a socket that never opens is given up and tried again, later each time", () => {
  timers.pass(8000);
  assert.equal(sockets[0].closed, true);
  timers.pass(500);
  assert.equal(sockets.length, 2);
  sockets[1].close();
  timers.pass(499);
  assert.equal(sockets.length, 2);
  timers.pass(501);
  assert.equal(sockets.length, 3);
});

test("the wait grows from half a second to ten, with jitter", () => {
  assert.equal(backoffMs(0, () => 0.99), 500);
  assert.equal(backoffMs(1, () => 1), 1000);
  assert.equal(backoffMs(1, () => 0), 500);
  assert.equal(backoffMs(20, () => 1), 10000);
  assert.equal(backoffMs(20, () => 0), 5000);
});

test("a socket closed because the member is logged out never comes back", () => {
  sockets[0].open();
  sockets[0].push({ type: "heartbeat" });
  sockets[0].close(4001);
  assert.equal(feed.state, FeedState.ENDED);
  timers.pass(60000);
  feed.connect();
  assert.equal(sockets.length, 1);
  assert.deepEqual(states, [FeedState.CONNECTING, FeedState.LIVE, FeedState.ENDED]);
  assert.equal(timers.pending.size, 0);
});

test("a session that ended while there was no socket ends the feed, never seen as live", () => {
  sockets[0].open();
  sockets[0].push({ id: "c1", ok: false, error: { code: "not_authenticated" } });
  assert.deepEqual(states, [FeedState.CONNECTING, FeedState.ENDED]);
  assert.equal(sockets[0].closed, true);
  timers.pass(60000);
  assert.equal(sockets.length, 1);
});

for (const code of [1006, 1008, 4008]) {
  test(`after a close with ${code} it backs off`, () => {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      sockets.at(-1).close(code);
      assert.equal(feed.state, FeedState.RECONNECTING);
      timers.pass(10000);
    }
    assert.equal(sockets.length, 5);
    assert.equal(waitMs(code, 20, () => 1), 10000);
    assert.equal(waitMs(code, 0, () => 0), 500);
  });
}

test("after a restart everybody comes back soon, and not all at once", () => {
  assert.equal(waitMs(1012, 20, () => 0), 200);
  assert.equal(waitMs(1012, 20, () => 1), 2000);
  sockets[0].close(1012);
  timers.pass(2000);
  assert.equal(sockets.length, 2);
});

test("a channel about a member, an event or a name gets its own pushes alone", () => {
  const got = [];
  const follow = (channel, about, word) =>
    feed.subscribe(channel, { ...about, take: (push) => got.push([word, push.seq]), lastSeq: (last) => got.push([word, last]) });
  follow("feed", {}, "home");
  follow("feed", { member: "alice" }, "alice");
  follow("event", { event: "cup" }, "cup");
  follow("leaderboard", { name: "profit" }, "profit");
  sockets[0].open();
  assert.deepEqual(sockets[0].sent[2], { id: "c3", op: "subscribe", channel: "feed", member: "alice" });
  sockets[0].push({ channel: "feed", type: "update", seq: 1 });
  sockets[0].push({ channel: "feed", member: "alice", type: "update", seq: 2 });
  sockets[0].push({ channel: "event", event: "cup", type: "edited", seq: 3 });
  sockets[0].push({ channel: "leaderboard", name: "profit", type: "update", seq: 4 });
  sockets[0].push({ channel: "feed", member: "bob", type: "update", seq: 5 });
  sockets[0].push({ type: "heartbeat", seqs: { "feed:@alice": 6, "event:cup": 7 } });
  assert.deepEqual(got, [["home", 1], ["alice", 2], ["cup", 3], ["profit", 4], ["alice", 6], ["cup", 7]]);
});

test("connecting again while there is a socket makes no other", () => {
  feed.connect();
  assert.equal(sockets.length, 1);
});
