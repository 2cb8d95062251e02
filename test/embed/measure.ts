import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What docs/embedding.md says of starting in a process: medians of several processes. */

const embed = new URL('../../src/embed.js', import.meta.url).href;
const processes = 7;

const measured = `
  const since = (beganMs) => performance.now() - beganMs;
  const ms = {};
  let beganMs = performance.now();
  const { startNaru } = await import(${JSON.stringify(embed)});
  ms['loading'] = since(beganMs);
  beganMs = performance.now();
  const naru = await startNaru({ memory: true });
  ms['first start'] = since(beganMs);
  for (const name of ['first reset', 'second reset', 'later reset']) {
    beganMs = performance.now();
    await naru.reset();
    ms[name] = since(beganMs);
  }
  beganMs = performance.now();
  const ten = await Promise.all(Array.from({ length: 10 }, () => startNaru({ memory: true })));
  ms['ten at once'] = since(beganMs);
  await Promise.all(ten.map((one) => one.close()));
  beganMs = performance.now();
  await (await fetch(naru.http.url + '/api/overview')).text();
  ms['first API request'] = since(beganMs);
  await naru.close();
  process.stdout.write(JSON.stringify(ms));
`;

const runs = Array.from({ length: processes }, () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', measured], { encoding: 'utf8' });
  return JSON.parse(output) as Record<string, number>;
});
for (const name of Object.keys(runs[0]!)) {
  const sorted = runs.map((run) => run[name]!).sort((one, other) => one - other);
  const spread = `${sorted[0]!.toFixed(1)}-${sorted.at(-1)!.toFixed(1)}`;
  console.log(`${name.padEnd(18)} ${sorted[(processes - 1) / 2]!.toFixed(1)} ms (${spread})`);
}
console.log(`of ${fileURLToPath(embed)}, Node ${process.version}`);
