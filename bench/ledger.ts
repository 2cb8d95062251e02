import { Ledger } from '../src/broker/queue/ledger.js';
import { Runs } from '../src/broker/queue/runs.js';
import { ByteWriter } from '../src/lib/byte-writer.js';
import { SeededRandom } from '../src/lib/random.js';
import type { Recorder } from '../src/log/state.js';
import { load } from './machine.js';
import { type Figure, tellFigures } from './results.js';

/**
 * What the ledger costs by itself, its operations written through a recorder into memory:
 * `node --expose-gc dist/bench/ledger.js [seconds per case] [cases…]`.
 */
const forever = Number.POSITIVE_INFINITY;
const given = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const caseMs = Number(given[0] ?? 1) * 1000;
const loadBefore = load();
const figures: Figure[] = [];

/** Takes the operations' bytes as a journal's bundle would, and starts over when a megabyte is full. */
class Bundle implements Recorder {
  byteCount = 0;
  private readonly writer = new ByteWriter(2 * 1024 * 1024);

  begin(): ByteWriter {
    if (this.writer.length > 1024 * 1024) {
      this.byteCount += this.writer.length;
      this.writer.clear();
    }
    return this.writer;
  }

  end(): void {}

  get total(): number {
    return this.byteCount + this.writer.length;
  }
}

function report(name: string, count: number, elapsedMs: number, bundle: Bundle): void {
  const rate = count / elapsedMs / 1000;
  figures.push({ name, value: rate, runs: [], unit: 'million messages/s' });
  figures.push({ name: '… of the journal', value: bundle.total / count, runs: [], unit: 'bytes each' });
}

/** Runs `round` (which answers how many messages it handled) for a while, after a warm-up. */
function measure(name: string, bundle: Bundle, round: () => number): void {
  let until = performance.now() + caseMs / 4;
  while (performance.now() < until) for (let count = 0; count < 16; count++) round();
  bundle.byteCount = -(bundle.total - bundle.byteCount);
  let handled = 0;
  const start = performance.now();
  until = start + caseMs;
  let now = start;
  while (now < until) {
    for (let count = 0; count < 16; count++) handled += round();
    now = performance.now();
  }
  report(name, handled, now - start, bundle);
}

function cycles(deadline: boolean): void {
  const bundle = new Bundle();
  const ledger = new Ledger({ recorder: bundle });
  const out = new Runs();
  let end = 0;
  let nowMs = 1_700_000_000_000;
  measure(`acquire + ack in runs of 100${deadline ? ', with a deadline' : ''}`, bundle, () => {
    end += 100;
    ledger.arrived(end);
    nowMs += 1;
    ledger.acquire(1, 100, forever, deadline ? nowMs + 30_000 : forever, nowMs, out);
    for (let index = 0; index < out.count; index++) ledger.ack(1, out.from[index]!, out.to[index]!);
    return out.offsetCount;
  });
}

function singleAcks(inFlight: number, random: boolean): void {
  const bundle = new Bundle();
  const ledger = new Ledger({ recorder: bundle });
  const out = new Runs();
  const chance = new SeededRandom(1);
  const held = new Float64Array(inFlight + 100);
  let first = 0;
  let count = 0;
  let end = 0;
  measure(
    `acquire runs of 100, ack one by one ${random ? 'in random order' : 'in order'}, ${inFlight} in flight`,
    bundle,
    () => {
      end += 100;
      ledger.arrived(end);
      ledger.acquire(1, 100, forever, forever, 0, out);
      for (let offset = out.from[0]!; offset < out.to[0]!; offset++) held[(first + count++) % held.length] = offset;
      let acked = 0;
      while (count > inFlight) {
        const at = first % held.length;
        if (random) {
          const other = (first + chance.below(count)) % held.length;
          const offset = held[other]!;
          held[other] = held[at]!;
          held[at] = offset;
        }
        acked += ledger.ack(1, held[at]!, held[at]! + 1);
        first++;
        count--;
      }
      return acked;
    },
  );
}

/** Every tenth message fails once and comes again. */
function redelivery(): void {
  const bundle = new Bundle();
  const ledger = new Ledger({ recorder: bundle });
  const out = new Runs();
  let end = 0;
  measure('acquire runs of 100, release every tenth once, ack the rest in runs', bundle, () => {
    end += 100;
    ledger.arrived(end);
    let acked = 0;
    while (ledger.acquire(1, 100, forever, forever, 0, out) > 0) {
      for (let index = 0; index < out.count; index++) {
        const to = out.to[index]!;
        for (let offset = out.from[index]!; offset < to; ) {
          const next = Math.min(to, offset + 10);
          const fails = out.deliveries[index] === 1;
          if (fails) ledger.release(1, next - 1, next);
          acked += ledger.ack(1, offset, next);
          offset = next;
        }
      }
    }
    return acked;
  });
}

function groups(count: number): void {
  const bundle = new Bundle();
  const ledger = new Ledger({ recorder: bundle });
  const out = new Runs();
  const chance = new SeededRandom(2);
  const names = Array.from({ length: count }, (_, index) => `customer-${index}`);
  let end = 0;
  const arrive = (): void => {
    ledger.arrived(++end);
    ledger.admit(end - 1, end, { group: names[chance.below(count)]! });
  };
  for (let index = 0; index < count * 2; index++) arrive();
  measure(`${count} groups, ${count * 2} waiting: admit 10, acquire 10, ack each`, bundle, () => {
    for (let index = 0; index < 10; index++) arrive();
    ledger.acquire(1, 10, forever, forever, 0, out);
    for (let index = 0; index < out.count; index++) {
      for (let offset = out.from[index]!; offset < out.to[index]!; offset++) ledger.ack(1, offset, offset + 1);
    }
    return out.offsetCount;
  });
}

function priorities(): void {
  const bundle = new Bundle();
  const ledger = new Ledger({ recorder: bundle });
  const out = new Runs();
  const chance = new SeededRandom(3);
  let end = 0;
  const arrive = (): void => {
    ledger.arrived(++end);
    ledger.admit(end - 1, end, { priority: chance.below(10) });
  };
  for (let index = 0; index < 100_000; index++) arrive();
  measure('10 priorities at random, 100000 waiting: admit 10, acquire 10, ack each', bundle, () => {
    for (let index = 0; index < 10; index++) arrive();
    ledger.acquire(1, 10, forever, forever, 0, out);
    for (let index = 0; index < out.count; index++) {
      for (let offset = out.from[index]!; offset < out.to[index]!; offset++) ledger.ack(1, offset, offset + 1);
    }
    return out.offsetCount;
  });
}

function memoryOf(name: string, make: () => Ledger, goal?: string): void {
  const collect = globalThis.gc ?? (() => {});
  collect();
  const before = process.memoryUsage();
  const ledger = make();
  collect();
  const after = process.memoryUsage();
  const bytes = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  const held = `${name}: ${ledger.ready} ready, ${ledger.locked} locked`;
  figures.push({
    name: held,
    value: bytes / 1024 / 1024,
    runs: [],
    unit: 'MB',
    ...(goal === undefined ? {} : { goal }),
  });
}

function memory(): void {
  const waiting = (count: number): Ledger => {
    const ledger = new Ledger();
    ledger.arrived(count);
    return ledger;
  };
  memoryOf('10 million waiting', () => waiting(10_000_000), 'under 50 MB');
  memoryOf('every other of 200,000 of 10 million acked', () => {
    const ledger = waiting(10_000_000);
    const out = new Runs();
    ledger.acquire(1, 200_000, forever, forever, 0, out);
    for (let offset = 1; offset < 200_000; offset += 2) ledger.ack(1, offset, offset + 1);
    return ledger;
  });
  memoryOf('200,000 admitted in 100,000 groups', () => {
    const ledger = waiting(200_000);
    for (let offset = 0; offset < 200_000; offset++) {
      ledger.admit(offset, offset + 1, { group: `customer-${offset % 100_000}` });
    }
    return ledger;
  });
}

const cases: Record<string, () => void> = {
  memory,
  cycles: () => cycles(false),
  deadlines: () => cycles(true),
  'in-order': () => singleAcks(1_000, false),
  random: () => singleAcks(1_000, true),
  'random-many': () => singleAcks(100_000, true),
  redelivery,
  groups: () => groups(100_000),
  priorities,
};

for (const [name, run] of Object.entries(cases)) {
  if (given.length < 2 || given.includes(name, 1)) run();
}
tellFigures('ledger', loadBefore, figures);
