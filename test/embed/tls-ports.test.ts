import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';
import { authority, type Certified, issued } from '../kafka-access/certificates.js';
import { freePorts, Program } from '../process/program.js';

const root = authority('test authority');

interface Files {
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly write: (certified: Certified) => void;
}

function files(context: TestContext): Files {
  const folder = mkdtempSync(join(tmpdir(), 'naru-https-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const tlsCert = join(folder, 'cert.pem');
  const tlsKey = join(folder, 'key.pem');
  const write = ({ cert, key }: Certified): void => {
    writeFileSync(tlsCert, cert);
    writeFileSync(tlsKey, key, { mode: 0o600 });
  };
  write(issued(root, [['CN', 'localhost']]));
  return { tlsCert, tlsKey, write };
}

async function secured(context: TestContext, settings: NaruSettings = {}): Promise<RunningNaru> {
  const { tlsCert, tlsKey } = files(context);
  const tls = { tlsCert, tlsKey, httpTls: true, sqsTls: true, closeGraceMs: 300 };
  const naru = await startNaru({ memory: true, ...tls, ...settings });
  context.after(() => naru.close());
  return naru;
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ ca: root.cert });
    get(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        agent.destroy();
        resolve(response.statusCode);
      });
    }).on('error', reject);
  });
}

test('health, metrics and the API are there over HTTPS', async (context) => {
  const naru = await secured(context);
  assert.match(naru.http.url, /^https:/);
  for (const path of ['/healthz', '/metrics', '/api/overview']) {
    assert.equal(await statusOf(naru.http.url + path), 200, path);
  }
});

test('the AWS SDK works over HTTPS, and is given addresses of queues that it can use', async (context) => {
  const naru = await secured(context);
  const httpsAgent = new Agent({ ca: root.cert });
  context.after(() => httpsAgent.destroy());
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const settings = { endpoint: naru.sqs.endpoint, region: 'us-east-1', credentials, requestHandler: { httpsAgent } };
  const sqs = new SQSClient(settings);
  context.after(() => sqs.destroy());
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'mail' }));
  assert.match(QueueUrl!, /^https:\/\//);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'inside TLS' }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  assert.equal(Messages![0]!.Body, 'inside TLS');
});

test('who does not speak TLS gets nothing, and does not hold up the end', async (context) => {
  const naru = await secured(context);
  const plain = naru.http.url.replace('https:', 'http:');
  await assert.rejects(fetch(`${plain}/healthz`));
  const { hostname, port } = new URL(naru.sqs.endpoint);
  const silent = createConnection({ host: hostname, port: Number(port) });
  context.after(() => silent.destroy());
  silent.on('error', () => {});
  await new Promise((resolve) => silent.once('connect', resolve));
  const beganMs = performance.now();
  await naru.close();
  assert.ok(performance.now() - beganMs < 5000);
});

test('each front’s address says whether it speaks TLS', async (context) => {
  const { tlsCert, tlsKey } = files(context);
  const tls = ['--tls-cert', tlsCert, '--tls-key', tlsKey];
  const half = new Program(context, ['start', '--memory', '--log-format=json', ...freePorts, ...tls]);
  const said = await half.readyRecord();
  assert.match(said['amqp']!, /^amqps:\/\/127/);
  assert.match(said['http']!, /^http:/);
  assert.match(said['sqs']!, /^http:/);
  const whole = new Program(context, ['start', '--memory', ...freePorts, ...tls, '--http-tls', '--sqs-tls']);
  assert.match(await whole.ready(), /amqp=amqps:.* sqs=https:.* http=https:/);
});

test('a new certificate is shown to those who come after SIGHUP', async (context) => {
  const { tlsCert, tlsKey, write } = files(context);
  const tls = ['--tls-cert', tlsCert, '--tls-key', tlsKey, '--http-tls', '--log-format=json'];
  const program = new Program(context, ['start', '--memory', ...freePorts, ...tls]);
  const { http } = await program.readyRecord();
  assert.equal(await commonNameAt(http!), 'localhost');
  write(issued(root, [['CN', 'renewed']]));
  program.signal('SIGHUP');
  await program.logged(/read the certificates again/);
  assert.equal(await commonNameAt(http!), 'renewed');
});

test('TLS on a port without a certificate is refused', async () => {
  await assert.rejects(startNaru({ memory: true, httpTls: true }), /http-tls needs tls-cert/);
  await assert.rejects(startNaru({ memory: true, sqsTls: true }), /sqs-tls needs tls-cert/);
});

async function commonNameAt(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket: TLSSocket = connect({ host: hostname, port: Number(port), ca: root.cert });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}
