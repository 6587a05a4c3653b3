// CRC32 (zlib's) of ASCII text, and the checksum of a book's ten best levels.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const CHECKSUM_LEVELS = 10;

/** Return the unsigned CRC32 of an ASCII string. */
export function crc32(text) {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    crc = TABLE[(crc ^ text.charCodeAt(i)) & 0xff] ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Return the checksum of [ticks, quantity] levels, best first: ten asks, then ten bids. */
export function checksum(bids, asks) {
  const levels = [...asks.slice(0, CHECKSUM_LEVELS), ...bids.slice(0, CHECKSUM_LEVELS)];
  return crc32(levels.map(([ticks, quantity]) => `${ticks}:${quantity},`).join(""));
}
