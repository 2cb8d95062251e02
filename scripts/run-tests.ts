import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Runs every compiled test with Node's own runner, or only those whose path contains one of the arguments.
 * `test/interop/` needs other languages' tools: it is run with `--interop`, by itself.
 */
const compiled = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const interop = args.includes('--interop');
const wanted = args.filter((arg) => arg !== '--interop');

const files = readdirSync(compiled, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.test.js') && name.startsWith('test/interop/') === interop)
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort()
  .map((name) => `${compiled}${name}`);

if (files.length === 0) {
  console.error(`no test matches ${args.join(' ')}`);
  process.exit(1);
}

// The tools of other languages are large: one at a time. Other tests wait for clients and clocks more than they work, so that
// two at once take two thirds of the time also where there are only two cores.
const atOnce = interop ? 1 : Math.max(2, availableParallelism() - 1);
const options = ['--enable-source-maps', '--test', '--test-reporter=spec', `--test-concurrency=${atOnce}`];
const run = spawnSync(process.execPath, [...options, ...files], {
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
