import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { baseOffset, batchHeaderBytes, nextOffset, putInt16, seal, setBaseOffset } from '../../log/batch.js';
import type { LogRead } from '../../log/log.js';
import { BatchBuilder } from '../../log/records.js';
import { recordHeaders } from '../views.js';
import type { Past } from './past.js';
import { found, Reader, type StartingPoint } from './reader.js';

/** Batches in memory, which anybody may have written; some of them have to be brought first. */
class Written implements Past {
  readonly isOwn = false;
  readonly isGone = false;
  readonly startOffset = 0;
  endOffset = 0;
  private readonly batches: Buffer[] = [];

  add(batch: Buffer): void {
    setBaseOffset(batch, 0, this.endOffset);
    this.endOffset = nextOffset(batch, 0);
    this.batches.push(batch);
  }

  private from(offset: number, into: Buffer[]): LogRead {
    const rest = this.batches.filter((batch) => nextOffset(batch, 0) > offset).slice(0, 2);
    into.push(...rest);
    const bytes = rest.reduce((sum, { length }) => sum + length, 0);
    return { bytes, nextOffset: rest.length === 0 ? offset : nextOffset(rest.at(-1)!, 0) };
  }

  readTail(offset: number, _bytesMax: number, into: Buffer[]): LogRead | null {
    return offset % 3 === 0 ? null : this.from(offset, into);
  }

  read(offset: number, _bytesMax: number, into: Buffer[]): Promise<LogRead> {
    return Promise.resolve(this.from(offset, into));
  }

  isAborted(): boolean {
    return false;
  }

  batchForTime(): Promise<Buffer | undefined> {
    return Promise.resolve(this.batches[0]);
  }

  follow(): void {}

  unfollow(): void {}
}

function batchOf(values: readonly string[]): Buffer {
  const builder = new BatchBuilder();
  for (const text of values) {
    builder.add(Buffer.from('key'), Buffer.from(text), 1_700_000_000_000, [
      { key: 'header', value: Buffer.from(text) },
    ]);
  }
  return builder.build();
}

async function readAll(
  past: Past,
  passedOver: number[] = [],
  point: StartingPoint = { kind: 'first' },
): Promise<string[]> {
  const reader = new Reader(past, (offset) => passedOver.push(offset));
  await reader.begin(point);
  const texts: string[] = [];
  for (;;) {
    const next = reader.advance();
    if (next === found.end) return texts;
    if (next === found.later) await reader.load();
    else {
      const { bytes, bodyAt, bodyLength } = reader.cursor;
      recordHeaders(reader.cursor);
      texts.push(bytes.toString('utf8', bodyAt, bodyAt + Math.max(0, bodyLength)));
    }
  }
}

test('A reader goes through all batches, and passes over those that are not as they say', async () => {
  const past = new Written();
  past.add(batchOf(['a', 'b']));
  const broken = batchOf(['c']);
  broken.fill(0xff, batchHeaderBytes);
  seal(broken, 0);
  past.add(broken);
  const compressed = batchOf(['d']);
  putInt16(compressed, 21, 4);
  seal(compressed, 0);
  past.add(compressed);
  past.add(batchOf(['e']));
  const passedOver: number[] = [];
  assert.deepEqual(await readAll(past, passedOver), ['a', 'b', 'e']);
  assert.deepEqual(passedOver, [2, 3]);
});

test('A reader that begins at a time begins with the first message of that time, wherever in its batch it lies', async () => {
  const past = new Written();
  past.add(batchOf(['a', 'b', 'c']));
  past.add(batchOf(['d']));
  assert.deepEqual(await readAll(past, [], { kind: 'time', timestampMs: 1_600_000_000_000 }), ['a', 'b', 'c', 'd']);
});

test('Whatever the bytes of records are, a reader comes to the end', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 4 }),
      async (changes, codec) => {
        const past = new Written();
        const batch = batchOf(['one', 'two', 'three']);
        for (const [place, byte] of changes) {
          batch[batchHeaderBytes + (place % (batch.length - batchHeaderBytes))] = byte;
        }
        if (codec > 0 && codec < 4) putInt16(batch, 21, codec);
        seal(batch, 0);
        past.add(batch);
        past.add(batchOf(['last']));
        const texts = await readAll(past);
        assert.equal(texts.at(-1), 'last');
        assert.equal(baseOffset(batch, 0), 0);
      },
    ),
    { numRuns: 500 },
  ));
