import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { startNaru } from '../../src/embed.js';
import { cachePath, fillOnce, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** librdkafka, by way of confluent-kafka for Python, in groups of both protocols. */
const release = '2.16.1';
const script = sourcePath('python/groups.py');
const packages = process.env['NARU_CONFLUENT_KAFKA'] ?? cachePath(`confluent-kafka-${release}`);

const skip = skipUnlessThere(missing());

function missing(): string | undefined {
  const [command, ...args] = existsSync(packages) ? ['python3', '--version'] : ['python3', '-m', 'pip', '--version'];
  return runs(command!, args) ? undefined : `${command} is not installed`;
}

before(() => {
  if (skip !== false) return;
  fillOnce(packages, (half) => {
    succeed('python3', ['-m', 'pip', 'install', '--quiet', '--target', half, `confluent-kafka==${release}`]);
  });
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
