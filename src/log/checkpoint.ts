import { ByteReader, DecodeError } from '../lib/byte-reader.js';
import { ByteWriter } from '../lib/byte-writer.js';
import { crc32c } from '../lib/crc32c.js';
import type { SegmentFacts } from './segment.js';

/**
 * The whole of what is durable, but for the records themselves, as of one boundary between bundles. Starting reads the
 * newest one and then the journal from where it says; everything older is in segments that need no look.
 */
export const checkpointPrefix = 'checkpoint/';
export const checkpointVersion = 1;
const magic = 'NARUCKPT';

export interface LogFacts {
  readonly id: number;
  readonly name: string;
  readonly startOffset: number;
  readonly flushedOffset: number;
  readonly segments: readonly SegmentFacts[];
}

export interface Checkpoint {
  /** States are as they were before this bundle: operations are replayed from it on. */
  readonly nextBundle: number;
  /** Appends are replayed from this bundle on, as far as they are not in segments. */
  readonly firstBundle: number;
  readonly nextLogId: number;
  readonly logs: readonly LogFacts[];
  readonly states: readonly { readonly id: number; readonly bytes: Buffer }[];
}

export function checkpointName(nextBundle: number): string {
  return `${checkpointPrefix}${String(nextBundle).padStart(20, '0')}`;
}

export function encodeLogFacts(into: ByteWriter, log: LogFacts): void {
  into.uvarint(log.id);
  into.string(log.name);
  into.uvarint(log.startOffset);
  into.uvarint(log.flushedOffset);
  into.uvarint(log.segments.length);
  for (const segment of log.segments) encodeSegmentFacts(into, segment);
}

export function encodeSegmentFacts(into: ByteWriter, segment: SegmentFacts): void {
  into.uvarint(segment.baseOffset);
  into.uvarint(segment.nextOffset);
  into.uvarint(segment.sizeBytes);
  into.varint(segment.maxTimestamp);
  into.uvarint(segment.createdMs);
  into.uvarint(segment.unnamed);
}

export function decodeSegmentFacts(from: ByteReader): SegmentFacts {
  return {
    baseOffset: from.uvarint(),
    nextOffset: from.uvarint(),
    sizeBytes: from.uvarint(),
    maxTimestamp: from.varint(),
    createdMs: from.uvarint(),
    unnamed: from.uvarint(),
  };
}

/** Everything in front of the logs; the caller writes logs and states behind it and ends with `seal`. */
export function beginCheckpoint(nextBundle: number, firstBundle: number, nextLogId: number): ByteWriter {
  const into = new ByteWriter(64 * 1024);
  into.utf8(magic);
  into.u32(checkpointVersion);
  into.uvarint(nextBundle);
  into.uvarint(firstBundle);
  into.uvarint(nextLogId);
  return into;
}

export function sealCheckpoint(into: ByteWriter): Buffer {
  into.u32(crc32c(into.buffer, 0, into.length));
  return into.bytes();
}

/** Throws DecodeError for anything that is not a whole checkpoint of a version we know. */
export function decodeCheckpoint(bytes: Buffer): Checkpoint {
  const end = bytes.length - 4;
  if (end < 12 || bytes.toString('latin1', 0, 8) !== magic) throw new DecodeError('not a checkpoint');
  const version = bytes.readUInt32BE(8);
  if (version !== checkpointVersion) {
    throw new DecodeError(`checkpoint format ${version}; this program knows ${checkpointVersion}`);
  }
  if (crc32c(bytes, 0, end) !== bytes.readUInt32BE(end)) throw new DecodeError('checksum does not match');
  const from = new ByteReader(bytes, 12, end);
  const nextBundle = from.uvarint();
  const firstBundle = from.uvarint();
  const nextLogId = from.uvarint();
  const logs: LogFacts[] = [];
  for (let left = from.uvarint(); left > 0; left--) logs.push(decodeLogFacts(from));
  const states: { id: number; bytes: Buffer }[] = [];
  for (let left = from.uvarint(); left > 0; left--) {
    const id = from.uvarint();
    states.push({ id, bytes: from.view(from.u32()) });
  }
  return { nextBundle, firstBundle, nextLogId, logs, states };
}

function decodeLogFacts(from: ByteReader): LogFacts {
  const id = from.uvarint();
  const name = from.string();
  const startOffset = from.uvarint();
  const flushedOffset = from.uvarint();
  const segments: SegmentFacts[] = [];
  for (let left = from.uvarint(); left > 0; left--) segments.push(decodeSegmentFacts(from));
  return { id, name, startOffset, flushedOffset, segments };
}
