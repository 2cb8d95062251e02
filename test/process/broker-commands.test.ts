import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { temporaryFolder } from './program.js';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Run = (args: readonly string[], input?: string) => Promise<Ran>;

/** Runs `naru …` as a process, as the administrator of a broker of its own. */
async function served(context: TestContext): Promise<Run> {
  const naru = await startNaru({ memory: true, kafka: false, adminUser: 'root', adminPassword: 'r00t-p4ss' });
  context.after(() => naru.close());
  return runnerFor(naru);
}

function runnerFor(naru: RunningNaru): Run {
  const environment = { ...process.env, NARU_URL: naru.http.url, NARU_USER: 'root', NARU_PASSWORD: 'r00t-p4ss' };
  return (args, input = '') => {
    const child = spawn(process.execPath, [main, ...args], { env: environment });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  };
}

async function told(run: Run, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  return stdout;
}

test('tags, limits and permissions are set by their short names and by those of rabbitmqctl', async (context) => {
  const run = await served(context);
  assert.equal((await run(['user', 'add', 'alice'], 'w0nder\n')).code, 0);
  assert.equal(await told(run, 'user', 'tag', 'alice', 'monitoring', 'own'), 'tagged alice\n');
  assert.equal(await told(run, 'user', 'list'), 'alice\tmonitoring,own\nroot\tadministrator\n');
  assert.equal(await told(run, 'user', 'set_user_tags', 'alice'), 'tagged alice\n');
  assert.equal(await told(run, 'user', 'list_users'), 'alice\nroot\tadministrator\n');
  assert.equal(await told(run, 'user', 'limit', 'alice', 'max-connections', '5'), 'limited alice\n');
  assert.equal(
    await told(run, 'vhost', 'add', 'blue', '--description', 'd', '--default-queue-type', 'quorum'),
    'added blue\n',
  );
  assert.equal(
    await told(run, 'user', 'set_permissions', 'alice', '^a', '', '.*', '--vhost', 'blue'),
    'allowed alice in blue\n',
  );
  assert.equal(await told(run, 'user', 'permissions', 'alice'), 'alice\tblue\t^a\t\t.*\n');
  assert.equal(await told(run, 'user', 'allow-topic', 'alice', 'events', '^a', '^b'), 'allowed alice in /\n');
  assert.equal(await told(run, 'user', 'topic-permissions'), 'alice\t/\tevents\t^a\t^b\n');
  await told(run, 'user', 'deny-topic', 'alice');
  assert.equal(await told(run, 'user', 'topic-permissions', 'alice'), '');
  await told(run, 'user', 'deny', 'alice', '--vhost', 'blue');
  assert.equal(await told(run, 'user', 'permissions', 'alice'), '');
});

test('virtual hosts and policies are listed, set and taken away', async (context) => {
  const run = await served(context);
  await told(run, 'vhost', 'add', 'blue');
  assert.equal(await told(run, 'vhost', 'list'), '/\nblue\n');
  await told(run, 'vhost', 'limit', 'blue', 'max-queues', '7');
  const definition = '{"message-ttl":1000}';
  await told(
    run,
    'policy',
    'set',
    'ttl',
    '^orders',
    definition,
    '--vhost',
    'blue',
    '--priority',
    '3',
    '--apply-to',
    'queues',
  );
  assert.equal(await told(run, 'policy', 'list', '--vhost', 'blue'), `ttl\tqueues\t^orders\t${definition}\t3\n`);
  await told(run, 'policy', 'set', 'cap', '.*', '{"max-length":9}', '--operator');
  assert.equal(await told(run, 'policy', 'list', '--operator'), 'cap\tall\t.*\t{"max-length":9}\t0\n');
  await told(run, 'policy', 'clear', 'cap', '--operator');
  assert.equal(await told(run, 'policy', 'list', '--operator'), '');
  await told(run, 'vhost', 'remove', 'blue');
  assert.equal(await told(run, 'vhost', 'list'), '/\n');
});

test('definitions go out and in, over files and pipes', async (context) => {
  const run = await served(context);
  await told(run, 'vhost', 'add', 'blue');
  const exported = await told(run, 'definitions', 'export');
  assert.deepEqual(
    JSON.parse(exported).vhosts.map(({ name }: { name: string }) => name),
    ['/', 'blue'],
  );
  await told(run, 'vhost', 'remove', 'blue');
  assert.equal((await run(['definitions', 'import'], exported)).stdout, 'imported\n');
  assert.equal(await told(run, 'vhost', 'list'), '/\nblue\n');
  const file = join(await temporaryFolder(context), 'blue.json');
  await writeFile(file, JSON.stringify({ exchanges: [{ name: 'x', type: 'fanout' }] }));
  assert.equal(await told(run, 'definitions', 'import', file, '--vhost', 'blue'), 'imported\n');
  assert.equal(JSON.parse(await told(run, 'definitions', 'export', '--vhost', 'blue')).exchanges[0].name, 'x');
});

test('queues, exchanges, bindings, connections, channels and consumers are listed, and some ended', async (context) => {
  const naru = await startNaru({ memory: true, kafka: false, adminUser: 'root', adminPassword: 'r00t-p4ss' });
  context.after(() => naru.close());
  const run = runnerFor(naru);
  const connection = await connect(naru.amqp.url.replace('://', '://root:r00t-p4ss@'));
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q', { arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue('q', 'amq.topic', 'a.#');
  channel.sendToQueue('q', Buffer.from('x'));
  await channel.waitForConfirms();
  assert.equal(await told(run, 'queue', 'list'), 'q\tquorum\t1\t0\t0\n');
  assert.match(await told(run, 'exchange', 'list'), /^amq\.topic\ttopic$/m);
  assert.equal(await told(run, 'binding', 'list'), '\tqueue\tq\tq\t{}\namq.topic\tqueue\tq\ta.#\t{}\n');
  assert.equal(await told(run, 'queue', 'purge', 'q'), 'purged q\n');
  await channel.consume('q', () => {}, { consumerTag: 'c1' });
  assert.match(await told(run, 'consumer', 'list_consumers'), /^q\tc1\ttrue\t0\t127\.0\.0\.1:\d+ -> .* \(1\)\n$/);
  assert.match(await told(run, 'channel', 'list'), /\(1\)\troot\t\/\t1\t0\t0\n$/);
  const [name] = (await told(run, 'connection', 'list')).split('\t');
  const closed = once(connection, 'close');
  assert.equal(await told(run, 'connection', 'close', name!, 'enough'), `closed ${name}\n`);
  assert.match(String((await closed)[0]), /enough/);
  assert.equal(await told(run, 'queue', 'remove', 'q'), 'removed q\n');
  assert.equal(await told(run, 'queue', 'list'), '');
});

test('what cannot be done is told in one line', async (context) => {
  const run = await served(context);
  for (const [args, expected] of [
    [['user', 'tag', 'ghost', 'x'], /no user ghost/],
    [['user', 'limit', 'root', 'max-channels', 'many'], /no whole number/],
    [['user', 'allow', 'root', '(', '', ''], /regular expression/],
    [['vhost', 'remove', '/'], /cannot be deleted/],
    [['policy', 'set', 'p', '.*', '{'], /not JSON/],
    [['policy', 'set', 'p', '.*', '{"odd":1}'], /Validation failed: .*not recognised/],
    [['policy', 'clear', 'p'], /no policy p/],
    [['definitions', 'import', '/nowhere/at-all'], /nowhere/],
  ] as const) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([code, stdout], [1, ''], args.join(' '));
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  }
});
