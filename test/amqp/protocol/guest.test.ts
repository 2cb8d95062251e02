import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fullPermission } from '../../../src/broker/access/permissions.js';
import type { NaruSettings } from '../../../src/embed.js';
import { systemClock } from '../../../src/lib/clock.js';
import { silentLogger } from '../../../src/lib/logger.js';
import { AmqpSession } from '../../../src/protocols/amqp/session.js';
import { Connection, FlushRound } from '../../../src/protocols/connection.js';
import { FrameParser, methodFrame, protocolHeader } from '../wire-frames.js';
import { FaultyHome } from './faulty-home.js';

/** `guest`, whose password everybody knows, coming from this machine and from others. */

const tune = (10 << 16) | 30;
const close = (10 << 16) | 50;

/** The method that answers a login from that address. */
async function answerTo(home: FaultyHome, remote: string, user = 'guest', password = 'guest'): Promise<number> {
  const parser = new FrameParser();
  let heard: (method: number) => void;
  const answered = new Promise<number>((resolve) => {
    heard = resolve;
  });
  const stream = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      for (const { payload } of parser.push(chunk)) {
        const method = payload.readUInt32BE(0);
        if (method === tune || method === close) heard(method);
      }
      done();
    },
  });
  const settings = { front: 'amqp', writeQueueBytesMax: 65_536, closeGraceMs: 100 };
  const ends = { remote, local: { host: '10.0.0.1', port: 5672 } };
  const connection = new Connection(stream, ends, new FlushRound(systemClock), settings, systemClock, silentLogger);
  connection.attach(new AmqpSession(home.front['context'], connection));
  const capabilities = { authentication_failure_close: true };
  stream.push(protocolHeader);
  stream.push(
    methodFrame(0, 'connection.start-ok', {
      clientProperties: { capabilities },
      mechanism: 'PLAIN',
      response: `\0${user}\0${password}`,
      locale: 'en_US',
    }),
  );
  const method = await answered;
  connection.destroy('the test is over');
  return method;
}

async function opened(context: TestContext, settings: NaruSettings = {}): Promise<FaultyHome> {
  return FaultyHome.open(context, { authenticationFailureDelayMs: 1, ...settings });
}

const here = ['127.0.0.1:5000', '127.8.9.1:5000', '[::1]:5000', '[::ffff:127.0.0.1]:5000'];
const elsewhere = ['10.0.0.7:5000', '[fe80::1]:5000', '[::ffff:10.0.0.7]:5000', '12.7.0.1:5000', 'unknown:0'];

test('guest is let in from this machine and from no other', async (context) => {
  const home = await opened(context);
  for (const remote of here) assert.equal(await answerTo(home, remote), tune, remote);
  for (const remote of elsewhere) assert.equal(await answerTo(home, remote), close, remote);
});

test('a user who was given the name guest is not let in from elsewhere either, others are', async (context) => {
  const home = await opened(context);
  const { access, permissions } = home.broker;
  for (const name of ['guest', 'ada']) {
    access.putUser(name, await access.credentialsFor('secret'));
    permissions.set(name, '/', fullPermission);
  }
  assert.equal(await answerTo(home, here[0]!, 'guest', 'secret'), tune);
  assert.equal(await answerTo(home, elsewhere[0]!, 'guest', 'secret'), close);
  assert.equal(await answerTo(home, elsewhere[0]!, 'ada', 'secret'), tune);
});

test('guest is let in from anywhere where the options ask for no security', async (context) => {
  const home = await opened(context, { insecure: true });
  for (const remote of [...here, ...elsewhere]) assert.equal(await answerTo(home, remote), tune, remote);
});
