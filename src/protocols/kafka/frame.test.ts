import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { PieceWriter } from '../../lib/piece-writer.js';
import { SlabPool } from '../../log/slab-pool.js';
import { AssemblyPool } from './assembly-pool.js';
import { beginResponse, FrameReader, readRequestHeader, requestHeaderVersion } from './frame.js';

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

  test('a frame of a batch’s size is put together where its handler wants it to begin, as long as there is room', () => {
    const seen: number[] = [];
    let at = 1234;
    const handler = {
      frame: (buffer: Buffer, start: number) => seen.push(buffer.byteOffset + start),
      beginsAt: () => at,
    };
    const reader = new FrameReader(handler, 100 << 20);
    const send = (size: number): void => {
      reader.feed(claim(size));
      for (let sent = 0; sent < size; sent += 70_000) reader.feed(Buffer.alloc(Math.min(70_000, size - sent)));
    };
    send(1_000_000);
    at = 5;
    send(600_000);
    at = 4095;
    send(1024 * 1024 + 64 * 1024 - 4094);
    assert.deepEqual(seen, [1234, 5, 0]);
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

/** Reads as a connection does: to where the reader wants it, or into a buffer that is used again for whatever comes next. */
class Wire {
  readonly shared = Buffer.alloc(200_000);
  straightBytes = 0;
  private room: Buffer | null = null;

  read(reader: FrameReader, bytes: Buffer): number {
    const into = this.room ?? this.shared;
    const count = bytes.copy(into, 0, 0, Math.min(bytes.length, into.length));
    if (this.room !== null) this.straightBytes += count;
    assert.equal(reader.feed(into, 0, count), 'ok');
    this.shared.fill(0xee);
    this.room = reader.room();
    return count;
  }
}

describe('a frame reader that says where to read to', () => {
  const size = fc.oneof(fc.nat(300), fc.integer({ min: 60_000, max: 1_200_000 }), fc.constant(1_000_000));

  test('hands over the same frames however the bytes come, held or not, and what is kept of them stays', () => {
    let straightBytes = 0;
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
        (sizes, cuts, holds) => {
          const slabs = new SlabPool(undefined, true);
          let held = false;
          const kept: { readonly buffer: Buffer; readonly at: number; readonly size: number; readonly fill: number }[] =
            [];
          const reader: FrameReader = new FrameReader(
            {
              frame(buffer, start, end): void {
                assert.equal(held, false);
                slabs.place(buffer, start, end);
                slabs.hold(slabs.buffer);
                kept.push({ buffer: slabs.buffer, at: slabs.at, size: end - start, fill: kept.length + 1 });
              },
            },
            2_000_000,
            new AssemblyPool(slabs),
          );
          const bytes = framed(...sizes.map((each, index) => Buffer.alloc(each, index + 1)));
          const wire = new Wire();
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            // Between two reads, when the place for the next one has been told.
            if (holds[turn % holds.length]) {
              held = !held;
              if (held) reader.hold();
              else assert.equal(reader.release(), 'ok');
            }
            at += wire.read(reader, bytes.subarray(at, at + cuts[turn % cuts.length]!));
          }
          held = false;
          assert.equal(reader.release(), 'ok');
          straightBytes += wire.straightBytes;
          assert.deepEqual(
            kept.map((each) => each.size),
            sizes,
          );
          for (const { buffer, at, size: length, fill } of kept) {
            assert.ok(buffer.subarray(at, at + length).equals(Buffer.alloc(length, fill)));
            slabs.release(buffer);
          }
          assert.equal(reader.heldBytes, 0);
          assert.ok(slabs.counts.free >= slabs.counts.all - 1, 'all but the one that is filled came back');
        },
      ),
      { numRuns: 60 },
    );
    assert.ok(straightBytes > 1_000_000, `${straightBytes} bytes were read straight`);
  });

  test('wants all but the first of a large frame read there, and nothing of a small one', () => {
    const reader = new FrameReader(new Collector(), 2_000_000);
    assert.equal(reader.room(), null);
    reader.feed(Buffer.concat([claim(1_000_000), Buffer.alloc(60_000)]));
    assert.equal(reader.room(), null, 'too little has come');
    reader.feed(Buffer.alloc(40_000));
    assert.equal(reader.room()!.length, 900_000);
    reader.feed(reader.room()!, 0, 840_000);
    assert.equal(reader.room(), null, 'what is left may come with the next');
    reader.feed(Buffer.concat([Buffer.alloc(60_000), claim(70_000), Buffer.alloc(10)]));
    assert.equal(reader.room(), null);
  });

  test('a slab that may yet be written to is not used again when the connection ends', () => {
    const slabs = new SlabPool();
    const reader = new FrameReader(new Collector(), 2_000_000, new AssemblyPool(slabs));
    reader.feed(Buffer.concat([claim(1_000_000), Buffer.alloc(100_000)]));
    assert.ok(reader.room() !== null);
    reader.stop();
    assert.deepEqual(slabs.counts, { free: 0, all: 0 });
    assert.equal(reader.room(), null);

    const other = new FrameReader(new Collector(), 2_000_000, new AssemblyPool(slabs));
    other.feed(Buffer.concat([claim(1_000_000), Buffer.alloc(100_000)]));
    other.stop();
    assert.deepEqual(slabs.counts, { free: 1, all: 1 }, 'nobody was told of that one');
  });

  test('bytes that come after the end are nobody’s', () => {
    const collector = new Collector();
    const reader = new FrameReader(collector, 2_000_000);
    reader.feed(Buffer.concat([claim(200_000), Buffer.alloc(100_000)]));
    const room = reader.room()!;
    reader.stop();
    reader.feed(room, 0, 100_000);
    assert.equal(collector.frames.length, 0);
  });

  test('a handler that throws does not keep the slab', () => {
    const slabs = new SlabPool();
    const handler = {
      frame(): void {
        throw new Error('told');
      },
    };
    const reader = new FrameReader(handler, 2_000_000, new AssemblyPool(slabs));
    reader.feed(Buffer.concat([claim(1_000_000), Buffer.alloc(100_000)]));
    const room = reader.room()!;
    assert.throws(() => reader.feed(room, 0, 900_000), /told/);
    assert.deepEqual(slabs.counts, { free: 1, all: 1 });
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
