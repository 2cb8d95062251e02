import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openNodeMeta } from '../../src/store/node-meta.js';
import { freePorts, Program, run, temporaryFolder } from './program.js';

const limit = { timeout: 30_000 };

test('the ready line names each front, and health is good from then on', limit, async (context) => {
  const folder = await temporaryFolder(context);
  const program = new Program(context, ['start', '--data', join(folder, 'data'), ...freePorts]);
  const line = await program.ready();
  assert.match(line, /^naru ready .*http=http:\/\/127\.0\.0\.1:\d+/);
  const url = /http=(\S+)/.exec(line)![1]!;
  const health = await fetch(`${url}/healthz`);
  assert.equal(health.status, 200);
  assert.deepEqual(await health.json(), { status: 'ready' });
  const { code, stdout } = await program.stop();
  assert.equal(code, 0);
  assert.equal(stdout, `${line}\n`);
});

test('as JSON the ready line is one record with the ports really taken', limit, async (context) => {
  const program = new Program(context, ['start', '--memory', '--log-format', 'json', ...freePorts]);
  const record = await program.readyRecord();
  assert.equal(record['msg'], 'naru ready');
  assert.match(record['http']!, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  for (const [front, address] of Object.entries(record)) {
    if (front === 'kafka') assert.match(address, /^127\.0\.0\.1:[1-9]\d*$/);
    else if (front === 'amqp') assert.match(address, /^amqp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    else if (front === 'sqs') assert.match(address, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    else assert.ok(front === 'msg' || front === 'http', `${front} is no front`);
  }
  const overview = (await (await fetch(`${record['http']}/api/overview`)).json()) as Record<string, unknown>;
  assert.equal(overview['product'], 'Naru');
  assert.match(String(overview['clusterId']), /^[\w-]{22}$/);
  const { code, stderr } = await program.stop();
  assert.equal(code, 0);
  for (const line of stderr.trim().split('\n')) assert.equal(typeof JSON.parse(line), 'object');
});

test('SIGINT ends it too, with a client’s connection still open', limit, async (context) => {
  const program = new Program(context, ['start', '--memory', '--log-format', 'json', ...freePorts]);
  const { http } = await program.readyRecord();
  const agent = new Agent({ keepAlive: true });
  context.after(() => agent.destroy());
  const [response] = (await once(get(`${http}/healthz`, { agent }), 'response')) as [NodeJS.ReadableStream];
  response.resume();
  await once(response, 'end');
  const before = performance.now();
  program.signal('SIGINT');
  const { code } = await program.outcome();
  assert.equal(code, 0);
  // The grace time is 5 s; an idle connection must not use it up.
  assert.ok(performance.now() - before < 3000);
});

test('a second signal ends it at once, whatever is in flight', limit, async (context) => {
  const program = new Program(context, ['start', '--memory', '--log-format', 'json', ...freePorts]);
  const { http } = await program.readyRecord();
  const socket = connect(Number(new URL(http!).port), '127.0.0.1');
  context.after(() => socket.destroy());
  socket.on('error', () => {});
  // A request that never ends holds up the closing until the grace time is over.
  socket.write('POST /api/overview HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1');
  await fetch(`${http}/healthz`);
  program.signal('SIGTERM');
  await program.logged(/stopping/);
  const before = performance.now();
  program.signal('SIGTERM');
  assert.equal((await program.outcome()).code, 143);
  assert.ok(performance.now() - before < 2000);
});

test('a data directory belongs to one process at a time and keeps its identity', limit, async (context) => {
  const data = join(await temporaryFolder(context), 'data');
  const args = ['start', '--data', data, '--log-format', 'json', ...freePorts];
  const first = new Program(context, args);
  const { http } = await first.readyRecord();
  const second = await run(context, args);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /in use by process \d+/);
  assert.ok(second.stderr.includes(String(first.child.pid)));
  assert.equal(second.stdout, '');
  const identity = await clusterIdAt(http!);
  assert.equal((await first.stop()).code, 0);

  const third = new Program(context, args);
  assert.equal(await clusterIdAt((await third.readyRecord())['http']!), identity);
  third.signal('SIGKILL');
  await third.outcome();
  const fourth = new Program(context, args);
  assert.equal(await clusterIdAt((await fourth.readyRecord())['http']!), identity);
  assert.equal((await fourth.stop()).code, 0);
});

async function clusterIdAt(url: string): Promise<unknown> {
  return ((await (await fetch(`${url}/api/overview`)).json()) as Record<string, unknown>)['clusterId'];
}

test(
  'a taken port is named with the front and what to do, and the data directory is free again',
  limit,
  async (context) => {
    const data = join(await temporaryFolder(context), 'data');
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => other.close());
    await once(other, 'listening');
    const bound = other.address();
    assert.ok(bound !== null && typeof bound === 'object');
    const taken = await run(context, ['start', '--data', data, ...freePorts, '--http-port', String(bound.port)]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, new RegExp(`http front .*port ${bound.port} is taken.*--http-port`));
    assert.equal(taken.stdout, '');
    const next = new Program(context, ['start', '--data', data, ...freePorts]);
    assert.match(await next.ready(), /^naru ready/);
  },
);

test('a data directory of a newer format is refused and both versions are named', limit, async (context) => {
  const data = join(await temporaryFolder(context), 'data');
  const meta = await openNodeMeta(join(data, 'meta'));
  await meta.putIfVersion('format', Buffer.from('7'), 0);
  const { code, stderr } = await run(context, ['start', '--data', data, ...freePorts]);
  assert.equal(code, 1);
  assert.match(stderr, /has format 7, .* reads format 1\b.*newer/);
});

test('a data directory that cannot be made is said so', limit, async (context) => {
  const folder = await temporaryFolder(context);
  const occupied = join(folder, 'a-file');
  await writeFile(occupied, 'x');
  const { code, stderr } = await run(context, ['start', '--data', join(occupied, 'data'), ...freePorts]);
  assert.equal(code, 1);
  assert.match(stderr, /data directory cannot be used/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

test('flag, environment and file are told apart by a running program', limit, async (context) => {
  const folder = await temporaryFolder(context);
  const config = join(folder, 'naru.yaml');
  await writeFile(config, `node-id: 7\nmemory: true\nlog-format: json\n`);
  const nodeIdOf = async (args: readonly string[], environment: Record<string, string>): Promise<unknown> => {
    const program = new Program(context, ['start', '--config', config, ...freePorts, ...args], environment);
    const { http } = await program.readyRecord();
    const overview = (await (await fetch(`${http}/api/overview`)).json()) as Record<string, unknown>;
    await program.stop();
    return overview['nodeId'];
  };
  assert.equal(await nodeIdOf([], {}), 7);
  assert.equal(await nodeIdOf([], { NARU_NODE_ID: '8' }), 8);
  assert.equal(await nodeIdOf(['--node-id', '9'], { NARU_NODE_ID: '8' }), 9);
});

test('a mistake in how it is called is exit code 2, says where and makes no data folder', limit, async (context) => {
  const folder = await temporaryFolder(context);
  const missing = join(folder, 'none', 'naru.yaml');
  const config = join(folder, 'naru.yaml');
  await writeFile(config, 'memory: true\nkafka-prot: 1\n');
  const cases: [readonly string[], Record<string, string>, RegExp][] = [
    [['start', '--kafka-prot', '1'], {}, /unknown option '--kafka-prot'.*--kafka-port/],
    [['start', '--kafka-port', 'many'], {}, /--kafka-port: "many" is not a port/],
    [['start'], { NARU_KAFKA_PROT: '1' }, /NARU_KAFKA_PROT: .*NARU_KAFKA_PORT/],
    [['start', '--config', config], {}, /naru\.yaml, line 2, kafka-prot: .*kafka-port/],
    [['start', '--config', missing], {}, /--config: .*naru\.yaml/],
    [['start', '--memory', '--data', 'x'], {}, /exclude each other/],
    [['start', '--memory', '--host', '0.0.0.0'], {}, /0\.0\.0\.0.*no users.*--insecure/],
    [['start', 'now'], {}, /too many arguments/],
    [['strat'], {}, /unknown command 'strat'.*start/],
    [[], {}, /Usage: naru/],
  ];
  for (const [args, environment, message] of cases) {
    const { code, stdout, stderr } = await run(context, args, environment);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.equal(stdout, '');
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});

test('--insecure listens on every address and says so in the log', limit, async (context) => {
  const program = new Program(context, ['start', '--memory', '--host', '0.0.0.0', '--insecure', ...freePorts]);
  assert.match(await program.ready(), /http=http:\/\/0\.0\.0\.0:\d+/);
  const { code, stderr } = await program.stop();
  assert.equal(code, 0);
  assert.match(stderr, /insecure/);
});

test('help lists every option with its default and variable; version is the package’s', limit, async (context) => {
  const help = await run(context, ['start', '--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--kafka-port <port>.*default 9092, NARU_KAFKA_PORT/);
  assert.match(help.stdout, /--no-http/);
  assert.match(help.stdout, /--retention-ms/);
  const versions = await run(context, ['--version']);
  assert.equal(versions.code, 0);
  assert.match(versions.stdout, /^\d+\.\d+\.\d+\n$/);
  assert.equal((await run(context, ['--help'])).code, 0);
});

test('with every front turned off there is nothing to start', limit, async (context) => {
  const { code, stderr } = await run(context, [
    'start',
    '--memory',
    '--no-kafka',
    '--no-amqp',
    '--no-sqs',
    '--no-http',
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /every front is turned off/);
});
