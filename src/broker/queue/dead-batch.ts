import { baseOffset, batchBytes, compression, nextOffset } from '../../log/batch.js';
import { ready } from '../../log/compression.js';
import type { Log } from '../../log/log.js';
import { BatchBuilder, RecordCursor } from '../../log/records.js';
import type { DeadRecords } from './dead-letters.js';
import type { DeathReason } from './runs.js';

const inflatedBytesMax = 256 * 1024 * 1024;

/** Headers that tell where a dead letter comes from; fronts put them into their own protocol's words. */
export const deathHeaders = {
  queue: 'naru-death-queue',
  reason: 'naru-death-reason',
  count: 'naru-death-count',
} as const;

/** A batch some of whose records are dead. */
export class DeadBatch implements DeadRecords {
  readonly to: number;
  private readonly batch: Buffer;

  constructor(batch: Buffer) {
    this.batch = batch;
    this.to = nextOffset(batch, 0);
  }

  /** Copies of the records of [from, to), each with the story of its death. */
  copies(from: number, to: number, queue: string, reason: DeathReason, deliveries: number): Buffer {
    const builder = new BatchBuilder();
    const cursor = new RecordCursor(this.batch, 0, inflatedBytesMax);
    const story = [
      { key: deathHeaders.queue, value: Buffer.from(queue) },
      { key: deathHeaders.reason, value: Buffer.from(reason) },
      { key: deathHeaders.count, value: Buffer.from(String(deliveries)) },
    ];
    while (cursor.next()) {
      if (cursor.offset < from || cursor.offset >= to) continue;
      const headers = cursor.headers().filter((header) => !header.key.startsWith('naru-death-'));
      builder.add(cursor.key(), cursor.value(), cursor.timestamp, [...headers, ...story]);
    }
    return builder.build();
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
