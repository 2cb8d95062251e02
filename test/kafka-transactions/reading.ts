import assert from 'node:assert/strict';
import { baseOffset, batchBytes, isControl, isTransactional, nextOffset, producerId } from '../../src/log/batch.js';
import { RecordCursor } from '../../src/log/records.js';
import type { FetchResponsePartition } from '../../src/protocols/kafka/codec/01-fetch.js';
import type { WireClient } from '../kafka/harness.js';
import { listOffsets } from '../kafka/wire-apis.js';
import { fetch } from './wire-apis.js';

const noId = '0'.repeat(32);

export const isolation = { uncommitted: 0, committed: 1 } as const;

export interface FetchMore {
  readonly version?: number;
  readonly maxWaitMs?: number;
  readonly partitionMaxBytes?: number;
}

export async function fetchFrom(
  client: WireClient,
  topic: string,
  fetchOffset: number,
  isolationLevel: number,
  { version = 11, maxWaitMs = 0, partitionMaxBytes = 1 << 20 }: FetchMore = {},
): Promise<FetchResponsePartition> {
  const partition = {
    partition: 0,
    currentLeaderEpoch: -1,
    fetchOffset,
    lastFetchedEpoch: -1,
    logStartOffset: -1,
    partitionMaxBytes,
    replicaDirectoryId: noId,
    highWatermark: -1,
  };
  const answer = await client.ask(fetch, version, {
    maxWaitMs,
    minBytes: 1,
    maxBytes: 1 << 20,
    isolationLevel,
    topics: [{ topic, topicId: noId, partitions: [partition] }],
  });
  assert.equal(answer.errorCode, 0);
  return answer.responses[0]!.partitions[0]!;
}

export function bytesOf({ records }: Pick<FetchResponsePartition, 'records'>): Buffer {
  if (records === null) return Buffer.alloc(0);
  return Array.isArray(records) ? Buffer.concat(records) : (records as Buffer);
}

/** What a consumer makes of a partition from `offset` on: as Java's, it passes over what the list says was aborted. */
export async function read(
  client: WireClient,
  topic: string,
  isolationLevel: number,
  more: FetchMore = {},
  from = 0,
): Promise<string[]> {
  const values: string[] = [];
  let offset = from;
  for (;;) {
    const part = await fetchFrom(client, topic, offset, isolationLevel, more);
    assert.equal(part.errorCode, 0);
    const bytes = bytesOf(part);
    if (bytes.length === 0) return values;
    const aborted = isolationLevel === isolation.committed ? [...(part.abortedTransactions ?? [])] : [];
    const passing = new Set<number>();
    for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
      const id = producerId(bytes, at);
      const next = nextOffset(bytes, at);
      while (aborted.length > 0 && aborted[0]!.firstOffset < next) passing.add(aborted.shift()!.producerId);
      assert.ok(baseOffset(bytes, at) >= offset || next > offset);
      offset = next;
      const cursor = new RecordCursor(bytes, at, 1 << 20);
      if (isControl(bytes, at)) {
        assert.ok(cursor.next());
        if (cursor.key()!.readInt16BE(2) === 0) passing.delete(id);
      } else if (!(isTransactional(bytes, at) && passing.has(id))) {
        while (cursor.next()) values.push(cursor.value()!.toString());
      }
    }
  }
}

/** Where a partition ends for a reader of this isolation, or a record is found by its time. */
export async function offsetAt(
  client: WireClient,
  topic: string,
  isolationLevel: number,
  timestamp = -1,
  version = 7,
): Promise<number> {
  const partitions = [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp, maxNumOffsets: 1 }];
  const { topics } = await client.ask(listOffsets, version, { isolationLevel, topics: [{ name: topic, partitions }] });
  assert.equal(topics[0]!.partitions[0]!.errorCode, 0);
  return topics[0]!.partitions[0]!.offset;
}
