import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { StartError, startNaru } from '../../src/embed.js';
import { freePorts, Program } from '../process/program.js';
import { authority, type Certified, issued } from './certificates.js';
import { Secured } from './secured.js';

const root = authority('test authority');
const server = issued(root, [['CN', 'localhost']]);
const operator = issued(root, [
  ['C', 'NL'],
  ['O', 'Ferry, Inc.'],
  ['CN', 'operator'],
]);
const operatorName = 'CN=operator,O=Ferry\\, Inc.,C=NL';

interface Files {
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly tlsCa: string;
}

function files(context: TestContext, certified: Certified = server): Files {
  const folder = mkdtempSync(join(tmpdir(), 'naru-tls-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    tlsCert: put('cert.pem', certified.cert),
    tlsKey: put('key.pem', certified.key),
    tlsCa: put('ca.pem', root.cert),
  };
}

test('kafkajs works over TLS, with SASL inside', async (context) => {
  const { tlsCert, tlsKey } = files(context);
  const secured = await Secured.start(context, { tlsCert, tlsKey });
  const kafka = secured.kafka(undefined, { ssl: { ca: root.cert } });
  const admin = await secured.admin(kafka);
  await admin.createTopics({ topics: [{ topic: 'behind-tls' }] });
  const producer = await secured.producer(kafka);
  const value = 'x'.repeat(300_000);
  await producer.send({ topic: 'behind-tls', messages: [{ value }] });
  const consumer = kafka.consumer({ groupId: 'g' });
  context.after(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topic: 'behind-tls', fromBeginning: true });
  const got = await new Promise<string | undefined>((resolve, reject) => {
    consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) }).catch(reject);
  });
  assert.equal(got, value);
});

test('a client that does not speak TLS is cut off, and harms nobody', async (context) => {
  const { tlsCert, tlsKey } = files(context);
  const secured = await Secured.start(context, { tlsCert, tlsKey });
  const plain = secured.kafka(null).admin();
  await assert.rejects(plain.connect());
  await plain.disconnect();
  const [host, port] = secured.naru.kafka.brokers[0]!.split(':');
  const socket = createConnection({ host: host!, port: Number(port) });
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.write(Buffer.alloc(5000, 0x16));
  await closed;
  await secured.admin(secured.kafka(undefined, { ssl: { ca: root.cert } }));
});

test('the subject of a client certificate is who the client is', async (context) => {
  const tls = files(context);
  const superusers = `User:${operatorName}`;
  const secured = await Secured.start(context, { ...tls, tlsClientAuth: 'require', superusers, adminUser: '' });
  const ssl = { ca: root.cert, cert: operator.cert, key: operator.key };
  const admin = await secured.admin(secured.kafka(null, { ssl }));
  await admin.createTopics({ topics: [{ topic: 'made' }] });
  assert.deepEqual(await admin.listTopics(), ['made']);
  const other = issued(root, [['CN', 'somebody']]);
  const somebody = await secured.admin(
    secured.kafka(null, { ssl: { ca: root.cert, cert: other.cert, key: other.key } }),
  );
  assert.deepEqual(await somebody.listTopics(), [], 'known, and not allowed anything');
});

test('where a certificate is required, one of another authority is no use, and neither is none', async (context) => {
  const secured = await Secured.start(context, { ...files(context), tlsClientAuth: 'require' });
  const forged = issued(authority('test authority'), [['CN', 'operator']]);
  for (const ssl of [{ ca: root.cert }, { ca: root.cert, cert: forged.cert, key: forged.key }]) {
    const admin = secured.kafka(null, { ssl }).admin();
    await assert.rejects(admin.connect());
    await admin.disconnect();
  }
});

test('where a certificate is asked for, who has none says who it is by SASL', async (context) => {
  const superusers = `User:${operatorName}`;
  const secured = await Secured.start(context, { ...files(context), tlsClientAuth: 'request', superusers });
  await secured.admin(secured.kafka(undefined, { ssl: { ca: root.cert } }));
  await secured.admin(secured.kafka(null, { ssl: { ca: root.cert, cert: operator.cert, key: operator.key } }));
  const forged = issued(authority('test authority'), [['CN', 'operator']]);
  for (const ssl of [{ ca: root.cert }, { ca: root.cert, cert: forged.cert, key: forged.key }]) {
    const nobody = secured.kafka(null, { ssl }).admin();
    await assert.rejects(nobody.connect().then(() => nobody.listTopics()));
    await nobody.disconnect();
  }
});

test('a connection in the middle of its handshake does not keep the server from closing', async (context) => {
  const { tlsCert, tlsKey } = files(context);
  const naru = await startNaru({ memory: true, tlsCert, tlsKey, closeGraceMs: 100 });
  const [host, port] = naru.kafka.brokers[0]!.split(':');
  const silent = createConnection({ host: host!, port: Number(port) });
  silent.on('error', () => {});
  await new Promise((resolve) => silent.on('connect', resolve));
  const secure = await new Promise<TLSSocket>((resolve) => {
    const socket = connect({ host: host!, port: Number(port), ca: root.cert }, () => resolve(socket));
    socket.on('error', () => {});
  });
  const ended = Promise.all([silent, secure].map((socket) => new Promise((resolve) => socket.on('close', resolve))));
  silent.resume();
  secure.resume();
  await naru.close();
  await ended;
});

test('certificates that cannot be used are named at the start', async (context) => {
  const tls = files(context);
  await assert.rejects(startNaru({ memory: true, tlsCert: tls.tlsCert, tlsKey: tls.tlsCert }), (error: unknown) => {
    assert.ok(error instanceof StartError);
    assert.match(error.message, /tls-cert, tls-key/);
    return true;
  });
  await assert.rejects(startNaru({ memory: true, tlsCert: '/nowhere.pem', tlsKey: tls.tlsKey }), /tls-cert.*nowhere/);
  await assert.rejects(startNaru({ memory: true, tlsCert: tls.tlsCert }), /belong together/);
});

test('SIGHUP reads the certificates again; those that cannot be used leave the ones before in force', async (context) => {
  const tls = files(context);
  const args = ['start', '--memory', '--log-format=json', ...freePorts];
  const program = new Program(context, [...args, '--tls-cert', tls.tlsCert, '--tls-key', tls.tlsKey]);
  const { kafka } = await program.readyRecord();
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const [host, port] = kafka!.split(':');
      const socket = connect({ host: host!, port: Number(port), rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });
  assert.equal(await shown(), 'localhost');
  const renewed = issued(root, [['CN', 'renewed']]);
  writeFileSync(tls.tlsCert, renewed.cert);
  program.signal('SIGHUP');
  await program.logged(/cannot be used/);
  assert.equal(await shown(), 'localhost', 'the key is not that of the new certificate yet');
  writeFileSync(tls.tlsKey, renewed.key);
  program.signal('SIGHUP');
  await program.logged(/read the certificates again/);
  assert.equal(await shown(), 'renewed');
});
