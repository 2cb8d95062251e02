import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startNaru } from '../../src/embed.js';
import { freePorts, Program, run as runProgram, temporaryFolder } from './program.js';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `naru user …` as a process, with `input` on its standard input. */
function naruUser(
  args: readonly string[],
  input = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [main, 'user', ...args], { env: { ...process.env, ...environment } });
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

async function served(context: TestContext): Promise<string> {
  const naru = await startNaru({ memory: true, kafka: true, adminUser: 'root', adminPassword: 'r00t-p4ss' });
  context.after(() => naru.close());
  return naru.http.url;
}

const asRoot = { NARU_USER: 'root', NARU_PASSWORD: 'r00t-p4ss' };

test('users are added, listed, changed and removed from the command line', async (context) => {
  const url = await served(context);
  const run = (args: readonly string[], input = ''): Promise<Ran> => naruUser([...args, '--url', url], input, asRoot);
  assert.deepEqual(await run(['add', 'alice'], 'wonderland\n'), { code: 0, stdout: 'added alice\n', stderr: '' });
  assert.deepEqual(await run(['add', 'bob', '--admin'], 'builder'), { code: 0, stdout: 'added bob\n', stderr: '' });
  assert.equal((await run(['list'])).stdout, 'alice\nbob\tadministrator\nroot\tadministrator\n');
  assert.equal((await run(['passwd', 'alice'], 'looking-glass\n')).code, 0);
  const alice = { NARU_USER: 'alice', NARU_PASSWORD: 'looking-glass' };
  assert.match((await naruUser(['list', '--url', url], '', alice)).stderr, /for administrators/);
  assert.equal((await run(['remove', 'bob'])).stdout, 'removed bob\n');
  assert.equal((await run(['list'])).stdout, 'alice\nroot\tadministrator\n');
});

test('what cannot be done is told in one line, with exit code 1', async (context) => {
  const url = await served(context);
  for (const [args, input, environment, expected] of [
    [['add', 'root', '--url', url], 'x\n', asRoot, /there already/],
    [['add', 'carol', '--url', url], '', asRoot, /no password/],
    [['passwd', 'nobody', '--url', url], 'x\n', asRoot, /no user nobody/],
    [['remove', 'nobody', '--url', url], '', asRoot, /no user nobody/],
    [['list', '--url', url], '', {}, /--user and NARU_PASSWORD/],
    [['list', '--url', url, '--user', 'root'], '', {}, /NARU_PASSWORD/],
    [['list', '--url', url], '', { ...asRoot, NARU_PASSWORD: 'wrong' }, /wrong user or password/],
    [['list', '--url', 'http://127.0.0.1:1'], '', {}, /does not answer.*--url/],
    [['add', 'carol', '--url', url, '--password-file', '/nowhere/at-all'], '', asRoot, /--password-file.*nowhere/],
  ] as const) {
    const { code, stdout, stderr } = await naruUser(args, input, environment);
    assert.deepEqual([code, stdout], [1, ''], args.join(' '));
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  }
});

test('it starts on an address that others reach when it makes an administrator', async (context) => {
  const environment = { NARU_ADMIN_PASSWORD: 'r00t-p4ss' };
  const args = ['start', '--memory', '--host', '0.0.0.0', '--admin-user', 'root', '--log-format=json', ...freePorts];
  const program = new Program(context, args, environment);
  const { http } = await program.readyRecord();
  const port = new URL(http!).port;
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/overview`)).status, 401);
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  const { stdout, stderr } = await program.stop();
  assert.ok(!`${stdout}${stderr}`.includes('r00t-p4ss'), 'the password is in no line');
});

test('an address that others reach needs users, and those in the data folder are enough', async (context) => {
  const data = await temporaryFolder(context);
  const exposed = ['start', '--data', data, '--host', '0.0.0.0', '--log-format=json', ...freePorts];
  const refused = await runProgram(context, exposed);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /no users are configured.*--admin-user/);
  const environment = { NARU_ADMIN_PASSWORD: 'r00t-p4ss' };
  const local = new Program(context, ['start', '--data', data, '--admin-user=root', ...freePorts], environment);
  await local.ready();
  assert.equal((await local.stop()).code, 0);
  const again = new Program(context, exposed);
  const { http } = await again.readyRecord();
  const url = `http://127.0.0.1:${new URL(http!).port}`;
  assert.equal((await naruUser(['list', '--url', url], '', asRoot)).stdout, 'root\tadministrator\n');
  const last = await naruUser(['remove', 'root', '--url', url], '', asRoot);
  assert.match(last.stderr, /last user cannot be removed/);
  assert.equal((await again.stop()).code, 0);
});
