import assert from 'node:assert/strict';
import { createHmac, pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Random, SeededRandom } from '../../lib/random.js';
import { StorageWorld } from '../../log/testing.js';
import { Access } from './access.js';
import {
  type Credential,
  credentialOf,
  digest,
  hmac,
  passwordFault,
  passwordMatches,
  type ScramHash,
  saltedPassword,
  scramHashes,
} from './credential.js';
import { PlainExchange } from './plain.js';
import { ScramExchange } from './scram.js';

async function withUser(name: string, password: string): Promise<Access> {
  const world = new StorageWorld();
  const access = new Access(world.storage, new SeededRandom(1));
  await world.open();
  access.putUser(name, await access.credentialsFor(password));
  return access;
}

function nonceOf(text: string): Random {
  return Object.assign(new SeededRandom(1), {
    bytes: () => Object.assign(Buffer.alloc(0), { toString: () => text }),
  });
}

/** What a client does, out of the specification and not out of our code. */
function clientFinal(hash: ScramHash, password: string, firstBare: string, serverFirst: string, before = ''): string {
  const [nonce, salt, iterations] = serverFirst.split(',').map((part) => part.slice(2));
  const size = hash === 'sha256' ? 32 : 64;
  const salted = pbkdf2Sync(password, Buffer.from(salt!, 'base64'), Number(iterations), size, hash);
  const clientKey = createHmac(hash, salted).update('Client Key').digest();
  const withoutProof = `c=biws,r=${before}${nonce}`;
  const signature = hmac(hash, digest(hash, clientKey), `${firstBare},${serverFirst},${withoutProof}`);
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ signature[at]!));
  return `${withoutProof},p=${proof.toString('base64')}`;
}

test('the exchange of RFC 7677 goes through byte by byte', async () => {
  const access = await withUser('user', 'other');
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  const salted = await saltedPassword('sha256', 'pencil', salt, 4096);
  access.putUser('user', [credentialOf('sha256', salt, 4096, salted)]);
  const exchange = new ScramExchange(access, nonceOf('%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'), 'sha256');
  const first = await exchange.step(Buffer.from('n,,n=user,r=rOprNGfwEbeRWgbNEkqO'));
  assert.deepEqual(first, {
    kind: 'challenge',
    message: Buffer.from('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'),
  });
  const final = await exchange.step(
    Buffer.from(
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    ),
  );
  assert.deepEqual(final, {
    kind: 'done',
    message: Buffer.from('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='),
    identity: { principal: 'User:user', expiresMs: Number.POSITIVE_INFINITY },
  });
});

for (const hash of scramHashes) {
  test(`${hash}: names with commas and equals signs, and any password, come through`, async () => {
    const access = await withUser('a=b,c', 'pässword, =');
    const exchange = new ScramExchange(access, new SeededRandom(5), hash);
    const first = await exchange.step(Buffer.from('n,a=a=3Db=2Cc,n=a=3Db=2Cc,r=abc'));
    assert.equal(first.kind, 'challenge');
    const bare = 'n=a=3Db=2Cc,r=abc';
    const final = clientFinal(hash, 'pässword, =', bare, (first as { message: Buffer }).message.toString());
    const binding = Buffer.from('n,a=a=3Db=2Cc,').toString('base64');
    assert.equal(
      (await exchange.step(Buffer.from(final.replace('biws', binding)))).kind,
      'refused',
      'signed otherwise',
    );
    const again = new ScramExchange(access, new SeededRandom(5), hash);
    const challenge = await again.step(Buffer.from(`n,,${bare}`));
    const answer = clientFinal(hash, 'pässword, =', bare, (challenge as { message: Buffer }).message.toString());
    assert.equal((await again.step(Buffer.from(answer))).kind, 'done');
  });

  test(`${hash}: a wrong password, nonce, binding or proof is refused, and so is a second try`, async () => {
    const access = await withUser('user', 'pencil');
    const bare = 'n=user,r=abc';
    const spoilt: ((final: string) => string)[] = [
      (final) => final.replace('biws', 'eSws'),
      (final) => final.replace('r=abc', 'r=abd'),
      (final) => final.replace(/,p=.*/, ''),
      (final) => final.replace(/p=.*/, 'p='),
      (final) => final.replace(/p=.*/, `p=${Buffer.alloc(hash === 'sha256' ? 32 : 64).toString('base64')}`),
    ];
    for (const spoil of spoilt) {
      const exchange = new ScramExchange(access, new SeededRandom(5), hash);
      const first = (await exchange.step(Buffer.from(`n,,${bare}`))) as { message: Buffer };
      const right = clientFinal(hash, 'pencil', bare, first.message.toString());
      assert.equal((await exchange.step(Buffer.from(spoil(right)))).kind, 'refused', spoil.toString());
      assert.equal((await exchange.step(Buffer.from(right))).kind, 'refused');
    }
    const exchange = new ScramExchange(access, new SeededRandom(5), hash);
    const first = (await exchange.step(Buffer.from(`n,,${bare}`))) as { message: Buffer };
    const wrong = clientFinal(hash, 'Pencil', bare, first.message.toString());
    assert.equal((await exchange.step(Buffer.from(wrong))).kind, 'refused');
  });
}

for (const hash of scramHashes) {
  test(`${hash}: a client that writes its own nonce twice, as librdkafka did before 2.6.1, comes in`, async () => {
    const access = await withUser('user', 'pencil');
    const answered = async (before: string): Promise<string> => {
      const exchange = new ScramExchange(access, new SeededRandom(5), hash);
      const first = (await exchange.step(Buffer.from('n,,n=user,r=abc'))) as { message: Buffer };
      const final = clientFinal(hash, 'pencil', 'n=user,r=abc', first.message.toString(), before);
      return (await exchange.step(Buffer.from(final))).kind;
    };
    assert.equal(await answered('abc'), 'done');
    for (const before of ['abd', 'abcabc', 'a']) assert.equal(await answered(before), 'refused', before);
  });
}

test('a user that is not there looks like one that is: a salt of its own, the same each time', async () => {
  const access = await withUser('user', 'pencil');
  const saltOf = async (name: string): Promise<string> => {
    const step = await new ScramExchange(access, new SeededRandom(3), 'sha256').step(Buffer.from(`n,,n=${name},r=abc`));
    assert.equal(step.kind, 'challenge');
    return (step as { message: Buffer }).message.toString().split(',s=')[1]!;
  };
  const [real, ghost, other] = [await saltOf('user'), await saltOf('ghost'), await saltOf('other')];
  assert.equal(await saltOf('ghost'), ghost);
  assert.equal(new Set([real, ghost, other]).size, 3);
  assert.equal(real.length, ghost.length);
});

test('a removed user is refused in the middle of its exchange', async () => {
  const access = await withUser('user', 'pencil');
  access.putUser('admin', await access.credentialsFor('x'), true);
  const exchange = new ScramExchange(access, new SeededRandom(5), 'sha256');
  const first = (await exchange.step(Buffer.from('n,,n=user,r=abc'))) as { message: Buffer };
  access.removeUser(access.user('user')!);
  const final = clientFinal('sha256', 'pencil', 'n=user,r=abc', first.message.toString());
  assert.equal((await exchange.step(Buffer.from(final))).kind, 'refused');
});

test('whatever bytes come, they are refused and nothing is thrown', async () => {
  const access = await withUser('user', 'pencil');
  const piece = fc.constantFrom(
    'n,,',
    'y,,',
    'p=tls-unique,,',
    'n=user',
    'r=',
    ',',
    '=2C',
    '=',
    'm=x',
    'c=biws',
    'p=',
    '\0',
  );
  const message = fc.oneof(
    fc.string(),
    fc.array(piece).map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 3 }), async (messages) => {
      const exchange = new ScramExchange(access, new SeededRandom(1), 'sha512');
      const plain = new PlainExchange(access);
      for (const text of messages) assert.notEqual((await exchange.step(Buffer.from(text))).kind, 'done');
      if (messages[0]!.split('\0').length !== 3)
        assert.equal((await plain.step(Buffer.from(messages[0]!))).kind, 'refused');
    }),
    { numRuns: 200 },
  );
  const long = `n,,n=user,r=abc${',a=b'.repeat(900)}!`;
  const before = performance.now();
  await new ScramExchange(access, new SeededRandom(1), 'sha256').step(Buffer.from(long));
  assert.ok(performance.now() - before < 200, 'a long list of extensions takes no time');
});

test('a password is checked against the keys of either hash, and only the right one fits', async () => {
  const access = await withUser('user', 'pencil');
  for (const credential of access.user('user')!.credentials.values()) {
    assert.equal(await passwordMatches(credential, 'pencil'), true);
    for (const wrong of ['Pencil', '', 'pencil\u0007', 'p'.repeat(100_000)]) {
      assert.equal(await passwordMatches(credential, wrong), false);
    }
  }
  assert.equal(await access.passwordIsRight('user', 'pencil'), true);
  assert.equal(await access.passwordIsRight('ghost', 'pencil'), false);
});

test('passwords that clients would hash differently are not taken', () => {
  for (const good of ['pencil', 'p4ss wörd', '密码']) assert.equal(passwordFault(good), null, good);
  for (const bad of ['', 'a\u00a0b', 'ﬁsh', 'tab\t', 'x'.repeat(2000)]) assert.ok(passwordFault(bad) !== null, bad);
});

test('nothing of a password is in what is kept', async () => {
  const access = await withUser('user', 'a-very-visible-password');
  const kept = [...access.user('user')!.credentials.values()].map(({ salt, storedKey, serverKey }: Credential) =>
    Buffer.concat([salt, storedKey, serverKey]).toString('latin1'),
  );
  assert.ok(kept.every((text) => !text.includes('visible')));
});
