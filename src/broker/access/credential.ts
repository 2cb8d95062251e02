import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { ByteReader } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import type { Random } from '../../lib/random.js';

const derive = promisify(pbkdf2);

/** The hashes of SCRAM (RFC 5802, RFC 7677) that are served. */
export const scramHashes = ['sha256', 'sha512'] as const;
export type ScramHash = (typeof scramHashes)[number];

export const iterationsMin = 4096;
/** Kafka's limit: more would let a client keep a thread busy for long. */
export const iterationsMax = 16_384;
const iterationsDefault = 8192;
const saltBytes = 16;
const passwordBytesMax = 1024;

/**
 * All that is kept of a password. Who has it can check a proof but not make one (RFC 5802, section 3); it is a secret
 * all the same, and leaves the broker only in the definitions that an administrator exports.
 */
export interface Credential {
  readonly hash: ScramHash;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export function hmac(hash: ScramHash, key: Uint8Array, text: string | Uint8Array): Buffer {
  return createHmac(hash, key).update(text).digest();
}

export function digest(hash: ScramHash, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest();
}

export function hashBytes(hash: ScramHash): number {
  return hash === 'sha256' ? 32 : 64;
}

/** From the salted password on, which is what an administrator's tool sends: the password stays where it was typed. */
export function credentialOf(hash: ScramHash, salt: Buffer, iterations: number, salted: Buffer): Credential {
  const storedKey = digest(hash, hmac(hash, salted, 'Client Key'));
  return { hash, salt, iterations, storedKey, serverKey: hmac(hash, salted, 'Server Key') };
}

/** One for each hash, so that a client may use either mechanism. In a thread of the pool: it takes milliseconds. */
export function credentialsFor(password: string, random: Random): Promise<Credential[]> {
  return Promise.all(
    scramHashes.map(async (hash) => {
      const salt = random.bytes(saltBytes);
      const salted = await saltedPassword(hash, password, salt, iterationsDefault);
      return credentialOf(hash, salt, iterationsDefault, salted);
    }),
  );
}

export function saltedPassword(hash: ScramHash, password: string, salt: Buffer, iterations: number): Promise<Buffer> {
  return derive(Buffer.from(password), salt, iterations, hashBytes(hash), hash);
}

/**
 * Why a password cannot be used, for people. Clients differ in whether they prepare a password (RFC 4013) before they
 * hash it, so that one which preparing would change works with some of them only.
 */
export function passwordFault(password: string): string | null {
  if (password === '') return 'a password must not be empty';
  if (Buffer.byteLength(password) > passwordBytesMax) return `a password has at most ${passwordBytesMax} bytes`;
  return prepared(password) === password
    ? null
    : 'the password has characters that clients write in different ways (RFC 4013); leave them out';
}

const require: NodeJS.Require = createRequire(import.meta.url);
/** Preparing leaves these as they are. */
const printableAscii = /^[ -~]*$/;

/** What is compared with what is kept; a password that cannot be prepared is compared as it is, and will not be right. */
export function prepared(password: string): string {
  if (printableAscii.test(password)) return password;
  try {
    // Its tables take 12 ms and 6 MB, which few passwords need.
    const { saslprep } = require('@mongodb-js/saslprep') as typeof import('@mongodb-js/saslprep');
    return saslprep(password);
  } catch {
    return '';
  }
}

export async function passwordMatches(credential: Credential, password: string): Promise<boolean> {
  const { hash, salt, iterations, storedKey } = credential;
  // Nobody's password is that long, and hashing it would take its time.
  const short = Buffer.byteLength(password) <= passwordBytesMax ? prepared(password) : '';
  const salted = await saltedPassword(hash, short, salt, iterations);
  return timingSafeEqual(digest(hash, hmac(hash, salted, 'Client Key')), storedKey) && short !== '';
}

/**
 * What stands in for the credential of a user that is not there: the same for the same name each time, so that asking
 * twice tells nothing. No proof fits it.
 */
export function credentialOfNobody(hash: ScramHash, name: string, secret: Buffer): Credential {
  const size = hashBytes(hash);
  const make = (what: string): Buffer => hmac('sha512', secret, `${what} ${hash} ${name}`);
  return {
    hash,
    salt: make('salt').subarray(0, saltBytes),
    iterations: iterationsDefault,
    storedKey: make('stored key').subarray(0, size),
    serverKey: make('server key').subarray(0, size),
  };
}

export function writeCredential(into: ByteWriter, { hash, salt, iterations, storedKey, serverKey }: Credential): void {
  into.u8(scramHashes.indexOf(hash));
  into.uvarint(iterations);
  for (const bytes of [salt, storedKey, serverKey]) {
    into.uvarint(bytes.length);
    into.view(bytes);
  }
}

export function readCredential(from: ByteReader): Credential {
  const hash = scramHashes[from.u8()]!;
  const iterations = from.uvarint();
  const bytes = (): Buffer => Buffer.from(from.view(from.uvarint()));
  return { hash, iterations, salt: bytes(), storedKey: bytes(), serverKey: bytes() };
}
