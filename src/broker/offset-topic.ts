import type { Clock } from '../lib/clock.js';
import { batchBytes } from '../log/batch.js';
import { LogError } from '../log/errors.js';
import { BatchBuilder, RecordCursor } from '../log/records.js';
import type { Storage } from '../log/storage.js';
import type { Catalog } from './catalog.js';
import { BrokerError } from './errors.js';
import type { Groups } from './group/groups.js';
import type { OffsetLog, OffsetRecord } from './group/offsets.js';
import { brokerErrorOf } from './refusal.js';
import type { Topic } from './topic.js';

export const offsetTopicName = '__consumer_offsets';

const readBytes = 1024 * 1024;
const inflatedBytesMax = 256 * 1024 * 1024;

/** Only full segments are compacted. With Kafka's 100 MB fifty partitions could come to 5 GB for a few hundred offsets. */
const segmentBytes = 16 * 1024 * 1024;

/** Kafka's own topic of committed offsets and groups: compacted, and made when the first group appears. */
export class OffsetTopic implements OffsetLog {
  private readonly storage: Storage;
  private readonly catalog: Catalog;
  private readonly clock: Clock;
  private readonly partitionCount: number;
  private readonly builder: BatchBuilder = new BatchBuilder();

  constructor(storage: Storage, catalog: Catalog, partitionCount: number) {
    this.storage = storage;
    this.catalog = catalog;
    this.clock = storage.clock;
    this.partitionCount = partitionCount;
  }

  private topic(): Topic {
    const present = this.catalog.topic(offsetTopicName);
    if (present !== undefined) return present;
    const overrides = new Map([
      ['cleanup.policy', 'compact'],
      ['segment.bytes', String(segmentBytes)],
      ['compression.type', 'producer'],
    ]);
    return this.catalog.create(offsetTopicName, this.partitionCount, overrides);
  }

  append(partition: number, records: readonly OffsetRecord[], done: (error: BrokerError | null) => void): void {
    const { builder } = this;
    builder.clear();
    for (const record of records) builder.add(record.key, record.value, this.clock.now());
    const batch = builder.build();
    try {
      this.topic().partitions[partition]!.appendOwn(batch);
    } catch (error) {
      if (error instanceof LogError) done(brokerErrorOf(error));
      else if (error instanceof BrokerError) done(error);
      else throw error;
      return;
    }
    this.storage.whenDurable({ settled: (error) => done(error === null ? null : brokerErrorOf(error)) });
  }

  /** Tells the groups of everything in the topic, partition by partition. Answers what could not be read. */
  async load(groups: Groups): Promise<readonly string[]> {
    const damage: string[] = [];
    for (const partition of this.catalog.topic(offsetTopicName)?.partitions ?? []) {
      let offset = partition.startOffset;
      while (offset < partition.log.endOffset) {
        const pieces: Buffer[] = [];
        try {
          const read = await partition.log.read(offset, readBytes, partition.log.endOffset, pieces);
          if (read.bytes === 0) break;
          offset = read.nextOffset;
        } catch (error) {
          if (!(error instanceof LogError) || error.code !== 'damaged') throw error;
          damage.push(error.message);
          break;
        }
        // A batch given another base offset comes in two pieces.
        apply(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), groups);
      }
    }
    return damage;
  }
}

function apply(bytes: Buffer, groups: Groups): void {
  for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
    const cursor = new RecordCursor(bytes, at, inflatedBytesMax);
    while (cursor.next()) {
      const key = cursor.key();
      if (key !== null) groups.apply(key, cursor.value());
    }
  }
}
