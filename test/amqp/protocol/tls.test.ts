import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ChannelModel, connect, credentials } from 'amqplib';
import { type NaruSettings, type RunningNaru, startNaru } from '../../../src/embed.js';
import { authority, issued } from '../../kafka-access/certificates.js';

/** amqplib over TLS: who a client is may be said by its certificate. */

const root = authority('test authority');
const server = issued(root, [['CN', 'localhost']]);
const worker = issued(root, [
  ['O', 'Ferry'],
  ['CN', 'worker'],
]);
const workerName = 'CN=worker,O=Ferry';
const adminPassword = 'correct horse battery';

async function started(context: TestContext, settings: NaruSettings = {}): Promise<RunningNaru> {
  const folder = mkdtempSync(join(tmpdir(), 'naru-amqps-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const tls = {
    tlsCert: put('cert.pem', server.cert),
    tlsKey: put('key.pem', server.key),
    tlsCa: put('ca.pem', root.cert),
  };
  const only = { kafka: false, sqs: false, http: false };
  const users = { adminUser: 'admin', adminPassword, authenticationFailureDelayMs: 1 };
  const naru = await startNaru({ memory: true, closeGraceMs: 200, ...only, ...users, ...tls, ...settings });
  context.after(() => naru.close());
  return naru;
}

async function connected(context: TestContext, naru: RunningNaru, socket: object): Promise<ChannelModel> {
  const { hostname, port } = new URL(naru.amqp.url);
  const connection = await connect(
    { protocol: 'amqps', hostname, port: Number(port), username: 'admin', password: adminPassword },
    { ca: root.cert, checkServerIdentity: () => undefined, ...socket },
  );
  connection.on('error', () => {});
  context.after(() => connection.close().catch(() => {}));
  return connection;
}

test('messages go over TLS, a user by his password', async (context) => {
  const naru = await started(context);
  const channel = await (await connected(context, naru, {})).createConfirmChannel();
  await channel.assertQueue('q');
  const body = Buffer.alloc(500_000, 'ferry');
  channel.sendToQueue('q', body, { persistent: true });
  await channel.waitForConfirms();
  const got = await channel.get('q', { noAck: true });
  assert.ok(got !== false && got.content.equals(body));
});

test('a certificate says who a client is by EXTERNAL, under the rights of its subject’s name', async (context) => {
  const naru = await started(context, { tlsClientAuth: 'request', superusers: `User:${workerName}` });
  const own = { cert: worker.cert, key: worker.key };
  const channel = await (
    await connected(context, naru, { ...own, credentials: credentials.external() })
  ).createChannel();
  await channel.assertQueue('q');
  channel.sendToQueue('q', Buffer.from('m'), { userId: workerName });
  const got = await channel.get('q', { noAck: true });
  assert.ok(got !== false);
  assert.equal(got.properties.userId, workerName);

  const other = issued(root, [['CN', 'somebody']]);
  const stranger = { cert: other.cert, key: other.key, credentials: credentials.external() };
  await assert.rejects(connected(context, naru, stranger), /ConnectionClose/);
});

test('EXTERNAL is nothing without a certificate that is trusted', async (context) => {
  const naru = await started(context, { tlsClientAuth: 'request' });
  const forged = issued(authority('test authority'), [
    ['O', 'Ferry'],
    ['CN', 'worker'],
  ]);
  const external = { credentials: credentials.external() };
  await assert.rejects(connected(context, naru, external), /EXTERNAL is not provided by the server/);
  await assert.rejects(connected(context, naru, { ...external, cert: forged.cert, key: forged.key }));
  await connected(context, naru, {});
});

test('who does not speak TLS is cut off', async (context) => {
  const naru = await started(context);
  await assert.rejects(connect(naru.amqp.url.replace('amqps:', 'amqp:')));
});
