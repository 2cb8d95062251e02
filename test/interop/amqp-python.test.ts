import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { startNaru } from '../../src/embed.js';
import { freePorts, Program, temporaryFolder } from '../process/program.js';
import { cachePath, fillOnce, runs, skipUnlessThere, sourcePath, succeed } from './toolchain.js';

/** Python's clients for RabbitMQ, and Celery with a worker of its own. */
const releases = ['pika==1.4.4', 'aio-pika==10.2.1', 'celery==5.7.0'];
const packages =
  process.env['NARU_AMQP_PYTHON'] ?? cachePath(`amqp-python-${releases.join('-').replaceAll('==', '-')}`);
const scripts = dirname(sourcePath('python/amqp/celery_app.py'));

const skip = skipUnlessThere(missing());

function missing(): string | undefined {
  const [command, ...args] = existsSync(packages) ? ['python3', '--version'] : ['python3', '-m', 'pip', '--version'];
  return runs(command!, args) ? undefined : `${command} is not installed`;
}

before(() => {
  if (skip !== false) return;
  fillOnce(packages, (half) => {
    succeed('python3', ['-m', 'pip', 'install', '--quiet', '--target', half, ...releases]);
  });
});

type Environment = Readonly<Record<string, string>>;

function environment(more: Environment = {}): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1', ...more };
}

/** What a script prints, which is JSON. */
async function said(script: string, args: readonly string[], more: Environment = {}): Promise<Record<string, unknown>> {
  const python = promisify(execFile)('python3', [join(scripts, script), ...args], {
    env: environment(more),
    timeout: 80_000,
  });
  const { stdout } = await python.catch((error) => {
    throw new Error(`${script} ended with ${error.code}: ${error.stdout}${error.stderr}`);
  });
  return JSON.parse(stdout);
}

function asGuest(url: string): string {
  return url.replace(/^amqp:\/\/(?!guest)/, 'amqp://guest:guest@');
}

/** The same, of a broker that is there for the script alone. */
async function saidOfOne(script: string): Promise<Record<string, unknown>> {
  const naru = await startNaru({ memory: true, kafka: false, sqs: false, http: false });
  try {
    return await said(script, [asGuest(naru.amqp.url)]);
  } finally {
    await naru.close();
  }
}

describe('clients for Python', { skip, concurrency: true, timeout: 120_000 }, () => {
  test('pika routes, publishes, consumes, commits, asks and is refused as with RabbitMQ', async () => {
    assert.deepEqual(await saidOfOne('pika_client.py'), {
      routing: {
        direct: [['banana'], []],
        fanout: [['all'], ['all'], ['all']],
        topic: [['sunny'], ['sunny'], []],
        headers: [1, 2],
      },
      publishing: { returned: [312, 'NO_ROUTE', 'lost'], refused: ['first'], large: true },
      consuming: {
        taken: [['0', false], ['0', true], ...['1', '2', '3', '4', '5'].map((body) => [body, false])],
        left: 0,
        cancelled: true,
      },
      transaction: [[], ['done']],
      quorum: { counts: [null, 1, 2], death: ['py.quorum', 'delivery_limit', 1, ['py.quorum']] },
      direct_reply: ['re: hello'],
      refusals: [
        [404, 'NOT_FOUND'],
        [406, 'PRECONDITION_FAILED'],
        [406, 'PRECONDITION_FAILED'],
        [403, 'ACCESS_REFUSED'],
        [404, 'NOT_FOUND'],
        [406, 'PRECONDITION_FAILED'],
        [403, 'ACCESS_REFUSED'],
      ],
      doors: ['password', 'virtual host'],
      heartbeats: true,
    });
  });

  test('aio-pika’s patterns for calls and for work find what they need', async () => {
    assert.deepEqual(await saidOfOne('aio_pika_client.py'), {
      calls: [true, 'no', 'MessageProcessError'],
      workers: true,
      publishing: [true, true, 'PublishError'],
      transaction: ['one', 'two'],
    });
  });

  const answers = {
    ping: true,
    many: true,
    chain: 10,
    retried: 2,
    'given up': 'no',
    'at once': true,
    countdown: true,
    eta: true,
    expired: 'TaskRevokedError',
    redelivered: true,
  };

  test('Celery works tasks off and sends results back over the broker, which may be killed in between', async (context) => {
    const celery = await Celery.start(context, { NARU_RESULTS: 'rpc://', NARU_TASKS: 'tasks' });
    const acts = ['simple', 'retries', 'later', 'expired', 'lost', 'inspected'];
    assert.deepEqual(await celery.client(acts), { ...answers, queues: ['tasks'] });
    await celery.killBroker();
    assert.deepEqual(await celery.client(['simple']), { ping: true, many: true, chain: 10 });
  });

  test('Celery on quorum queues delays by queues of the broker, and joins a chord', async (context) => {
    const results = await temporaryFolder(context);
    const celery = await Celery.start(context, {
      // Results of a chord's parts have to be seen together, which no result backend over AMQP can do.
      NARU_RESULTS: `file://${results}`,
      NARU_TASKS: 'quorum-tasks',
      NARU_QUEUE_TYPE: 'quorum',
    });
    const acts = ['simple', 'retries', 'later', 'expired', 'lost', 'joined', 'inspected'];
    assert.deepEqual(await celery.client(acts), { ...answers, chord: 90, queues: ['quorum-tasks'] });
  });
});

/** A broker of its own, with a worker. */
class Celery {
  private readonly context: TestContext;
  private readonly data: string;
  private readonly more: Environment;
  private broker: Program;
  private port: string;

  private constructor(context: TestContext, data: string, more: Environment, broker: Program, port: string) {
    this.context = context;
    this.data = data;
    this.more = more;
    this.broker = broker;
    this.port = port;
  }

  static async start(context: TestContext, settings: Environment): Promise<Celery> {
    const folder = await temporaryFolder(context);
    const data = join(folder, 'data');
    mkdirSync(join(folder, 'run'));
    const broker = startBroker(context, data);
    const { amqp } = await broker.readyRecord();
    const more = { ...settings, NARU_AMQP: asGuest(amqp!), NARU_FOLDER: join(folder, 'run') };
    const celery = new Celery(context, data, more, broker, new URL(amqp!).port);
    celery.startWorker();
    return celery;
  }

  private startWorker(): void {
    const args = ['-m', 'celery', '-A', 'celery_app', 'worker', '--concurrency=2', '--loglevel=warning'];
    const worker = spawn('python3', args, {
      cwd: scripts,
      env: environment(this.more),
      stdio: 'ignore',
      detached: true,
    });
    const ended = once(worker, 'exit');
    this.context.after(async () => {
      // With the processes of its pool.
      process.kill(-worker.pid!, 'SIGKILL');
      await ended;
    });
  }

  client(acts: readonly string[]): Promise<Record<string, unknown>> {
    return said('celery_client.py', acts, this.more);
  }

  async killBroker(): Promise<void> {
    this.broker.signal('SIGKILL');
    await this.broker.outcome();
    this.broker = startBroker(this.context, this.data, this.port);
    await this.broker.ready();
  }
}

function startBroker(context: TestContext, data: string, amqpPort = '0'): Program {
  const ports = freePorts.map((flag) => (flag.startsWith('--amqp-port') ? `--amqp-port=${amqpPort}` : flag));
  return new Program(context, ['start', '--data', data, '--log-format=json', ...ports]);
}
