import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { cachePath, fillOnce, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** RabbitMQ's client for Java, its PerfTest, and Spring AMQP. */
const artifacts = [
  'com.rabbitmq:perf-test:2.22.1',
  'com.rabbitmq:amqp-client:5.37.0',
  'org.springframework.amqp:spring-rabbit:4.1.1',
];
const programs = ['JavaClient', 'SpringApplication'];
const tools = cachePath('amqp-java-1', process.env['NARU_AMQP_JAVA']);

const skip = skipUnlessThere(missing());

function missing(): string | undefined {
  if (!runs('javac', ['-version'])) return 'javac is not installed';
  if (existsSync(tools) || runs('mvn', ['-version'])) return undefined;
  return 'mvn is not installed, and it fetches the clients’ jars';
}

function pom(): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>naru</groupId><artifactId>amqp-java</artifactId><version>1</version>
  <dependencies>${dependencies.join('\n')}</dependencies>
</project>
`;
}

const jars = join(tools, 'jars', '*');
const classes = cachePath('amqp-java-classes');

before(() => {
  if (skip !== false) return;
  fillOnce(tools, (half) => {
    writeFileSync(join(half, 'pom.xml'), pom());
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${half}/jars`];
    succeed('mvn', ['-q', '-B', ...copy], half);
  });
  const sources = programs.map((name) => sourcePath(`java/amqp/${name}.java`));
  succeed('javac', ['-parameters', '-cp', jars, '-d', classes, ...sources]);
});

function javaArgs(mainClass: string, args: readonly string[]): string[] {
  // Most of a short program's second is its compiler's.
  return ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', `${jars}:${classes}`, mainClass, ...args];
}

async function printed(mainClass: string, args: readonly string[]): Promise<string> {
  const java = promisify(execFile)('java', javaArgs(mainClass, args), { timeout: 60_000, maxBuffer: 1 << 24 });
  const { stdout } = await java.catch((error) => {
    throw new Error(`${mainClass} ended with ${error.code}: ${error.stdout}${error.stderr}`);
  });
  return stdout;
}

/** What a program of ours saw, by the names it gives. */
function seen(stdout: string): Record<string, string> {
  const lines = stdout.matchAll(/^= ([^:]*): (.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, what]) => [name, what]));
}

function asGuest(url: string): string {
  return url.replace(/^amqp:\/\/(?!guest)/, 'amqp://guest:guest@');
}

async function withNaru<T>(act: (naru: RunningNaru) => Promise<T>): Promise<T> {
  const naru = await startNaru({ memory: true, kafka: false, sqs: false, http: false });
  try {
    return await act(naru);
  } finally {
    await naru.close();
  }
}

describe('clients for Java', { skip, timeout: 120_000 }, () => {
  test('the Java client sees what RabbitMQ lets it see, down to classes and methods of refusals', async () => {
    const stdout = await withNaru((naru) => printed('JavaClient', [asGuest(naru.amqp.url)]));
    assert.deepEqual(seen(stdout), {
      cancelled: 'mine 403 60.20',
      channels: '0',
      confirms: '10000 true [312 java.nobody] true',
      deaths:
        '[[java.second expired 1 [first] null, java.first rejected 1 [java.first] 60000] null, ' +
        '[java.third maxlen 1 [second] null, java.second expired 1 [first] null, java.first rejected 1 [java.first] 60000] null]',
      doors: '[ACCESS_REFUSED, 530]',
      errors:
        '404 50.10, 406 50.10, 406 40.10, 406 40.10, 404 40.10, 403 50.10, 403 40.20, 404 50.20, 404 60.40, 406 60.80, ' +
        '404 60.20, 406 90.20, 406 85.10, 406 60.40, 406 60.40 true',
      fairness: 'true true',
      frames: 'true',
      globalPrefetch: 'true 3',
      heartbeat: '1 true',
      leases: '404 50.10',
      lengths: '[3, 4, 5] [abc4, abc5]',
      priorities: '[5, 6, 7, 4, 3, 2, 1, 0] [p5, p5, p1, p1]',
      properties: 'true true true',
      routing: '[[banana], [], [sunny], [sunny], [], [matched], [onward], [astray]]',
      rpc: '[re: call 0, re: call 1, re: call 2]',
      senderSelected: '[CC, CC, CC]',
      settling: '[0r, 2r, 3r, 5, then 4, 4 0]',
      singleActive: '[c0, c0, c1, c1]',
      transaction: '0 1 0',
      withoutWaiting: '[quick] 404 50.10',
    });
  });

  test('the Java client declares all again and goes on when the broker was killed', async (context) => {
    const data = await temporaryFolder(context);
    const first = new Program(context, ['start', '--data', data, '--log-format=json', ...freePorts]);
    const { amqp } = await first.readyRecord();
    const java = spawn('java', javaArgs('JavaClient', [asGuest(amqp!), 'recovery']), {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    context.after(() => java.kill('SIGKILL'));
    const lines = createInterface({ input: java.stdout })[Symbol.asyncIterator]();
    await lineOf(lines, /^ready$/);
    first.signal('SIGKILL');
    await first.outcome();
    const port = new URL(amqp!).port;
    const ports = freePorts.map((flag) => (flag.startsWith('--amqp-port') ? `--amqp-port=${port}` : flag));
    await new Program(context, ['start', '--data', data, '--log-format=json', ...ports]).ready();
    assert.deepEqual(seen(await lineOf(lines, /^= /)), { before: 'after true 100' });
  });

  test('PerfTest runs with confirms and several acks at once, on quorum queues, in transactions, and fetching', async () => {
    const runsOf: Record<string, readonly string[]> = {
      confirms: [
        '-x',
        '2',
        '-c',
        '100',
        '-f',
        'persistent',
        '-q',
        '100',
        '-A',
        '10',
        '-s',
        '1000',
        '-C',
        '3000',
        '-D',
        '6000',
      ],
      quorum: ['-qq', '-c', '100', '-q', '100', '-C', '3000', '-D', '3000'],
      transactions: ['-m', '10', '-n', '10', '-C', '1000', '-D', '1000'],
      fetching: ['-po', '-C', '300', '-D', '300'],
      'many queues': ['-qp', 'perf-%d', '-qpf', '1', '-qpt', '20', '-x', '20', '-y', '20', '-C', '100', '-D', '100'],
    };
    await withNaru(async (naru) => {
      for (const [name, args] of Object.entries(runsOf)) {
        const own = [
          '-h',
          asGuest(naru.amqp.url),
          '-d',
          'naru',
          ...(name === 'many queues' ? [] : ['-u', name]),
          ...args,
        ];
        const stdout = await printed('com.rabbitmq.perf.PerfTest', own);
        assert.match(stdout, /test stopped \(Producer reached message limit.*, Consumer reached message limit/, name);
        assert.match(stdout, /receiving rate avg: [1-9]/, name);
        assert.doesNotMatch(stdout, /nacked: [1-9]|Exception/, name);
      }
    });
  });

  test('Spring listens, answers, tries again, gives up and hears of confirms and returns', async () => {
    const stdout = await withNaru((naru) => printed('SpringApplication', [asGuest(naru.amqp.url)]));
    assert.deepEqual(seen(stdout), {
      confirmed: 'true true',
      returned: 'true NO_ROUTE',
      taken: 'good',
      dead: 'bad spring.orders rejected 1 after 3',
      limited: 'poison spring.quorum delivery_limit 1 after 3',
      'direct reply': '49',
      'temporary reply': '64',
      invoked: 'true',
      came: '100',
      listed: '0 2',
    });
  });
});

/** The next line that is the wanted one. */
async function lineOf(lines: AsyncIterator<string>, wanted: RegExp): Promise<string> {
  for (;;) {
    const line = await lines.next();
    if (line.done === true) throw new Error(`it ended without ${wanted}`);
    if (wanted.test(line.value)) return line.value;
  }
}
