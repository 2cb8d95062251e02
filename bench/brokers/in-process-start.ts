import { median } from '../metrics.js';

/** What a test waits for that wants a broker: the import once, a start, `reset` between tests, `close`. Prints JSON. */
const more = 20;

async function took(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

let startNaru: typeof import('../../src/embed.js').startNaru;
const importMs = await took(async () => {
  ({ startNaru } = await import('../../src/embed.js'));
});
const emptyStartMs = await took(async () => (await startNaru({ memory: true })).close());
const starts: number[] = [];
const resets: number[] = [];
const closes: number[] = [];
for (let turn = 0; turn < more; turn++) {
  const began = performance.now();
  const naru = await startNaru!({ memory: true });
  starts.push(performance.now() - began);
  resets.push(await took(() => naru.reset()));
  closes.push(await took(() => naru.close()));
}
const sample = { importMs, emptyStartMs, startMs: median(starts), resetMs: median(resets), closeMs: median(closes) };
process.stdout.write(`${JSON.stringify(sample)}\n`);
