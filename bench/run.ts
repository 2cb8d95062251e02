import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { peers, scenarios } from './scenarios.js';

/**
 * `npm run bench -- NAME`: runs one benchmark, or comparisons with peers; `all` runs every comparison. Without a name it
 * tells which there are.
 */
const parts = ['start', 'append', 'ledger', 'routing', 'kafka-codec'];
const own = [...parts, 'parts', 'document'];
const compared = [...scenarios.map((scenario) => scenario.name), 'all'];
const [name, ...rest] = process.argv.slice(2);

if (name === undefined || !(own.includes(name) || name.split(',').every((each) => compared.includes(each)))) {
  const named = [...new Set(peers.map((peer) => peer.name)), 'none'].join('|');
  console.error('npm run bench -- NAME, where NAME is one of');
  console.error(`  ${parts.join(', ')}, or parts for all of them: Naru alone [--keep]`);
  console.error('  document [--check]: the results put into docs/benchmarks.md and docs/charts');
  console.error(`  ${compared.join(', ')}, or some of these with commas: Naru and its peers in turn`);
  console.error(`    [--peer ${named}] [--quick] [--only TEXT] [--rounds N] [--seconds N] [--folder DIR]`);
  console.error('    [--keep] [--resume] [--filled] [--estimate]');
  console.error('docs/benchmarks.md says more');
  process.exit(2);
}
let status = 0;
if (name === 'parts') for (const part of parts) status ||= runProgram(`./${part}.js`, rest);
else if (own.includes(name)) status = runProgram(`./${name}.js`, rest);
else status = runProgram('./compare.js', [name, ...rest]);
// What is kept is what docs/benchmarks.md says, however far it came.
const drawn = rest.includes('--keep') ? runProgram('./document.js', []) : 0;
process.exit(status === 0 ? drawn : status);

function runProgram(file: string, given: readonly string[]): number {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawnSync(process.execPath, ['--expose-gc', path, ...given], { stdio: 'inherit' }).status ?? 1;
}
