import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c, crc32cJoined } from './crc32c.js';
import { SeededRandom } from './random.js';

function bitwise(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

test('the check value of the standard comes out', () => {
  const bytes = Buffer.from('123456789');
  assert.equal(crc32c(bytes, 0, bytes.length), 0xe3069283);
});

test('table and native code agree with the definition at every length around the switch', () => {
  const bytes = new SeededRandom(7).bytes(400);
  for (let length = 0; length < 400; length++) {
    assert.equal(crc32c(bytes, 0, length), bitwise(bytes.subarray(0, length)), `length ${length}`);
  }
});

test('a checksum over pieces equals the checksum over the whole', () => {
  const bytes = new SeededRandom(8).bytes(1000);
  for (const cut of [0, 1, 3, 64, 129, 130, 500, 999, 1000]) {
    assert.equal(crc32c(bytes, cut, 1000, crc32c(bytes, 0, cut)), crc32c(bytes, 0, 1000), `cut ${cut}`);
  }
});

test('the checksums of two pieces, joined, are the checksum over both', () => {
  const random = new SeededRandom(9);
  const bytes = random.bytes(70_000);
  for (const length of [0, 1, 2, 3, 255, 256, 257, 4096, 65_535, 65_536, 69_000]) {
    const first = crc32c(bytes, 0, 1000);
    const second = crc32c(bytes, 1000, 1000 + length);
    assert.equal(crc32cJoined(first, second, length), crc32c(bytes, 0, 1000 + length), `${length} bytes`);
    assert.equal(crc32cJoined(0, second, length), second, `nothing before ${length} bytes`);
  }
});
