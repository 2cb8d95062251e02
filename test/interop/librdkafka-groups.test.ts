import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startNaru } from '../../src/embed.js';
import { skipUnlessThere } from './kafka-tools.js';

/** librdkafka, by way of confluent-kafka for Python, in groups of both protocols. */
const release = '2.16.1';
const root = new URL('../../../', import.meta.url);
const script = fileURLToPath(new URL('test/interop/python/groups.py', root));
const packages =
  process.env['NARU_CONFLUENT_KAFKA'] ??
  fileURLToPath(new URL(`node_modules/.cache/naru/confluent-kafka-${release}`, root));

const skip = skipUnlessThere(missing());

function missing(): string | undefined {
  const [command, ...args] = existsSync(packages) ? ['python3', '--version'] : ['python3', '-m', 'pip', '--version'];
  return spawnSync(command!, args, { stdio: 'ignore' }).status === 0 ? undefined : `${command} is not installed`;
}

before(() => {
  if (skip !== false || existsSync(packages)) return;
  const half = `${packages}.${process.pid}.half`;
  mkdirSync(dirname(packages), { recursive: true });
  try {
    const args = ['-m', 'pip', 'install', '--quiet', '--target', half, `confluent-kafka==${release}`];
    const { status, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
    // A registry out of reach is not a reason to pass.
    if (status !== 0) throw new Error(`pip could not fetch confluent-kafka: ${stderr}`);
    renameSync(half, packages);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
});

for (const protocol of ['consumer', 'classic']) {
  test(`librdkafka shares a topic in a group of the ${protocol} protocol`, { skip, timeout: 120_000 }, async () => {
    const naru = await startNaru({ memory: true, http: false, partitionsDefault: 4 });
    try {
      const environment = { ...process.env, PYTHONPATH: packages };
      const { stdout } = await promisify(execFile)('python3', [script, naru.kafka.brokers[0]!, protocol], {
        env: environment,
        timeout: 100_000,
      });
      const { shared, ...rest } = JSON.parse(stdout);
      assert.deepEqual(shared.flat().sort(), [0, 1, 2, 3], `shared as ${JSON.stringify(shared)}`);
      assert.deepEqual(rest, {
        taken: Array.from({ length: 40 }, (_, index) => `v${String(index).padStart(2, '0')}`),
        state: 'STABLE',
        type: protocol.toUpperCase(),
        alone: [0, 1, 2, 3],
        later: ['afterwards'],
      });
    } finally {
      await naru.close();
    }
  });
}
