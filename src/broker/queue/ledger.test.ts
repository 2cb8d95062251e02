import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import { SeededRandom } from '../../lib/random.js';
import type { Recorder } from '../../log/state.js';
import { Ledger } from './ledger.js';
import type { LedgerOptions } from './ledger-arguments.js';
import { Runs } from './runs.js';

const forever = Number.POSITIVE_INFINITY;
const all = Number.POSITIVE_INFINITY;

function ledgerOf(count: number, options: LedgerOptions = {}): Ledger {
  const ledger = new Ledger(options);
  ledger.arrived(count);
  return ledger;
}

/** Acquires for holder 1 until it goes away, and answers the offsets in the order they come. */
function take(ledger: Ledger, count: number, holder = 1, deadlineMs = forever, nowMs = 0): number[] {
  const out = new Runs();
  ledger.acquire(holder, count, all, deadlineMs, nowMs, out);
  return offsetsOf(out);
}

function offsetsOf(runs: Runs): number[] {
  const offsets: number[] = [];
  for (let index = 0; index < runs.count; index++) {
    for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) offsets.push(offset);
  }
  return offsets;
}

function deadOf(ledger: Ledger): string[] {
  const out = new Runs();
  ledger.listDead(out);
  const listed: string[] = [];
  for (let index = 0; index < out.count; index++) {
    listed.push(`${out.from[index]}-${out.to[index]} ${out.reason(index)} after ${out.deliveries[index]}`);
  }
  return listed;
}

class Journal implements Recorder {
  readonly operations: Buffer[] = [];
  private readonly writer = new ByteWriter(65536);

  begin(): ByteWriter {
    this.writer.clear();
    return this.writer;
  }

  end(): void {
    this.operations.push(this.writer.copy());
  }

  get byteCount(): number {
    return this.operations.reduce((sum, operation) => sum + operation.length, 0);
  }
}

describe('acquire, ack and release', () => {
  test('hands out each offset once, lowest first', () => {
    const ledger = ledgerOf(5);
    assert.deepEqual(take(ledger, 2), [0, 1]);
    assert.deepEqual(take(ledger, 2, 2), [2, 3]);
    assert.deepEqual(take(ledger, 9), [4]);
    assert.deepEqual(take(ledger, 9), []);
    assert.deepEqual([ledger.ready, ledger.locked], [0, 5]);
  });

  test('puts what was released back at its old place, and says how often it was handed out', () => {
    const ledger = ledgerOf(6);
    take(ledger, 4);
    assert.equal(ledger.release(1, 1, 3), 2);
    const out = new Runs();
    assert.equal(ledger.acquire(2, 3, all, forever, 0, out), 3);
    assert.deepEqual(offsetsOf(out), [1, 2, 4]);
    assert.deepEqual([...out.deliveries.subarray(0, out.count)], [2, 1]);
    assert.deepEqual([...out.attempts.subarray(0, out.count)], [1, 0]);
  });

  test('a release that does not count is a delivery but no attempt', () => {
    const ledger = ledgerOf(1, { deliveryLimit: 1 });
    for (let round = 0; round < 5; round++) {
      take(ledger, 1);
      ledger.release(1, 0, 1, 0, false);
    }
    assert.deepEqual([ledger.deliveryCount(0), ledger.attemptCount(0), ledger.ready], [5, 0, 1]);
  });

  test('an ack by somebody else applies to nothing, by nobody in particular to all', () => {
    const ledger = ledgerOf(4);
    take(ledger, 2, 1);
    take(ledger, 2, 2);
    assert.equal(ledger.ack(1, 0, 4), 2);
    assert.equal(ledger.ack(1, 0, 4), 0);
    assert.equal(ledger.ack(0, 0, 4), 2);
    assert.equal(ledger.doneBefore, 4);
  });

  test('limits bytes, but hands out at least one', () => {
    const ledger = ledgerOf(10, {
      measure: {
        fit: (from, to, bytesMax) => Math.min(to - from, Math.floor(bytesMax / 10)),
        bytes: (f, t) => (t - f) * 10,
      },
    });
    const out = new Runs();
    assert.equal(ledger.acquire(1, 9, 5, forever, 0, out), 1);
    assert.equal(ledger.acquire(1, 9, 35, forever, 0, out), 3);
    ledger.release(1, 0, 1);
    ledger.release(1, 2, 3);
    assert.equal(ledger.acquire(1, 9, 30, forever, 0, out), 3);
    assert.deepEqual(offsetsOf(out), [0, 2, 4]);
  });

  test('a holder that goes away leaves everything it had ready again', () => {
    const ledger = ledgerOf(6);
    take(ledger, 2, 7);
    take(ledger, 2, 8);
    take(ledger, 2, 7);
    assert.equal(ledger.lockedBy(7), 4);
    assert.equal(ledger.releaseHolder(7), 4);
    assert.equal(ledger.releaseHolder(7), 0);
    assert.deepEqual(take(ledger, 9, 9), [0, 1, 4, 5]);
    assert.equal(ledger.stateOf(2), 'locked');
  });

  test('refuses what only a bug would ask for', () => {
    const ledger = ledgerOf(3);
    const out = new Runs();
    assert.throws(() => ledger.acquire(0, 1, all, forever, 0, out), /a lock has a holder/);
    assert.throws(() => ledger.acquire(1, 1, all, 0, 0, out), /has a deadline/);
    assert.throws(() => ledger.ack(1, 2, 1), /begins before it ends/);
    assert.throws(() => ledger.admit(2, 4, { priority: 1 }), /has arrived/);
    assert.throws(() => ledger.acquire(1, 1, 100, forever, 0, out), /needs a measure/);
  });
});

describe('deadlines and delays', () => {
  test('a lock past its deadline is ready again and counts as an attempt', () => {
    const ledger = ledgerOf(4);
    take(ledger, 2, 1, 100, 50);
    take(ledger, 2, 1, 200, 50);
    assert.equal(ledger.expire(99), 100);
    assert.equal(ledger.locked, 4);
    assert.equal(ledger.expire(100), 200);
    assert.deepEqual([ledger.locked, ledger.ready, ledger.attemptCount(0)], [2, 2, 1]);
  });

  test('acquire itself notices what has fallen due', () => {
    const ledger = ledgerOf(1);
    take(ledger, 1, 1, 100, 50);
    assert.deepEqual(take(ledger, 1, 2, 300, 99), []);
    assert.deepEqual(take(ledger, 1, 2, 300, 100), [0]);
    assert.equal(ledger.ack(1, 0, 1), 0);
  });

  test('a lock whose deadline is over when it begins is one all the same, and ends with the next look', () => {
    const ledger = ledgerOf(2);
    assert.deepEqual(take(ledger, 1, 1, 100, 200), [0]);
    assert.deepEqual([ledger.locked, ledger.nextDueMs()], [1, 100]);
    assert.deepEqual(take(ledger, 2, 2, 300, 200), [0, 1]);
    assert.deepEqual([ledger.deliveryCount(0), ledger.attemptCount(0)], [2, 1]);
  });

  test('extending moves the deadline, of a part too', () => {
    const ledger = ledgerOf(4);
    take(ledger, 4, 1, 100, 50);
    assert.equal(ledger.extend(1, 1, 3, 500), 2);
    assert.equal(ledger.expire(400), 500);
    assert.deepEqual(
      [0, 1, 2, 3].map((offset) => ledger.stateOf(offset)),
      ['ready', 'locked', 'locked', 'ready'],
    );
  });

  test('what is left of a partly acked lock still times out', () => {
    const ledger = ledgerOf(4);
    take(ledger, 4, 1, 100, 50);
    ledger.ack(1, 0, 2);
    ledger.ack(1, 3, 4);
    assert.equal(ledger.expire(100), forever);
    assert.deepEqual(take(ledger, 9, 1, forever, 100), [2]);
  });

  test('a released offset can be given back for later', () => {
    const ledger = ledgerOf(2);
    take(ledger, 2);
    ledger.release(1, 0, 1, 1000);
    assert.deepEqual([ledger.delayed, ledger.nextDueMs()], [1, 1000]);
    assert.deepEqual(take(ledger, 1, 1, forever, 999), []);
    assert.deepEqual(take(ledger, 1, 1, forever, 1000), [0]);
  });

  test('an arrival can be delayed', () => {
    const ledger = ledgerOf(3);
    ledger.admit(1, 2, { dueMs: 500 });
    assert.deepEqual(take(ledger, 9), [0, 2]);
    assert.equal(ledger.expire(500), forever);
    assert.deepEqual(take(ledger, 9), [1]);
  });

  test('time-outs of locks that were acked in time do not pile up', () => {
    const ledger = ledgerOf(20_000);
    const out = new Runs();
    for (let round = 0; round < 20_000; round++) {
      ledger.acquire(1, 1, all, 1_000_000, round, out);
      ledger.ack(1, round, round + 1);
    }
    assert.equal(ledger.nextDueMs(), forever);
    assert.equal(ledger.runCount, 0);
  });
});

describe('dead offsets', () => {
  test('a rejected offset stays until it is buried', () => {
    const ledger = ledgerOf(3);
    take(ledger, 3);
    ledger.reject(1, 1, 2);
    ledger.ack(1, 0, 3);
    assert.deepEqual(deadOf(ledger), ['1-2 rejected after 1']);
    assert.equal(ledger.doneBefore, 1);
    assert.equal(ledger.buried(0, 3), 1);
    assert.deepEqual([deadOf(ledger), ledger.doneBefore], [[], 3]);
  });

  test('an offset is dead after as many counted attempts as the limit allows', () => {
    const ledger = ledgerOf(1, { deliveryLimit: 3 });
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(take(ledger, 1), [0]);
      ledger.release(1, 0, 1);
    }
    assert.deepEqual(take(ledger, 1), []);
    assert.deepEqual(deadOf(ledger), ['0-1 delivery-limit after 3']);
  });

  test('time-outs and lost holders count too', () => {
    const ledger = ledgerOf(1, { deliveryLimit: 2 });
    take(ledger, 1, 1, 100, 0);
    ledger.expire(100);
    take(ledger, 1, 1);
    ledger.releaseHolder(1);
    assert.equal(ledger.dead, 1);
  });

  test('a changed limit holds from the next release on', () => {
    const ledger = ledgerOf(1);
    for (let round = 0; round < 4; round++) {
      take(ledger, 1);
      ledger.release(1, 0, 1);
    }
    ledger.deliveryLimit = 2;
    assert.deepEqual(take(ledger, 1), [0]);
    ledger.release(1, 0, 1);
    assert.equal(ledger.dead, 1);
  });

  test('only what is ready is killed, at the head or in the middle of the backlog', () => {
    const ledger = ledgerOf(10);
    take(ledger, 2);
    assert.equal(ledger.kill(0, 4, 'expired'), 2);
    assert.equal(ledger.kill(6, 8, 'max-length'), 2);
    assert.deepEqual(deadOf(ledger), ['2-4 expired after 0', '6-8 max-length after 0']);
    assert.deepEqual(take(ledger, 9), [4, 5, 8, 9]);
  });

  test('the head is the offset that would come next', () => {
    const ledger = ledgerOf(5);
    assert.equal(ledger.head(), 0);
    take(ledger, 3);
    assert.equal(ledger.head(), 3);
    ledger.release(1, 1, 2);
    assert.equal(ledger.head(), 1);
    ledger.kill(0, 5, 'expired');
    assert.equal(ledger.head(), -1);
  });
});

describe('purge and discard', () => {
  test('a purge drops what is ready and leaves what is locked or delayed', () => {
    const ledger = ledgerOf(10);
    take(ledger, 4);
    ledger.release(1, 0, 1);
    ledger.release(1, 1, 2, 1000);
    assert.equal(ledger.purge(), 7);
    assert.deepEqual([ledger.ready, ledger.locked, ledger.delayed], [0, 2, 1]);
    assert.equal(ledger.purge(true), 1);
    ledger.ack(1, 0, 10);
    assert.equal(ledger.doneBefore, 10);
  });

  test('a discarded offset is done whatever it was, so an expired receipt still deletes', () => {
    const ledger = ledgerOf(10);
    take(ledger, 2, 1, 100, 0);
    ledger.expire(100);
    assert.equal(ledger.discard(0, 1), 1);
    assert.equal(ledger.discard(5, 7), 2);
    assert.deepEqual(take(ledger, 99), [1, 2, 3, 4, 7, 8, 9]);
    ledger.ack(1, 0, 10);
    assert.equal(ledger.doneBefore, 10);
    assert.equal(ledger.runCount, 0);
  });

  test('a reset makes everything from an offset on ready as if never handed out', () => {
    const ledger = ledgerOf(10);
    take(ledger, 8);
    ledger.ack(1, 0, 6);
    ledger.reset(4);
    assert.deepEqual([ledger.ready, ledger.locked, ledger.doneBefore], [6, 0, 4]);
    assert.deepEqual(take(ledger, 2), [4, 5]);
    assert.equal(ledger.deliveryCount(4), 1);
  });
});

describe('priorities', () => {
  test('the higher priority comes first, within one the lower offset, and plain arrivals are priority 0', () => {
    const ledger = ledgerOf(8);
    ledger.admit(1, 2, { priority: 5 });
    ledger.admit(3, 4, { priority: 9 });
    ledger.admit(6, 7, { priority: 5 });
    assert.deepEqual(take(ledger, 5), [3, 1, 6, 0, 2]);
    ledger.release(1, 1, 2);
    ledger.release(1, 0, 1);
    assert.deepEqual(take(ledger, 9), [1, 0, 4, 5, 7]);
  });

  test('done ahead of the plain backlog costs no more once the backlog has passed it', () => {
    const ledger = ledgerOf(100);
    ledger.admit(50, 60, { priority: 1 });
    take(ledger, 10);
    ledger.ack(1, 50, 60);
    assert.deepEqual([ledger.ready, ledger.doneBefore, ledger.stateOf(55)], [90, 0, 'done']);
    take(ledger, 90);
    ledger.ack(1, 0, 100);
    assert.deepEqual([ledger.runCount, ledger.doneBefore], [0, 100]);
  });
});

describe('groups', () => {
  const arrive = (ledger: Ledger, groups: string): void => {
    const from = ledger.end;
    ledger.arrived(from + groups.length);
    [...groups].forEach((group, index) => {
      ledger.admit(from + index, from + index + 1, group === '-' ? {} : { group });
    });
  };

  test('one acquire takes as much as fits of the group with the oldest offset before the next group', () => {
    const ledger = new Ledger();
    arrive(ledger, 'abacbaa');
    assert.deepEqual(take(ledger, 5), [0, 2, 5, 6, 1]);
  });

  test('while an offset of a group is locked nobody gets another of it', () => {
    const ledger = new Ledger();
    arrive(ledger, 'aaab');
    assert.deepEqual(take(ledger, 1, 1), [0]);
    assert.deepEqual(take(ledger, 9, 2), [3]);
    assert.deepEqual(take(ledger, 9, 1), []);
    ledger.ack(1, 0, 1);
    assert.deepEqual(take(ledger, 9, 2), [1, 2]);
    ledger.ack(2, 1, 2);
    arrive(ledger, 'a');
    assert.deepEqual(take(ledger, 9, 1), []);
    ledger.ack(2, 2, 3);
    assert.deepEqual(take(ledger, 9, 1), [4]);
  });

  test('what is released is in order at the head of its group again', () => {
    const ledger = new Ledger();
    arrive(ledger, 'abaaa');
    take(ledger, 3);
    ledger.release(1, 3, 4);
    ledger.release(1, 0, 1);
    assert.deepEqual(take(ledger, 9, 2), [1]);
    ledger.ack(1, 2, 3);
    assert.deepEqual(take(ledger, 9, 2), [0, 3, 4]);
  });

  test('a delayed offset holds back what is behind it in its group, not what is before it or elsewhere', () => {
    const ledger = new Ledger();
    ledger.arrived(4);
    ledger.admit(0, 1, { group: 'a' });
    ledger.admit(1, 2, { group: 'a', dueMs: 100 });
    ledger.admit(2, 3, { group: 'a' });
    ledger.admit(3, 4, { group: 'b' });
    assert.deepEqual(take(ledger, 9), [0, 3]);
    ledger.ack(1, 0, 1);
    assert.deepEqual(take(ledger, 9), []);
    ledger.expire(100);
    assert.deepEqual(take(ledger, 9), [1, 2]);
  });

  test('a dead offset does not hold its group back', () => {
    const ledger = new Ledger();
    arrive(ledger, 'aa');
    take(ledger, 1);
    ledger.reject(1, 0, 1);
    assert.deepEqual(take(ledger, 9), [1]);
  });

  test('groups and plain arrivals on one ledger take turns by their oldest offset', () => {
    const ledger = new Ledger();
    arrive(ledger, '-a-ab-');
    assert.deepEqual(take(ledger, 9), [0, 1, 3, 2, 4, 5]);
  });

  test('nothing is handed out before it is admitted, and what admission passes over is done', () => {
    const ledger = ledgerOf(10, { admission: 'explicit' });
    assert.deepEqual([ledger.ready, ledger.unadmitted, ledger.head()], [0, 10, -1]);
    assert.deepEqual(take(ledger, 9), []);
    ledger.admit(0, 2, { group: 'a' });
    ledger.admit(4, 5, {});
    assert.deepEqual([ledger.ready, ledger.unadmitted, ledger.admittedEnd], [3, 5, 5]);
    assert.deepEqual(take(ledger, 9), [0, 1, 4]);
    ledger.ack(1, 0, 10);
    assert.equal(ledger.doneBefore, 5);
    assert.equal(ledger.purge(), 5);
    assert.equal(ledger.doneBefore, 10);
  });

  test('a hundred thousand groups are served one by one, and forgotten when they run empty', () => {
    const count = 100_000;
    const ledger = ledgerOf(count * 2);
    for (let offset = 0; offset < count * 2; offset++) {
      ledger.admit(offset, offset + 1, { group: String(offset % count) });
    }
    const out = new Runs();
    for (let group = 0; group < count; group++) {
      assert.equal(ledger.acquire(1, 10, all, forever, 0, out), 10);
      const last = out.to[out.count - 1]!;
      assert.equal(out.from[0], ledger.doneBefore);
      for (let index = 0; index < out.count; index++) ledger.ack(1, out.from[index]!, out.to[index]!);
      if (last === count * 2) break;
    }
    assert.deepEqual([ledger.ready, ledger.locked, ledger.runCount], [0, 0, 0]);
  });
});

describe('memory', () => {
  test('ten million waiting cost nothing', () => {
    assert.equal(ledgerOf(10_000_000).runCount, 0);
  });

  test('one stuck offset with a million acked behind it costs one run', () => {
    const ledger = ledgerOf(1_000_001);
    take(ledger, 1, 2);
    const out = new Runs();
    let most = 0;
    for (let taken = 0; taken < 1_000_000; taken += 100) {
      ledger.acquire(1, 100, all, forever, 0, out);
      ledger.ack(1, out.from[0]!, out.to[0]!);
      most = Math.max(most, ledger.runCount);
    }
    assert.deepEqual([ledger.runCount, most, ledger.doneBefore], [1, 1, 0]);
  });

  test('what is released piece by piece grows together again', () => {
    const ledger = ledgerOf(10_000);
    take(ledger, 10_000);
    const random = new SeededRandom(5);
    const offsets = Array.from({ length: 10_000 }, (_, offset) => offset);
    for (let left = offsets.length; left > 0; left--) {
      const at = random.below(left);
      const offset = offsets[at]!;
      offsets[at] = offsets[left - 1]!;
      ledger.release(1, offset, offset + 1);
    }
    assert.deepEqual([ledger.ready, ledger.runCount], [10_000, 1]);
  });
});

describe('durability', () => {
  test('after a restart locks without a deadline are ready, the others go on until theirs', () => {
    const journal = new Journal();
    const before = ledgerOf(4, { recorder: journal });
    take(before, 2, 1);
    take(before, 1, 2, 100, 0);
    const after = new Ledger();
    for (const operation of journal.operations) after.replay(new ByteReader(operation));
    after.restarted(0, 4, 50);
    assert.deepEqual(
      [0, 1, 2, 3].map((offset) => after.stateOf(offset)),
      ['ready', 'ready', 'locked', 'ready'],
    );
    assert.equal(after.deliveryCount(0), 1);
    assert.equal(after.ack(2, 2, 3), 0);
    assert.equal(after.ack(0, 2, 3), 1);
  });

  test('offsets that the log has lost are forgotten, and new at the place of old', () => {
    const ledger = ledgerOf(10);
    take(ledger, 8);
    ledger.ack(1, 6, 8);
    ledger.restarted(2, 5, 0);
    assert.deepEqual([ledger.end, ledger.doneBefore, ledger.ready], [5, 2, 3]);
    ledger.arrived(8);
    assert.deepEqual(take(ledger, 9), [2, 3, 4, 5, 6, 7]);
    assert.deepEqual([ledger.deliveryCount(4), ledger.deliveryCount(6)], [2, 1]);
  });

  test('an ack takes a few bytes, and nothing is written about what changed nothing', () => {
    const journal = new Journal();
    const ledger = ledgerOf(10_000_000, { recorder: journal });
    take(ledger, 5_000_000);
    const before = journal.byteCount;
    ledger.ack(1, 4_000_000, 4_000_100);
    assert(journal.byteCount - before <= 8, `${journal.byteCount - before} bytes`);
    const count = journal.operations.length;
    ledger.ack(1, 4_000_000, 4_000_100);
    ledger.kill(4_000_000, 4_000_100, 'expired');
    ledger.expire(10);
    ledger.deliveryLimit = -1;
    assert.equal(journal.operations.length, count);
  });

  test('a snapshot is as large as what is in flight, not as the backlog', () => {
    const ledger = ledgerOf(100_000_000);
    take(ledger, 1000);
    ledger.ack(1, 10, 990);
    const into = new ByteWriter(4096);
    ledger.snapshot(into);
    assert(into.length < 64, `${into.length} bytes`);
  });

  test('with any operation missing the rest applies, counts agree with states, and acked offsets stay acked', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new SeededRandom(seed);
      const journal = new Journal();
      const ledger = ledgerOf(60, { recorder: journal, deliveryLimit: 3 });
      for (let count = 0; count < 60; count++) wander(ledger, random);
      const acked = Array.from({ length: 60 }, (_, offset) => ledger.stateOf(offset) === 'done');
      const after = new Ledger({ deliveryLimit: 3 });
      const missing = random.below(journal.operations.length);
      journal.operations.forEach((operation, index) => {
        if (index !== missing) after.replay(new ByteReader(operation));
      });
      after.arrived(60);
      const states = Array.from({ length: 60 }, (_, offset) => after.stateOf(offset));
      for (const state of ['ready', 'locked', 'delayed', 'dead'] as const) {
        assert.equal(after[state], states.filter((one) => one === state).length, `seed ${seed}, ${state}`);
      }
      if (journal.operations[missing]![0] === 1) {
        // Only an acquire is missing: no ack was lost.
        acked.forEach((done, offset) => {
          if (done) assert.equal(states[offset], 'done', `seed ${seed}, offset ${offset}`);
        });
      }
      after.expire(10_000);
      after.releaseHolder(1);
      assert.equal(take(after, 99).length, after.locked, `seed ${seed}`);
    }
  });

  test('damaged bytes are refused and not believed', () => {
    const ledger = ledgerOf(5);
    assert.throws(() => ledger.replay(new ByteReader(Buffer.from([99, 1, 0, 1]))), DecodeError);
    assert.throws(() => ledger.replay(new ByteReader(Buffer.from([3, 1, 1, 1]))), DecodeError);
    assert.throws(() => ledger.replay(new ByteReader(Buffer.from([3]))), DecodeError);
    assert.throws(() => ledger.restore(new ByteReader(Buffer.from([7]))), DecodeError);
  });
});

/** One random step of a consumer that acks, fails and dead-letters. */
function wander(ledger: Ledger, random: SeededRandom): void {
  const from = random.below(60);
  const to = Math.min(60, from + 1 + random.below(9));
  switch (random.below(6)) {
    case 0:
    case 1:
      take(ledger, 1 + random.below(10), 1, random.chance(0.5) ? forever : 5000);
      break;
    case 2:
    case 3:
      ledger.ack(1, from, to);
      break;
    case 4:
      ledger.release(1, from, to, random.chance(0.3) ? 900 : 0);
      break;
    default:
      ledger.reject(1, from, to);
  }
}
