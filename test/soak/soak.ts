import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WatchedBroker } from '../overload/watched-broker.js';
import { SoakLoad } from './load.js';
import { isFlat, type Sample, type Trend, trendOf } from './trend.js';

export interface Watched {
  readonly what: string;
  readonly unit: string;
  readonly first: number;
  readonly last: number;
  readonly trend: Trend;
  readonly flat: boolean;
}

export interface SoakOutcome {
  readonly watched: readonly Watched[];
  readonly told: readonly (readonly [what: string, count: number])[];
  readonly complaints: readonly string[];
}

/** Things that are kept for hours or days by default are not, so that an hour is enough to see them go. */
export const soakOptions: readonly string[] = [
  ['producer-expiry-ms', '30s'],
  ['checkpoint-every-ms', '10s'],
  ['checkpoint-every-bytes', '16MiB'],
  ['journal-file-bytes', '4MiB'],
  ['retention-check-ms', '5s'],
].flatMap(([name, value]) => [`--${name}`, value!]);

/** What a number may have grown by without being looked into: noise of the collector, and files of the last segments. */
const watchedNumbers: readonly (readonly [what: string, unit: string, slack: number])[] = [
  ['RSS', 'MB', 10],
  ['heap in use', 'MB', 4],
  ['buffers', 'MB', 4],
  ['open files and sockets', '', 5],
  ['disk', 'MB', 8],
  ['logs', '', 3],
];

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

async function lookAt(broker: WatchedBroker, data: string): Promise<readonly number[]> {
  const metrics = await broker.metrics();
  const of = (name: string): number => metrics.get(name) ?? 0;
  return [
    broker.residentMb,
    of('naru_memory_bytes{kind="heap_used"}') / 1e6,
    of('naru_memory_bytes{kind="buffers"}') / 1e6,
    of('process_open_fds'),
    bytesIn(data) / 1e6,
    of('naru_logs'),
  ];
}

/** A steady load on all fronts for so long, with a look every `everyMs`. */
export async function soak(
  data: string,
  minutes: number,
  rate: number,
  everyMs: number,
  report: (line: string) => void,
): Promise<SoakOutcome> {
  const broker = await WatchedBroker.begin(data, soakOptions);
  try {
    const load = new SoakLoad(broker, rate);
    const startedMs = performance.now();
    const samples: Sample[][] = watchedNumbers.map(() => []);
    let failure: unknown;
    const running = load.run().catch((error: unknown) => {
      failure = error;
      load.stop();
    });
    for (let look = 0; performance.now() - startedMs < minutes * 60_000 && failure === undefined; look++) {
      await sleep(everyMs);
      const at = (performance.now() - startedMs) / 60_000;
      const values = await lookAt(broker, data);
      for (const [index, value] of values.entries()) samples[index]!.push({ at, value });
      if (look % 30 === 0)
        report(
          `${at.toFixed(1)} min: ${watchedNumbers.map(([what], index) => `${what} ${values[index]!.toFixed(0)}`).join(', ')}`,
        );
    }
    load.stop();
    await running;
    if (failure !== undefined) throw failure;
    const watched = watchedNumbers.map(([what, unit, slack], index): Watched => {
      const of = samples[index]!;
      const trend = trendOf(of);
      return { what, unit, first: of[0]!.value, last: of.at(-1)!.value, trend, flat: isFlat(trend, slack) };
    });
    const complaints = broker.complaints.map((line) => JSON.stringify(line));
    const code = await broker.stop();
    if (code !== 0) complaints.push(`the broker ended with ${code}`);
    return { watched, told: load.told(), complaints };
  } finally {
    await broker.kill();
  }
}
