import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { fullPermission } from '../../../src/broker/access/permissions.js';
import { atHome, Home } from '../queues/home.js';
import { WireClient } from '../wire-client.js';

/** Tokens as passwords, which run out and are replaced by connection.update-secret. */

const ours = await generateKeyPair('ES256', { extractable: true });
const theirs = await generateKeyPair('ES256', { extractable: true });
const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'k1', alg: 'ES256' }] });

function token(claims: JWTPayload = {}, key: CryptoKey = ours.privateKey): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const payload = { sub: 'alice', exp: nowSeconds + 600, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key);
}

async function withTokens(what: (home: Home) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'naru-amqp-jwks-'));
  const oauthJwks = join(folder, 'jwks.json');
  writeFileSync(oauthJwks, jwks);
  const home = await Home.open({ oauthJwks, oauthClockSkewMs: 0, authenticationFailureDelayMs: 1 });
  try {
    home.broker.permissions.set('alice', '/', fullPermission);
    await what(home);
  } finally {
    await home.close();
    rmSync(folder, { recursive: true });
  }
}

async function refused(home: Home, password: string): Promise<void> {
  const client = await WireClient.reach(home.url);
  try {
    await client.login({ user: '', password });
    await client.closes({ code: 403 });
  } finally {
    client.cut();
  }
}

test('a token is taken as the password, and says who the client is', () =>
  withTokens(async (home) => {
    const client = await home.connect({ user: 'whoever', password: await token() });
    const channel = await client.channel();
    await channel.queue('q');
    channel.publish('', 'q', 'm', { userId: 'alice' });
    assert.equal((await channel.get('q'))?.properties.userId, 'alice');
  }));

test('a token of somebody else’s making, or one that is over, is refused', () =>
  withTokens(async (home) => {
    await refused(home, await token({}, theirs.privateKey));
    await refused(home, await token({ exp: Math.floor(Date.now() / 1000) - 60 }));
    await refused(home, 'eyJ.no.token');
  }));

test('a connection ends with its token, unless it is given a new one in time', () =>
  withTokens(async (home) => {
    const password = await token();
    const [idle, renewed] = [await home.connect({ password }), await home.connect({ password })];
    await home.clock.pass(300_000);
    const newSecret = await token({ exp: Math.floor(Date.now() / 1000) + 3600 });
    await renewed.call('connection.update-secret', { newSecret, reason: 'it runs out' });
    await home.clock.pass(310_000);
    await idle.closes({ code: 320, text: 'CONNECTION_FORCED - credentials expired' });
    await (await renewed.channel()).settle();
    await home.clock.pass(3_600_000);
    await renewed.closes({ code: 320, text: 'CONNECTION_FORCED - credentials expired' });
  }));

test('a new token that is no good, or another user’s, ends the connection with 530', () =>
  withTokens(async (home) => {
    for (const newSecret of [await token({}, theirs.privateKey), await token({ sub: 'bob' }), 'no token']) {
      const client = await home.connect({ password: await token() });
      client.tell('connection.update-secret', { newSecret, reason: '' });
      await client.closes({
        code: 530,
        text: 'NOT_ALLOWED - New secret was refused by one of the backends',
        method: 'connection.update-secret',
      });
    }
  }));

test('without tokens a password that looks like one is a password', () =>
  atHome(async (_channel, home) => {
    const { access, permissions } = home.broker;
    const password = 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl';
    access.putUser('ada', await access.credentialsFor(password));
    permissions.set('ada', '/', fullPermission);
    await (await (await home.connect({ user: 'ada', password })).channel()).settle();
  }));
