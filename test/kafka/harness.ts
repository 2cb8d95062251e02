import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';
import { ByteReader } from '../../src/lib/byte-reader.js';
import { PieceWriter } from '../../src/lib/piece-writer.js';
import { BatchBuilder } from '../../src/log/records.js';
import { API_RANGES, type ApiRange } from '../../src/protocols/kafka/codec/apis.js';
import { decodeResponseHeader, encodeRequestHeader } from '../../src/protocols/kafka/codec/headers.js';
import { produce, type WireApi } from './wire-apis.js';

/** A Naru of a test file's own in this process, and connections to it. */
export class Served {
  readonly naru: RunningNaru;
  private readonly clients: WireClient[] = [];

  private constructor(naru: RunningNaru) {
    this.naru = naru;
  }

  static async start(settings: NaruSettings = {}): Promise<Served> {
    return new Served(await startNaru({ memory: true, http: false, ...settings }));
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.naru.close();
  }

  async client(): Promise<WireClient> {
    const client = await WireClient.connect(this.naru.kafka.brokers[0]!);
    this.clients.push(client);
    return client;
  }
}

interface Awaited {
  readonly correlationId: number;
  readonly resolve: (frame: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** A connection that speaks any version of any API, and takes a response apart to its last byte. */
export class WireClient {
  private readonly socket: Socket;
  private readonly awaited: Awaited[] = [];
  private received: Buffer = Buffer.alloc(0);
  private lastCorrelationId = 0;
  private readonly writer = new PieceWriter();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const { reject } of this.awaited.splice(0)) reject(new Error('the connection was closed'));
    });
  }

  static async connect(address: string): Promise<WireClient> {
    const at = address.lastIndexOf(':');
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  /** What `values` leave out is as the declaration's defaults have it. */
  async ask<Request, Response>(
    api: WireApi<Request, Response>,
    version: number,
    values: Partial<Request>,
  ): Promise<Response> {
    const range = rangeOf(api);
    const flexible = version >= range.flexibleFrom;
    const correlationId = ++this.lastCorrelationId;
    const { writer } = this;
    writer.clear();
    writer.beginFrame();
    const header = { requestApiKey: range.key, requestApiVersion: version, correlationId, clientId: 'test' };
    encodeRequestHeader(writer, flexible ? 2 : 1, header);
    api.encode(writer, version, { ...api.newRequest(), ...values });
    writer.endFrame();
    const pieces: Buffer[] = [];
    writer.takeInto(pieces);
    this.socket.write(Buffer.concat(pieces));
    const frame = await new Promise<Buffer>((resolve, reject) => this.awaited.push({ correlationId, resolve, reject }));
    const reader = new ByteReader(frame);
    const answered = decodeResponseHeader(reader, flexible && api.name !== 'ApiVersions' ? 1 : 0);
    assert.equal(answered.correlationId, correlationId);
    const response = api.decode(reader, version);
    assert.equal(reader.remaining, 0, `${api.name} v${version} has bytes left over`);
    return response;
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    while (this.received.length >= 4) {
      const end = 4 + this.received.readInt32BE(0);
      if (this.received.length < end) return;
      this.awaited.shift()!.resolve(this.received.subarray(4, end));
      this.received = this.received.subarray(end);
    }
  }

  /** Answers the base offset. */
  async produce(topic: string, partition: number, records: readonly Produced[]): Promise<number> {
    const builder = new BatchBuilder();
    for (const { key = null, value, timestamp } of records) {
      builder.add(key === null ? null : Buffer.from(key), Buffer.from(value), timestamp ?? Date.now());
    }
    const response = await this.ask(produce, 9, {
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        {
          name: topic,
          topicId: '0'.repeat(32),
          partitionData: [{ index: partition, records: builder.build() }],
        },
      ],
    });
    const [result] = response.responses[0]!.partitionResponses;
    assert.equal(result!.errorCode, 0);
    return result!.baseOffset;
  }

  close(): void {
    this.socket.destroy();
  }
}

export interface Produced {
  readonly key?: string;
  readonly value: string;
  readonly timestamp?: number;
}

function rangeOf(api: { readonly name: string }): ApiRange {
  const range = API_RANGES.find(({ name }) => name === api.name);
  assert.ok(range !== undefined, `${api.name} is declared`);
  return range;
}

/** Every version of an API that is served. */
export function versionsOf(api: { readonly name: string }): number[] {
  const { minVersion, maxVersion } = rangeOf(api);
  return Array.from({ length: maxVersion - minVersion + 1 }, (_, at) => minVersion + at);
}
