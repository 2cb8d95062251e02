import { ByteReader } from '../src/lib/byte-reader.js';
import { PieceWriter } from '../src/lib/piece-writer.js';
import {
  decodeFetchRequest,
  encodeFetchResponse,
  type FetchResponse,
  type FetchResponsePartition,
  newFetchResponse,
  newFetchResponsePartition,
} from '../src/protocols/kafka/codec/01-fetch.js';
import { ZERO_UUID } from '../src/protocols/kafka/codec/primitives.js';
import { encodeFetchRequest, newFetchRequest, newFetchRequestPartition } from '../test/kafka-codec/codec/01-fetch.js';
import { load } from './machine.js';
import { type Figure, tellFigures } from './results.js';

/**
 * What a fetch of 100 partitions costs on the wire side: microseconds to read the request and to write the response.
 * Generated code is expected around 9 and 12.5 µs where reading a schema at run time takes 26 and 28.
 */
const PARTITIONS = 100;
const TURNS = 20_000;
const ROUNDS = 5;

function requestBytes(version: number, topics: number): Buffer {
  const request = newFetchRequest();
  for (let topic = 0; topic < topics; topic++) {
    const partitions = Array.from({ length: PARTITIONS / topics }, (_, partition) => ({
      ...newFetchRequestPartition(),
      partition,
      currentLeaderEpoch: 3,
      fetchOffset: 1_000_000_007 * (partition + 1),
      partitionMaxBytes: 1 << 20,
    }));
    request.topics.push({ topic: `orders-of-region-${topic}`, topicId: `${topic}`.padStart(32, '0'), partitions });
  }
  const writer = new PieceWriter();
  encodeFetchRequest(writer, version, request);
  return writer.copy();
}

function response(topics: number, records: Buffer | null): FetchResponse {
  const answer = newFetchResponse();
  for (let topic = 0; topic < topics; topic++) {
    const partitions: FetchResponsePartition[] = [];
    for (let index = 0; index < PARTITIONS / topics; index++) {
      const partition = newFetchResponsePartition();
      partition.partitionIndex = index;
      partition.highWatermark = 1_000_000_007 * (index + 1);
      partition.lastStableOffset = partition.highWatermark;
      partition.logStartOffset = 0;
      partition.abortedTransactions = null;
      partition.records = records;
      partitions.push(partition);
    }
    answer.responses.push({ topic: `orders-of-region-${topic}`, topicId: ZERO_UUID, partitions });
  }
  return answer;
}

/** The best round, so that a neighbour on the machine does not count. */
function microseconds(turn: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const from = process.hrtime.bigint();
    for (let index = 0; index < TURNS; index++) turn();
    best = Math.min(best, Number(process.hrtime.bigint() - from) / 1000 / TURNS);
  }
  return best;
}

function main(): void {
  const batch = Buffer.alloc(16 << 10);
  const writer = new PieceWriter();
  const pieces: Buffer[] = [];
  const loadBefore = load();
  const figures: Figure[] = [];
  for (const [version, topics] of [
    [11, 1],
    [12, 1],
    [12, 10],
    [13, 10],
    [18, 1],
  ] as const) {
    const bytes = requestBytes(version, topics);
    const full = response(topics, batch);
    const empty = response(topics, null);
    const encode = (answer: FetchResponse): void => {
      pieces.length = 0;
      writer.beginFrame();
      encodeFetchResponse(writer, version, answer);
      writer.endFrame();
      writer.takeInto(pieces);
    };
    const decoded = microseconds(() => decodeFetchRequest(new ByteReader(bytes), version));
    const [withRecords, without] = [microseconds(() => encode(full)), microseconds(() => encode(empty))];
    const of = `version ${version}, ${topics} topic${topics === 1 ? '' : 's'}`;
    figures.push({ name: `${of}: request decoded`, value: decoded, runs: [], unit: 'µs' });
    figures.push({ name: `${of}: answer encoded, records by reference`, value: withRecords, runs: [], unit: 'µs' });
    figures.push({ name: `${of}: answer encoded, without records`, value: without, runs: [], unit: 'µs' });
  }
  tellFigures('kafka-codec', loadBefore, figures);
}

main();
