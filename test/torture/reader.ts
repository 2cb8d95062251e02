import type { SeededRandom } from '../../src/lib/random.js';
import type { FetchRequest, FetchResponse } from '../../src/protocols/kafka/codec/01-fetch.js';
import { ZERO_UUID } from '../../src/protocols/kafka/codec/primitives.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { newFetchRequest, newFetchRequestPartition } from '../kafka-codec/codec/01-fetch.js';
import { apis } from './apis.js';
import type { History, PartitionHistory, ScanState } from './history.js';
import { scanStart } from './history.js';
import { open } from './producer.js';
import { bytesOf, type WireClient, WireError } from './wire-client.js';

/** Versions that still name topics. */
const fetchVersions = { min: 4, max: 12 };
const maxWaitMs = 100;

export interface Wanted {
  readonly partition: PartitionHistory;
  readonly offset: number;
}

export interface Fetched {
  readonly partition: PartitionHistory;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly bytes: Buffer;
}

export async function fetchFrom(
  client: WireClient,
  wanted: readonly Wanted[],
  random: SeededRandom,
  bytesMax: number,
  waitMs: number,
): Promise<Fetched[]> {
  const version = fetchVersions.min + random.below(fetchVersions.max - fetchVersions.min + 1);
  const response = await client.call(apis.fetch, version, fetchRequest(wanted, bytesMax, waitMs));
  return wanted.map(({ partition }) => fetchedOf(response, partition));
}

function fetchRequest(wanted: readonly Wanted[], bytesMax: number, waitMs: number): FetchRequest {
  const request = newFetchRequest();
  request.maxWaitMs = waitMs;
  request.minBytes = 1;
  request.maxBytes = bytesMax;
  for (const { partition, offset } of wanted) {
    let topic = request.topics.find((each) => each.topic === partition.topic);
    if (topic === undefined) {
      topic = { topic: partition.topic, topicId: ZERO_UUID, partitions: [] };
      request.topics.push(topic);
    }
    const part = newFetchRequestPartition();
    part.partition = partition.index;
    part.fetchOffset = offset;
    part.partitionMaxBytes = bytesMax;
    topic.partitions.push(part);
  }
  return request;
}

function fetchedOf(response: FetchResponse, partition: PartitionHistory): Fetched {
  const found = response.responses
    .find((topic) => topic.topic === partition.topic)
    ?.partitions.find((each) => each.partitionIndex === partition.index);
  if (found === undefined) throw new WireError(`a fetch answer without ${partition.name}`);
  const { errorCode, highWatermark } = found;
  return { partition, errorCode, highWatermark, bytes: bytesOf(found.records) };
}

/** Follows every partition while producers write; what it was given must stay, whatever happens to the broker. */
export class Reader {
  private readonly history: History;
  private readonly random: SeededRandom;
  private readonly states = new Map<PartitionHistory, ScanState>();

  constructor(history: History, random: SeededRandom) {
    this.history = history;
    this.random = random;
  }

  /** The offset it would read next. */
  position(partition: PartitionHistory): number {
    return this.states.get(partition)?.offset ?? 0;
  }

  async drive(port: number): Promise<void> {
    const client = await open(port);
    if (client === undefined) return;
    try {
      while (client.open) await this.fetchAll(client);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    } finally {
      client.close();
      await client.closed;
    }
  }

  private async fetchAll(client: WireClient): Promise<void> {
    const wanted = this.history.partitions.map((partition) => ({ partition, offset: this.position(partition) }));
    const from = this.random.below(wanted.length);
    const turned = [...wanted.slice(from), ...wanted.slice(0, from)];
    const bytesMax = this.random.pick([64, 4096, 1 << 20]) + 1;
    for (const { partition, errorCode, highWatermark, bytes } of await fetchFrom(
      client,
      turned,
      this.random,
      bytesMax,
      maxWaitMs,
    )) {
      if (errorCode !== ErrorCode.NONE) {
        if (this.history.mayRefuse) continue;
        this.history.violation(`${partition.name}: the reader got error ${errorCode} at ${this.position(partition)}`);
        continue;
      }
      this.history.sawHighWatermark(partition, highWatermark);
      if (bytes.length === 0) continue;
      const state = this.history.read(partition, this.states.get(partition) ?? scanStart, bytes, 'the reader');
      if (state.offset > highWatermark) {
        this.history.violation(`${partition.name}: the reader was given offsets beyond the high watermark`);
      }
      this.states.set(partition, state);
    }
  }
}
