// A socket between a test and what it tests: nothing opens, and what was sent is kept.
export class FakeSocket {
  readyState = 0;
  sent = [];
  closed = false;

  open() {
    this.readyState = 1;
    this.onopen();
  }

  push(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code = 1006) {
    this.readyState = 3;
    this.closed = true;
    this.onclose?.({ code });
  }

  get last() {
    return this.sent.at(-1);
  }
}
