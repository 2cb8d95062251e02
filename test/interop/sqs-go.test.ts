import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { SqsHome } from '../sqs/home.js';
import { cachePath, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** The AWS SDK for Go, signing with a key of a user. */
const skip = skipUnlessThere(runs('go', ['version']) ? undefined : 'go is not installed');
const folder = cachePath('sqs-go');
const program = join(folder, 'program');

before(() => {
  if (skip !== false) return;
  mkdirSync(folder, { recursive: true });
  // Go knows itself what is built already; modules come through its proxy, checked against go.sum.
  succeed('go', ['build', '-o', program, '.'], sourcePath('go/sqs'));
});

test('the AWS SDK for Go finds its digests right, and errors by their types', { skip, timeout: 120_000 }, async () => {
  const home = await SqsHome.open({ adminUser: 'root', adminPassword: 'r00t-p4ss' });
  try {
    const { id, secret } = home.broker.accessKeys.add('root');
    const { stdout } = await promisify(execFile)(program, [home.endpoint, id, secret]);
    assert.deepEqual(JSON.parse(stdout), { received: 2, body: true, bytes: true, typed: true });
  } finally {
    await home.close();
  }
});
