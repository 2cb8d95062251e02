import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type NaruSettings, startNaru } from '../../src/embed.js';
import { cachePath, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** franz-go, the client for Go, with its kadm: one program with a scenario for each test. */
const skip = skipUnlessThere(runs('go', ['version']) ? undefined : 'go is not installed');
const program = join(cachePath('franz-go'), 'scenarios');

before(() => {
  // Go knows itself what is built already; modules come through its proxy, checked against go.sum.
  if (skip === false) succeed('go', ['build', '-o', program, '.'], sourcePath('go'));
});

async function scenario(name: string, settings: NaruSettings = {}): Promise<Record<string, unknown>> {
  const naru = await startNaru({ memory: true, http: false, ...settings });
  try {
    const { stdout } = await promisify(execFile)(program, [naru.kafka.brokers[0]!, name], { timeout: 70_000 });
    return JSON.parse(stdout);
  } finally {
    await naru.close();
  }
}

function numbered(prefix: string, count: number, digits = 1): string[] {
  return Array.from({ length: count }, (_, index) => prefix + String(index).padStart(digits, '0'));
}

// Most of a scenario is waiting for heartbeats.
describe('franz-go', { skip, concurrency: true, timeout: 120_000 }, () => {
  test('reads what it wrote with every codec and every acks, in order and without gaps', async () => {
    assert.deepEqual(await scenario('produce'), {
      read: { none: 300, gzip: 300, snappy: 300, lz4: 300, zstd: 300 },
      wrong: 0,
      gaps: 0,
      early: 0,
      careless: ['leader', 'nobody'],
    });
  });

  for (const [protocol, assignor] of Object.entries({ classic: 'cooperative-sticky', consumer: 'range' })) {
    test(`shares a topic in a group of the ${protocol} protocol`, async () => {
      assert.deepEqual(await scenario(protocol), {
        taken: numbered('v', 40, 2),
        lagBefore: 40,
        lagAfter: 0,
        shared: [0, 1, 2, 3],
        twice: [],
        state: 'Stable',
        type: 'consumer',
        assignor,
        members: 2,
        later: ['afterwards'],
        left: { state: 'Empty', lag: 0 },
        deleted: '',
        still: false,
      });
    });
  }

  test('commits, aborts and is fenced in transactions, which kadm sees while they are open', async () => {
    assert.deepEqual(await scenario('transactions'), {
      whileOpen: {
        committed: numbered('kept-', 4),
        uncommitted: 12,
        listed: 'Ongoing',
        described: 'Ongoing',
        partitions: 2,
        open: 2,
      },
      fenced: true,
      committed: [...numbered('heir-', 4), ...numbered('kept-', 4)],
      state: 'CompleteCommit',
    });
  });

  test('copies exactly once in transactions with offsets, although every third is given up', async () => {
    assert.deepEqual(await scenario('exactly-once'), { committed: 60, different: 60, aborted: true });
  });

  test('makes, configures, looks up, trims and deletes with kadm', async () => {
    assert.deepEqual(await scenario('admin'), {
      partitions: 2,
      replicas: 1,
      again: 'TOPIC_ALREADY_EXISTS: Topic with this name already exists.',
      configs: {
        'retention.ms': '123456, DYNAMIC_TOPIC_CONFIG',
        'cleanup.policy': 'delete, DYNAMIC_TOPIC_CONFIG',
        'segment.ms': '604800000, DEFAULT_CONFIG',
      },
      metadata: [1, 3],
      controller: 1,
      after: [4, 4000],
      newest: 9,
      epochEnd: 10,
      low: 6,
      first: 6,
      kept: [8, 'by hand'],
      lag: 2,
      forgotten: 0,
      still: false,
    });
  });

  test('accepts, releases and rejects in a share group that was set back', async () => {
    const accepted = numbered('v', 12, 2).filter((_, index) => index % 4 !== 3);
    assert.deepEqual(await scenario('share'), {
      accepted,
      rejected: ['v03', 'v07', 'v11'],
      again: ['v01', 'v05', 'v09'],
      refused: 0,
      state: 'Stable',
      members: 1,
      start: 12,
    });
  });

  test('says who it is by every mechanism, and is told when that is not true', async () => {
    const users = { adminUser: 'root', adminPassword: 'the ferry' };
    const told = await scenario('sasl', users);
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      assert.match(String(told[mechanism]), /SASL_AUTHENTICATION_FAILED/, mechanism);
    }
  });
});
