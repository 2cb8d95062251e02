import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fault, newTally, randomOf, type Target, tryCuts, tryMutations, tryOne } from './target.js';
import { allTargets } from './targets.js';

const limit = { timeout: 120_000 };
/** In all, over seeds and cuts; the long run is `npm run fuzz`. */
const mutations = 60;
const targets = await allTargets();

function grownMb(before: NodeJS.MemoryUsage): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6;
}

describe('every decoder takes or refuses what is cut at any byte or damaged, and takes no memory for it', () => {
  for (const target of targets) {
    test(target.name, limit, async () => {
      const before = process.memoryUsage();
      const tally = newTally();
      const random = randomOf(target.name.length);
      // A storage is put together for each input: a few are enough here.
      const count = target.name === 'a storage with damaged files' ? 15 : mutations;
      if (count === mutations) await tryCuts(target, tally, 600);
      await tryMutations(target, random, count, tally);
      assert.ok(tally.taken > 0);
      assert.ok(grownMb(before) < 400, `${grownMb(before)} MB`);
    });
  }
});

test('a decoder that fails otherwise, or is slow, is found', async () => {
  const fails: Target = {
    name: 'fails',
    seeds: [Buffer.from('abc')],
    read: (bytes) => {
      if (bytes.length === 2) throw new TypeError('not what it should say');
    },
    refuses: [RangeError],
  };
  await assert.rejects(tryCuts(fails, newTally()), Fault);
  await assert.rejects(
    tryOne(fails, Buffer.from('ab'), newTally()),
    /fails: TypeError: not what it should say for 6162/,
  );
});
