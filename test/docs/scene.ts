import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';
import { type RunningNaru, startNaru } from '../../src/embed.js';

/**
 * Where the examples of one document run: a folder in which `naru` and the clients can be imported, with the commands they
 * call, and a broker. What documents say of ports is true of a machine with one Naru; here each has ports of its own, so
 * addresses are put in, and `npx naru start` runs until it is ready.
 */
export interface Scene {
  readonly folder: string;
  run(command: string, args: readonly string[]): Promise<Ended>;
  /** With the addresses of the brokers in place of the usual ones. */
  placed(text: string): string;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const compiled = fileURLToPath(new URL('../../', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Only what hangs: machines may be busy. */
const runMs = 240_000;

export async function sceneOf(context: TestContext, document: string): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'naru-docs-'));
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const naru = await started(context);
  const old = document === 'docs/moving.md' ? await oldBroker(context) : undefined;
  packages(folder);
  const addresses = addressesOf(naru, old);
  commands(folder);
  const environment = environmentOf(folder, naru);
  return {
    folder,
    placed: (text) => placed(text, addresses),
    run: (command, args) => run(folder, environment, command, args),
  };
}

async function started(context: TestContext): Promise<RunningNaru> {
  const naru = await startNaru({ memory: true });
  context.after(() => naru.close());
  return naru;
}

/** What somebody moves away from: one that has a topic and a queue with something in them. */
async function oldBroker(context: TestContext): Promise<RunningNaru> {
  const naru = await started(context);
  const producer = new Kafka({ brokers: naru.kafka.brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ key: '1', value: 'old' }] });
  await producer.disconnect();
  const connection = await connect(naru.amqp.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('jobs', { durable: true });
  channel.sendToQueue('jobs', Buffer.from('old'), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
  return naru;
}

function addressesOf(naru: RunningNaru, old: RunningNaru | undefined): [string, string][] {
  const at = (url: string): string => new URL(url).host;
  const addresses: [string, string][] = [
    ['localhost:9092', naru.kafka.brokers[0]!],
    ['localhost:5672', at(naru.amqp.url)],
    ['localhost:9324', at(naru.sqs.endpoint)],
    ['localhost:15672', at(naru.http.url)],
  ];
  if (old === undefined) return addresses;
  return [
    ...addresses,
    ['old-kafka:9092', old.kafka.brokers[0]!],
    ['old-rabbit:5672', at(old.amqp.url)],
    ['old-rabbit:15672', at(old.http.url)],
  ];
}

function placed(text: string, addresses: readonly (readonly [string, string])[]): string {
  return addresses.reduce((said, [usual, real]) => said.replaceAll(usual, real), text);
}

/** As `npm ci` leaves them, with `naru` as it was built beside this test. */
function packages(folder: string): void {
  mkdirSync(join(folder, 'node_modules', 'naru'), { recursive: true });
  cpSync(`${root}package.json`, join(folder, 'node_modules', 'naru', 'package.json'));
  symlinkSync(compiled, join(folder, 'node_modules', 'naru', 'dist'));
  for (const name of ['kafkajs', 'amqplib', 'rabbitmq-client', '@aws-sdk', '@platformatic', 'vitest']) {
    symlinkSync(`${root}node_modules/${name}`, join(folder, 'node_modules', name));
  }
}

/** npx, npm and curl, as far as documents use them: each is this program with the name in front. */
function commands(folder: string): void {
  const program = fileURLToPath(new URL('./command.js', import.meta.url));
  mkdirSync(join(folder, 'bin'));
  for (const name of ['npx', 'npm', 'curl']) {
    const line = `#!/bin/sh\nexec '${process.execPath}' '${program}' ${name} "$@"\n`;
    writeFileSync(join(folder, 'bin', name), line, { mode: 0o755 });
  }
}

function environmentOf(folder: string, naru: RunningNaru): Record<string, string> {
  return {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    NARU_URL: naru.http.url,
    ...Object.fromEntries(['KAFKA', 'AMQP', 'SQS', 'HTTP'].map((front) => [`NARU_${front}_PORT`, '0'])),
  };
}

function run(
  folder: string,
  environment: Record<string, string>,
  command: string,
  args: readonly string[],
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, env: environment, timeout: runMs, killSignal: 'SIGKILL' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.stdin.end();
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
