import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Access } from '../../src/broker/access/access.js';
import { TokenVerifier } from '../../src/broker/access/bearer.js';
import { Mechanisms } from '../../src/broker/access/mechanisms.js';
import { systemClock } from '../../src/lib/clock.js';
import { SeededRandom } from '../../src/lib/random.js';
import { StorageWorld } from '../../src/log/testing.js';
import type { Target } from './target.js';

const proof = Buffer.alloc(32).toString('base64');
const first = Buffer.from('n,,n=alice,r=fyko+d2lbbFgONRv9qkxdawL');

/** What a client says about who it is: refused or not, it never throws. */
export async function accessTargets(): Promise<Target[]> {
  const world = new StorageWorld();
  const random = new SeededRandom(9);
  const access = new Access(world.storage, random);
  await world.open();
  access.putUser('alice', await access.credentialsFor('wonderland'));
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const text = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] });
  const options = { keys: { text }, issuer: '', audience: '', clockSkewMs: 0, subjectClaim: 'sub' };
  const mechanisms = new Mechanisms(access, random, new TokenVerifier(options, systemClock));
  const token = await new SignJWT({ sub: 'alice' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setExpirationTime('10h')
    .sign(privateKey);
  const one = (name: string, seeds: readonly string[]): Target => ({
    name: `${name}, first message`,
    seeds: seeds.map((seed) => Buffer.from(seed)),
    read: (bytes) => mechanisms.begin(name)!.step(bytes),
    refuses: [],
  });
  const final = (name: string): Target => ({
    name: `${name}, last message`,
    seeds: [Buffer.from(`c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=${proof}`)],
    read: async (bytes) => {
      const exchange = mechanisms.begin(name)!;
      const challenge = await exchange.step(first);
      // The nonce has to be ours for anything behind it to be looked at.
      const nonce = challenge.kind === 'challenge' ? /r=([^,]+)/.exec(challenge.message.toString())![1]! : '';
      const message = bytes.toString('latin1').replace(/r=[^,]+/, () => `r=${nonce}`);
      const step = await exchange.step(Buffer.from(message, 'latin1'));
      if (step.kind === 'done') throw new RangeError('let in without a proof');
    },
    refuses: [],
  });
  return [
    one('PLAIN', ['\0alice\0wonderland', 'alice\0alice\0x']),
    one('SCRAM-SHA-256', [first.toString(), 'y,a=alice,n=al=2Cice,r=abc,ext=1']),
    one('SCRAM-SHA-512', [first.toString()]),
    final('SCRAM-SHA-256'),
    final('SCRAM-SHA-512'),
    one('OAUTHBEARER', [`n,a=alice,\x01host=h\x01auth=Bearer ${token}\x01\x01`]),
  ];
}
