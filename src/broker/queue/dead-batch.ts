import { baseOffset, batchBytes, compression, nextOffset } from '../../log/batch.js';
import { ready } from '../../log/compression.js';
import type { Log } from '../../log/log.js';
import type { DeadRecords } from './dead-letters.js';

/** A batch some of whose records are dead. */
export class DeadBatch implements DeadRecords {
  readonly to: number;
  /** Null where there is nothing left of them. */
  readonly batch: Buffer | null;

  constructor(batch: Buffer | null, to: number = batch === null ? 0 : nextOffset(batch, 0)) {
    this.batch = batch;
    this.to = to;
  }
}

/** The batch with the first of the dead records. */
export async function readDead(log: Log, from: number, to: number): Promise<DeadBatch> {
  const pieces: Buffer[] = [];
  await log.read(from, 1, to, pieces);
  const bytes = Buffer.concat(pieces);
  let at = 0;
  while (at + batchBytes(bytes, at) < bytes.length && nextOffset(bytes, at) <= from) at += batchBytes(bytes, at);
  const batch = bytes.subarray(at, at + batchBytes(bytes, at));
  if (baseOffset(batch, 0) > from) throw new Error(`the record ${from} of ${log.name} is not there`);
  await ready(compression(batch, 0));
  return new DeadBatch(batch);
}
