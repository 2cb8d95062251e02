import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Certificates for tests, as small as X.509 lets them be: version 3, P-256, valid for a day around now. */

export interface Certified {
  readonly cert: string;
  readonly key: string;
}

type Name = readonly (readonly [type: 'C' | 'O' | 'OU' | 'CN', value: string])[];

interface Issuer extends Certified {
  readonly name: Name;
  readonly privateKey: KeyObject;
}

const dayMs = 86_400_000;
const ecdsaWithSha256 = der(0x30, oid('1.2.840.10045.4.3.2'));
const attributeOids = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const;

export function authority(commonName: string): Issuer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name: Name = [['CN', commonName]];
  return { name, privateKey, ...certificate(name, publicKey, name, privateKey, privateKey, true) };
}

export function issued(issuer: Issuer, name: Name): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return certificate(name, publicKey, issuer.name, issuer.privateKey, privateKey, false);
}

let serial = 1;

function certificate(
  subject: Name,
  publicKey: KeyObject,
  issuer: Name,
  signingKey: KeyObject,
  ownKey: KeyObject,
  isAuthority: boolean,
): Certified {
  const nowMs = Date.now();
  const content = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial++])),
    ecdsaWithSha256,
    distinguishedName(issuer),
    der(0x30, time(nowMs - dayMs), time(nowMs + dayMs)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, isAuthority ? basicConstraints() : alternativeNames())),
  );
  const signature = sign('sha256', content, signingKey);
  const whole = der(0x30, content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g)!;
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: ownKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function basicConstraints(): Buffer {
  const value = der(0x30, der(0x01, Buffer.from([0xff])));
  return der(0x30, oid('2.5.29.19'), der(0x01, Buffer.from([0xff])), der(0x04, value));
}

/** localhost and 127.0.0.1, where tests listen. */
function alternativeNames(): Buffer {
  const value = der(0x30, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  return der(0x30, oid('2.5.29.17'), der(0x04, value));
}

function distinguishedName(name: Name): Buffer {
  const parts = name.map(([type, value]) =>
    der(0x31, der(0x30, oid(attributeOids[type]), der(type === 'C' ? 0x13 : 0x0c, Buffer.from(value)))),
  );
  return der(0x30, ...parts);
}

function time(atMs: number): Buffer {
  const text = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function oid(text: string): Buffer {
  const [first, second, ...rest] = text.split('.').map(Number);
  const bytes = [first! * 40 + second!];
  for (const number of rest) {
    const digits = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left % 128) | 128);
    bytes.push(...digits);
  }
  return der(0x06, Buffer.from(bytes));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
