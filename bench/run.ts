import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `npm run bench -- append`: runs one benchmark; without a name it tells which there are. */
const benchmarks = ['append', 'ledger', 'routing', 'kafka-codec', 'start'];
const [name, ...rest] = process.argv.slice(2);

if (name === undefined || !benchmarks.includes(name)) {
  console.error(`npm run bench -- NAME, where NAME is one of ${benchmarks.join(', ')}; docs/benchmarks.md says more`);
  process.exit(2);
}
const program = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
const run = spawnSync(process.execPath, ['--expose-gc', program, ...rest], { stdio: 'inherit' });
process.exit(run.status ?? 1);
