import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../src/lib/random.js';
import {
  FrameType,
  frame,
  heartbeatFrame,
  type MethodName,
  methodFrame,
  methodPayload,
  protocolHeader,
} from '../amqp/wire-frames.js';
import { AttackedBroker, endingOf, endsWith, endsWithOrSilently } from './attacked-broker.js';

const limit = { timeout: 60_000 };
/** Whoever guesses passwords is made to wait; a test need not be. */
const hasty = { authenticationFailureDelayMs: 20 };

test('who does not begin with the protocol header is sent it, and sent away', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const clientHello = Buffer.concat([Buffer.from('16030100f5010000f10303', 'hex'), new SeededRandom(1).bytes(240)]);
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    clientHello,
    Buffer.from('AMQP\x01\x01\x00\x09', 'latin1'), // 0-9
    Buffer.from('AMQP\x01\x01\x08\x00', 'latin1'), // 0-8
    Buffer.from('AMQP\x00\x00\x09\x02', 'latin1'),
    Buffer.from('AMQP\x00\x01\x00\x00', 'latin1'), // 1.0
    Buffer.from('AMQP\x03\x01\x00\x00', 'latin1'), // 1.0, login first
    Buffer.from('amqp\x00\x00\x09\x01', 'latin1'),
    Buffer.alloc(8),
    Buffer.alloc(70_000, 0xff),
  ]) {
    const client = await broker.reach();
    client.send(bytes);
    assert.deepEqual(await client.refusesHeader(), protocolHeader, bytes.toString('latin1', 0, 12));
  }
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a protocol header may come byte by byte', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await broker.reach();
  for (const byte of protocolHeader) {
    client.send(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await client.next('connection.start');
  client.cut();
  await broker.nobodyIsLeft();
});

test('who leaves in the middle of the header leaves nothing behind', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (let end = 0; end < protocolHeader.length; end++) {
    const client = await broker.reach();
    client.send(protocolHeader.subarray(0, end));
    client.socket.end();
    await client.endsSilently();
  }
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a stranger may not send a frame of more than 8192 bytes', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await broker.reach();
  await client.login({ startOk: { clientProperties: { padding: 'x'.repeat(9000) } } });
  await endsWithOrSilently(client, 501);
  const brief = await broker.reach();
  await brief.greet({ startOk: { clientProperties: { padding: 'x'.repeat(7000) } } });
  brief.cut();
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a start-ok that is cut short anywhere is refused', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const payload = methodPayload('connection.start-ok', {
    clientProperties: { product: 'x' },
    mechanism: 'PLAIN',
    response: '\0guest\0guest',
    locale: 'en_US',
  });
  for (let end = 0; end < payload.length; end++) {
    const client = await broker.reach();
    client.send(protocolHeader, frame(FrameType.method, 0, payload.subarray(0, end)));
    await endsWithOrSilently(client, 501, 502);
  }
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a login that makes no sense is refused as a wrong password is', limit, async (context) => {
  const broker = await AttackedBroker.start(context, hasty);
  const responses: readonly (readonly [mechanism: string, response: Buffer | string])[] = [
    ['PLAIN', ''],
    ['PLAIN', 'guest'],
    ['PLAIN', '\0guest'],
    ['PLAIN', '\0\0'],
    ['PLAIN', '\0guest\0wrong'],
    ['PLAIN', Buffer.alloc(300, 0xff)],
    ['AMQPLAIN', ''],
    ['AMQPLAIN', Buffer.from('\x05LOGINS\xff\xff\xff\xffguest', 'latin1')],
    ['AMQPLAIN', Buffer.from('\x05LOGINt\x01\x08PASSWORDt\x01', 'latin1')],
    ['AMQPLAIN', Buffer.alloc(300, 0x41)],
  ];
  await Promise.all(
    responses.map(async ([mechanism, response]) => {
      const client = await broker.reach();
      const capabilities = { authentication_failure_close: true };
      await client.login({ startOk: { clientProperties: { capabilities }, mechanism, response } });
      await endsWith(client, 403);
    }),
  );
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('who cannot be told is sent away silently when the login is wrong', limit, async (context) => {
  const broker = await AttackedBroker.start(context, hasty);
  const client = await broker.reach();
  await client.login({ password: 'wrong', startOk: { clientProperties: {} } });
  await client.endsSilently();
  await broker.othersAreUnharmed();
});

test('a mechanism that is not offered is refused', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const mechanism of ['', 'GSSAPI', 'plain', 'PLAIN AMQPLAIN', 'x'.repeat(255)]) {
    const client = await broker.reach();
    await client.login({ startOk: { mechanism } });
    await endsWith(client, 503);
  }
  await broker.nobodyIsLeft();
});

test('limits above those offered, or below what anybody can work with, are refused', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const probe = await broker.reach();
  await probe.greet();
  const { channelMax, frameMax } = probe.tune!;
  probe.cut();
  for (const tuneOk of [
    { frameMax: frameMax + 1 },
    { frameMax: 4294967295 },
    { frameMax: 0 },
    { frameMax: 1 },
    { frameMax: 4095 },
    { channelMax: channelMax + 1 },
    { channelMax: 65535 },
    { channelMax: 0 },
  ]) {
    const client = await broker.reach();
    await client.greet({ tuneOk });
    client.tell('connection.open', { virtualHost: '/' });
    await endsWith(client, 530);
  }
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('the least a client may ask for is 4096 bytes and one channel, and suffices', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  const client = await broker.connect({ tuneOk: { frameMax: 4096, channelMax: 1 } });
  const channel = await client.channel();
  await channel.queue('q');
  const body = Buffer.alloc(20_000, 'x');
  channel.publish('', 'q', body);
  // The client itself sees that no frame is longer than agreed.
  assert.deepEqual((await channel.get('q'))?.body, body);
  const second = client.unopened(2);
  second.tell('channel.open');
  await endsWith(client, 530, 504);
});

test('a virtual host that does not exist is refused', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const virtualHost of ['', 'nowhere', '//', '/\n', 'x'.repeat(255)]) {
    const client = await broker.reach();
    await client.greet();
    client.tell('connection.open', { virtualHost });
    await endsWith(client, 530);
  }
  await broker.nobodyIsLeft();
});

/** What a client may say at which stage, so that everything else is out of place. */
const stages: readonly (readonly [stage: string, reached: number])[] = [
  ['the header', 0],
  ['start-ok', 1],
  ['tune-ok', 2],
];

for (const [stage, reached] of stages) {
  test(`a method out of its turn is refused after ${stage}`, limit, async (context) => {
    const broker = await AttackedBroker.start(context);
    const outOfTurn: readonly MethodName[] = [
      'connection.start-ok',
      'connection.secure-ok',
      'connection.tune-ok',
      'connection.open',
      'connection.update-secret',
      'connection.start',
      'connection.blocked',
      'channel.open',
      'basic.publish',
      'queue.declare',
    ];
    for (const name of outOfTurn) {
      if (reached === 0 && name === 'connection.start-ok') continue;
      if (reached === 1 && name === 'connection.tune-ok') continue;
      if (reached === 2 && name === 'connection.open') continue;
      const client = await broker.reach();
      if (reached === 0) {
        client.send(protocolHeader);
        await client.next('connection.start');
      } else if (reached === 1) {
        await client.login();
        await client.next('connection.tune');
      } else await client.greet();
      client.send(methodFrame(name.startsWith('connection.') ? 0 : 1, name));
      await endsWithOrSilently(client, 501, 502, 503, 504, 505, 530);
    }
    await broker.nobodyIsLeft();
    await broker.othersAreUnharmed();
  });
}

test('content frames and heartbeats before the connection is open do no harm', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const type of [FrameType.header, FrameType.body, 4, 0, 255]) {
    for (const channel of [0, 1]) {
      const client = await broker.reach();
      client.send(protocolHeader, frame(type, channel, Buffer.alloc(20)));
      await endsWithOrSilently(client, 501, 504, 505);
    }
  }
  const client = await broker.reach();
  client.send(protocolHeader, heartbeatFrame, heartbeatFrame);
  await client.next('connection.start');
  client.cut();
  await broker.nobodyIsLeft();
  await broker.othersAreUnharmed();
});

test('a client may leave at any stage', limit, async (context) => {
  const broker = await AttackedBroker.start(context);
  for (const stage of ['header', 'login', 'greet'] as const) {
    const client = await broker.reach();
    if (stage === 'header') {
      client.send(protocolHeader);
      await client.next('connection.start');
    } else await client[stage]();
    client.tell('connection.close', { replyCode: 200, replyText: 'never mind' });
    const ending = await endingOf(client);
    assert.equal(ending, null, `${ending?.code} ${ending?.text}`);
  }
  await broker.nobodyIsLeft();
});
