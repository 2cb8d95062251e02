import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { type RunningNaru, startNaru } from '../../src/embed.js';
import { sleep, systemClock } from '../../src/lib/clock.js';
import { endWith, temporaryFolder } from '../process/program.js';
import { kafkaPanels, rabbitPanels } from './dashboard-queries.js';
import { runs, skipUnlessThere } from './toolchain.js';

/** Debian's Prometheus: it scrapes, and answers what the panels of dashboards ask. */
const prometheus = process.env['NARU_PROMETHEUS'] ?? 'prometheus';
const promtool = process.env['NARU_PROMTOOL'] ?? 'promtool';
const isThere = runs(prometheus, ['--version']) && runs(promtool, ['--version']);
const skip = skipUnlessThere(isThere ? undefined : 'prometheus is not installed');

const docs = fileURLToPath(new URL('../../../docs/grafana/', import.meta.url));

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

class Prometheus {
  readonly url: string;

  private constructor(url: string) {
    this.url = url;
  }

  /** One that scrapes these ports every half second. */
  static async started(context: TestContext, targets: readonly string[]): Promise<Prometheus> {
    const folder = await temporaryFolder(context);
    const config = join(folder, 'prometheus.json');
    const jobs = [{ job_name: 'naru', static_configs: [{ targets }] }];
    await writeFile(config, JSON.stringify({ global: { scrape_interval: '500ms' }, scrape_configs: jobs }));
    const child = spawn(
      prometheus,
      [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    endWith(context, () => kill(child));
    for await (const line of createInterface(child.stderr)) {
      const port = /msg="Listening on".* address=127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      child.stderr.resume();
      return new Prometheus(`http://127.0.0.1:${port}`);
    }
    throw new Error('Prometheus ended');
  }

  async query(query: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) });
    // Not before it has read its data does it answer anything.
    if (response.status === 503) return [];
    const answer = (await response.json()) as { status: string; error?: string; data: { result: Sample[] } };
    assert.equal(answer.status, 'success', `${query}: ${answer.error}`);
    return answer.data.result;
  }

  /** What it answers as soon as that is something that will do. */
  async until(query: string, fits: (samples: readonly Sample[]) => boolean = any): Promise<readonly Sample[]> {
    let found: readonly Sample[] = [];
    for (let attempt = 0; attempt < 150; attempt++) {
      found = await this.query(query);
      if (fits(found)) return found;
      await sleep(systemClock, 200);
    }
    throw new Error(`no answer to ${query} that will do: ${JSON.stringify(found)}`);
  }
}

function any(samples: readonly Sample[]): boolean {
  return samples.length > 0;
}

function isPositive(samples: readonly Sample[]): boolean {
  // As it writes numbers: in memory there is room without end.
  return samples.some(({ value }) => value[1] === '+Inf' || Number(value[1]) > 0);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

/** Something on every front, so that no panel is about nothing. */
async function work(naru: RunningNaru): Promise<void> {
  const connection = await connect(naru.amqp.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('jobs');
  for (let at = 0; at < 10; at++) channel.publish('', 'jobs', Buffer.alloc(200));
  channel.publish('', 'nowhere', Buffer.from('x'), { mandatory: true });
  await channel.waitForConfirms();
  const message = await channel.get('jobs');
  assert.ok(message);
  channel.nack(message);
  let left = 4;
  await channel.prefetch(4);
  await new Promise<void>((resolve) => {
    channel.consume('jobs', (each) => {
      if (each !== null && left > 2) channel.ack(each);
      if (--left === 0) resolve();
    });
  });
  // Closed by itself it may not take with it what the channel still had to say.
  await channel.close();
  await connection.close();

  await orders(naru, 4);

  const credentials = { accessKeyId: 'any', secretAccessKey: 'thing' };
  const sqs = new SQSClient({ endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'mail' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  sqs.destroy();
}

/** Ten records more, and a group that has come this far. */
async function orders(naru: RunningNaru, committed: number): Promise<void> {
  const kafka = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: Array.from({ length: 10 }, () => ({ value: 'x' })) });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: 'billing' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  await new Promise<void>((resolve) => consumer.run({ autoCommit: false, eachMessage: async () => resolve() }));
  await consumer.commitOffsets([{ topic: 'orders', partition: 0, offset: String(committed) }]);
  await consumer.disconnect();
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** The queries of the dashboard in docs, with its variables filled in. */
async function ownPanels(): Promise<[string, string][]> {
  const { panels } = JSON.parse(await readFile(join(docs, 'naru.json'), 'utf8')) as { panels: Panel[] };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }): [string, string] => [
      title,
      expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m'),
    ]),
  );
}

describe('prometheus', { skip, timeout: 180_000 }, () => {
  test('answers every panel of the dashboards, by scraping either port', async (context) => {
    const naru = await startNaru({ memory: true, metrics: true });
    const prometheusRuns = Prometheus.started(context, await ports(naru));
    context.after(() => naru.close());
    const server = await prometheusRuns;
    await server.until('sum(up{job="naru"})', (samples) => samples[0]?.value[1] === '2');
    await work(naru);
    await server.until('sum(increase(naru_messages_in_total{front="sqs"}[1m]))', isPositive);
    // A rate is of what moved since the first scrape that knew of it.
    const known = 'kafka_consumergroup_current_offset{consumergroup="billing",topic="orders"}';
    await server.until(known, (samples) => samples.length === 2);
    await orders(naru, 14);
    for (const [panel, query] of await ownPanels()) {
      const samples = await server.until(query);
      for (const { value } of samples) assert.ok(value[1] !== 'NaN' || /quantile/.test(query), panel);
    }
    for (const [panel, query, moves] of rabbitPanels)
      await server.until(query, moves ? isPositive : any).catch(named(panel));
    for (const [panel, query, moves] of kafkaPanels)
      await server.until(query, moves ? isPositive : any).catch(named(panel));
    const lag = await server.query('kafka_consumergroup_lag_sum{consumergroup="billing",topic="orders"}');
    assert.deepEqual(
      lag.map(({ value }) => value[1]),
      ['6', '6'],
    );
  });

  test('promtool finds nothing wrong in what is scraped, nor in the rules for alerts', async (context) => {
    const naru = await startNaru({ memory: true });
    context.after(() => naru.close());
    await work(naru);
    for (const path of ['/metrics', '/metrics/per-object']) {
      const text = await (await fetch(`${naru.http.url}${path}`)).text();
      const checked = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8', timeout: 30_000 });
      // Names of kafka_exporter's that promtool would have otherwise; dashboards ask for them as they are.
      const faults = checked.stderr.split('\n').filter((line) => !/^(kafka_consumergroup_\w+_sum .*|)$/.test(line));
      assert.deepEqual(faults, []);
      assert.equal(checked.error, undefined);
    }
    const told = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)(promtool, args, { cwd: docs, timeout: 30_000 })).stdout;
    assert.match(await told('check', 'rules', 'alerts.yml'), /SUCCESS: \d+ rules found/);
    assert.match(await told('test', 'rules', 'alerts-test.yml'), /SUCCESS/);
  });

  test('every name in the rules for alerts is one that is scraped', async (context) => {
    const naru = await startNaru({ memory: true });
    context.after(() => naru.close());
    await work(naru);
    const scraped = await (await fetch(`${naru.http.url}/metrics`)).text();
    const rules = await readFile(join(docs, 'alerts.yml'), 'utf8');
    const names = new Set([...rules.matchAll(/\b(?:naru|kafka)_[a-z_]+/g)].map(([name]) => name));
    assert.ok(names.size > 5);
    for (const name of names) assert.match(scraped, new RegExp(`^${name}[{ ]`, 'm'));
  });
});

function named(panel: string): (error: Error) => never {
  return (error) => {
    throw new Error(`the panel ${panel}: ${error.message}`, { cause: error });
  };
}

async function ports(naru: RunningNaru): Promise<string[]> {
  const { listeners } = (await (await fetch(`${naru.http.url}/api/overview`)).json()) as {
    listeners: { protocol: string; port: number }[];
  };
  return listeners
    .filter(({ protocol }) => protocol === 'http' || protocol === 'metrics')
    .map(({ port }) => `127.0.0.1:${port}`);
}
