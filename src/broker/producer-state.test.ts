import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../lib/byte-reader.js';
import { ByteWriter } from '../lib/byte-writer.js';
import { lastSequenceOf, ProducerState, type Verdict, verdict } from './producer-state.js';

const startMs = 1_700_000_000_000;
const dayMs = 86_400_000;
const lastSequence = 2 ** 31 - 1;

/** A partition: checks a batch, and appends it when it may. */
class Partition {
  state: ProducerState;
  endOffset = 0;
  nowMs = startMs;

  constructor(state: ProducerState = new ProducerState()) {
    this.state = state;
  }

  write(producerId: number, epoch: number, baseSequence: number, count = 1, transactional = false): Verdict {
    const answer = this.state.check(producerId, epoch, baseSequence, count);
    if (answer === verdict.accept) {
      this.state.observe(producerId, epoch, baseSequence, count, this.endOffset, this.nowMs, transactional);
      this.endOffset += count;
    }
    return answer;
  }
}

function copyOf(state: ProducerState): ProducerState {
  const into = new ByteWriter();
  state.snapshot(into);
  const copy = new ProducerState();
  copy.restore(new ByteReader(into.copy()));
  return copy;
}

test('batches in sequence are accepted', () => {
  const partition = new Partition();
  assert.equal(partition.write(1, 0, 0, 10), verdict.accept);
  assert.equal(partition.write(1, 0, 10, 5), verdict.accept);
  assert.equal(partition.write(1, 0, 15, 1), verdict.accept);
  assert.equal(partition.write(2, 0, 0, 1), verdict.accept);
});

test('each of the last five batches is a duplicate with its original offset and time, never out of order', () => {
  const partition = new Partition();
  for (let batch = 0; batch < 9; batch++) {
    partition.nowMs = startMs + batch;
    assert.equal(partition.write(7, 0, batch * 10, 10), verdict.accept);
  }
  for (let batch = 4; batch < 9; batch++) {
    assert.equal(partition.write(7, 0, batch * 10, 10), verdict.duplicate);
    assert.equal(partition.state.duplicateOffset, batch * 10);
    assert.equal(partition.state.duplicateTimestampMs, startMs + batch);
  }
  assert.equal(partition.write(7, 0, 30, 10), verdict.outOfOrder, 'the sixth is forgotten');
  assert.equal(partition.write(7, 0, 90, 10), verdict.accept, 'and the sequence goes on');
});

test('a batch that overlaps a known one without being it is out of order', () => {
  const partition = new Partition();
  partition.write(1, 0, 0, 10);
  assert.equal(partition.write(1, 0, 0, 9), verdict.outOfOrder);
  assert.equal(partition.write(1, 0, 5, 10), verdict.outOfOrder);
});

test('a gap is out of order and leaves the state as it was', () => {
  const partition = new Partition();
  partition.write(1, 0, 0, 10);
  assert.equal(partition.write(1, 0, 11), verdict.outOfOrder);
  assert.equal(partition.write(1, 0, 10), verdict.accept);
});

test('the sequence goes on at 0 after 2^31 - 1, also within a batch', () => {
  const partition = new Partition();
  assert.equal(partition.write(1, 0, lastSequence - 9, 10), verdict.accept);
  assert.equal(partition.write(1, 0, 1), verdict.outOfOrder);
  assert.equal(partition.write(1, 0, 0, 3), verdict.accept);
  assert.equal(partition.write(1, 0, lastSequence - 9, 10), verdict.duplicate);
  assert.equal(partition.state.duplicateOffset, 0);

  assert.equal(partition.write(2, 0, lastSequence - 1, 5), verdict.accept);
  assert.equal(lastSequenceOf(lastSequence - 1, 5), 2);
  assert.equal(partition.write(2, 0, lastSequence - 1, 5), verdict.duplicate);
  assert.equal(partition.write(2, 0, 3), verdict.accept);
});

test('a new epoch must start at 0, and then fences the old one', () => {
  const partition = new Partition();
  partition.write(1, 3, 0, 10);
  assert.equal(partition.write(1, 4, 10), verdict.outOfOrder);
  assert.equal(partition.write(1, 4, 0, 2), verdict.accept);
  assert.equal(partition.write(1, 3, 10), verdict.staleEpoch);
  assert.equal(partition.write(1, 3, 0, 10), verdict.staleEpoch, 'also what was once accepted');
  assert.equal(partition.write(1, 4, 0, 2), verdict.duplicate);
  assert.equal(partition.state.duplicateOffset, 10);
});

test('an unknown producer may start with any sequence and epoch', () => {
  const partition = new Partition();
  assert.equal(partition.write(1, 5, 1234, 2), verdict.accept);
  assert.equal(partition.write(1, 5, 1236), verdict.accept);
  assert.equal(partition.write(1, 5, 1238), verdict.outOfOrder);
});

test('a silent producer expires by its own clock, and may then go on where it was', () => {
  const partition = new Partition();
  partition.write(1, 0, 0, 5);
  partition.nowMs += dayMs - 1;
  partition.write(2, 0, 0, 5);
  assert.equal(partition.state.expire(partition.nowMs), 0);
  partition.nowMs += 1;
  assert.equal(partition.state.expire(partition.nowMs), 1);
  assert.deepEqual(
    partition.state.describe().map((producer) => producer.producerId),
    [2],
  );
  assert.equal(partition.write(1, 0, 5), verdict.accept);
});

test('an open transaction keeps its producer from expiring until its marker is seen', () => {
  const partition = new Partition();
  partition.write(1, 0, 0, 5, true);
  partition.write(1, 0, 5, 5, true);
  partition.write(2, 0, 0, 1);
  partition.write(3, 0, 0, 1, true);
  assert.equal(partition.state.firstOpenTransactionOffset(), 0);
  assert.equal(partition.state.expire(startMs + 2 * dayMs), 1);
  partition.state.observeMarker(1, 0, startMs);
  assert.equal(partition.state.firstOpenTransactionOffset(), 11);
  assert.equal(partition.state.expire(startMs + 2 * dayMs), 1);
  partition.state.observeMarker(3, 0, startMs);
  assert.equal(partition.state.firstOpenTransactionOffset(), -1);
});

test('a marker with a newer epoch starts the sequence again', () => {
  const partition = new Partition();
  partition.write(1, 0, 0, 5, true);
  partition.state.observeMarker(1, 1, startMs);
  assert.equal(partition.write(1, 0, 5), verdict.staleEpoch);
  assert.equal(partition.write(1, 1, 5), verdict.outOfOrder);
  assert.equal(partition.write(1, 1, 0), verdict.accept);
});

test('with too many producers those silent longest are forgotten, not those with an open transaction', () => {
  const partition = new Partition(new ProducerState({ expirationMs: dayMs, producersMax: 16 }));
  for (let id = 0; id < 16; id++) {
    partition.nowMs++;
    partition.write(id, 0, 0, 1, id === 0);
  }
  partition.write(16, 0, 0);
  assert.equal(partition.state.size, 15);
  const ids = partition.state.describe().map((producer) => producer.producerId);
  assert.ok(ids.includes(0) && !ids.includes(1) && !ids.includes(2) && ids.includes(3) && ids.includes(16));
});

test('a snapshot gives the same answers as the state that wrote it', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          producerId: fc.nat(3),
          epoch: fc.nat(2),
          baseSequence: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, lastSequence, lastSequence - 1),
          count: fc.integer({ min: 1, max: 3 }),
          transactional: fc.boolean(),
          marker: fc.boolean(),
        }),
        { maxLength: 40 },
      ),
      fc.nat(40),
      (writes, cut) => {
        const original = new Partition();
        let copy: Partition | null = null;
        writes.forEach((write, at) => {
          if (at === cut) {
            copy = new Partition(copyOf(original.state));
            copy.endOffset = original.endOffset;
          }
          for (const partition of copy === null ? [original] : [original, copy]) {
            if (write.marker && write.baseSequence === 8) {
              partition.state.observeMarker(write.producerId, write.epoch, startMs);
            }
          }
          const answer = original.write(
            write.producerId,
            write.epoch,
            write.baseSequence,
            write.count,
            write.transactional,
          );
          if (copy === null) return;
          assert.equal(
            copy.write(write.producerId, write.epoch, write.baseSequence, write.count, write.transactional),
            answer,
          );
          assert.equal(copy.state.firstOpenTransactionOffset(), original.state.firstOpenTransactionOffset());
          if (answer === verdict.duplicate) assert.equal(copy.state.duplicateOffset, original.state.duplicateOffset);
        });
        assert.deepEqual(copyOf(original.state).describe(), original.state.describe());
      },
    ),
    { numRuns: 500, seed: 23 },
  );
});

/** The rules, over a plain list of everything a producer ever wrote. */
class Model {
  private readonly written: { producerId: number; epoch: number; base: number; count: number; offset: number }[] = [];

  check(producerId: number, epoch: number, base: number, count: number): { answer: Verdict; offset: number } {
    const own = this.written.filter((batch) => batch.producerId === producerId);
    const newest = own.at(-1);
    if (newest === undefined) return { answer: verdict.accept, offset: -1 };
    if (epoch < newest.epoch) return { answer: verdict.staleEpoch, offset: -1 };
    if (epoch > newest.epoch) return { answer: base === 0 ? verdict.accept : verdict.outOfOrder, offset: -1 };
    const recent = own.filter((batch) => batch.epoch === epoch).slice(-5);
    const same = recent.find((batch) => batch.base === base && batch.count === count);
    if (same !== undefined) return { answer: verdict.duplicate, offset: same.offset };
    const next = (newest.base + newest.count) % 2 ** 31;
    return { answer: base === next ? verdict.accept : verdict.outOfOrder, offset: -1 };
  }

  append(producerId: number, epoch: number, base: number, count: number, offset: number): void {
    this.written.push({ producerId, epoch, base, count, offset });
  }
}

test('any history of retries, gaps and restarts is judged as the rules over the whole history judge it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4 }),
      fc.array(
        fc.record({
          producerId: fc.nat(1),
          epoch: fc.constantFrom(0, 0, 0, 0, 1, 2),
          step: fc.integer({ min: -7, max: 2 }),
          count: fc.constantFrom(1, 1, 1, 2),
        }),
        { maxLength: 60 },
      ),
      (beforeWrap, writes) => {
        const partition = new Partition();
        const model = new Model();
        const next = [2 ** 31 - beforeWrap - 1, 2 ** 31 - beforeWrap - 1];
        for (const { producerId, epoch, step, count } of writes) {
          const base = step === 1 ? 0 : (next[producerId]! + Math.min(step, 0) + 2 ** 31) % 2 ** 31;
          const expected = model.check(producerId, epoch, base, count);
          const offset = partition.endOffset;
          assert.equal(partition.write(producerId, epoch, base, count), expected.answer);
          if (expected.answer === verdict.duplicate) assert.equal(partition.state.duplicateOffset, expected.offset);
          if (expected.answer !== verdict.accept) continue;
          model.append(producerId, epoch, base, count, offset);
          next[producerId] = (base + count) % 2 ** 31;
        }
      },
    ),
    { numRuns: 1000, seed: 24 },
  );
});
