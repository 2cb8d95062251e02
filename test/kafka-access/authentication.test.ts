import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { optionsFrom } from '../../src/config/values.js';
import { silentLogger } from '../../src/lib/logger.js';
import { systemRandom } from '../../src/lib/random.js';
import { announce, Naru } from '../../src/naru.js';
import { API_RANGES } from '../../src/protocols/kafka/codec/apis.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { WireClient } from '../kafka/harness.js';
import { metadata } from '../kafka/wire-apis.js';
import { adminPassword } from './secured.js';
import {
  alterUserScramCredentials,
  apiVersions,
  describeUserScramCredentials,
  SteppedClock,
  saslAuthenticate,
  saslHandshake,
} from './wire.js';

interface World {
  readonly clock: SteppedClock;
  readonly address: string;
  client(): Promise<WireClient>;
}

async function world(context: TestContext, settings: Record<string, unknown> = {}): Promise<World> {
  const clock = new SteppedClock();
  const options = optionsFrom({
    memory: true,
    amqp: false,
    sqs: false,
    http: false,
    kafkaPort: 0,
    adminUser: 'admin',
    authenticationFailureDelayMs: 1,
    closeGraceMs: 100,
    ...settings,
  });
  const naru = await Naru.start(options, silentLogger, clock, systemRandom, adminPassword);
  context.after(() => naru.close());
  const address = announce('kafka', naru.addresses.get('kafka')!);
  const client = async (): Promise<WireClient> => {
    const made = await WireClient.connect(address);
    context.after(() => made.close());
    return made;
  };
  return { clock, address, client };
}

const plainToken = (user: string, password: string): Buffer => Buffer.from(`\0${user}\0${password}`);

/** Resolves when the server has ended the connection. */
async function cutOff(client: WireClient): Promise<void> {
  const { socket } = client as unknown as { socket: Socket };
  if (!socket.closed) await once(socket, 'close');
}

async function authenticate(client: WireClient, token: Buffer = plainToken('admin', adminPassword), version = 2) {
  const handshake = await client.ask(saslHandshake, 1, { mechanism: 'PLAIN' });
  assert.equal(handshake.errorCode, ErrorCode.NONE);
  return client.ask(saslAuthenticate, version, { authBytes: token });
}

test('before authentication ApiVersions is answered, and everything else ends the connection', async (context) => {
  const w = await world(context);
  const client = await w.client();
  assert.equal((await client.ask(apiVersions, 0, {})).errorCode, ErrorCode.NONE);
  await assert.rejects(client.ask(metadata, 9, { topics: null }), /closed/);
});

test('no API but those of authentication is answered to a stranger, in any version', async (context) => {
  const w = await world(context);
  const open = new Set(['ApiVersions', 'SaslHandshake', 'SaslAuthenticate']);
  for (const { key, name, minVersion, maxVersion, flexibleFrom } of API_RANGES) {
    if (open.has(name)) continue;
    for (const version of new Set([minVersion, maxVersion])) {
      const client = await w.client();
      const { socket } = client as unknown as { socket: Socket };
      let answer = 0;
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.length;
      });
      // A header, and nothing behind it: it is not looked at.
      const content = Buffer.alloc(version >= flexibleFrom ? 11 : 10);
      content.writeInt16BE(key, 0);
      content.writeInt16BE(version, 2);
      content.writeInt32BE(1, 4);
      content.writeInt16BE(-1, 8);
      const length = Buffer.alloc(4);
      length.writeInt32BE(content.length);
      socket.write(Buffer.concat([length, content]));
      await cutOff(client);
      assert.equal(answer, 0, `${name} ${version}`);
    }
  }
});

test('SaslAuthenticate of every version lets in, and a wrong password is told as error 58 before the end', async (context) => {
  const w = await world(context);
  for (const version of [0, 1, 2]) {
    const client = await w.client();
    const answer = await authenticate(client, undefined, version);
    assert.deepEqual([answer.errorCode, answer.sessionLifetimeMs], [ErrorCode.NONE, 0]);
    assert.equal((await client.ask(metadata, 9, { topics: null })).topics.length, 0);
    const wrong = await w.client();
    const refusal = await authenticate(wrong, plainToken('admin', 'wrong'), version);
    assert.equal(refusal.errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED);
    const unknown = await authenticate(await w.client(), plainToken('nobody', 'wrong'), version);
    assert.equal(unknown.errorMessage, refusal.errorMessage, 'who is not there is refused in the same words');
    await cutOff(wrong);
  }
});

test('a stranger may announce only small requests, and has to say who it is in time', async (context) => {
  const w = await world(context);
  const loud = await w.client();
  const { socket } = loud as unknown as { socket: Socket };
  socket.write(Buffer.from('00080001', 'hex'));
  await cutOff(loud);
  const known = await w.client();
  await authenticate(known);
  const name = 'x'.repeat(600_000);
  const answer = known.ask(metadata, 9, { topics: [{ name, topicId: '0'.repeat(32) }], allowAutoTopicCreation: false });
  assert.equal((await answer).topics[0]!.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION, 'once known, larger ones too');
  const silent = await w.client();
  await silent.ask(apiVersions, 0, {});
  w.clock.step(31_000);
  await cutOff(silent);
  assert.equal((await known.ask(metadata, 9, { topics: null })).topics.length, 0);
});

test('an unknown mechanism is refused with those there are', async (context) => {
  const w = await world(context);
  const client = await w.client();
  const answer = await client.ask(saslHandshake, 1, { mechanism: 'GSSAPI' });
  assert.equal(answer.errorCode, ErrorCode.UNSUPPORTED_SASL_MECHANISM);
  assert.deepEqual(answer.mechanisms, ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']);
});

test('tokens and handshakes out of place are error 34', async (context) => {
  const w = await world(context);
  const client = await w.client();
  const early = await client.ask(saslAuthenticate, 2, { authBytes: plainToken('admin', adminPassword) });
  assert.equal(early.errorCode, ErrorCode.ILLEGAL_SASL_STATE);
  assert.equal((await authenticate(client)).errorCode, ErrorCode.NONE);
  const twice = await client.ask(saslHandshake, 1, { mechanism: 'PLAIN' });
  assert.equal(twice.errorCode, ErrorCode.ILLEGAL_SASL_STATE, 'nothing expires here');
  const late = await client.ask(saslAuthenticate, 2, { authBytes: plainToken('admin', adminPassword) });
  assert.equal(late.errorCode, ErrorCode.ILLEGAL_SASL_STATE);
});

test('a client authenticates again before its session is over, and is cut off if it does not', async (context) => {
  const w = await world(context, { reauthenticationMs: 60_000 });
  const client = await w.client();
  const first = await authenticate(client);
  assert.ok(first.sessionLifetimeMs > 55_000 && first.sessionLifetimeMs <= 60_000, String(first.sessionLifetimeMs));
  w.clock.step(50_000);
  await client.ask(metadata, 9, { topics: null });
  assert.equal((await authenticate(client)).errorCode, ErrorCode.NONE);
  w.clock.step(50_000);
  await client.ask(metadata, 9, { topics: null });
  w.clock.step(20_000);
  assert.equal((await authenticate(client)).errorCode, ErrorCode.NONE, 'late, but nothing was asked in between');
  w.clock.step(61_000);
  await assert.rejects(client.ask(metadata, 9, { topics: null }), /closed/);
});

test('neither user nor mechanism may change when authenticating again', async (context) => {
  const w = await world(context, { reauthenticationMs: 60_000 });
  const client = await w.client();
  await authenticate(client);
  const other = await client.ask(saslHandshake, 1, { mechanism: 'SCRAM-SHA-256' });
  assert.equal(other.errorCode, ErrorCode.ILLEGAL_SASL_STATE);
  await client.ask(alterUserScramCredentials, 0, {
    upsertions: [
      { name: 'bob', mechanism: 1, iterations: 4096, salt: randomBytes(16), saltedPassword: randomBytes(32) },
    ],
  });
  assert.equal((await authenticate(client, plainToken('bob', 'x'))).errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED);
});

test('after version 0 of the handshake tokens come without headers', async (context) => {
  const w = await world(context);
  const at = w.address.lastIndexOf(':');
  const exchange = async (token: Buffer): Promise<Buffer> => {
    const socket = connect({ host: w.address.slice(0, at), port: Number(w.address.slice(at + 1)) });
    context.after(() => socket.destroy());
    const chunks: Buffer[] = [];
    socket.on('error', () => {});
    const whole = new Promise<Buffer>((resolve) => {
      socket.on('close', () => resolve(Buffer.concat(chunks)));
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        const got = Buffer.concat(chunks);
        // The handshake's answer, the empty token, and the answer to ApiVersions after it.
        if (got.length > 4 + got.readInt32BE(0) + 4 + 8) resolve(got.subarray(4 + got.readInt32BE(0)));
      });
    });
    const framed = (bytes: Buffer): Buffer => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    socket.write(framed(Buffer.from('0011000000000001ffff0005504c41494e', 'hex')));
    socket.write(framed(token));
    socket.write(framed(Buffer.from('0012000000000002ffff', 'hex')));
    return whole;
  };
  const answered = await exchange(plainToken('admin', adminPassword));
  assert.equal(answered.readInt32BE(0), 0, 'an empty token');
  assert.equal(answered.readInt32BE(8), 2, 'and after it the answer with the next correlation id');
  const refused = await exchange(plainToken('admin', 'wrong'));
  assert.equal(refused.length, 4 + refused.readInt32BE(0), 'nothing after the handshake');
});

test('users made by Kafka’s own API get in, and what is told of them is no secret', async (context) => {
  const w = await world(context);
  const client = await w.client();
  await authenticate(client);
  const { credentialsFor } = await import('../../src/broker/access/credential.js');
  const [{ salt, iterations, storedKey }] = (await credentialsFor('x', systemRandom)) as [never] as unknown as [
    { salt: Buffer; iterations: number; storedKey: Buffer },
  ];
  const { pbkdf2Sync } = await import('node:crypto');
  const saltedPassword = pbkdf2Sync('wonderland', salt, iterations, 64, 'sha512');
  const upsertion = { name: 'alice', mechanism: 2, iterations, salt, saltedPassword };
  const made = await client.ask(alterUserScramCredentials, 0, { upsertions: [upsertion] });
  assert.deepEqual(made.results, [{ user: 'alice', errorCode: 0, errorMessage: null }]);
  const alice = await authenticate(await w.client(), plainToken('alice', 'wonderland'));
  assert.equal(alice.errorCode, ErrorCode.NONE, 'PLAIN is checked against the keys of SCRAM');
  const told = await client.ask(describeUserScramCredentials, 0, { users: [{ name: 'alice' }, { name: 'nobody' }] });
  assert.deepEqual(
    told.results.map(({ user, errorCode, credentialInfos }) => [user, errorCode, credentialInfos]),
    [
      ['alice', 0, [{ mechanism: 2, iterations }]],
      ['nobody', ErrorCode.RESOURCE_NOT_FOUND, []],
    ],
  );
  assert.ok(!JSON.stringify(told).includes(storedKey.toString('base64')));
  const wrong = await client.ask(alterUserScramCredentials, 0, {
    deletions: [{ name: 'nobody', mechanism: 1 }],
    upsertions: [
      { ...upsertion, name: 'few', iterations: 4095 },
      { ...upsertion, name: 'many', iterations: 16_385 },
      { ...upsertion, name: '', iterations },
      { ...upsertion, name: 'odd', mechanism: 3 },
      { ...upsertion, name: 'twice' },
      { ...upsertion, name: 'twice' },
    ],
  });
  assert.deepEqual(Object.fromEntries(wrong.results.map(({ user, errorCode }) => [user, errorCode])), {
    nobody: ErrorCode.RESOURCE_NOT_FOUND,
    few: ErrorCode.UNACCEPTABLE_CREDENTIAL,
    many: ErrorCode.UNACCEPTABLE_CREDENTIAL,
    '': ErrorCode.UNACCEPTABLE_CREDENTIAL,
    odd: ErrorCode.UNSUPPORTED_SASL_MECHANISM,
    twice: ErrorCode.DUPLICATE_RESOURCE,
  });
  const removed = await client.ask(alterUserScramCredentials, 0, { deletions: [{ name: 'alice', mechanism: 2 }] });
  assert.equal(removed.results[0]!.errorCode, ErrorCode.NONE);
  const gone = await authenticate(await w.client(), plainToken('alice', 'wonderland'));
  assert.equal(gone.errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED);
});

test('hostile tokens are refused by every mechanism, and harm nobody', async (context) => {
  const w = await world(context);
  const tokens = [
    Buffer.alloc(0),
    Buffer.alloc(1),
    Buffer.alloc(100_000, 0x2c),
    randomBytes(3000),
    Buffer.from('n,,n='),
  ];
  tokens.push(Buffer.from('n,,n=admin,r='), Buffer.from('\0admin\0\0'), Buffer.from('admin\0\0x'), Buffer.from('a\0b'));
  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
    for (const authBytes of tokens) {
      const client = await w.client();
      await client.ask(saslHandshake, 1, { mechanism });
      const answer = await client.ask(saslAuthenticate, 2, { authBytes });
      assert.equal(answer.errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED);
      await cutOff(client);
    }
  }
  assert.equal((await authenticate(await w.client())).errorCode, ErrorCode.NONE);
});
