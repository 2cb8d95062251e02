import { SeededRandom } from '../../src/lib/random.js';
import { mutated, noise } from './mutation.js';

/** One decoder, with inputs that are good and the errors it may refuse others with. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  readonly read: (bytes: Buffer) => unknown;
  /** What it throws for input that is not good; anything else is a fault. */
  readonly refuses: readonly (new (
    ...parameters: never[]
  ) => Error)[];
}

export interface Tally {
  taken: number;
  refused: number;
  slowestMs: number;
}

/** No input of these sizes takes longer than that, also on a machine with much else to do. */
const tooSlowMs = 10_000;

export class Fault extends Error {
  override readonly name = 'Fault';
}

/** Gives it the bytes: it may take or refuse them, in bounded time. */
export async function tryOne(target: Target, bytes: Buffer, tally: Tally): Promise<void> {
  const startedMs = performance.now();
  try {
    await target.read(bytes);
    tally.taken++;
  } catch (error) {
    if (!target.refuses.some((kind) => error instanceof kind)) {
      throw new Fault(`${target.name}: ${String(error)} for ${bytes.toString('hex').slice(0, 4000)}`, { cause: error });
    }
    tally.refused++;
  }
  const tookMs = performance.now() - startedMs;
  tally.slowestMs = Math.max(tally.slowestMs, tookMs);
  if (tookMs > tooSlowMs) {
    throw new Fault(`${target.name}: ${tookMs.toFixed(0)} ms for ${bytes.toString('hex').slice(0, 4000)}`);
  }
}

/** Every seed whole, and cut at every byte. */
export async function tryCuts(target: Target, tally: Tally, bytesMax = 2000): Promise<void> {
  for (const seed of target.seeds) {
    await tryOne(target, seed, tally);
    for (let end = 0; end < Math.min(seed.length, bytesMax); end++) await tryOne(target, seed.subarray(0, end), tally);
  }
}

export async function tryMutations(target: Target, random: SeededRandom, count: number, tally: Tally): Promise<void> {
  for (let left = count; left > 0; left--) {
    const bytes = random.chance(0.95) ? mutated(random.pick(target.seeds), target.seeds, random) : noise(random, 400);
    await tryOne(target, bytes, tally);
  }
}

export function newTally(): Tally {
  return { taken: 0, refused: 0, slowestMs: 0 };
}

export function randomOf(seed: number): SeededRandom {
  return new SeededRandom(seed);
}
