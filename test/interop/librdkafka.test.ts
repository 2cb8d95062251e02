import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type NaruSettings, startNaru } from '../../src/embed.js';
import { cachePath, fillOnce, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** librdkafka, by way of confluent-kafka for Python. */
const release = '2.16.1';
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

async function scenario(script: string, name: string, settings: NaruSettings = {}): Promise<Record<string, unknown>> {
  const naru = await startNaru({ memory: true, http: false, ...settings });
  try {
    const args = [sourcePath(`python/${script}`), naru.kafka.brokers[0]!, name];
    const environment = { ...process.env, PYTHONPATH: packages };
    const { stdout } = await promisify(execFile)('python3', args, { env: environment, timeout: 100_000 });
    return JSON.parse(stdout);
  } finally {
    await naru.close();
  }
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `v${String(index).padStart(2, '0')}`);
}

describe('librdkafka', { skip, concurrency: true, timeout: 120_000 }, () => {
  for (const protocol of ['consumer', 'classic']) {
    test(`shares a topic in a group of the ${protocol} protocol`, async () => {
      const { shared, ...rest } = await scenario('groups.py', protocol, { partitionsDefault: 4 });
      assert.deepEqual((shared as number[][]).flat().sort(), [0, 1, 2, 3], `shared as ${JSON.stringify(shared)}`);
      assert.deepEqual(rest, {
        taken: numbered(40),
        state: 'STABLE',
        type: protocol.toUpperCase(),
        alone: [0, 1, 2, 3],
        later: ['afterwards'],
      });
    });
  }

  test('writes idempotently with every codec what it reads back, and is told what a topic does not take', async () => {
    assert.deepEqual(await scenario('scenarios.py', 'codecs'), {
      right: 1000,
      errors: ['INVALID_RECORD', 'MSG_SIZE_TOO_LARGE', null],
    });
  });

  test('copies in transactions with offsets, aborts, and is fenced by its heir', async () => {
    assert.deepEqual(await scenario('scenarios.py', 'transactions'), {
      afterAbort: 10,
      fenced: 'fatal',
      committed: numbered(30),
      offset: 30,
    });
  });

  test('makes, grows, configures, looks up and trims as an administrator', async () => {
    assert.deepEqual(await scenario('scenarios.py', 'admin'), {
      again: 'TOPIC_ALREADY_EXISTS',
      policy: ['delete,compact', true],
      found: [0, 10, 9, 4],
      low: 4,
      kept: [[0, 7]],
      nodes: 1,
      partitions: 3,
    });
  });
});
