import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ByteReader } from '../../src/lib/byte-reader.js';
import { PieceWriter } from '../../src/lib/piece-writer.js';
import { batchBytes, batchHeaderBytes, nextOffset } from '../../src/log/batch.js';
import { BatchBuilder } from '../../src/log/records.js';
import { AssemblyPool } from '../../src/protocols/kafka/assembly-pool.js';
import { ApiKey } from '../../src/protocols/kafka/codec/apis.js';
import { decodeResponseHeader, encodeRequestHeader } from '../../src/protocols/kafka/codec/headers.js';
import { FrameReader } from '../../src/protocols/kafka/frame.js';
import {
  decodeProduceResponse,
  encodeProduceRequest,
  newProduceRequest,
} from '../../test/kafka-codec/codec/00-produce.js';
import {
  decodeFetchResponse,
  encodeFetchRequest,
  newFetchRequest,
  newFetchRequestPartition,
} from '../../test/kafka-codec/codec/01-fetch.js';
import { cpuSeconds } from '../process.js';

/**
 * The least that a Kafka client can cost: requests encoded beforehand and sent again and again, answers looked at and
 * thrown away. A process of its own:
 *
 *   raw-kafka.js produce|fetch KEY=VALUE…     prints one line of JSON, like the other generators
 */
const settings = new Map(
  process.argv.slice(3).map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)] as const),
);

function number(key: string, otherwise: number): number {
  return Number(settings.get(key) ?? otherwise);
}

const brokerPid = number('pid', 0);
const readBufferBytes = 1 << 20;
const produceVersion = 9;
/** The last that names topics, not their ids. */
const fetchVersion = 11;
const pool = new AssemblyPool(undefined, 64 << 20);
const noBytes = Buffer.alloc(0);

class Count {
  messages = 0;
}
const count = new Count();

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

/** One connection: what comes in is cut into frames in a buffer that is used again. */
function opened(frame: (buffer: Buffer, start: number, end: number) => void): Promise<Socket> {
  const address = settings.get('brokers') ?? '127.0.0.1:9092';
  const at = address.lastIndexOf(':');
  const frames = new FrameReader({ frame }, 1 << 30, pool);
  const buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  return new Promise((resolve) => {
    const socket = connect(
      {
        host: address.slice(0, at),
        port: Number(address.slice(at + 1)),
        noDelay: true,
        onread: {
          buffer,
          callback: (bytes) => {
            if (frames.feed(buffer, 0, bytes) !== 'ok') fail(new Error('a frame that is none'));
            return true;
          },
        },
      },
      () => resolve(socket),
    );
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the broker closed the connection')));
  });
}

function encoded(key: number, version: number, body: (writer: PieceWriter) => void): Buffer {
  const writer = new PieceWriter();
  writer.beginFrame();
  const header = { requestApiKey: key, requestApiVersion: version, correlationId: 1, clientId: 'raw' };
  encodeRequestHeader(writer, key === ApiKey.Produce ? 2 : 1, header);
  body(writer);
  writer.endFrame();
  const pieces: Buffer[] = [];
  writer.takeInto(pieces);
  return Buffer.concat(pieces);
}

function batchOf(recordBytes: number, batchBytesMax: number): { batch: Buffer; records: number } {
  const builder = new BatchBuilder();
  const value = Buffer.alloc(recordBytes, 'a');
  const now = Date.now();
  do builder.add(null, value, now);
  while (builder.sizeBytes + recordBytes + 16 <= batchBytesMax);
  return { batch: builder.build(), records: builder.recordCount };
}

class Producing {
  private readonly requests: readonly Buffer[];
  private readonly records: number;
  private readonly acks: number;
  private next = 0;
  private socket: Socket | undefined;

  constructor(partitions: number, first: number) {
    const { batch, records } = batchOf(number('size', 100), number('batch', 16_384));
    this.records = records;
    this.acks = settings.get('acks') === 'all' ? -1 : number('acks', -1);
    this.next = first;
    this.requests = Array.from({ length: partitions }, (_, index) =>
      encoded(ApiKey.Produce, produceVersion, (writer) =>
        encodeProduceRequest(writer, produceVersion, {
          ...newProduceRequest(),
          acks: this.acks,
          timeoutMs: 30_000,
          topicData: [
            {
              name: settings.get('topic') ?? 't',
              topicId: '0'.repeat(32),
              partitionData: [{ index, records: batch }],
            },
          ],
        }),
      ),
    );
  }

  async start(): Promise<void> {
    this.socket = await opened((buffer, start, end) => this.answered(buffer, start, end));
    if (this.acks === 0) this.flood();
    else for (let index = number('inflight', 5); index > 0; index--) this.send();
  }

  private send(): boolean {
    return this.socket!.write(this.requests[this.next++ % this.requests.length]!);
  }

  private answered(buffer: Buffer, start: number, end: number): void {
    const reader = new ByteReader(buffer, start, end);
    decodeResponseHeader(reader, 1);
    const { errorCode } = decodeProduceResponse(reader, produceVersion).responses[0]!.partitionResponses[0]!;
    if (errorCode !== 0) fail(new Error(`produce answered ${errorCode}`));
    count.messages += this.records;
    this.send();
  }

  /** Without answers only the socket says how much was taken. */
  private flood(): void {
    const request = this.requests[0]!;
    const taken = (): void => {
      count.messages += this.records;
      this.socket!.write(request, taken);
    };
    for (let index = number('inflight', 5); index > 0; index--) this.socket!.write(request, taken);
  }
}

class Fetching {
  private readonly partition: number;
  private readonly loops = settings.get('loop') !== 'no';
  private offset = 0;
  private socket: Socket | undefined;

  constructor(partition: number) {
    this.partition = partition;
  }

  async start(): Promise<void> {
    this.socket = await opened((buffer, start, end) => this.answered(buffer, start, end));
    this.ask();
  }

  private ask(): void {
    const bytes = number('fetch', 1_048_576);
    this.socket!.write(
      encoded(ApiKey.Fetch, fetchVersion, (writer) =>
        encodeFetchRequest(writer, fetchVersion, {
          ...newFetchRequest(),
          maxWaitMs: 500,
          minBytes: 1,
          maxBytes: 52_428_800,
          topics: [
            {
              topic: settings.get('topic') ?? 't',
              topicId: '0'.repeat(32),
              partitions: [
                {
                  ...newFetchRequestPartition(),
                  partition: this.partition,
                  currentLeaderEpoch: -1,
                  fetchOffset: this.offset,
                  partitionMaxBytes: bytes,
                },
              ],
            },
          ],
        }),
      ),
    );
  }

  private answered(buffer: Buffer, start: number, end: number): void {
    const reader = new ByteReader(buffer, start, end);
    decodeResponseHeader(reader, 0);
    const { errorCode, records } = decodeFetchResponse(reader, fetchVersion).responses[0]!.partitions[0]!;
    if (errorCode !== 0) fail(new Error(`fetch answered ${errorCode}`));
    // What is decoded is one piece.
    const bytes = (records as Buffer | null) ?? noBytes;
    let next = this.offset;
    // The last batch may be cut off.
    for (let at = 0; at + batchHeaderBytes <= bytes.length; at += batchBytes(bytes, at)) {
      if (at + batchBytes(bytes, at) <= bytes.length) next = nextOffset(bytes, at);
    }
    count.messages += next - this.offset;
    this.offset = next === this.offset && this.loops ? 0 : next;
    this.ask();
  }
}

interface Mark {
  readonly ms: number;
  readonly broker: number;
  readonly own: number;
  readonly messages: number;
}

function mark(): Mark {
  const { user, system } = process.cpuUsage();
  const broker = brokerPid === 0 ? 0 : cpuSeconds(brokerPid);
  return { ms: performance.now(), broker, own: (user + system) / 1e6, messages: count.messages };
}

function report(from: Mark): void {
  const to = mark();
  const result = {
    messages: to.messages - from.messages,
    seconds: (to.ms - from.ms) / 1000,
    brokerCpu: to.broker - from.broker,
    generatorCpu: to.own - from.own,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}

async function main(): Promise<void> {
  const connections = number('connections', 2);
  const partitions = number('partitions', 1);
  const making = process.argv[2] === 'produce';
  for (let index = 0; index < connections; index++) {
    await (making ? new Producing(partitions, index) : new Fetching(index % partitions)).start();
  }
  const until = number('count', 0);
  if (until > 0) {
    const from = mark();
    const timer = setInterval(() => {
      if (count.messages < until) return;
      clearInterval(timer);
      report(from);
    }, 5);
    return;
  }
  setTimeout(() => {
    const from = mark();
    setTimeout(() => report(from), number('seconds', 2) * 1000);
  }, number('warmup', 1) * 1000);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main().catch(fail);
