import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import type { Storage } from '../../log/storage.js';
import { FirstReceives } from './first-receives.js';
import { Ledger } from './ledger.js';
import { Runs } from './runs.js';

const forever = Number.POSITIVE_INFINITY;

/** First receives of one queue, and what the journal was given. */
class Home {
  readonly ledger: Ledger = new Ledger();
  readonly written: Buffer[] = [];
  readonly receives: FirstReceives;
  private readonly runs = new Runs();

  constructor() {
    const into = new ByteWriter();
    const storage = {
      register: () => {},
      recorder: () => ({
        begin: () => {
          into.clear();
          return into;
        },
        end: () => this.written.push(Buffer.from(into.bytes())),
      }),
    };
    this.receives = new FirstReceives(storage as unknown as Storage, (id) => (id === 7 ? this.ledger : undefined));
  }

  receive(count: number, nowMs: number): void {
    this.ledger.acquire(1, count, forever, forever, nowMs, this.runs);
    this.receives.received(7, this.runs, nowMs);
  }

  times(...offsets: readonly number[]): (number | null)[] {
    return offsets.map((offset) => this.receives.of(7, offset));
  }
}

test('the first receive is the one that is told, whatever comes after it', () => {
  const home = new Home();
  home.ledger.arrived(3);
  home.receive(2, 1000);
  home.ledger.release(1, 0, 2);
  home.receive(3, 2000);
  assert.deepEqual(home.times(0, 1, 2, 3), [1000, 1000, 2000, null]);
  assert.equal(home.receives.of(8, 0), null);
});

test('what was never received before is all that is written down', () => {
  const home = new Home();
  home.ledger.arrived(1);
  home.receive(1, 1000);
  home.ledger.release(1, 0, 1);
  home.receive(1, 2000);
  assert.equal(home.written.length, 1);
});

test('the journal brings it back, and so does a snapshot, without what is done', () => {
  const home = new Home();
  home.ledger.arrived(4);
  home.receive(2, 1000);
  home.receive(2, 2000);
  const replayed = new Home();
  for (const bytes of home.written) replayed.receives.replay(new ByteReader(bytes));
  assert.deepEqual(replayed.times(0, 1, 2, 3), [1000, 1000, 2000, 2000]);
  home.ledger.ack(1, 1, 3);
  const into = new ByteWriter();
  home.receives.snapshot(into);
  const restored = new Home();
  restored.receives.restore(new ByteReader(into.bytes()));
  assert.deepEqual(restored.times(0, 1, 2, 3), [1000, null, null, 2000]);
});

test('a queue that is worked off keeps nothing of what is done', () => {
  const home = new Home();
  for (let round = 1; round <= 100; round++) {
    home.ledger.arrived(round * 100);
    home.receive(100, round);
    home.ledger.ack(1, 0, round * 100);
  }
  let kept = 0;
  for (let offset = 0; offset < 10_000; offset++) if (home.times(offset)[0] !== null) kept++;
  assert.ok(kept <= 1200, `${kept}`);
  home.receives.forget(7);
  assert.equal(home.times(9999)[0], null);
});
