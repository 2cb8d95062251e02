import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { PieceWriter } from '../../lib/piece-writer.js';
import { AssemblyPool, beginResponse, FrameReader, readRequestHeader, requestHeaderVersion } from './frame.js';

class Collector {
  readonly frames: Buffer[] = [];
  readonly places: Buffer[] = [];

  frame(buffer: Buffer, start: number, end: number): void {
    this.frames.push(Buffer.from(buffer.subarray(start, end)));
    this.places.push(buffer);
  }
}

function framed(...bodies: Uint8Array[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(body.length);
      return [length, body];
    }),
  );
}

function claim(byteCount: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(byteCount);
  return length;
}

describe('a frame reader', () => {
  test('hands over the same frames however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 20 }),
        (bodies, cuts) => {
          const bytes = framed(...bodies);
          const collector = new Collector();
          const reader = new FrameReader(collector, 1000);
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const end = Math.min(bytes.length, at + cuts[turn % cuts.length]!);
            assert.equal(reader.feed(bytes, at, end), 'ok');
            at = end;
          }
          assert.deepEqual(
            collector.frames,
            bodies.map((body) => Buffer.from(body)),
          );
          assert.equal(reader.heldBytes, 0);
        },
      ),
    );
  });

  test('hands nothing over while it is held, and the rest in order when it is released', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
        (bodies, cuts, holds) => {
          const bytes = framed(...bodies);
          const frames: Buffer[] = [];
          let held = false;
          const reader: FrameReader = new FrameReader(
            {
              frame(buffer, start, end): void {
                assert.equal(held, false);
                frames.push(Buffer.from(buffer.subarray(start, end)));
                held = holds[frames.length % holds.length]!;
                if (held) reader.hold();
              },
            },
            1000,
          );
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const end = Math.min(bytes.length, at + cuts[turn % cuts.length]!);
            // The buffer is used again for the next read, as a listener does.
            const chunk = Buffer.from(bytes.subarray(at, end));
            assert.equal(reader.feed(chunk), 'ok');
            chunk.fill(0xee);
            at = end;
          }
          while (held) {
            held = false;
            assert.equal(reader.release(), 'ok');
          }
          assert.deepEqual(
            frames,
            bodies.map((body) => Buffer.from(body)),
          );
          assert.equal(reader.heldBytes, 0);
        },
      ),
    );
  });

  test('tells on release that a length behind the held frames is too long', () => {
    const reader: FrameReader = new FrameReader({ frame: () => reader.hold() }, 1000);
    assert.equal(reader.feed(Buffer.concat([framed(Buffer.from('first')), claim(1001)])), 'ok');
    assert.equal(reader.keptBytes, 4);
    assert.equal(reader.release(), 'too-long');
    assert.equal(reader.claimedBytes, 1001);
  });

  test('hands a whole frame over where it lies', () => {
    const collector = new Collector();
    const chunk = framed(Buffer.from('one'), Buffer.from('two'));
    new FrameReader(collector, 100).feed(chunk);
    assert.deepEqual(
      collector.places.map((place) => place === chunk),
      [true, true],
    );
  });

  test('puts a frame of megabytes together out of socket chunks, and large ones after small ones', () => {
    const collector = new Collector();
    const reader = new FrameReader(collector, 8 << 20);
    const bodies = [5_000_000, 70_000, 3, 0, 1_200_000, 65_536].map((size, index) => Buffer.alloc(size, index + 1));
    const bytes = framed(...bodies);
    for (let at = 0; at < bytes.length; at += 65_536) reader.feed(bytes, at, Math.min(bytes.length, at + 65_536));
    assert.equal(collector.frames.length, bodies.length);
    for (const [index, body] of bodies.entries()) assert.ok(collector.frames[index]!.equals(body));
    assert.equal(reader.heldBytes, 0);
  });

  test('refuses a negative length and one over the limit, whole or in single bytes, and stays refusing', () => {
    for (const [claimed, result] of [
      [-1, 'negative-length'],
      [-2147483648, 'negative-length'],
      [101, 'too-long'],
      [2147483647, 'too-long'],
    ] as const) {
      for (const step of [1, 4]) {
        const collector = new Collector();
        const reader = new FrameReader(collector, 100);
        const bytes = Buffer.concat([framed(Buffer.alloc(100)), claim(claimed), Buffer.alloc(200)]);
        let seen = 'ok';
        for (let at = 0; at < bytes.length; at += step) seen = reader.feed(bytes, at, at + step);
        assert.equal(seen, result);
        assert.equal(reader.claimedBytes, claimed);
        assert.equal(collector.frames.length, 1);
        assert.equal(reader.heldBytes, 0);
      }
    }
  });

  test('a frame of a batch’s size gets its memory at once when enough of it has come, and not before', () => {
    const taken: number[] = [];
    const pool = new AssemblyPool();
    const take = pool.take.bind(pool);
    pool.take = (byteCount) => {
      taken.push(byteCount);
      return take(byteCount);
    };
    const reader = new FrameReader({ frame() {} }, 100 << 20, pool);
    const size = 1_000_000;
    reader.feed(claim(size));
    assert.deepEqual(taken, []);
    reader.feed(Buffer.alloc(65_535));
    assert.deepEqual(taken, [65_535]);
    reader.feed(Buffer.alloc(200_000));
    assert.deepEqual(taken, [65_535, size]);
    reader.feed(Buffer.alloc(size - 265_535));
    assert.deepEqual(taken, [65_535, size]);
    assert.equal(reader.heldBytes, 0);
  });

  test('holds memory for what has arrived and not for what was claimed', () => {
    const reader = new FrameReader(new Collector(), 100 << 20);
    reader.feed(claim(100 << 20));
    assert.equal(reader.heldBytes, 0);
    reader.feed(Buffer.alloc(10));
    assert.ok(reader.heldBytes <= 4096);
    for (let sent = 0; sent < 300_000; sent += 1000) {
      reader.feed(Buffer.alloc(1000));
      assert.ok(reader.heldBytes <= Math.max(4096, 4 * (sent + 1010)), `${reader.heldBytes} held for ${sent + 1010}`);
    }
    reader.stop();
    assert.equal(reader.heldBytes, 0);
  });

  test('stops between two frames of one chunk when its handler says so', () => {
    let seen = 0;
    const reader = new FrameReader({ frame: () => ++seen === 2 && reader.stop() }, 100);
    reader.feed(framed(Buffer.alloc(1), Buffer.alloc(1), Buffer.alloc(1)));
    assert.equal(seen, 2);
  });
});

describe('an assembly pool', () => {
  test('gives memory back out, but keeps no more than its limit', () => {
    const pool = new AssemblyPool(128 << 10);
    const [first, second, third] = [pool.take(65_536), pool.take(60_000), pool.take(65_000)];
    for (const buffer of [first, second, third]) pool.give(buffer);
    assert.equal(pool.take(65_536), second);
    assert.equal(pool.take(65_536), first);
    assert.notEqual(pool.take(65_536), third);
  });

  test('is not entered by memory of other sizes', () => {
    const pool = new AssemblyPool();
    const odd = Buffer.alloc(70_000);
    pool.give(odd);
    assert.equal(pool.take(70_000).length, 131_072);
    assert.equal(pool.take(100).length, 100);
  });
});

describe('headers', () => {
  test('follow from key and version: the client id is never compact, ApiVersions answers plainly', () => {
    // Metadata 12, correlation 7, client "me", no tags, then the body.
    const reader = new ByteReader(Buffer.from('0003000c0000000700026d6500ab', 'hex'));
    assert.deepEqual(readRequestHeader(reader), {
      requestApiKey: 3,
      requestApiVersion: 12,
      correlationId: 7,
      clientId: 'me',
    });
    assert.equal(reader.u8(), 0xab);
    assert.equal(requestHeaderVersion(18, 99), 2);
    assert.equal(requestHeaderVersion(999, 0), 1);

    const writer = new PieceWriter();
    const pieces: Buffer[] = [];
    for (const [key, version] of [
      [18, 3],
      [3, 12],
      [3, 8],
    ] as const) {
      beginResponse(writer, key, version, 7);
      writer.u8(0xab);
      writer.endFrame();
    }
    writer.takeInto(pieces);
    assert.equal(
      Buffer.concat(pieces).toString('hex'),
      ['0000000500000007ab', '000000060000000700ab', '0000000500000007ab'].join(''),
    );
  });

  test('that are cut short are DecodeErrors', () => {
    const bytes = Buffer.from('0003000c0000000700026d6500', 'hex');
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => readRequestHeader(new ByteReader(bytes, 0, end)), DecodeError);
    }
  });
});
