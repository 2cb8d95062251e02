import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import type { Recorder } from '../../log/state.js';
import { Ledger, type Measure } from './ledger.js';
import { LedgerModel } from './ledger-model.js';
import { deathReasons, Runs } from './runs.js';

const sizeOf = (offset: number): number => 1 + ((offset * 7) % 5);

const measure: Measure = {
  fit(from, to, bytesMax) {
    let bytes = 0;
    for (let offset = from; offset < to; offset++) {
      bytes += sizeOf(offset);
      if (bytes > bytesMax) return offset - from;
    }
    return to - from;
  },
  bytes(from, to) {
    let bytes = 0;
    for (let offset = from; offset < to; offset++) bytes += sizeOf(offset);
    return bytes;
  },
};

/** Keeps each operation's bytes, as a journal would. */
class Journal implements Recorder {
  readonly operations: Buffer[] = [];
  private readonly writer = new ByteWriter(4096);
  private open = false;

  begin(): ByteWriter {
    assert(!this.open, 'one operation at a time');
    this.open = true;
    this.writer.clear();
    return this.writer;
  }

  end(): void {
    assert(this.open);
    this.open = false;
    this.operations.push(this.writer.copy());
  }
}

/** A ledger and its model side by side; each step is told by small numbers, so that a failure shrinks. */
class World {
  readonly admission: 'implicit' | 'explicit';
  readonly model: LedgerModel;
  ledger: Ledger;
  private readonly journal = new Journal();
  private saved: Buffer | undefined;
  private readonly runs = new Runs();
  private nowMs = 1000;

  constructor(explicit: boolean) {
    this.admission = explicit ? 'explicit' : 'implicit';
    this.model = new LedgerModel(explicit, sizeOf);
    this.ledger = this.fresh();
  }

  private fresh(): Ledger {
    return new Ledger({ recorder: this.journal, measure, admission: this.admission });
  }

  step(kind: number, a: number, b: number, c: number, d: number): void {
    const { ledger, model } = this;
    const end = model.all.length;
    const from = end === 0 ? 0 : a % (end + 1);
    const to = Math.min(from + (b % 8), end);
    const holder = c % 4;
    const reason = deathReasons[d % deathReasons.length]!;
    switch (kind) {
      case 0:
      case 1: {
        // Arrivals, most of them admitted with something about them in the same stretch.
        const arrivedEnd = end + 1 + (b % 6);
        ledger.arrived(arrivedEnd);
        model.arrived(arrivedEnd);
        if (kind === 1) this.admit(end, arrivedEnd, a, c, d);
        break;
      }
      case 2:
        this.admit(from, to, a, c, d);
        break;
      case 3:
      case 4:
      case 5:
        this.acquire(1 + (c % 3), 1 + (a % 12), b % 3 === 0 ? 1 + d : Number.POSITIVE_INFINITY, d);
        break;
      case 6:
      case 7:
        assert.equal(ledger.ack(holder, from, to), model.ack(holder, from, to));
        break;
      case 8:
      case 9: {
        const dueMs = d % 3 === 0 ? this.nowMs + (d % 20) : 0;
        assert.equal(
          ledger.release(holder, from, to, dueMs, c % 2 === 0),
          model.release(holder, from, to, dueMs, c % 2 === 0),
        );
        break;
      }
      case 10:
        assert.equal(ledger.reject(holder, from, to, reason), model.reject(holder, from, to, reason));
        break;
      case 11: {
        const deadlineMs = d % 4 === 0 ? Number.POSITIVE_INFINITY : this.nowMs + (d % 30);
        assert.equal(ledger.extend(holder, from, to, deadlineMs), model.extend(holder, from, to, deadlineMs));
        break;
      }
      case 12:
        this.nowMs += d % 16;
        model.expire(this.nowMs);
        assert.equal(ledger.expire(this.nowMs), model.nextDueMs);
        break;
      case 13:
        assert.equal(ledger.kill(from, to, reason), model.kill(from, to, reason));
        break;
      case 14:
        assert.equal(ledger.discard(from, to), model.discard(from, to));
        break;
      case 15:
        assert.equal(ledger.buried(from, end), model.buried(from, end));
        break;
      case 16:
        this.crash(a % 2 === 0);
        break;
      case 17:
        this.rare(a, b, c, d);
        break;
    }
  }

  private rare(a: number, b: number, c: number, d: number): void {
    const { ledger, model } = this;
    const end = model.all.length;
    switch (a % 8) {
      case 0:
        assert.equal(ledger.purge(d % 2 === 0), model.purge(d % 2 === 0));
        break;
      case 1:
        ledger.deliveryLimit = (d % 5) - 1;
        model.limit = (d % 5) - 1;
        break;
      case 2:
        assert.equal(
          ledger.releaseHolder(1 + (c % 3), d % 2 === 0),
          model.release(1 + (c % 3), 0, end, 0, d % 2 === 0),
        );
        break;
      case 3: {
        const begin = Math.min(b, end);
        const newEnd = Math.max(end - (c % 4), begin);
        ledger.restarted(begin, newEnd, this.nowMs);
        model.restarted(begin, newEnd, this.nowMs);
        break;
      }
      case 4: {
        const offset = Math.max(0, end - b);
        ledger.reset(offset);
        model.reset(offset);
        break;
      }
      case 6: {
        const [from, holder] = [Math.min(b, end), c % 4];
        const to = Math.min(from + (d % 5), end);
        assert.equal(ledger.returnUnseen(holder, from, to), model.returnUnseen(holder, from, to));
        break;
      }
      case 7: {
        const from = Math.min(b, end);
        const to = Math.min(from + 1 + (d % 12), end);
        const group = c % 3 === 0 ? `group ${d % 4}` : undefined;
        const priority = c % 3 === 1 ? [0, 1, 9, 255][d % 4]! : 0;
        assert.equal(ledger.reopen(from, to, { priority, group }), model.reopen(from, to, priority, group));
        break;
      }
      case 5: {
        const into = new ByteWriter(65536);
        ledger.snapshot(into);
        this.saved = into.copy();
        this.journal.operations.length = 0;
        break;
      }
    }
  }

  private admit(from: number, to: number, a: number, c: number, d: number): void {
    const dueMs = d % 4 === 0 ? this.nowMs + (d % 25) : 0;
    const group = c % 3 === 0 ? `group ${a % 4}` : undefined;
    const priority = c % 3 === 1 ? [0, 1, 9, 255][a % 4]! : 0;
    // Now and then offset by offset with changing groups, as a queue's arrivals come.
    const width = c % 2 === 0 ? Math.max(to - from, 1) : 1;
    for (let at = from; at < to; at += width) {
      const until = Math.min(at + width, to);
      const name = group === undefined || width > 1 ? group : `group ${(a + at) % 3}`;
      assert.equal(
        this.ledger.admit(at, until, { priority, dueMs, group: name }),
        this.model.admit(at, until, priority, dueMs, name),
      );
    }
  }

  private acquire(holder: number, countMax: number, bytesMax: number, d: number): void {
    const deadlineMs = d % 2 === 0 ? Number.POSITIVE_INFINITY : Math.max(1, this.nowMs - 3 + (d % 30));
    const expected = this.model.acquire(holder, countMax, bytesMax, deadlineMs, this.nowMs);
    const { runs } = this;
    assert.equal(this.ledger.acquire(holder, countMax, bytesMax, deadlineMs, this.nowMs, runs), expected.length);
    const got: number[][] = [];
    for (let index = 0; index < runs.count; index++) {
      for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++) {
        got.push([offset, runs.deliveries[index]!, runs.attempts[index]!]);
      }
    }
    assert.deepEqual(
      got,
      expected.map((one) => [one.offset, one.deliveries, one.attempts]),
    );
  }

  /** Goes on with a ledger made of the last snapshot and the operations since. */
  private crash(restart: boolean): void {
    const ledger = this.fresh();
    if (this.saved !== undefined) ledger.restore(new ByteReader(this.saved));
    for (const operation of this.journal.operations) {
      const from = new ByteReader(operation);
      ledger.replay(from);
      assert.equal(from.remaining, 0);
    }
    const end = this.model.all.length;
    ledger.arrived(end);
    this.ledger = ledger;
    this.check();
    if (!restart) return;
    ledger.restarted(0, end, this.nowMs);
    this.model.restarted(0, end, this.nowMs);
  }

  check(): void {
    const { ledger, model, runs } = this;
    assert.deepEqual(
      model.all.map((one) => ledger.stateOf(one.offset)),
      model.all.map((one) => one.state),
    );
    for (const one of model.all) {
      if (one.state === 'done') continue;
      assert.equal(ledger.deliveryCount(one.offset), one.deliveries);
      assert.equal(ledger.attemptCount(one.offset), one.attempts);
    }
    for (const state of ['ready', 'locked', 'delayed', 'dead', 'unadmitted'] as const) {
      assert.equal(ledger[state], model.count(state), state);
    }
    assert.equal(ledger.doneBefore, model.doneBefore);
    assert.equal(ledger.head(), model.head()?.offset ?? -1);
    assert.equal(ledger.nextDueMs(), model.nextDueMs);
    for (const holder of [1, 2, 3]) {
      const held = model.all.filter((one) => one.state === 'locked' && one.holder === holder);
      assert.equal(ledger.lockedBy(holder), held.length);
    }
    ledger.listDead(runs);
    const listed: unknown[] = [];
    for (let index = 0; index < runs.count; index++) {
      for (let offset = runs.from[index]!; offset < runs.to[index]!; offset++)
        listed.push([offset, runs.reason(index)]);
    }
    assert.deepEqual(
      listed,
      model.all.filter((one) => one.state === 'dead').map((one) => [one.offset, one.reason]),
    );
  }
}

/** NARU_LEDGER_RUNS asks for more histories than the few seconds' worth of every test run. */
const historyCount = Number(process.env['NARU_LEDGER_RUNS'] ?? 1500);
const small = fc.nat(60);
const step = fc.tuple(fc.nat(17), small, small, small, small);

for (const explicit of [false, true]) {
  const admission = explicit ? 'explicit' : 'implicit';
  test(`with ${admission} admission a ledger does what its model does, and does so again after a crash`, () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const world = new World(explicit);
        for (const [kind, a, b, c, d] of steps) {
          world.step(kind, a, b, c, d);
          world.check();
        }
        world.step(16, 0, 0, 0, 0);
        world.check();
      }),
      { numRuns: historyCount, includeErrorInReport: true },
    );
  });
}
