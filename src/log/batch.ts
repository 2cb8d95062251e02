import { crc32c, crc32cJoined } from '../lib/crc32c.js';

/**
 * Kafka's record batch, version 2, read and patched where it lies. Everything here takes a buffer and the position
 * of the batch's first byte; nothing is copied and no object is made.
 *
 * The CRC covers everything from the attributes on, so base offset and leader epoch may be set without touching it:
 * that is what lets one copy of a batch serve several logs.
 */
export const batchHeaderBytes = 61;

const lengthAt = 8;
const leaderEpochAt = 12;
const magicAt = 16;
const crcAt = 17;
const attributesAt = 21;
const lastOffsetDeltaAt = 23;
const baseTimestampAt = 27;
const maxTimestampAt = 35;
const producerIdAt = 43;
const producerEpochAt = 51;
const baseSequenceAt = 53;
const recordCountAt = 57;

/** What precedes the counted part: base offset and the length itself. */
const uncountedBytes = 12;

export const compressionMask = 0x07;
export const logAppendTimeBit = 0x08;
export const transactionalBit = 0x10;
export const controlBit = 0x20;
/** KIP-534: the base timestamp is the time from which tombstones and markers of this batch may go. */
export const deleteHorizonBit = 0x40;

export const noTimestamp = -1;
export const noProducerId = -1;

export function int16(bytes: Buffer, at: number): number {
  return ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;
}

export function int32(bytes: Buffer, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

export function int64(bytes: Buffer, at: number): number {
  return int32(bytes, at) * 4294967296 + (int32(bytes, at + 4) >>> 0);
}

export function putInt16(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}

export function putInt32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function putInt64(bytes: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 4294967296);
  putInt32(bytes, at, high);
  putInt32(bytes, at + 4, value - high * 4294967296);
}

export function baseOffset(bytes: Buffer, at: number): number {
  return int64(bytes, at);
}

export function setBaseOffset(bytes: Buffer, at: number, offset: number): void {
  putInt64(bytes, at, offset);
}

/** The whole batch, with its header. */
export function batchBytes(bytes: Buffer, at: number): number {
  return int32(bytes, at + lengthAt) + uncountedBytes;
}

export function leaderEpoch(bytes: Buffer, at: number): number {
  return int32(bytes, at + leaderEpochAt);
}

export function setLeaderEpoch(bytes: Buffer, at: number, epoch: number): void {
  putInt32(bytes, at + leaderEpochAt, epoch);
}

export function magic(bytes: Buffer, at: number): number {
  return bytes[at + magicAt]!;
}

export function attributes(bytes: Buffer, at: number): number {
  return int16(bytes, at + attributesAt);
}

export function compression(bytes: Buffer, at: number): number {
  return bytes[at + attributesAt + 1]! & compressionMask;
}

export function isControl(bytes: Buffer, at: number): boolean {
  return (bytes[at + attributesAt + 1]! & controlBit) !== 0;
}

export function isTransactional(bytes: Buffer, at: number): boolean {
  return (bytes[at + attributesAt + 1]! & transactionalBit) !== 0;
}

export function lastOffsetDelta(bytes: Buffer, at: number): number {
  return int32(bytes, at + lastOffsetDeltaAt);
}

/** The offset behind the batch's last record. */
export function nextOffset(bytes: Buffer, at: number): number {
  return int64(bytes, at) + int32(bytes, at + lastOffsetDeltaAt) + 1;
}

export function baseTimestamp(bytes: Buffer, at: number): number {
  return int64(bytes, at + baseTimestampAt);
}

export function maxTimestamp(bytes: Buffer, at: number): number {
  return int64(bytes, at + maxTimestampAt);
}

export function producerId(bytes: Buffer, at: number): number {
  return int64(bytes, at + producerIdAt);
}

export function producerEpoch(bytes: Buffer, at: number): number {
  return int16(bytes, at + producerEpochAt);
}

export function baseSequence(bytes: Buffer, at: number): number {
  return int32(bytes, at + baseSequenceAt);
}

export function recordCount(bytes: Buffer, at: number): number {
  return int32(bytes, at + recordCountAt);
}

export function storedCrc(bytes: Buffer, at: number): number {
  return int32(bytes, at + crcAt) >>> 0;
}

export function computedCrc(bytes: Buffer, at: number): number {
  return crc32c(bytes, at + attributesAt, at + batchBytes(bytes, at));
}

/**
 * The CRC over bytes before the batch, `crc`, carried over the batch, whose own CRC must be right: that covers nearly all of
 * it, which is not read again. A batch of 1 KB costs 0.1 µs this way, one of 16 KB as much.
 */
export function crcOver(bytes: Buffer, at: number, size: number, crc: number): number {
  const before = crc32c(bytes, at, at + attributesAt, crc);
  return crc32cJoined(before, storedCrc(bytes, at), size - attributesAt);
}

/** Puts in the CRC after anything from the attributes on was changed. */
export function seal(bytes: Buffer, at: number): void {
  putInt32(bytes, at + crcAt, computedCrc(bytes, at));
}

/** Sets the time the broker took the batch in, as LogAppendTime topics want it, and the CRC with it. */
export function setLogAppendTime(bytes: Buffer, at: number, nowMs: number): void {
  bytes[at + attributesAt + 1] = bytes[at + attributesAt + 1]! | logAppendTimeBit;
  putInt64(bytes, at + maxTimestampAt, nowMs);
  seal(bytes, at);
}

export type BatchFault = 'ok' | 'short' | 'magic' | 'crc' | 'malformed';

/**
 * Looks at the batch at `at`, of which bytes up to `end` are there. `short`: it goes on behind `end` (or its length
 * makes no sense). Cheap checks first; the CRC last.
 */
export function checkBatch(bytes: Buffer, at: number, end: number, withCrc = true): BatchFault {
  if (end - at < magicAt + 1) return 'short';
  if (magic(bytes, at) !== 2) return 'magic';
  const size = batchBytes(bytes, at);
  if (size < batchHeaderBytes) return 'malformed';
  if (size > end - at) return 'short';
  const count = recordCount(bytes, at);
  const delta = lastOffsetDelta(bytes, at);
  if (count < 0 || delta < 0 || count > delta + 1) return 'malformed';
  if (withCrc && computedCrc(bytes, at) !== storedCrc(bytes, at)) return 'crc';
  return 'ok';
}

/**
 * A piece of memory with another base offset in front: 12 bytes of its own (base offset and length), the rest by
 * reference. For batches whose bytes serve several logs.
 */
export function rebased(bytes: Buffer, at: number, size: number, offset: number, into: Buffer[]): void {
  if (baseOffset(bytes, at) === offset) {
    into.push(bytes.subarray(at, at + size));
    return;
  }
  const head = Buffer.allocUnsafe(8);
  setBaseOffset(head, 0, offset);
  into.push(head, bytes.subarray(at + 8, at + size));
}

/** Writes a batch header; the records lie, or will lie, behind it. `seal` is the caller's. */
export function putBatchHeader(
  bytes: Buffer,
  at: number,
  size: number,
  batchAttributes: number,
  lastDelta: number,
  firstTimestamp: number,
  largestTimestamp: number,
  idOfProducer: number,
  epochOfProducer: number,
  sequence: number,
  count: number,
): void {
  putInt64(bytes, at, 0);
  putInt32(bytes, at + lengthAt, size - uncountedBytes);
  putInt32(bytes, at + leaderEpochAt, -1);
  bytes[at + magicAt] = 2;
  putInt16(bytes, at + attributesAt, batchAttributes);
  putInt32(bytes, at + lastOffsetDeltaAt, lastDelta);
  putInt64(bytes, at + baseTimestampAt, firstTimestamp);
  putInt64(bytes, at + maxTimestampAt, largestTimestamp);
  putInt64(bytes, at + producerIdAt, idOfProducer);
  putInt16(bytes, at + producerEpochAt, epochOfProducer);
  putInt32(bytes, at + baseSequenceAt, sequence);
  putInt32(bytes, at + recordCountAt, count);
}
