import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as zlibCrc32 } from "node:zlib";

import { checksum, crc32 } from "../../static/js/crc32.js";

test("crc32 equals zlib's", () => {
  assert.equal(crc32(""), 0);
  assert.equal(crc32("123456789"), 0xcbf43926);
  for (let length = 0; length < 300; length += 7) {
    const text = "4500:12,".repeat(length).slice(0, length);
    assert.equal(crc32(text), zlibCrc32(text));
  }
});

test("checksum covers ten asks, then ten bids, best first", () => {
  const asks = Array.from({ length: 12 }, (_, i) => [5000 + 100 * i, i + 1]);
  const bids = Array.from({ length: 12 }, (_, i) => [4900 - 100 * i, i + 1]);
  const text = [...asks.slice(0, 10), ...bids.slice(0, 10)].map(([p, q]) => `${p}:${q},`).join("");
  assert.equal(checksum(bids, asks), zlibCrc32(text));
  assert.equal(checksum([], []), 0);
  // The same vector as tests/web/test_javascript.py has from exchange/trading/checksums.py.
  assert.equal(checksum([[4500, 120]], [[4700, 30]]), 2961299596);
});
