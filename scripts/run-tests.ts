import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Runs every compiled test with Node's own runner, or only those whose path contains one of the arguments.
 * `test/interop/` needs other languages' tools and has a command of its own.
 */
const compiled = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);

const files = readdirSync(compiled, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.test.js') && !name.startsWith('test/interop/'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort()
  .map((name) => `${compiled}${name}`);

if (files.length === 0) {
  console.error(`no test matches ${wanted.join(' ')}`);
  process.exit(1);
}

const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-reporter=spec', ...files], {
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
