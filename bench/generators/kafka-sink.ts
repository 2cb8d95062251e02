import { ByteReader } from '../../src/lib/byte-reader.js';
import { systemClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import { PieceWriter } from '../../src/lib/piece-writer.js';
import { batchBytes, lastOffsetDelta, setBaseOffset } from '../../src/log/batch.js';
import { BatchBuilder } from '../../src/log/records.js';
import type { Connection, Session } from '../../src/protocols/connection.js';
import { AssemblyPool } from '../../src/protocols/kafka/assembly-pool.js';
import {
  decodeProduceRequest,
  encodeProduceResponse,
  newProduceResponse,
  newProduceResponsePartition,
} from '../../src/protocols/kafka/codec/00-produce.js';
import {
  decodeFetchRequest,
  encodeFetchResponse,
  newFetchResponse,
  newFetchResponsePartition,
} from '../../src/protocols/kafka/codec/01-fetch.js';
import {
  decodeListOffsetsRequest,
  encodeListOffsetsResponse,
  newListOffsetsResponse,
  newListOffsetsResponsePartition,
} from '../../src/protocols/kafka/codec/02-list-offsets.js';
import {
  decodeMetadataRequest,
  encodeMetadataResponse,
  newMetadataBroker,
  newMetadataPartition,
  newMetadataResponse,
  newMetadataTopic,
} from '../../src/protocols/kafka/codec/03-metadata.js';
import { encodeApiVersionsResponse, newApiVersionsResponse } from '../../src/protocols/kafka/codec/18-api-versions.js';
import {
  encodeInitProducerIdResponse,
  newInitProducerIdResponse,
} from '../../src/protocols/kafka/codec/22-init-producer-id.js';
import { API_RANGES, ApiKey } from '../../src/protocols/kafka/codec/apis.js';
import { beginResponse, FrameReader, readRequestHeader } from '../../src/protocols/kafka/frame.js';
import { Listener } from '../../src/protocols/listener.js';

/**
 * A Kafka broker that keeps nothing: it says yes to whatever is produced and has endless records for who fetches. What a
 * generator reaches against it is what the generator can; only what comes near that is the generator's limit and not a
 * broker's. Run as a process of its own, it prints its address.
 */
const writer = new PieceWriter();
const topicId = '11111111-1111-1111-1111-111111111111'.replaceAll('-', '');
const endless = 2 ** 40;
const [partitions, recordBytes, batchBytesMax] = process.argv.slice(2).map(Number) as [number, number, number];

/** As many batches as an answer holds. Several answers are under way at a time, each with offsets of its own. */
function answerBytes(): Buffer {
  const builder = new BatchBuilder();
  const value = Buffer.alloc(recordBytes, 'a');
  do builder.add(null, value, 1_700_000_000_000);
  while (builder.sizeBytes + recordBytes + 16 <= batchBytesMax);
  const batch = builder.build();
  return Buffer.concat(new Array<Buffer>(Math.max(1, Math.floor(1_048_576 / batch.length))).fill(batch));
}
const answers = Array.from({ length: 16 }, answerBytes);
let turn = 0;

function recordsFrom(offset: number): Buffer {
  const bytes = answers[turn++ % answers.length]!;
  let base = offset;
  for (let at = 0; at < bytes.length; at += batchBytes(bytes, at)) {
    setBaseOffset(bytes, at, base);
    base += lastOffsetDelta(bytes, at) + 1;
  }
  return bytes;
}

class SinkSession implements Session {
  private readonly connection: Connection;
  private readonly frames: FrameReader;

  constructor(connection: Connection, pool: AssemblyPool) {
    this.connection = connection;
    this.frames = new FrameReader(this, 1 << 30, pool);
  }

  data(chunk: Buffer, start: number, end: number): void {
    this.frames.feed(chunk, start, end);
  }

  closed(): void {}

  frame(buffer: Buffer, start: number, end: number): void {
    const reader = new ByteReader(buffer, start, end);
    const { requestApiKey: key, requestApiVersion: version, correlationId } = readRequestHeader(reader);
    beginResponse(writer, key, version, correlationId);
    const answered = this.answer(key, version, reader);
    writer.endFrame();
    const pieces: Buffer[] = [];
    writer.takeInto(pieces);
    if (answered) this.connection.sendAll(pieces);
  }

  private answer(key: number, version: number, reader: ByteReader): boolean {
    if (key === ApiKey.Produce) return produced(reader, version);
    if (key === ApiKey.Fetch) fetched(reader, version);
    else if (key === ApiKey.ListOffsets) listed(reader, version);
    else if (key === ApiKey.Metadata) described(reader, version);
    else if (key === ApiKey.ApiVersions) {
      const ranges = API_RANGES.filter(({ key }) => served.has(key)).map((range) => ({
        apiKey: range.key,
        minVersion: range.key === ApiKey.Produce ? 0 : range.minVersion,
        // A fetch that names topics, and says what it wants each time.
        maxVersion: range.key === ApiKey.Fetch ? 11 : Math.min(range.maxVersion, 12),
      }));
      encodeApiVersionsResponse(writer, version, { ...newApiVersionsResponse(), apiKeys: ranges });
    } else if (key === ApiKey.InitProducerId) {
      encodeInitProducerIdResponse(writer, version, {
        ...newInitProducerIdResponse(),
        producerId: 1,
        producerEpoch: 0,
      });
    }
    return true;
  }
}

const served: ReadonlySet<number> = new Set([
  ApiKey.Produce,
  ApiKey.Fetch,
  ApiKey.ListOffsets,
  ApiKey.Metadata,
  ApiKey.ApiVersions,
  ApiKey.InitProducerId,
]);

function produced(reader: ByteReader, version: number): boolean {
  const request = decodeProduceRequest(reader, version);
  const responses = request.topicData.map(({ name, topicId, partitionData }) => ({
    name,
    topicId,
    partitionResponses: partitionData.map(({ index }) => ({ ...newProduceResponsePartition(), index })),
  }));
  encodeProduceResponse(writer, version, { ...newProduceResponse(), responses });
  return request.acks !== 0;
}

function fetched(reader: ByteReader, version: number): void {
  const request = decodeFetchRequest(reader, version);
  const responses = request.topics.map(({ topic, topicId, partitions }) => ({
    topic,
    topicId,
    partitions: partitions.map(({ partition, fetchOffset }) => ({
      ...newFetchResponsePartition(),
      partitionIndex: partition,
      highWatermark: endless,
      lastStableOffset: endless,
      records: [recordsFrom(fetchOffset)],
    })),
  }));
  encodeFetchResponse(writer, version, { ...newFetchResponse(), responses });
}

function listed(reader: ByteReader, version: number): void {
  const request = decodeListOffsetsRequest(reader, version);
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({
      ...newListOffsetsResponsePartition(),
      partitionIndex,
      offset: 0,
    })),
  }));
  encodeListOffsetsResponse(writer, version, { ...newListOffsetsResponse(), topics });
}

function described(reader: ByteReader, version: number): void {
  const request = decodeMetadataRequest(reader, version);
  const names = (request.topics ?? []).map(({ name }) => name ?? '');
  const brokers = [{ ...newMetadataBroker(), nodeId: 1, host: '127.0.0.1', port: address.port }];
  const topics = names.map((name) => ({
    ...newMetadataTopic(),
    name,
    topicId,
    partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
      ...newMetadataPartition(),
      partitionIndex,
      leaderId: 1,
      replicaNodes: [1],
      isrNodes: [1],
    })),
  }));
  encodeMetadataResponse(writer, version, { ...newMetadataResponse(), brokers, topics, controllerId: 1 });
}

const pool = new AssemblyPool();
const listener = new Listener(
  {
    front: 'sink',
    host: '127.0.0.1',
    port: 0,
    connectionsMax: 100,
    connectionIdleMs: 0,
    writeQueueBytesMax: 8 << 20,
    closeGraceMs: 1000,
  },
  (connection) => new SinkSession(connection, pool),
  systemClock,
  silentLogger,
);
const address = await listener.listen();
process.stdout.write(`127.0.0.1:${address.port}\n`);
