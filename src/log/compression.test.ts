import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { SeededRandom } from '../lib/random.js';
import { CompressionError, type CompressionErrorCode, compress, decompress, ready } from './compression.js';

const codecs: readonly (readonly [name: string, codec: number])[] = [
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
];
const limitBytes = 16 * 1024 * 1024;

before(() => ready(4));

function failsWith(code: CompressionErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CompressionError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

/** Half of it repeats, half does not, as records do. */
function body(bytes: number): Buffer {
  const random = new SeededRandom(bytes);
  const whole = Buffer.alloc(bytes, 'a boat from either bank');
  for (let at = 0; at < bytes; at += 200) random.bytes(Math.min(100, bytes - at)).copy(whole, at);
  return whole;
}

test('any bytes come back from each codec as they were', () => {
  for (const [, codec] of [['none', 0] as const, ...codecs]) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.integer({ min: 1, max: 60 }), (part, times) => {
        const bytes = Buffer.concat(Array.from({ length: times }, () => part));
        assert.ok(decompress(codec, compress(codec, bytes), bytes.length).equals(bytes));
      }),
      { numRuns: 60 },
    );
  }
});

for (const [name, codec] of codecs) {
  test(`${name}: five megabytes come back, and are smaller meanwhile`, () => {
    const bytes = body(5_000_000);
    const small = compress(codec, bytes);
    assert.ok(small.length < bytes.length * 0.7);
    assert.ok(decompress(codec, small, limitBytes).equals(bytes));
    assert.ok(decompress(codec, small, bytes.length).equals(bytes));
    assert.throws(() => decompress(codec, small, bytes.length - 1), failsWith('too-large'));
  });

  test(`${name}: a bomb is refused by its limit and costs no memory`, () => {
    const bomb = compress(codec, Buffer.alloc(200 * 1024 * 1024));
    const before = process.memoryUsage.rss();
    for (let count = 0; count < 5; count++) {
      assert.throws(() => decompress(codec, bomb, 1024 * 1024), failsWith('too-large'));
    }
    assert.ok(process.memoryUsage.rss() - before < 60 * 1024 * 1024);
  });

  test(`${name}: bytes cut anywhere are damaged, never something else`, () => {
    const small = compress(codec, body(1_000));
    for (let end = 0; end < small.length; end++) {
      const cut = small.subarray(0, end);
      // The framing of snappy has no end of its own: without any block it is nothing, which is what no bytes make.
      if (codec === 2 && end === 16) assert.equal(decompress(codec, cut, limitBytes).length, 0);
      else assert.throws(() => decompress(codec, cut, limitBytes), failsWith('damaged'), `${end} bytes`);
    }
  });

  test(`${name}: hostile bytes give a compression error or some bytes within the limit`, () => {
    const small = compress(codec, body(3_000));
    const random = new SeededRandom(codec);
    for (let count = 0; count < 3_000; count++) {
      const hostile = Buffer.from(small);
      for (let change = random.below(4); change >= 0; change--)
        hostile[random.below(hostile.length)] = random.below(256);
      if (random.below(2) === 0) hostile[random.below(24)] = random.below(256);
      try {
        assert.ok(decompress(codec, hostile, 4_000).length <= 4_000);
      } catch (error) {
        assert.ok(error instanceof CompressionError, String(error));
      }
    }
    for (let count = 0; count < 500; count++) {
      assert.throws(() => decompress(codec, random.bytes(random.below(100)), 4_000), CompressionError);
    }
  });

  test(`${name}: nothing at all comes back as nothing, even with no room`, () => {
    assert.equal(decompress(codec, compress(codec, Buffer.alloc(0)), 0).length, 0);
    assert.throws(() => decompress(codec, compress(codec, Buffer.from('x')), 0), failsWith('too-large'));
  });
}

test('without compression the limit holds as well', () => {
  assert.throws(() => decompress(0, Buffer.alloc(11), 10), failsWith('too-large'));
});

test('a codec nobody knows is refused by its number', () => {
  for (const codec of [5, 6, 7]) {
    assert.throws(() => decompress(codec, Buffer.alloc(10), 10), /codec [567]/);
    assert.throws(() => compress(codec, Buffer.alloc(10)), failsWith('unknown-codec'));
  }
});

test('snappy is read in the framing of Java and as a bare block, and written in the framing', () => {
  // A literal of 5 bytes, then a copy of 15 from 5 back.
  const bare = Buffer.from([20, 4 << 2, ...Buffer.from('naru '), (14 << 2) | 2, 5, 0]);
  assert.equal(decompress(2, bare, 20).toString(), 'naru naru naru naru ');
  const length = Buffer.from([0, 0, 0, bare.length]);
  const framed = Buffer.concat([Buffer.from('82534e41505059000000000100000001', 'hex'), length, bare, length, bare]);
  assert.equal(decompress(2, framed, 40).toString(), 'naru '.repeat(8));
  assert.throws(() => decompress(2, framed, 39), failsWith('too-large'));
  assert.equal(compress(2, Buffer.alloc(100_000)).subarray(0, 16).toString('hex'), '82534e41505059000000000100000001');
});

test('snappy: a block that claims far more than it holds is refused before memory is taken for it', () => {
  const claim = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04, 0, 0x61]);
  assert.throws(() => decompress(2, claim, 2 ** 31), failsWith('damaged'));
  assert.throws(() => decompress(2, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), 2 ** 31), failsWith('damaged'));
});

test('lz4 frames of other writers are read: blocks on their own or linked, with or without sizes and checksums', () => {
  const text = 'a boat from either bank\n'.repeat(3_200);
  // By the lz4 command with these options; the first is what Kafka's own client writes.
  const frames = {
    '-B4 -BI --no-frame-crc':
      'BCJNGGBAgiMBAAD/CWEgYm9hdCBmcm9tIGVpdGhlciBiYW5rChgA/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////9BQIGVpdGhOAAAA/wllciBiYW5rCmEgYm9hdCBmcm9tIGVpdGgYAP/////////////////////////////////////////////////////////7UGJhbmsKAAAAAA==',
    '-B4 -BD':
      'BCJNGERAXiMBAAD/CWEgYm9hdCBmcm9tIGVpdGhlciBiYW5rChgA/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////9BQIGVpdGg2AAAADxgA//////////////////////////////////////////////////////////8UUGJhbmsKAAAAAA7w4s4=',
    '-B5 -BI --content-size':
      'BCJNGGxQACwBAAAAAADZTwEAAP8JYSBib2F0IGZyb20gZWl0aGVyIGJhbmsKGAD////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////8UGJhbmsKAAAAAA7w4s4=',
    '-B4 -BD -BX':
      'BCJNGFRAriMBAAD/CWEgYm9hdCBmcm9tIGVpdGhlciBiYW5rChgA/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////9BQIGVpdGiC4MxpNgAAAA8YAP//////////////////////////////////////////////////////////FFBiYW5rCmKEov4AAAAADvDizg==',
  };
  for (const [options, frame] of Object.entries(frames)) {
    const bytes = Buffer.from(frame, 'base64');
    assert.equal(decompress(3, bytes, limitBytes).toString(), text, options);
    assert.equal(decompress(3, bytes, text.length).toString(), text, options);
    assert.throws(() => decompress(3, bytes, text.length - 1), failsWith('too-large'), options);
    const two = Buffer.concat([bytes, Buffer.from('502a4d1803000000616263', 'hex'), bytes]);
    assert.equal(decompress(3, two, limitBytes).toString(), text + text, options);
  }
});

test('zstd frames of other writers are read: with or without a size and checksum, several in a row', () => {
  const text = 'a boat from either bank\n'.repeat(12_500);
  // By the zstd command: a file, standard input (no size in the frame, as from Java), that without checksum, two frames.
  const frames = [
    'KLUv/aTgkwQABAEAwGEgYm9hdCBmcm9tIGVpdGhlciBiYW5rCgEAlP9vPsdEAAAAAQD9/5tPIEUAAAABAN0THQABvHGU+A==',
    'KLUv/QRYBAEAwGEgYm9hdCBmcm9tIGVpdGhlciBiYW5rCgEAlP9vPsdMAAAIcgEA/P85EAJNAAAIZQEA3BMdCAG8cZT4',
    'KLUv/QBYBAEAwGEgYm9hdCBmcm9tIGVpdGhlciBiYW5rCgEAlP9vPsdMAAAIcgEA/P85EAJNAAAIZQEA3BMdCAE=',
    'KLUv/QRYBQEAwGEgYm9hdCBmcm9tIGVpdGhlciBiYW5rCgEAFBpuPsf8p26CKLUv/QRYBAEAwGVyIGJhbmsKYSBib2F0IGZyb20gZWl0aAEAlP9vPsdNAAAIYQEAPA05EALBuhjY',
  ];
  for (const frame of frames) {
    const bytes = Buffer.from(frame, 'base64');
    assert.equal(decompress(4, bytes, limitBytes).toString(), text);
    assert.equal(decompress(4, bytes, text.length).toString(), text);
    assert.throws(() => decompress(4, bytes, text.length - 1), failsWith('too-large'));
    const two = Buffer.concat([bytes, Buffer.from('5f2a4d1803000000616263', 'hex'), bytes]);
    assert.equal(decompress(4, two, limitBytes).toString(), text + text);
  }
});

test('zstd: a frame that claims far more than it holds is refused before memory is taken for it', () => {
  const claim = Buffer.from('28b52ffda0ffffff7f010000', 'hex');
  assert.throws(() => decompress(4, claim, 2 ** 31), failsWith('damaged'));
  const enormous = Buffer.from('28b52ffde0ffffffffffffff7f010000', 'hex');
  assert.throws(() => decompress(4, enormous, limitBytes), failsWith('damaged'));
});

test('gzip of several members, as some writers make it, is read as one', () => {
  const members = Buffer.concat([zlib.gzipSync('from one bank '), zlib.gzipSync('to the other')]);
  assert.equal(decompress(1, members, 100).toString(), 'from one bank to the other');
});
