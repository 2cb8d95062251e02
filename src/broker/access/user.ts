import { createHash, timingSafeEqual } from 'node:crypto';
import type { ByteReader } from '../../lib/byte-reader.js';
import type { ByteWriter } from '../../lib/byte-writer.js';
import { type Credential, readCredential, type ScramHash, scramHashes, writeCredential } from './credential.js';

/** The tag of whoever may do everything. */
export const administratorTag: KnownTag = 'administrator';

/** Tags that mean something here; others are kept and told. */
export type KnownTag = 'administrator' | 'monitoring' | 'policymaker' | 'management' | 'impersonator';

/** Null is no limit. */
export interface UserLimits {
  readonly maxConnections: number | null;
  readonly maxChannels: number | null;
}

export const noUserLimits: UserLimits = { maxConnections: null, maxChannels: null };

/** A password's hash as RabbitMQ keeps it: four bytes of salt, and the hash of salt and password. */
export interface SaltedHash {
  readonly hash: ScramHash;
  readonly bytes: Buffer;
}

export interface User {
  readonly name: string;
  /** May do everything; has the tag that says so. */
  readonly admin: boolean;
  readonly tags: readonly string[];
  readonly credentials: ReadonlyMap<ScramHash, Credential>;
  /** Brought along from elsewhere, and good for PLAIN alone; a new password replaces it. */
  readonly saltedHash: SaltedHash | null;
  readonly limits: UserLimits;
}

const saltBytes = 4;

/** Null when the bytes cannot be such a hash. */
export function saltedHashOf(hash: ScramHash, bytes: Buffer): SaltedHash | null {
  return bytes.length === saltBytes + (hash === 'sha256' ? 32 : 64) ? { hash, bytes } : null;
}

export function saltedHashMatches({ hash, bytes }: SaltedHash, password: string): boolean {
  const salt = bytes.subarray(0, saltBytes);
  const found = createHash(hash).update(salt).update(password).digest();
  return timingSafeEqual(found, bytes.subarray(saltBytes)) && password !== '';
}

export function writeUser(into: ByteWriter, user: User): void {
  writePlainUser(into, user);
  into.uvarint(user.tags.length);
  for (const tag of user.tags) into.string(tag);
  into.u8(user.saltedHash === null ? 0 : scramHashes.indexOf(user.saltedHash.hash) + 1);
  if (user.saltedHash !== null) {
    into.uvarint(user.saltedHash.bytes.length);
    into.view(user.saltedHash.bytes);
  }
  // Nought is no limit.
  for (const limit of [user.limits.maxConnections, user.limits.maxChannels])
    into.uvarint(limit === null ? 0 : limit + 1);
}

function writePlainUser(into: ByteWriter, { name, admin, credentials }: User): void {
  into.string(name);
  into.u8(admin ? 1 : 0);
  into.uvarint(credentials.size);
  for (const credential of credentials.values()) writeCredential(into, credential);
}

export function readUser(from: ByteReader): User {
  const plain = readPlainUser(from);
  const tags: string[] = [];
  for (let left = from.uvarint(); left > 0; left--) tags.push(from.string());
  const hash = scramHashes[from.u8() - 1];
  const saltedHash = hash === undefined ? null : { hash, bytes: Buffer.from(from.view(from.uvarint())) };
  const limit = (): number | null => {
    const coded = from.uvarint();
    return coded === 0 ? null : coded - 1;
  };
  return { ...plain, tags, saltedHash, limits: { maxConnections: limit(), maxChannels: limit() } };
}

/** As users were stored before they had tags. */
export function readPlainUser(from: ByteReader): User {
  const name = from.string();
  const admin = from.u8() === 1;
  const credentials = new Map<ScramHash, Credential>();
  for (let left = from.uvarint(); left > 0; left--) {
    const credential = readCredential(from);
    credentials.set(credential.hash, credential);
  }
  return { name, admin, tags: admin ? [administratorTag] : [], credentials, saltedHash: null, limits: noUserLimits };
}
