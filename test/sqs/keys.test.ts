import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AdminClient } from '../admin/client.js';
import { atHome, type SqsHome } from './home.js';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const users = { http: true, adminUser: 'root', adminPassword: 'r00t-p4ss' };

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function naruUser(home: SqsHome, args: readonly string[], input = ''): Promise<Ran> {
  const env = { ...process.env, NARU_USER: 'root', NARU_PASSWORD: 'r00t-p4ss', NARU_URL: home.address('http') };
  const child = spawn(process.execPath, [main, 'user', ...args], { env });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

async function worksWith(home: SqsHome, accessKeyId: string, secretAccessKey: string): Promise<boolean> {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new SQSClient({ endpoint: home.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  try {
    await client.send(new ListQueuesCommand({}));
    return true;
  } catch (error) {
    assert.ok(['InvalidClientTokenId', 'SignatureDoesNotMatch'].includes((error as Error).name));
    return false;
  } finally {
    client.destroy();
  }
}

test('access keys are made, listed and removed from the command line, and clients sign with them', () =>
  atHome(async (home) => {
    const added = await naruUser(home, ['add-key', 'root']);
    assert.equal(added.code, 0, added.stderr);
    const [id, secret] = added.stdout.trim().split('\t');
    assert.match(id!, /^NARU[A-Z2-7]{16}$/);
    assert.equal(secret!.length, 40);
    assert.equal((await naruUser(home, ['keys'])).stdout, `root\t${id}\n`);
    assert.equal((await naruUser(home, ['keys', 'root'])).stdout, `root\t${id}\n`);
    assert.equal(await worksWith(home, id!, secret!), true);
    assert.equal(await worksWith(home, id!, `${secret}x`), false);
    assert.equal((await naruUser(home, ['remove-key', id!])).stdout, `removed ${id}\n`);
    assert.equal(await worksWith(home, id!, secret!), false);
    const gone = await naruUser(home, ['remove-key', id!]);
    assert.deepEqual([gone.code, gone.stderr], [1, `naru: there is no access key ${id}\n`]);
    const nobody = await naruUser(home, ['add-key', 'nobody']);
    assert.match(nobody.stderr, /no user nobody/);
  }, users));

test('a key can be brought along, its secret by standard input', () =>
  atHome(async (home) => {
    const id = 'AKIAIOSFODNN7EXAMPLE';
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const added = await naruUser(home, ['add-key', 'root', '--id', id], `${secret}\n`);
    assert.equal(added.stdout, `${id}\t${secret}\n`);
    assert.equal(await worksWith(home, id, secret), true);
    assert.match((await naruUser(home, ['add-key', 'root', '--id', id], `${secret}\n`)).stderr, /there already/);
    assert.match((await naruUser(home, ['add-key', 'root', '--id', 'short'], 'x\n')).stderr, /16 to 128 letters/);
  }, users));

test('the REST API tells a secret once, to administrators, and keys go with their user', () =>
  atHome(async (home) => {
    const root = new AdminClient(home.address('http'), 'root', 'r00t-p4ss');
    await root.put('/api/users/alice', { password: 'p4ssword', tags: 'management' });
    const made = await root.post('/api/users/alice/access-keys', {});
    assert.equal(made.status, 201);
    const { id, secret, user } = made.body;
    assert.equal(user, 'alice');
    assert.deepEqual(await root.read('/api/access-keys'), [{ id, user: 'alice' }]);
    assert.deepEqual(await root.read('/api/users/alice/access-keys'), [{ id, user: 'alice' }]);
    assert.equal((await root.as('alice').get('/api/access-keys')).status, 401);
    assert.equal((await root.post('/api/users/alice/access-keys', { id: 'A'.repeat(16) })).status, 400);
    const bad = { id: 'A'.repeat(16), secret: 'with space in it' };
    assert.equal((await root.post('/api/users/alice/access-keys', bad)).status, 400);
    assert.equal((await root.delete(`/api/users/root/access-keys/${id}`)).status, 404);
    assert.equal(await worksWith(home, id, secret), true);
    await root.delete('/api/users/alice');
    assert.deepEqual(await root.read('/api/access-keys'), []);
    assert.equal(await worksWith(home, id, secret), false);
  }, users));
