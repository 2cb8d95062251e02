import { Ledger } from '../src/broker/queue/ledger.js';
import { Runs } from '../src/broker/queue/runs.js';
import { ByteWriter } from '../src/lib/byte-writer.js';
import { SeededRandom } from '../src/lib/random.js';
import type { Recorder } from '../src/log/state.js';

/**
 * What the ledger costs by itself, its operations written through a recorder into memory:
 * `node --expose-gc dist/bench/ledger.js [seconds per case] [cases…]`.
 *
 * On one of two shared cores of a small cloud machine, Node 20.20, in millions of messages a second:
 * acquire + ack in runs of 100: 249, with a deadline: 196 (0.2 B of journal each); acked one by one in order: 8.5, at
 * random among 1,000 in flight: 3.2, among 100,000: 2.1 (7 B each); every tenth released once: 11; 100,000 groups, each
 * message admitted, acquired and acked alone: 0.33; ten priorities likewise: 1.0. 10 million waiting: 0.01 MB; 100,000
 * scattered locks: 4.3 MB; 200,000 offsets admitted in 100,000 groups: 28 MB.
 */
const forever = Number.POSITIVE_INFINITY;
const caseMs = Number(process.argv[2] ?? 1) * 1000;

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
  const rate = (count / elapsedMs / 1000).toFixed(2);
  console.log(
    `${name.padEnd(72)} ${rate.padStart(8)} M messages/s ${(bundle.total / count).toFixed(2).padStart(7)} B each`,
  );
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

function memoryOf(make: () => Ledger): string {
  const collect = globalThis.gc ?? (() => {});
  collect();
  const before = process.memoryUsage();
  const ledger = make();
  collect();
  const after = process.memoryUsage();
  const bytes = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  return `${(bytes / 1024 / 1024).toFixed(2).padStart(8)} MB for ${ledger.ready} ready, ${ledger.locked} locked`;
}

function memory(): void {
  const waiting = (count: number): Ledger => {
    const ledger = new Ledger();
    ledger.arrived(count);
    return ledger;
  };
  console.log(`10 million waiting ${memoryOf(() => waiting(10_000_000))}`);
  const scattered = memoryOf(() => {
    const ledger = waiting(10_000_000);
    const out = new Runs();
    ledger.acquire(1, 200_000, forever, forever, 0, out);
    for (let offset = 1; offset < 200_000; offset += 2) ledger.ack(1, offset, offset + 1);
    return ledger;
  });
  console.log(`10 million waiting, every other of 200000 acked ${scattered}`);
  const grouped = memoryOf(() => {
    const ledger = waiting(200_000);
    for (let offset = 0; offset < 200_000; offset++) {
      ledger.admit(offset, offset + 1, { group: `customer-${offset % 100_000}` });
    }
    return ledger;
  });
  console.log(`200000 admitted in 100000 groups ${grouped}`);
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
  if (process.argv.length < 4 || process.argv.includes(name, 3)) run();
}
