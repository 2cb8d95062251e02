import { ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';

/**
 * The records of `__consumer_offsets`, in the form Kafka gives them, so that lag tools read them and a Kafka topic
 * can be taken over. Each key and value opens with its version; a key's version also says what it is about: 0 and 1
 * a committed offset, 2 a group.
 *
 * Every version is read. Offsets and groups are written as version 3, the newest that every Kafka since 2.1 reads;
 * an offset with an expiry of its own needs version 1.
 */

export interface CommittedOffset {
  readonly offset: number;
  /** -1 when the consumer did not say. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** Only from old clients that asked for a retention of their own; -1 otherwise. */
  readonly expireTimestampMs: number;
}

export interface StoredMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly subscription: Buffer;
  readonly assignment: Buffer;
}

export interface StoredGroup {
  /** '' for a group that never had members. */
  readonly protocolType: string;
  readonly generation: number;
  readonly protocol: string | null;
  readonly leader: string | null;
  /** -1 in records older than version 2. */
  readonly stateTimestampMs: number;
  readonly members: readonly StoredMember[];
}

export type OffsetRecordKey =
  | { readonly kind: 'offset'; readonly group: string; readonly topic: string; readonly partition: number }
  | { readonly kind: 'group'; readonly group: string }
  /** A key of another version: of a later protocol, or of a later Kafka. */
  | { readonly kind: 'other'; readonly version: number };

const offsetKeyVersion = 1;
const groupKeyVersion = 2;
const offsetValueVersion = 3;
const expiringOffsetValueVersion = 1;
const groupValueVersion = 3;
const newestValueVersion = 4;
const firstFlexibleVersion = 4;

export function writeOffsetKey(group: string, topic: string, partition: number): Buffer {
  const into = new ByteWriter(64);
  into.i16(offsetKeyVersion);
  writeString(into, group);
  writeString(into, topic);
  into.i32(partition);
  return into.bytes();
}

export function writeGroupKey(group: string): Buffer {
  const into = new ByteWriter(64);
  into.i16(groupKeyVersion);
  writeString(into, group);
  return into.bytes();
}

export function readKey(key: Buffer): OffsetRecordKey {
  const from = new ByteReader(key);
  const version = from.i16();
  if (version === 0 || version === 1) {
    const group = readString(from);
    const topic = readString(from);
    return { kind: 'offset', group, topic, partition: from.i32() };
  }
  if (version === groupKeyVersion) return { kind: 'group', group: readString(from) };
  return { kind: 'other', version };
}

export function writeOffsetValue(committed: CommittedOffset): Buffer {
  const expires = committed.expireTimestampMs >= 0;
  const into = new ByteWriter(64);
  into.i16(expires ? expiringOffsetValueVersion : offsetValueVersion);
  into.i64(committed.offset);
  if (!expires) into.i32(committed.leaderEpoch);
  writeString(into, committed.metadata);
  into.i64(committed.commitTimestampMs);
  if (expires) into.i64(committed.expireTimestampMs);
  return into.bytes();
}

export function readOffsetValue(value: Buffer): CommittedOffset {
  const from = new ByteReader(value);
  const version = readVersion(from, 'a committed offset');
  const offset = from.i64();
  const leaderEpoch = version >= 3 ? from.i32() : -1;
  const metadata = version >= firstFlexibleVersion ? readCompactString(from) : readString(from);
  const commitTimestampMs = from.i64();
  const expireTimestampMs = version === 1 ? from.i64() : -1;
  if (version >= firstFlexibleVersion) skipTags(from);
  return { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs };
}

export function writeGroupValue(group: StoredGroup): Buffer {
  const into = new ByteWriter(512);
  into.i16(groupValueVersion);
  writeString(into, group.protocolType);
  into.i32(group.generation);
  writeNullableString(into, group.protocol);
  writeNullableString(into, group.leader);
  into.i64(group.stateTimestampMs);
  into.i32(group.members.length);
  for (const member of group.members) {
    writeString(into, member.memberId);
    writeNullableString(into, member.instanceId);
    writeString(into, member.clientId);
    writeString(into, member.clientHost);
    into.i32(member.rebalanceTimeoutMs);
    into.i32(member.sessionTimeoutMs);
    writeBytes(into, member.subscription);
    writeBytes(into, member.assignment);
  }
  return into.bytes();
}

export function readGroupValue(value: Buffer): StoredGroup {
  const from = new ByteReader(value);
  const version = readVersion(from, 'a group');
  const flexible = version >= firstFlexibleVersion;
  const protocolType = flexible ? readCompactString(from) : readString(from);
  const generation = from.i32();
  const protocol = flexible ? readNullableCompactString(from) : readNullableString(from);
  const leader = flexible ? readNullableCompactString(from) : readNullableString(from);
  const stateTimestampMs = version >= 2 ? from.i64() : -1;
  const count = flexible ? from.uvarint() - 1 : from.i32();
  // A member takes more than twenty bytes: a count beyond the record is damage, not a reason to allocate.
  if (count < 0 || count > from.remaining) throw new DecodeError(`a group of ${count} members`);
  const members: StoredMember[] = [];
  for (let at = 0; at < count; at++) members.push(readMember(from, version));
  if (flexible) skipTags(from);
  return { protocolType, generation, protocol, leader, stateTimestampMs, members };
}

function readMember(from: ByteReader, version: number): StoredMember {
  const flexible = version >= firstFlexibleVersion;
  const memberId = flexible ? readCompactString(from) : readString(from);
  const instanceId = flexible ? readNullableCompactString(from) : version >= 3 ? readNullableString(from) : null;
  const clientId = flexible ? readCompactString(from) : readString(from);
  const clientHost = flexible ? readCompactString(from) : readString(from);
  const rebalanceTimeoutMs = version >= 1 ? from.i32() : -1;
  const sessionTimeoutMs = from.i32();
  const subscription = readBytes(from, flexible);
  const assignment = readBytes(from, flexible);
  if (flexible) skipTags(from);
  return {
    memberId,
    instanceId,
    clientId,
    clientHost,
    // Before version 1 the session time-out was the rebalance time-out too.
    rebalanceTimeoutMs: rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
    sessionTimeoutMs,
    subscription,
    assignment,
  };
}

function readVersion(from: ByteReader, of: string): number {
  const version = from.i16();
  if (version < 0 || version > newestValueVersion) throw new DecodeError(`${of} of unknown version ${version}`);
  return version;
}

function writeString(into: ByteWriter, text: string): void {
  const lengthAt = into.reserve(2);
  const count = into.utf8(text);
  if (count > 0x7fff) throw new DecodeError(`a string of ${count} bytes does not fit a record`);
  into.buffer.writeInt16BE(count, lengthAt);
}

function writeNullableString(into: ByteWriter, text: string | null): void {
  if (text === null) into.i16(-1);
  else writeString(into, text);
}

function writeBytes(into: ByteWriter, bytes: Buffer): void {
  into.i32(bytes.length);
  into.view(bytes);
}

function readString(from: ByteReader): string {
  return from.utf8(from.i16());
}

function readNullableString(from: ByteReader): string | null {
  const count = from.i16();
  return count < 0 ? null : from.utf8(count);
}

function readCompactString(from: ByteReader): string {
  return from.utf8(from.uvarint() - 1);
}

function readNullableCompactString(from: ByteReader): string | null {
  const count = from.uvarint();
  return count === 0 ? null : from.utf8(count - 1);
}

/** A copy: the record's batch is not to be kept alive by a subscription of a few bytes. */
function readBytes(from: ByteReader, flexible: boolean): Buffer {
  return Buffer.from(from.view(flexible ? from.uvarint() - 1 : from.i32()));
}

function skipTags(from: ByteReader): void {
  const count = from.uvarint();
  for (let at = 0; at < count; at++) {
    from.uvarint();
    from.take(from.uvarint());
  }
}
