import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { SqsHome } from '../sqs/home.js';
import { cachePath, fillOnce, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** Python's AWS SDK, signing with a key of a user. */
const release = 'boto3==1.43.11';
const packages = process.env['NARU_SQS_PYTHON'] ?? cachePath(`sqs-python-${release.replace('==', '-')}`);
const script = sourcePath('python/sqs/boto3_client.py');
const skip = skipUnlessThere(missing());

function missing(): string | undefined {
  const [command, ...args] = existsSync(packages) ? ['python3', '--version'] : ['python3', '-m', 'pip', '--version'];
  return runs(command!, args) ? undefined : `${command} is not installed`;
}

before(() => {
  if (skip !== false) return;
  fillOnce(packages, (half) => {
    succeed('python3', ['-m', 'pip', 'install', '--quiet', '--target', half, release]);
  });
});

test('boto3 sends, receives, publishes and signs', { skip, timeout: 120_000 }, async () => {
  const home = await SqsHome.open({ adminUser: 'root', adminPassword: 'r00t-p4ss' });
  try {
    const { id, secret } = home.broker.accessKeys.add('root');
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1', AWS_EC2_METADATA_DISABLED: 'true' };
    const { stdout } = await promisify(execFile)('python3', [script, home.endpoint, id, secret], { env });
    assert.deepEqual(JSON.parse(stdout), {
      body: true,
      attributes: true,
      digests: [true, true, true],
      order: ['0', '1', '2', '3', '4'],
      tags: { a: 'b' },
      told: ['order'],
      resource: ['by resource'],
      errors: [
        'AWS.SimpleQueueService.NonExistentQueue',
        'InvalidMessageContents',
        'NotFound',
        'SignatureDoesNotMatch',
        'SignatureDoesNotMatch',
      ],
    });
  } finally {
    await home.close();
  }
});
