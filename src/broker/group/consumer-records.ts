import { ByteReader, DecodeError } from '../../lib/byte-reader.js';
import { ByteWriter } from '../../lib/byte-writer.js';
import type { ClassicSide } from './classic-consumers.js';
import type { Partitions } from './partitions.js';
import { partitionsOf } from './partitions.js';
import type { MemberState, Standing } from './reconciliation.js';

/**
 * The records of `__consumer_offsets` that keep groups of the protocol of KIP-848, in the form Kafka gives them: keys 3
 * (group), 5 (member), 6 and 7 (target assignment, and each member's part of it), 8 (what a member has). Values are
 * version 0; tagged fields that are not known are passed over.
 *
 * Key 4 (partition metadata) and 16 (resolved regular expressions) are not written: both follow from the topics that
 * there are, and Kafka looks them up anew.
 */
export const consumerKeys = { group: 3, member: 5, target: 6, memberTarget: 7, standing: 8 } as const;

export interface StoredConsumerGroup {
  readonly epoch: number;
  readonly topicsHash: number;
  /** Since when the group is in its state, -1 in records of Kafka: this field is our own. */
  readonly sinceMs: number;
}

export interface StoredConsumer {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly topicNames: readonly string[];
  readonly topicRegex: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly assignor: string | null;
  /** Of a member that speaks the classic protocol. */
  readonly classic: ClassicSide | null;
}

export type ConsumerRecordKey =
  | { readonly kind: typeof consumerKeys.group; readonly group: string }
  | { readonly kind: typeof consumerKeys.target; readonly group: string }
  | {
      readonly kind: typeof consumerKeys.member | typeof consumerKeys.memberTarget | typeof consumerKeys.standing;
      readonly group: string;
      readonly memberId: string;
    };

const valueVersion = 0;
const topicsHashTag = 0;
const classicMemberTag = 0;
/** Far from the numbers Kafka gives; readers that do not know a tag skip it. */
const sinceTag = 9000;

const stateNumbers: Readonly<Record<MemberState, number>> = { stable: 0, unrevoked: 1, unreleased: 2 };
const statesByNumber: readonly MemberState[] = ['stable', 'unrevoked', 'unreleased'];

export function writeConsumerKey(kind: number, group: string, memberId: string | null = null): Buffer {
  const into = new ByteWriter(64);
  into.i16(kind);
  writeString(into, group);
  if (memberId !== null) writeString(into, memberId);
  return into.bytes();
}

/** `null` for keys that are about something else. */
export function readConsumerKey(key: Buffer): ConsumerRecordKey | null {
  const from = new ByteReader(key);
  const kind = from.i16();
  switch (kind) {
    case consumerKeys.group:
    case consumerKeys.target:
      return { kind, group: from.utf8(from.i16()) };
    case consumerKeys.member:
    case consumerKeys.memberTarget:
    case consumerKeys.standing: {
      const group = from.utf8(from.i16());
      return { kind, group, memberId: from.utf8(from.i16()) };
    }
    default:
      return null;
  }
}

export function writeConsumerGroup(group: StoredConsumerGroup): Buffer {
  const into = begin();
  into.i32(group.epoch);
  into.uvarint(2);
  writeLongTag(into, topicsHashTag, group.topicsHash);
  writeLongTag(into, sinceTag, group.sinceMs);
  return into.bytes();
}

export function readConsumerGroup(value: Buffer): StoredConsumerGroup {
  const from = open(value, 'a consumer group');
  const epoch = from.i32();
  let topicsHash = 0;
  let sinceMs = -1;
  readTags(from, (tag, bytes) => {
    // A hash of Kafka's own may take all 64 bits: it only has to differ from ours then.
    if (tag === topicsHashTag) topicsHash = Number(bytes.readBigInt64BE(0));
    else if (tag === sinceTag) sinceMs = Number(bytes.readBigInt64BE(0));
  });
  return { epoch, topicsHash, sinceMs };
}

export function writeConsumer(member: StoredConsumer): Buffer {
  const into = begin();
  writeNullable(into, member.instanceId);
  writeNullable(into, member.rackId);
  writeCompact(into, member.clientId);
  writeCompact(into, member.clientHost);
  into.uvarint(member.topicNames.length + 1);
  for (const name of member.topicNames) writeCompact(into, name);
  writeNullable(into, member.topicRegex);
  into.i32(member.rebalanceTimeoutMs);
  writeNullable(into, member.assignor);
  if (member.classic === null) into.uvarint(0);
  else writeClassicTag(into, member.classic);
  return into.bytes();
}

export function readConsumer(value: Buffer): StoredConsumer {
  const from = open(value, 'a member');
  const instanceId = readNullable(from);
  const rackId = readNullable(from);
  const clientId = readCompact(from);
  const clientHost = readCompact(from);
  const topicNames = Array.from({ length: readCount(from) }, () => readCompact(from));
  const topicRegex = readNullable(from);
  const rebalanceTimeoutMs = from.i32();
  const assignor = readNullable(from);
  let classic: ClassicSide | null = null;
  readTags(from, (tag, bytes) => {
    if (tag === classicMemberTag) classic = readClassic(bytes);
  });
  return { instanceId, rackId, clientId, clientHost, topicNames, topicRegex, rebalanceTimeoutMs, assignor, classic };
}

function writeClassicTag(into: ByteWriter, { sessionTimeoutMs, protocols }: ClassicSide): void {
  const side = new ByteWriter(128);
  // It is there.
  side.u8(1);
  side.i32(sessionTimeoutMs);
  side.uvarint(protocols.length + 1);
  for (const { name, metadata } of protocols) {
    writeCompact(side, name);
    side.uvarint(metadata.length + 1);
    side.view(metadata);
    side.uvarint(0);
  }
  side.uvarint(0);
  into.uvarint(1);
  into.uvarint(classicMemberTag);
  into.uvarint(side.length);
  into.view(side.bytes());
}

function readClassic(bytes: Buffer): ClassicSide | null {
  const from = new ByteReader(bytes);
  if (from.i8() < 0) return null;
  const sessionTimeoutMs = from.i32();
  const protocols = Array.from({ length: readCount(from) }, () => {
    const name = readCompact(from);
    const metadata = Buffer.from(from.view(from.uvarint() - 1));
    readTags(from, () => {});
    return { name, metadata };
  });
  return protocols.length === 0 ? null : { sessionTimeoutMs, protocols };
}

export function writeTarget(epoch: number): Buffer {
  const into = begin();
  into.i32(epoch);
  into.uvarint(0);
  return into.bytes();
}

export function readTarget(value: Buffer): number {
  return open(value, 'a target assignment').i32();
}

export function writeMemberTarget(partitions: Partitions): Buffer {
  const into = begin();
  writePartitions(into, partitions);
  into.uvarint(0);
  return into.bytes();
}

export function readMemberTarget(value: Buffer): Partitions {
  return readPartitions(open(value, 'a target assignment'));
}

export function writeStanding(standing: Standing): Buffer {
  const into = begin();
  into.i32(standing.epoch);
  into.i32(standing.previousEpoch);
  into.i8(stateNumbers[standing.state]);
  writePartitions(into, standing.assigned);
  writePartitions(into, standing.revoking);
  into.uvarint(0);
  return into.bytes();
}

export function readStanding(value: Buffer): Standing {
  const from = open(value, "a member's assignment");
  const epoch = from.i32();
  const previousEpoch = from.i32();
  const number = from.i8();
  const state = statesByNumber[number];
  if (state === undefined) throw new DecodeError(`a member in the unknown state ${number}`);
  const assigned = readPartitions(from);
  return { epoch, previousEpoch, state, assigned, revoking: readPartitions(from) };
}

function begin(): ByteWriter {
  const into = new ByteWriter(128);
  into.i16(valueVersion);
  return into;
}

function open(value: Buffer, of: string): ByteReader {
  const from = new ByteReader(value);
  const version = from.i16();
  if (version !== valueVersion) throw new DecodeError(`${of} of unknown version ${version}`);
  return from;
}

function writeString(into: ByteWriter, text: string): void {
  const lengthAt = into.reserve(2);
  const count = into.utf8(text);
  if (count > 0x7fff) throw new DecodeError(`a string of ${count} bytes does not fit a record`);
  into.buffer.writeInt16BE(count, lengthAt);
}

function writeCompact(into: ByteWriter, text: string): void {
  into.uvarint(Buffer.byteLength(text) + 1);
  into.utf8(text);
}

function writeNullable(into: ByteWriter, text: string | null): void {
  if (text === null) into.uvarint(0);
  else writeCompact(into, text);
}

function readCompact(from: ByteReader): string {
  return from.utf8(from.uvarint() - 1);
}

function readNullable(from: ByteReader): string | null {
  const count = from.uvarint();
  return count === 0 ? null : from.utf8(count - 1);
}

/** An entry takes at least a byte: a count beyond the record is damage, not a reason to allocate. */
function readCount(from: ByteReader): number {
  const count = from.uvarint() - 1;
  if (count < 0 || count > from.remaining) throw new DecodeError(`a list of ${count} entries`);
  return count;
}

function writePartitions(into: ByteWriter, partitions: Partitions): void {
  into.uvarint(partitions.size + 1);
  for (const [topicId, numbers] of partitions) {
    into.view(Buffer.from(topicId, 'hex'));
    into.uvarint(numbers.length + 1);
    for (const number of numbers) into.i32(number);
    into.uvarint(0);
  }
}

function readPartitions(from: ByteReader): Partitions {
  const lists: [string, number[]][] = [];
  for (let left = readCount(from); left > 0; left--) {
    const topicId = from.view(16).toString('hex');
    const numbers = Array.from({ length: readCount(from) }, () => from.i32());
    readTags(from, () => {});
    lists.push([topicId, numbers]);
  }
  return partitionsOf(lists);
}

function writeLongTag(into: ByteWriter, tag: number, value: number): void {
  into.uvarint(tag);
  into.uvarint(8);
  into.i64(value);
}

function readTags(from: ByteReader, told: (tag: number, bytes: Buffer) => void): void {
  for (let left = from.uvarint(); left > 0; left--) {
    const tag = from.uvarint();
    told(tag, from.view(from.uvarint()));
  }
}
