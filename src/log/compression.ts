import { createRequire } from 'node:module';
import * as zlib from 'node:zlib';
import { assert } from '../lib/assert.js';

/**
 * The compressions a Kafka batch's records can have. Every length a sender claims is checked before memory is taken
 * for it, and what would inflate beyond the limit is refused without being inflated. The native parts are loaded with
 * their first use: most brokers never look into a compressed batch.
 */
export const noCompression = 0;
export const gzip = 1;
export const snappy = 2;
export const lz4 = 3;
export const zstd = 4;

export type CompressionErrorCode =
  /** It would inflate to more than the limit. */
  | 'too-large'
  /** The bytes are not what their codec makes. */
  | 'damaged'
  | 'unknown-codec';

export class CompressionError extends Error {
  override readonly name = 'CompressionError';
  readonly code: CompressionErrorCode;

  constructor(code: CompressionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Must have settled once before a codec is used. Only zstd on a Node without it (before 22.15) needs the time: there
 * it is WebAssembly, which its package can only load asynchronously.
 */
export async function ready(codec: number): Promise<void> {
  if (codec === zstd && nativeZstd === undefined) await loadWasmZstd();
}

/** Whether the codec can be used without waiting. */
export function isReady(codec: number): boolean {
  return codec !== zstd || nativeZstd !== undefined || wasmZstd !== undefined;
}

/** The inflated bytes, at most `limitBytes`; without compression, `bytes` itself. */
export function decompress(codec: number, bytes: Buffer, limitBytes: number): Buffer {
  switch (codec) {
    case noCompression:
      if (bytes.length > limitBytes) throw tooLarge('records', limitBytes);
      return bytes;
    case gzip:
      return inflateGzip(bytes, limitBytes);
    case snappy:
      return inflateSnappy(bytes, limitBytes);
    case lz4:
      return inflateFrames('lz4', bytes, limitBytes, lz4FrameAt, inflateLz4Frame);
    case zstd:
      return inflateFrames('zstd', bytes, limitBytes, zstdFrameAt, inflateZstdFrame);
    default:
      throw unknownCodec(codec);
  }
}

/** `level`: of gzip and zstd, in their own scales; the library's choice for the others, and where it is left out. */
export function compress(codec: number, bytes: Buffer, level?: number): Buffer {
  switch (codec) {
    case noCompression:
      return bytes;
    case gzip:
      return level === undefined ? zlib.gzipSync(bytes) : zlib.gzipSync(bytes, { level });
    case snappy:
      return deflateSnappy(bytes);
    case lz4:
      return lz4Package().compressFrameSync(bytes);
    case zstd:
      return deflateZstd(bytes, level ?? zstdLevel);
    default:
      throw unknownCodec(codec);
  }
}

const zstdLevel = 3;
/** ZSTD_c_compressionLevel, which Node only names where it has zstd. */
const zstdLevelParameter = 100;

function deflateZstd(bytes: Buffer, level: number): Buffer {
  if (nativeZstd === undefined) return asBuffer(loadedWasmZstd().compress(bytes, level));
  return nativeZstd.zstdCompressSync(bytes, { params: { [zstdLevelParameter]: level } });
}

// ── gzip ──

function inflateGzip(bytes: Buffer, limitBytes: number): Buffer {
  try {
    const inflated = zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, limitBytes), chunkSize: 64 * 1024 });
    if (inflated.length > limitBytes) throw tooLarge('gzip', limitBytes);
    return inflated;
  } catch (cause) {
    throw inflateError('gzip', limitBytes, cause);
  }
}

// ── snappy: a bare block, or, from Java, the xerial framing around several ──

const xerialMagic: Buffer = Buffer.from('\x82SNAPPY\0', 'latin1');
const xerialHeader: Buffer = Buffer.concat([xerialMagic, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
const xerialBlockBytes = 32 * 1024;
/** No element of a snappy block yields more than 64 bytes for 3. */
const snappyRatioMax = 22;

function inflateSnappy(bytes: Buffer, limitBytes: number): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic))
    return inflateSnappyBlock(bytes, limitBytes, limitBytes);
  const blocks: Buffer[] = [];
  let leftBytes = limitBytes;
  let at = xerialHeader.length;
  if (at > bytes.length) throw damaged('snappy', 'the header is cut off');
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw damaged('snappy', 'the length of a block is cut off');
    const length = bytes.readInt32BE(at);
    if (length <= 0 || length > bytes.length - at - 4) throw damaged('snappy', 'a block has a length that cannot be');
    const block = inflateSnappyBlock(bytes.subarray(at + 4, at + 4 + length), leftBytes, limitBytes);
    blocks.push(block);
    leftBytes -= block.length;
    at += 4 + length;
  }
  return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
}

function inflateSnappyBlock(block: Buffer, leftBytes: number, limitBytes: number): Buffer {
  let claimed = 0;
  for (let at = 0, scale = 1; ; at++, scale *= 128) {
    const byte = block[at];
    if (byte === undefined || at === 5) throw damaged('snappy', 'a block does not begin with its length');
    claimed += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (claimed > block.length * snappyRatioMax) throw damaged('snappy', 'a block claims more than it can hold');
  if (claimed > leftBytes) throw tooLarge('snappy', limitBytes);
  try {
    return asBuffer(snappyPackage().uncompressSync(block, { asBuffer: true }) as Buffer);
  } catch (cause) {
    throw inflateError('snappy', limitBytes, cause);
  }
}

function deflateSnappy(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [xerialHeader];
  for (let at = 0; at < bytes.length; at += xerialBlockBytes) {
    const block = snappyPackage().compressSync(bytes.subarray(at, at + xerialBlockBytes));
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(block.length, 0);
    pieces.push(length, block);
  }
  return Buffer.concat(pieces);
}

// ── lz4 and zstd: frames, one behind the other ──

interface Frame {
  readonly end: number;
  /** It inflates to no more than this. */
  readonly boundBytes: number;
  /** It holds no data of ours: the format lets other things travel along. */
  readonly skipped: boolean;
}

function inflateFrames(
  codec: string,
  bytes: Buffer,
  limitBytes: number,
  frameAt: (bytes: Buffer, at: number, leftBytes: number, limitBytes: number) => Frame,
  inflate: (frame: Buffer, boundBytes: number) => Buffer,
): Buffer {
  if (bytes.length === 0) throw damaged(codec, 'there is no frame');
  const parts: Buffer[] = [];
  let leftBytes = limitBytes;
  try {
    for (let at = 0; at < bytes.length; ) {
      const frame = frameAt(bytes, at, leftBytes, limitBytes);
      if (!frame.skipped) {
        const part = inflate(bytes.subarray(at, frame.end), Math.min(frame.boundBytes, leftBytes));
        if (part.length > leftBytes) throw tooLarge(codec, limitBytes);
        parts.push(part);
        leftBytes -= part.length;
      }
      at = frame.end;
    }
  } catch (cause) {
    throw inflateError(codec, limitBytes, cause);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** 0x184D2A50 to …5F: a frame to be skipped, with its length behind. */
function skippableAt(bytes: Buffer, at: number): Frame | undefined {
  if ((u32(bytes, at) & 0xfffffff0) >>> 0 !== 0x184d2a50) return undefined;
  return { end: within(bytes, at + 8 + u32(bytes, at + 4)), boundBytes: 0, skipped: true };
}

/** Lengths are in the sender's hand: a frame that ends before they do is the sender's fault. */
function within(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw new Error('the frame is cut off');
  return end;
}

function u32(bytes: Buffer, at: number): number {
  within(bytes, at + 4);
  return bytes.readUInt32LE(at);
}

// ── lz4 ──

interface Lz4Header {
  readonly firstBlockAt: number;
  readonly blockBytesMax: number;
  /** Behind each block, and behind the last one. */
  readonly blockChecksumBytes: number;
  readonly contentChecksumBytes: number;
}

/**
 * Kafka's clients leave out the content size, so the blocks are walked. Only where they could inflate beyond the
 * limit are their tokens counted: the package inflates a frame without any bound of its own.
 */
function lz4FrameAt(bytes: Buffer, at: number, leftBytes: number, limitBytes: number): Frame {
  const skippable = skippableAt(bytes, at);
  if (skippable !== undefined) return skippable;
  const header = lz4HeaderAt(bytes, at);
  const frame = lz4Blocks(bytes, header, (start, end) => Math.min(header.blockBytesMax, (end - start) * 255));
  if (frame.boundBytes <= leftBytes) return frame;
  const counted = lz4Blocks(bytes, header, (start, end) => lz4BlockBytes(bytes, start, end));
  if (counted.boundBytes > leftBytes) throw tooLarge('lz4', limitBytes);
  return counted;
}

function lz4HeaderAt(bytes: Buffer, at: number): Lz4Header {
  if (u32(bytes, at) !== 0x184d2204) throw damaged('lz4', 'there is no frame');
  within(bytes, at + 6);
  const flags = bytes[at + 4]!;
  const sizeCode = (bytes[at + 5]! >> 4) & 7;
  if (flags >> 6 !== 1 || sizeCode < 4) throw damaged('lz4', 'the header makes no sense');
  return {
    firstBlockAt: at + 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0),
    blockBytesMax: 1 << (8 + 2 * sizeCode),
    blockChecksumBytes: flags & 0x10 ? 4 : 0,
    contentChecksumBytes: flags & 0x04 ? 4 : 0,
  };
}

function lz4Blocks(bytes: Buffer, header: Lz4Header, inflatedBytes: (start: number, end: number) => number): Frame {
  let boundBytes = 0;
  let position = header.firstBlockAt;
  for (;;) {
    const head = u32(bytes, position);
    position += 4;
    if (head === 0) break;
    const length = head & 0x7fffffff;
    if (length > header.blockBytesMax) throw damaged('lz4', 'a block is longer than the header allows');
    const end = within(bytes, position + length);
    boundBytes += head >>> 31 === 1 ? length : inflatedBytes(position, end);
    position = end + header.blockChecksumBytes;
  }
  return { end: within(bytes, position + header.contentChecksumBytes), boundBytes, skipped: false };
}

/** What a block inflates to, from its tokens: literals and matches, each with a length of 4 bits and what follows. */
function lz4BlockBytes(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  let at = start;
  while (at < end) {
    const token = bytes[at++]!;
    let length = token >> 4;
    if (length === 15) {
      let more = 255;
      while (more === 255 && at < end) {
        more = bytes[at++]!;
        length += more;
      }
    }
    count += length;
    at += length + 2;
    if (at >= end) break;
    length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255 && at < end) {
        more = bytes[at++]!;
        length += more;
      }
    }
    count += length + 4;
  }
  return count;
}

function inflateLz4Frame(frame: Buffer): Buffer {
  return asBuffer(lz4Package().decompressFrameSync(frame));
}

// ── zstd ──

const zstdBlockBytesMax = 128 * 1024;

/** A frame may tell its content's size; a streaming writer (Java's) does not, then the blocks bound it. */
function zstdFrameAt(bytes: Buffer, at: number, leftBytes: number, limitBytes: number): Frame {
  const skippable = skippableAt(bytes, at);
  if (skippable !== undefined) return skippable;
  if (u32(bytes, at) !== 0xfd2fb528) throw damaged('zstd', 'there is no frame');
  within(bytes, at + 5);
  const descriptor = bytes[at + 4]!;
  const single = (descriptor & 0x20) !== 0;
  const sizeAt = at + 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = descriptor >> 6 === 0 ? (single ? 1 : 0) : 1 << (descriptor >> 6);
  within(bytes, sizeAt + sizeBytes);
  const claimed = zstdContentBytes(bytes, sizeAt, sizeBytes);

  let boundBytes = 0;
  let position = sizeAt + sizeBytes;
  for (let last = false; !last; ) {
    within(bytes, position + 3);
    const head = bytes.readUIntLE(position, 3);
    const kind = (head >> 1) & 3;
    const length = head >> 3;
    if (kind === 3) throw damaged('zstd', 'a block has no known kind');
    boundBytes += kind === 2 ? zstdBlockBytesMax : length;
    position = within(bytes, position + 3 + (kind === 1 ? 1 : length));
    last = (head & 1) === 1;
  }
  const end = within(bytes, position + (descriptor & 4 ? 4 : 0));
  if (claimed === undefined) return { end, boundBytes, skipped: false };
  if (claimed > boundBytes) throw damaged('zstd', 'a frame claims more than it can hold');
  if (claimed > leftBytes) throw tooLarge('zstd', limitBytes);
  return { end, boundBytes: claimed, skipped: false };
}

function zstdContentBytes(bytes: Buffer, at: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (count === 8) return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 4294967296;
  return bytes.readUIntLE(at, count) + (count === 2 ? 256 : 0);
}

function inflateZstdFrame(frame: Buffer, boundBytes: number): Buffer {
  if (nativeZstd === undefined) {
    return asBuffer(loadedWasmZstd().decompress(frame, { defaultHeapSize: Math.max(1, boundBytes) }));
  }
  const chunkSize = Math.min(1024 * 1024, Math.max(64, boundBytes));
  return nativeZstd.zstdDecompressSync(frame, { maxOutputLength: Math.max(1, boundBytes), chunkSize });
}

// ── errors ──

function tooLarge(codec: string, limitBytes: number): CompressionError {
  return new CompressionError('too-large', `${codec}: more than ${limitBytes} bytes when inflated`);
}

function damaged(codec: string, reason: string, cause?: unknown): CompressionError {
  return new CompressionError('damaged', `${codec}: ${reason}`, cause === undefined ? undefined : { cause });
}

function unknownCodec(codec: number): CompressionError {
  return new CompressionError('unknown-codec', `there is no compression codec ${codec}`);
}

/** zstd's dstSize_tooSmall, as the WebAssembly package words it. */
const wasmTooSmall = /code -70$/;

function inflateError(codec: string, limitBytes: number, cause: unknown): CompressionError {
  if (cause instanceof CompressionError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ERR_BUFFER_TOO_LARGE' || wasmTooSmall.test(reason)) return tooLarge(codec, limitBytes);
  return damaged(codec, reason, cause);
}

// ── the packages ──

interface NativeZstd {
  zstdCompressSync(bytes: Buffer, options: { readonly params: Readonly<Record<number, number>> }): Buffer;
  zstdDecompressSync(bytes: Buffer, options: { readonly maxOutputLength: number; readonly chunkSize: number }): Buffer;
}

const require: NodeJS.Require = createRequire(import.meta.url);
const nativeZstd: NativeZstd | undefined = 'zstdDecompressSync' in zlib ? (zlib as unknown as NativeZstd) : undefined;

type WasmZstd = Pick<typeof import('@bokuweb/zstd-wasm'), 'compress' | 'decompress'>;
let wasmZstd: WasmZstd | undefined;
let wasmLoading: Promise<void> | undefined;

function loadWasmZstd(): Promise<void> {
  wasmLoading ??= import('@bokuweb/zstd-wasm').then(async (loaded) => {
    await loaded.init();
    wasmZstd = loaded;
  });
  return wasmLoading;
}

function loadedWasmZstd(): WasmZstd {
  assert(wasmZstd !== undefined, 'zstd is used before ready(zstd) settled');
  return wasmZstd;
}

function snappyPackage(): typeof import('snappy') {
  return require('snappy') as typeof import('snappy');
}

function lz4Package(): typeof import('lz4-napi') {
  return require('lz4-napi') as typeof import('lz4-napi');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
