// The live feed: one socket for all channels of a page. Reconnects by itself, resumes each channel
// from what it has, and never claims to be live when it is not. Ends with the member's session. No DOM.

export const SUBPROTOCOL = "likely.v1.json";

/**
 * CONNECTING: never was live. STALE: the socket is there and silent. RECONNECTING: it is gone.
 * ENDED: the member is logged in no more; it stays so, the page with its private data is old.
 */
export const FeedState = Object.freeze({
  CONNECTING: "connecting",
  LIVE: "live",
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

export class Feed {
  #subscriptions = new Map();
  #listeners = new Set();
  #socket = null;
  #attempt = 0;
  #lastId = 0;
  #silence = null;
  #retry = null;

  constructor(url, { makeSocket = (address) => new WebSocket(address, SUBPROTOCOL), timers = globalThis } = {}) {
    this.url = url;
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
   * Subscribe to a channel; `take(push)` gets its pushes. `since()` returns the seq to resume
   * from, or null for a snapshot; `lastSeq(seq)` hears from heartbeats what was sent last.
   */
  subscribe(channel, { market, take, since = () => null, lastSeq = () => {} }) {
    const subscription = { channel, market, take, since, lastSeq };
    this.#subscriptions.set(key(channel, market), subscription);
    this.#ask(subscription);
  }

  /** Ask for a channel's snapshot: after a gap or a wrong checksum. */
  snapshot(channel, market) {
    this.#send({ op: "snapshot", channel, market });
  }

  connect() {
    if (this.state === FeedState.ENDED) return;
    this.timers.clearTimeout(this.#retry);
    const socket = this.makeSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#lost(socket, event?.code);
    this.#watch();
  }

  #opened() {
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
    this.#become(FeedState.LIVE);
    if (message.type === "heartbeat") this.#beat(message);
    else this.#subscriptions.get(key(message.channel, message.market))?.take(message);
  }

  /** A heartbeat names what was sent last: a lost last message would not be missed otherwise. */
  #beat({ seqs = {} }) {
    for (const [name, seq] of Object.entries(seqs)) this.#subscriptions.get(name)?.lastSeq(seq);
  }

  #ask({ channel, market, since }) {
    const seq = since();
    this.#send({ op: "subscribe", channel, market, ...(seq === null ? {} : { since: seq }) });
  }

  #send(message) {
    if (this.#socket?.readyState !== 1) return; // everything is asked again once it is open
    this.#lastId += 1;
    this.#socket.send(JSON.stringify({ id: `c${this.#lastId}`, ...message }));
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
    this.timers.clearTimeout(this.#silence);
    this.timers.clearTimeout(this.#retry);
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

function key(channel, market) {
  return market ? `${channel}:${market}` : channel;
}
