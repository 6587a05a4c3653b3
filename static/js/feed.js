// The live feed: one socket for all channels of a page. Reconnects by itself, resumes each channel
// from what it has, and never claims to be live when it is not. Ends with the member's session. No DOM.

export const SUBPROTOCOL = "likely.v1.json";

/**
 * CONNECTING: never was live. STALE: the socket is there and silent. RECONNECTING: it is gone.
 * LAGGING: it is there, and the server says that what it tells comes late.
 * ENDED: the member is logged in no more; it stays so, the page with its private data is old.
 */
export const FeedState = Object.freeze({
  CONNECTING: "connecting",
  LIVE: "live",
  LAGGING: "lagging",
  RECONNECTING: "reconnecting",
  STALE: "stale",
  ENDED: "ended",
});

// The server sends a heartbeat every 5 s; whoever hears nothing for 8 s has lost it.
const SILENCE_MS_MAX = 8000;
const BACKOFF_MS_MIN = 500;
const BACKOFF_MS_MAX = 10000;
// A restarted server is back at once, and everybody wants it back: spread them.
const RESTART_MS_MIN = 200;
const RESTART_MS_MAX = 2000;
const CLOSE_RESTART = 1012;
const CLOSE_LOGGED_OUT = 4001;

/** Return how long to wait before try number `attempt` (from 0): 0.5 to 10 s, jittered by half. */
export function backoffMs(attempt, random = Math.random) {
  const whole = Math.min(BACKOFF_MS_MIN * 2 ** attempt, BACKOFF_MS_MAX);
  return Math.round(Math.max(BACKOFF_MS_MIN, whole * (0.5 + random() / 2)));
}

/** Return how long to wait after a close with `code`; soon after a restart, else as backoffMs. */
export function waitMs(code, attempt, random = Math.random) {
  if (code !== CLOSE_RESTART) return backoffMs(attempt, random);
  return Math.round(RESTART_MS_MIN + random() * (RESTART_MS_MAX - RESTART_MS_MIN));
}

/** A request was refused; `problem` says why (RFC 9457), its `code` never changes. */
export class RefusedError extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.name = "RefusedError";
    this.problem = problem;
  }
}

/** The socket was lost before the answer: what became of the request is not known. */
export class UnansweredError extends Error {
  constructor() {
    super("The connection was lost before the answer came.");
    this.name = "UnansweredError";
  }
}

export class Feed {
  #asked = new Map();
  #session = null;
  #subscriptions = new Map();
  #listeners = new Set();
  #socket = null;
  #isLagging = false;
  #attempt = 0;
  #lastId = 0;
  #silence = null;
  #retry = null;

  constructor(url, { key = null, makeSocket = (address) => new WebSocket(address, SUBPROTOCOL), timers = globalThis } = {}) {
    this.url = url;
    this.key = key;
    this.makeSocket = makeSocket;
    this.timers = timers;
    this.state = FeedState.CONNECTING;
  }

  /** Call `listener(state)` now and on every change. */
  onState(listener) {
    this.#listeners.add(listener);
    listener(this.state);
  }

  /**
   * Subscribe to a channel about a market, member, event or name; `take(push)` gets its pushes.
   * `since()` returns the seq to resume from, or null for a snapshot; `lastSeq(seq)` hears from
   * heartbeats what was sent last.
   */
  subscribe(channel, { market, member, event, name, take, since = () => null, lastSeq = () => {} }) {
    const subscription = { channel, market, member, event, name, take, since, lastSeq };
    this.#subscriptions.set(key(subscription), subscription);
    this.#ask(subscription);
  }

  /** Ask for a channel's snapshot: after a gap or a wrong checksum. */
  snapshot(channel, about = {}) {
    this.#send({ op: "snapshot", channel, ...about });
  }

  unsubscribe(channel, about = {}) {
    if (this.#subscriptions.delete(key({ channel, ...about }))) this.#send({ op: "unsubscribe", channel, ...about });
  }

  /** Send a request; resolves to its reply. Rejects with a RefusedError or an UnansweredError. */
  request(message) {
    return new Promise((resolve, reject) => {
      const id = this.#send(message);
      if (id === null) reject(new UnansweredError());
      else this.#asked.set(id, { resolve, reject });
    });
  }

  /** Send what holds for the socket, and say it again on each later one. Rejects as `request` does. */
  setSession({ take_over: takeOver, ...wishes }) {
    this.#session = { ...this.#session, ...wishes };
    return this.request({ op: "session.set", ...wishes, ...(takeOver === undefined ? {} : { take_over: takeOver }) });
  }

  /** Leave, and do not come back until `connect`. */
  close() {
    const socket = this.#socket;
    this.timers.clearTimeout(this.#retry);
    if (socket === null) return;
    this.#drop(socket);
    socket.close();
    this.#become(FeedState.CONNECTING);
  }

  connect() {
    if (this.state === FeedState.ENDED || this.#socket !== null) return;
    this.timers.clearTimeout(this.#retry);
    const socket = this.makeSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#lost(socket, event?.code);
    this.#watch();
  }

  #opened() {
    if (this.key !== null) this.#send({ op: "auth", key: this.key });
    if (this.#session !== null) this.#send({ op: "session.set", ...this.#session });
    for (const subscription of this.#subscriptions.values()) this.#ask(subscription);
    this.#watch();
  }

  #received(text) {
    const message = JSON.parse(text);
    if (message.error?.code === "not_authenticated") {
      this.#end(); // the session ended while there was no socket
      return;
    }
    this.#attempt = 0;
    this.#watch();
    if ("lagging" in message) this.#isLagging = message.lagging;
    this.#become(this.#isLagging ? FeedState.LAGGING : FeedState.LIVE);
    if ("ok" in message) this.#answered(message);
    else if (message.type === "heartbeat") this.#beat(message);
    else this.#subscriptions.get(key(message))?.take(message);
  }

  #answered({ id, ok, error, ...reply }) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (ok) asked?.resolve(reply);
    else asked?.reject(new RefusedError(error));
  }

  /** A heartbeat names what was sent last: a lost last message would not be missed otherwise. */
  #beat({ seqs = {}, account_seq: accountSeq }) {
    const all = accountSeq === undefined ? seqs : { ...seqs, account: accountSeq };
    for (const [name, seq] of Object.entries(all)) this.#subscriptions.get(name)?.lastSeq(seq);
  }

  #ask({ channel, market, member, event, name, since }) {
    const seq = since();
    this.#send({ op: "subscribe", channel, market, member, event, name, ...(seq === null ? {} : { since: seq }) });
  }

  #send(message) {
    if (this.#socket?.readyState !== 1) return null; // subscriptions are asked again once it is open
    this.#lastId += 1;
    const id = `c${this.#lastId}`;
    this.#socket.send(JSON.stringify({ id, ...message }));
    return id;
  }

  #watch() {
    this.timers.clearTimeout(this.#silence);
    this.#silence = this.timers.setTimeout(() => this.#silent(), SILENCE_MS_MAX);
  }

  /** Nothing for too long: say so, and replace the socket rather than wait for TCP to notice. */
  #silent() {
    this.#become(FeedState.STALE);
    const socket = this.#socket;
    this.#drop(socket);
    socket.close();
    this.#retryIn(backoffMs(this.#attempt));
  }

  #lost(socket, code) {
    if (socket !== this.#socket) return; // one that was replaced already
    if (code === CLOSE_LOGGED_OUT) {
      this.#end();
      return;
    }
    this.#become(FeedState.RECONNECTING);
    this.#drop(socket);
    this.#retryIn(waitMs(code, this.#attempt));
  }

  /** Never come back as a stranger to a page that shows a member's things. */
  #end() {
    const socket = this.#socket;
    this.#drop(socket);
    socket.close();
    this.#become(FeedState.ENDED);
  }

  #drop(socket) {
    socket.onopen = socket.onmessage = socket.onclose = null;
    this.#socket = null;
    this.#isLagging = false;
    this.timers.clearTimeout(this.#silence);
    this.timers.clearTimeout(this.#retry);
    for (const { reject } of this.#asked.values()) reject(new UnansweredError());
    this.#asked.clear();
  }

  #retryIn(ms) {
    this.#retry = this.timers.setTimeout(() => this.connect(), ms);
    this.#attempt += 1;
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

/** Name a subscription as the server's heartbeats do. */
function key({ channel, market, member, event, name }) {
  const about = member ? `@${member}` : (market ?? event ?? name);
  return about ? `${channel}:${about}` : channel;
}
