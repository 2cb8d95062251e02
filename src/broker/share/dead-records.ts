import {
  attributes,
  baseOffset,
  batchBytes,
  batchHeaderBytes,
  compression,
  nextOffset,
  putInt16,
  putInt32,
} from '../../log/batch.js';
import { decompress, ready } from '../../log/compression.js';
import type { Log } from '../../log/log.js';
import { DeadBatch } from '../queue/dead-batch.js';

const inflatedBytesMax = 256 * 1024 * 1024;
const compressionBits = 0b111;

/**
 * The batch with the first of a group's dead records, uncompressed. Compaction may have taken that record meanwhile: then
 * what comes next is answered, and said to begin behind the dead ones.
 */
export async function readDeadRecords(log: Log, from: number, to: number): Promise<DeadBatch> {
  const pieces: Buffer[] = [];
  await log.read(from, 1, to, pieces);
  const bytes = Buffer.concat(pieces);
  let at = 0;
  while (at < bytes.length && nextOffset(bytes, at) <= from) at += batchBytes(bytes, at);
  if (at >= bytes.length) return new DeadBatch(null, to);
  const base = baseOffset(bytes, at);
  if (base > from) return new DeadBatch(null, Math.min(base, to));
  return new DeadBatch(await inflated(bytes.subarray(at, at + batchBytes(bytes, at))));
}

/** The same batch with its records as they are uncompressed. */
async function inflated(batch: Buffer): Promise<Buffer> {
  const codec = compression(batch, 0);
  if (codec === 0) return batch;
  await ready(codec);
  return inflatedBatch(batch, 0);
}

/** The batch at a position, with its records uncompressed; its codec is ready. */
export function inflatedBatch(bytes: Buffer, at: number): Buffer {
  const end = at + batchBytes(bytes, at);
  const records = decompress(compression(bytes, at), bytes.subarray(at + batchHeaderBytes, end), inflatedBytesMax);
  const whole = Buffer.concat([bytes.subarray(at, at + batchHeaderBytes), records]);
  putInt32(whole, 8, whole.length - 12);
  putInt16(whole, 21, attributes(whole, 0) & ~compressionBits);
  return whole;
}
