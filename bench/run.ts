import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * `npm run bench -- NAME`: runs one benchmark, or one comparison with a peer; `all` runs every comparison. Without a
 * name it tells which there are.
 */
const own = ['append', 'ledger', 'routing', 'kafka-codec', 'start', 'document'];
const compared = [
  'kafka-produce',
  'kafka-consume',
  'kafka-latency',
  'kafka-transactions',
  'kafka-groups',
  'kafka-many-topics',
  'amqp-end-to-end',
  'amqp-publish',
  'amqp-latency',
  'all',
];
const [name, ...rest] = process.argv.slice(2);

if (name === undefined || ![...own, ...compared].includes(name)) {
  console.error('npm run bench -- NAME, where NAME is one of');
  console.error(`  ${own.join(', ')}: parts of Naru, and the results put into docs/benchmarks.md`);
  console.error(`  ${compared.join(', ')}: Naru and a peer in turn`);
  console.error(
    '    [--peer kafka|rabbitmq|none] [--quick] [--only TEXT] [--rounds N] [--folder DIR] [--keep] [--filled]',
  );
  console.error('docs/benchmarks.md says more');
  process.exit(2);
}
const [program, args] = own.includes(name) ? [`./${name}.js`, rest] : ['./compare.js', [name, ...rest]];
const status = runProgram(program, args);
// What is kept is what docs/benchmarks.md says.
process.exit(status === 0 && rest.includes('--keep') ? runProgram('./document.js', []) : status);

function runProgram(file: string, given: readonly string[]): number {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawnSync(process.execPath, ['--expose-gc', path, ...given], { stdio: 'inherit' }).status ?? 1;
}
