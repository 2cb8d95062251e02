import {
  attributes,
  baseSequence,
  baseTimestamp,
  batchBytes,
  batchHeaderBytes,
  compression,
  compressionMask,
  lastOffsetDelta,
  maxTimestamp,
  producerEpoch,
  producerId,
  putBatchHeader,
  recordCount,
  seal,
} from '../log/batch.js';
import { CompressionError, compress, decompress, gzip, lz4, noCompression, snappy, zstd } from '../log/compression.js';
import type { ErrorCode } from './errors.js';

/** The records stay as their producer compressed them: what topics do that do not say otherwise. */
export const asProduced = -1;

/** What the values of `compression.type` ask for. */
export const codecs: ReadonlyMap<string, number> = new Map([
  ['producer', asProduced],
  ['uncompressed', noCompression],
  ['gzip', gzip],
  ['snappy', snappy],
  ['lz4', lz4],
  ['zstd', zstd],
]);

const inflatedBytesMax = 256 * 1024 * 1024;

/**
 * Checked batches with their records in the topic's own codec. Only what tells of the compression changes: offsets,
 * times, the producer with its sequence and whether it is a transaction's are the producer's. A batch that becomes
 * larger than the topic allows is refused, though it was small enough when it came.
 */
export function recompressed(
  bytes: Buffer,
  start: number,
  end: number,
  codec: number,
  batchBytesMax: number,
  level?: number,
): Buffer | ErrorCode {
  const stored: Buffer[] = [];
  for (let at = start; at < end; at += batchBytes(bytes, at)) {
    if (compression(bytes, at) === codec) {
      stored.push(bytes.subarray(at, at + batchBytes(bytes, at)));
      continue;
    }
    const batch = recompressedBatch(bytes, at, codec, level);
    if (typeof batch === 'string') return batch;
    if (batch.length > batchBytesMax) return 'batch-too-large';
    stored.push(batch);
  }
  return stored.length === 1 ? stored[0]! : Buffer.concat(stored);
}

function recompressedBatch(bytes: Buffer, at: number, codec: number, level: number | undefined): Buffer | ErrorCode {
  const records = bytes.subarray(at + batchHeaderBytes, at + batchBytes(bytes, at));
  let body: Buffer;
  try {
    body = compress(codec, decompress(compression(bytes, at), records, inflatedBytesMax), level);
  } catch (error) {
    if (!(error instanceof CompressionError)) throw error;
    return error.code === 'too-large' ? 'batch-too-large' : 'corrupt-batch';
  }
  const size = batchHeaderBytes + body.length;
  const batch = Buffer.allocUnsafe(size);
  body.copy(batch, batchHeaderBytes);
  putBatchHeader(
    batch,
    0,
    size,
    (attributes(bytes, at) & ~compressionMask) | codec,
    lastOffsetDelta(bytes, at),
    baseTimestamp(bytes, at),
    maxTimestamp(bytes, at),
    producerId(bytes, at),
    producerEpoch(bytes, at),
    baseSequence(bytes, at),
    recordCount(bytes, at),
  );
  seal(batch, 0);
  return batch;
}
