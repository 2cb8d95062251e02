import { assert } from '../lib/assert.js';
import { ByteReader, DecodeError } from '../lib/byte-reader.js';
import { ByteWriter } from '../lib/byte-writer.js';
import { crc32c } from '../lib/crc32c.js';
import { crcOver } from './batch.js';
import type { LogError } from './errors.js';
import type { Log } from './log.js';
import type { SlabPool } from './slab-pool.js';

/**
 * What one flush of the journal makes durable, whole or not at all: operations in the order they were made, and
 * the bytes of the appends among them.
 *
 *   header (64)  magic, CRC of the header, number, file, lengths, CRC of the payload, time, what was durable before
 *   payload      table of direct logs · operations · bytes of the appends, in order
 *
 * padded to whole blocks, so that a block once durable is never written again.
 */
export const blockBytes = 4096;
export const bundleHeaderBytes = 64;
const bundleMagic = 0x4e424e44; // "NBND"

/** Kinds of operation. The numbers are on disk: new ones are added, none is ever given a new meaning. */
export const operation = {
  logCreate: 1,
  logDelete: 2,
  logTrim: 3,
  append: 4,
  /** The same bytes as the append before: a fan-out. */
  appendAgain: 5,
  state: 6,
  segmentsReplaced: 7,
} as const;

/** Somebody who answers only when what he recorded has reached its rung. */
export interface Waiter {
  settled(error: LogError | null): void;
}

/** Bytes of one log that go straight to its segment, with the journal only pointing there. */
export interface DirectRun {
  readonly log: Log;
  readonly segmentBase: number;
  readonly position: number;
  readonly bytes: number;
}

/** Smaller pieces are copied together: a piece costs an entry in the gathered write, of which there are 1,024. */
const copyBelowBytes = 512;

/** Below it a pass over neighbours together costs less than their checksums joined. */
const joinFromBytes = 1024;

/** What is copied together for one write has so much room to begin with; what one large bundle needed is not kept. */
const smallBytes = 4096;
const smallKeptMax = 256 * 1024;

export class Bundle {
  number = 0;
  /** From when it began to gather. */
  sinceMs = 0;
  readonly operations: ByteWriter = new ByteWriter(16 * 1024);

  /** The appends of this bundle, in order. */
  private appendLogs: (Log | null)[] = [];
  private appendBuffers: (Buffer | null)[] = [];
  private appendPositions: Int32Array = new Int32Array(64);
  private appendSizes: Int32Array = new Int32Array(64);
  private appendCount = 0;

  /** Logs with appends here, once each, and where they will end when it is durable. */
  readonly logs: Log[] = [];
  readonly logEnds: number[] = [];
  appendedBytes = 0;

  /** What `encode` makes, good until the next `clear`: made anew each time it was four fifths of the journal's garbage. */
  private readonly header = Buffer.alloc(bundleHeaderBytes);
  private readonly table = new ByteWriter(64);
  private small = new ByteWriter(smallBytes);

  readonly writtenWaiters: Waiter[] = [];
  readonly durableWaiters: Waiter[] = [];
  private readonly pool: SlabPool | null;

  constructor(pool: SlabPool | null = null) {
    this.pool = pool;
  }

  get empty(): boolean {
    return this.operations.length === 0 && this.writtenWaiters.length === 0 && this.durableWaiters.length === 0;
  }

  /** What the gathered bytes amount to. */
  get bytes(): number {
    return this.operations.length + this.appendedBytes;
  }

  clear(): void {
    this.operations.clear();
    if (this.small.buffer.length > smallKeptMax) this.small = new ByteWriter(smallBytes);
    if (this.pool !== null) {
      for (let slot = 0; slot < this.appendCount; slot++) {
        const buffer = this.appendBuffers[slot]!;
        if (slot === 0 || this.appendBuffers[slot - 1] !== buffer) this.pool.release(buffer);
      }
    }
    this.appendLogs.fill(null, 0, this.appendCount);
    this.appendBuffers.fill(null, 0, this.appendCount);
    this.appendCount = 0;
    this.appendedBytes = 0;
    this.logs.length = 0;
    this.logEnds.length = 0;
    this.writtenWaiters.length = 0;
    this.durableWaiters.length = 0;
  }

  /** True when the bytes are those of the append before: they are shared, and written once. */
  repeats(buffer: Buffer, at: number): boolean {
    const last = this.appendCount - 1;
    return last >= 0 && this.appendBuffers[last] === buffer && this.appendPositions[last] === at;
  }

  append(log: Log, base: number, buffer: Buffer, at: number, size: number): void {
    const operations = this.operations;
    if (log.bundleNumber !== this.number) {
      log.bundleNumber = this.number;
      log.bundleBytes = 0;
      log.bundleShares = false;
      this.logs.push(log);
    }
    if (this.repeats(buffer, at)) {
      operations.u8(operation.appendAgain);
      operations.uvarint(log.id);
      operations.uvarint(base);
      log.bundleShares = true;
      this.appendLogs[this.appendCount - 1]!.bundleShares = true;
    } else {
      operations.u8(operation.append);
      operations.uvarint(log.id);
      operations.uvarint(base);
      operations.uvarint(size);
      this.remember(log, buffer, at, size);
      this.appendedBytes += size;
      log.bundleBytes += size;
    }
  }

  private remember(log: Log, buffer: Buffer, at: number, size: number): void {
    const slot = this.appendCount++;
    if (this.pool !== null && (slot === 0 || this.appendBuffers[slot - 1] !== buffer)) this.pool.hold(buffer);
    if (slot === this.appendSizes.length) {
      const positions = new Int32Array(slot * 2);
      const sizes = new Int32Array(slot * 2);
      positions.set(this.appendPositions);
      sizes.set(this.appendSizes);
      this.appendPositions = positions;
      this.appendSizes = sizes;
    }
    this.appendLogs[slot] = log;
    this.appendBuffers[slot] = buffer;
    this.appendPositions[slot] = at;
    this.appendSizes[slot] = size;
  }

  /** The pieces to write, padded to whole blocks, without the bytes of the logs that go direct. */
  encode(
    fileNumber: number,
    salt: number,
    nowMs: number,
    direct: readonly DirectRun[],
    durableBundle: number = this.number - 1,
  ): Buffer[] {
    const { header, table } = this;
    table.clear();
    table.uvarint(direct.length);
    for (const run of direct) {
      table.uvarint(run.log.id);
      table.uvarint(run.segmentBase);
      table.uvarint(run.position);
      table.uvarint(run.bytes);
    }
    header.fill(0);
    const pieces: Buffer[] = [header, table.bytes(), this.operations.bytes()];
    for (const run of direct) run.log.goesDirect = true;
    const blobBytes = this.gather(pieces);
    const crc = this.payloadCrc(pieces[1]!, pieces[2]!);
    for (const run of direct) run.log.goesDirect = false;
    const payloadBytes = table.length + this.operations.length + blobBytes;
    assert(payloadBytes < 2 ** 32, 'a bundle of more than 4 GB');
    header.writeUInt32BE(bundleMagic, 0);
    header.writeUInt32BE(table.length + this.operations.length, 24);
    header.writeUInt32BE(blobBytes, 28);
    header.writeUInt32BE(crc, 32);
    writeInt64(header, 8, this.number);
    writeInt64(header, 16, fileNumber);
    writeInt64(header, 36, nowMs);
    writeInt64(header, 44, durableBundle + 1);
    header.writeUInt32BE(crc32c(header, 8, bundleHeaderBytes, salt), 4);
    const over = (bundleHeaderBytes + payloadBytes) % blockBytes;
    if (over > 0) pieces.push(zeros.subarray(0, blockBytes - over));
    return pieces;
  }

  /** Adds the bytes of the appends: neighbours as one piece, small ones copied together. */
  private gather(pieces: Buffer[]): number {
    const { small } = this;
    small.clear();
    let total = 0;
    let from = -1;
    let to = -1;
    let buffer: Buffer | null = null;
    const flush = (): void => {
      if (buffer === null) return;
      if (to - from < copyBelowBytes) {
        small.view(buffer.subarray(from, to));
      } else {
        if (small.length > 0) pieces.push(small.copy());
        small.clear();
        pieces.push(buffer.subarray(from, to));
      }
    };
    for (let slot = 0; slot < this.appendCount; slot++) {
      if (this.appendLogs[slot]!.goesDirect) continue;
      const size = this.appendSizes[slot]!;
      const at = this.appendPositions[slot]!;
      total += size;
      if (this.appendBuffers[slot] === buffer && at === to) {
        to += size;
        continue;
      }
      flush();
      buffer = this.appendBuffers[slot]!;
      from = at;
      to = at + size;
    }
    flush();
    if (small.length > 0) pieces.push(small.bytes());
    return total;
  }

  /** Large batches bring their checksum along: reading them again for it took a sixth of the broker's thread in bulk produce. */
  private payloadCrc(table: Buffer, operations: Buffer): number {
    let crc = crc32c(operations, 0, operations.length, crc32c(table, 0, table.length));
    let from = 0;
    let to = 0;
    let buffer = operations;
    for (let slot = 0; slot < this.appendCount; slot++) {
      if (this.appendLogs[slot]!.goesDirect) continue;
      const size = this.appendSizes[slot]!;
      const at = this.appendPositions[slot]!;
      const own = this.appendBuffers[slot]!;
      const large = size >= joinFromBytes;
      if (!large && own === buffer && at === to) {
        to += size;
        continue;
      }
      if (from < to) crc = crc32c(buffer, from, to, crc);
      if (large) crc = crcOver(own, at, size, crc);
      buffer = own;
      from = large ? at + size : at;
      to = at + size;
    }
    return from < to ? crc32c(buffer, from, to, crc) : crc;
  }
}

const zeros = Buffer.alloc(blockBytes);

export function writeInt64(bytes: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 4294967296);
  bytes.writeUInt32BE(high, at);
  bytes.writeUInt32BE(value - high * 4294967296, at + 4);
}

export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 4294967296 + bytes.readUInt32BE(at + 4);
}

export interface BundleHeader {
  readonly number: number;
  readonly fileNumber: number;
  readonly operationBytes: number;
  readonly blobBytes: number;
  readonly payloadCrc: number;
  readonly nowMs: number;
  /** Up to which bundle all was durable when this one was written; -1 where that was not noted. */
  readonly durableBundle: number;
  /** With header and padding. */
  readonly totalBytes: number;
}

/** The header at `at`, or undefined when there is none that is whole and of a file with this salt. */
export function readBundleHeader(bytes: Buffer, at: number, salt: number): BundleHeader | undefined {
  if (bytes.length - at < bundleHeaderBytes || bytes.readUInt32BE(at) !== bundleMagic) return undefined;
  if (crc32c(bytes, at + 8, at + bundleHeaderBytes, salt) !== bytes.readUInt32BE(at + 4)) return undefined;
  const operationBytes = bytes.readUInt32BE(at + 24);
  const blobBytes = bytes.readUInt32BE(at + 28);
  const used = bundleHeaderBytes + operationBytes + blobBytes;
  return {
    number: readInt64(bytes, at + 8),
    fileNumber: readInt64(bytes, at + 16),
    operationBytes,
    blobBytes,
    payloadCrc: bytes.readUInt32BE(at + 32),
    nowMs: readInt64(bytes, at + 36),
    durableBundle: readInt64(bytes, at + 44) - 1,
    totalBytes: Math.ceil(used / blockBytes) * blockBytes,
  };
}

export function payloadIsWhole(bytes: Buffer, at: number, header: BundleHeader): boolean {
  const from = at + bundleHeaderBytes;
  const to = from + header.operationBytes + header.blobBytes;
  return to <= bytes.length && crc32c(bytes, from, to) === header.payloadCrc;
}

export interface DirectEntry {
  readonly logId: number;
  readonly segmentBase: number;
  readonly position: number;
  readonly bytes: number;
}

/** The logs whose bytes went directly to their segments: looked at first, for if they are not there the bundle is not. */
export function readDirects(bytes: Buffer, at: number, header: BundleHeader): readonly DirectEntry[] {
  const from = at + bundleHeaderBytes;
  return directTable(new ByteReader(bytes, from, from + header.operationBytes));
}

function directTable(reader: ByteReader): DirectEntry[] {
  const entries: DirectEntry[] = [];
  for (let left = reader.uvarint(); left > 0; left--) {
    entries.push({
      logId: reader.uvarint(),
      segmentBase: reader.uvarint(),
      position: reader.uvarint(),
      bytes: reader.uvarint(),
    });
  }
  return entries;
}

/** What a bundle is read back into, operation by operation. */
export interface BundleVisitor {
  logCreate(id: number, name: string): void;
  logDelete(id: number): void;
  logTrim(id: number, startOffset: number): void;
  /** The batch lies in `bytes` at `at`; `at` is -1 when it went directly to the segment. */
  append(id: number, base: number, bytes: Buffer, at: number, size: number): void;
  state(id: number, operation: ByteReader): void;
  segmentsReplaced(id: number, operation: ByteReader): void;
}

export function readBundle(bytes: Buffer, at: number, header: BundleHeader, visitor: BundleVisitor): void {
  const blobStart = at + bundleHeaderBytes + header.operationBytes;
  const reader = new ByteReader(bytes, at + bundleHeaderBytes, blobStart);
  const directIds = new Set(directTable(reader).map((entry) => entry.logId));
  let blobAt = blobStart;
  let lastAt = -1;
  let lastSize = 0;
  while (reader.remaining > 0) {
    const kind = reader.u8();
    const id = reader.uvarint();
    switch (kind) {
      case operation.logCreate:
        visitor.logCreate(id, reader.string());
        break;
      case operation.logDelete:
        visitor.logDelete(id);
        break;
      case operation.logTrim:
        visitor.logTrim(id, reader.uvarint());
        break;
      case operation.append: {
        const base = reader.uvarint();
        const size = reader.uvarint();
        if (directIds.has(id)) {
          visitor.append(id, base, bytes, -1, size);
          break;
        }
        lastAt = blobAt;
        lastSize = size;
        blobAt += size;
        visitor.append(id, base, bytes, lastAt, size);
        break;
      }
      case operation.appendAgain:
        visitor.append(id, reader.uvarint(), bytes, lastAt, lastSize);
        break;
      case operation.state:
        visitor.state(id, inner(reader));
        break;
      case operation.segmentsReplaced:
        visitor.segmentsReplaced(id, inner(reader));
        break;
      default:
        throw new DecodeError(`an operation of unknown kind ${kind}`);
    }
  }
}

function inner(reader: ByteReader): ByteReader {
  const length = reader.u32();
  const from = reader.take(length);
  return new ByteReader(reader.buffer, from, from + length);
}
