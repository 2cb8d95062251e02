import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { SASLOptions } from 'kafkajs';
import { StartError, startNaru } from '../../src/embed.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { WireClient } from '../kafka/harness.js';
import { Secured } from './secured.js';
import { saslAuthenticate, saslHandshake } from './wire.js';

const issuer = 'https://issuer.example';
const audience = 'kafka';

const ours = await generateKeyPair('ES256', { extractable: true });
const theirs = await generateKeyPair('ES256', { extractable: true });
const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'k1', alg: 'ES256' }] });

function token(claims: JWTPayload = {}, key: CryptoKey = ours.privateKey): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const payload = { sub: 'alice', iss: issuer, aud: audience, exp: nowSeconds + 600, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key);
}

function file(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'naru-jwks-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'jwks.json'), text);
  return join(folder, 'jwks.json');
}

function bearer(value: string): SASLOptions {
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value }) };
}

const oauth = { oauthIssuer: issuer, oauthAudience: audience, superusers: 'alice' };

test('kafkajs gets in with a token, as whom the token says', async (context) => {
  const secured = await Secured.start(context, { ...oauth, oauthJwks: file(context, jwks) });
  const admin = await secured.admin(secured.kafka(bearer(await token())));
  await admin.createTopics({ topics: [{ topic: 'by-alice' }] });
  const bob = await secured.admin(secured.kafka(bearer(await token({ sub: 'bob' }))));
  assert.deepEqual(await bob.listTopics(), [], 'known, and not allowed anything');
});

test('keys are fetched from an address', async (context) => {
  const server = createServer((_request, response) => response.end(jwks)).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const oauthJwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  const secured = await Secured.start(context, { ...oauth, oauthJwks, adminUser: '' });
  await secured.admin(secured.kafka(bearer(await token())));
  const stranger = secured.kafka(null).admin();
  await assert.rejects(
    stranger.connect().then(() => stranger.listTopics()),
    'tokens alone are reason enough to ask who somebody is',
  );
  await stranger.disconnect();
});

test('a session lasts as long as its token, give or take the clocks', async (context) => {
  const secured = await Secured.start(context, { ...oauth, oauthJwks: file(context, jwks) });
  const client = await WireClient.connect(secured.naru.kafka.brokers[0]!);
  context.after(() => client.close());
  const handshake = await client.ask(saslHandshake, 1, { mechanism: 'OAUTHBEARER' });
  assert.ok(handshake.mechanisms.includes('OAUTHBEARER'));
  const authBytes = Buffer.from(`n,,\x01auth=Bearer ${await token()}\x01\x01`);
  const { errorCode, sessionLifetimeMs } = await client.ask(saslAuthenticate, 2, { authBytes });
  assert.equal(errorCode, ErrorCode.NONE);
  assert.ok(sessionLifetimeMs > 590_000 && sessionLifetimeMs <= 630_000, String(sessionLifetimeMs));
});

test('a token that is expired, for others, by others, without a name or not one at all is refused', async (context) => {
  const secured = await Secured.start(context, { ...oauth, oauthJwks: file(context, jwks), oauthClockSkewMs: 1000 });
  const good = await token();
  const [header, payload, signature] = good.split('.');
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
  const symmetric = await new SignJWT({ sub: 'alice', iss: issuer, aud: audience })
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .setExpirationTime('1h')
    .sign(Buffer.from(jwks));
  const nowSeconds = Math.floor(Date.now() / 1000);
  const bad: readonly string[] = [
    await token({ exp: nowSeconds - 60 }),
    await token({ nbf: nowSeconds + 600 }),
    await token({ iss: 'https://other.example' }),
    await token({ aud: 'other' }),
    await token({}, theirs.privateKey),
    await token({ sub: undefined as never }),
    await token({ sub: '' }),
    await token({ exp: undefined as never }),
    unsigned,
    symmetric,
    `${header}.${Buffer.from('{"sub":"root"}').toString('base64url')}.${signature}`,
    'x',
    '',
  ];
  for (const [index, value] of bad.entries()) {
    const client = await WireClient.connect(secured.naru.kafka.brokers[0]!);
    context.after(() => client.close());
    await client.ask(saslHandshake, 1, { mechanism: 'OAUTHBEARER' });
    const authBytes = Buffer.from(`n,,\x01auth=Bearer ${value}\x01\x01`);
    const answer = await client.ask(saslAuthenticate, 2, { authBytes });
    assert.equal(answer.errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED, `token ${index}`);
    assert.ok(!answer.errorMessage!.includes('eyJ'), 'no token comes back');
  }
});

test('keys that cannot be used are named at the start', async (context) => {
  for (const text of ['not json', '{"keys":5}']) {
    await assert.rejects(startNaru({ memory: true, oauthJwks: file(context, text) }), (error: unknown) => {
      assert.ok(error instanceof StartError, String(error));
      assert.match(error.message, /oauth-jwks/);
      return true;
    });
  }
  await assert.rejects(startNaru({ memory: true, oauthJwks: 'http://192.0.2.1/jwks' }), /https/);
});
