import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type NaruSettings, type RunningNaru, startNaru } from '../../src/embed.js';
import type { Logger } from '../../src/lib/logger.js';
import { BatchBuilder } from '../../src/log/records.js';
import { ErrorCode } from '../../src/protocols/kafka/error-codes.js';
import { newFetchRequest, newFetchRequestPartition } from '../kafka-codec/codec/01-fetch.js';
import { apis } from '../torture/apis.js';
import { bytesOf, WireClient } from '../torture/wire-client.js';

export interface Line {
  readonly level: 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Keeps the lines that somebody on duty would be shown, and who left of his own will. */
export class KeptLines implements Logger {
  readonly lines: Line[] = [];
  readonly left: Set<string> = new Set();

  debug(fields: object): void {
    const { reason, remote } = fields as { reason?: string; remote?: string };
    if (reason === 'the client ended it' && remote !== undefined) this.left.add(remote);
  }

  info(): void {}

  warn(fields: object, message: string): void {
    this.lines.push({ level: 'warn', fields: fields as Line['fields'], message });
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: 'error', fields: fields as Line['fields'], message });
  }

  /** What came since the last call, of one connection or of all. */
  take(remote?: string): Line[] {
    const taken = this.lines.filter((line) => remote === undefined || line.fields['remote'] === remote);
    for (const line of taken) this.lines.splice(this.lines.indexOf(line), 1);
    return taken;
  }
}

/** What a peer got for the bytes it sent. */
export interface Outcome {
  /** The broker ended the connection, before the peer did. */
  readonly cutOff: boolean;
  readonly answer: Buffer;
  /** What the broker logged of this connection. */
  readonly lines: readonly Line[];
}

/** A broker in this process, reached over real sockets, with a well-behaved client beside the one that is not. */
export class AttackedBroker {
  readonly port: number;
  readonly log: KeptLines;
  private readonly bystander: Bystander;

  private constructor(naru: RunningNaru, log: KeptLines, bystander: Bystander) {
    this.port = Number(naru.kafka.brokers[0]!.split(':')[1]);
    this.log = log;
    this.bystander = bystander;
  }

  static async start(context: TestContext, settings: NaruSettings = {}): Promise<AttackedBroker> {
    const log = new KeptLines();
    const naru = await startNaru({ memory: true, http: false, log, closeGraceMs: 100, ...settings });
    context.after(() => naru.close());
    const bystander = await Bystander.connect(Number(naru.kafka.brokers[0]!.split(':')[1]));
    context.after(() => bystander.close());
    return new AttackedBroker(naru, log, bystander);
  }

  /** The client that did nothing wrong writes and reads as ever, on the connection it had all the time. */
  othersAreUnharmed(): Promise<void> {
    return this.bystander.works();
  }

  /**
   * Sends bytes on a connection of their own, waits for its end, for an answer or for `waitMs`, and leaves. Whether the
   * broker or the peer was the first to end it is for the log to say, so nothing depends on how long that takes.
   */
  async send(bytes: Buffer, waitMs = 5000): Promise<Outcome> {
    const socket = await connected(this.port);
    const remote = `127.0.0.1:${socket.localPort}`;
    const received: Buffer[] = [];
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.end(), waitMs);
      socket.on('data', (chunk: Buffer) => {
        received.push(chunk);
        const answer = received.length === 1 ? chunk : Buffer.concat(received);
        if (answer.length >= 4 && answer.length >= answer.readInt32BE(0) + 4) socket.end();
      });
      // Bytes that are not read any more make the system answer with a reset.
      socket.on('error', () => {});
      socket.on('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.write(bytes);
    });
    const lines = this.log.take(remote);
    return { cutOff: !this.log.left.delete(remote), answer: Buffer.concat(received), lines };
  }

  /** The bytes end their connection, silently for the peer, and with one line in the log. */
  async cutsOff(bytes: Buffer): Promise<Line> {
    const { cutOff, answer, lines } = await this.send(bytes);
    assert.ok(cutOff, 'the connection was left open');
    assert.equal(answer.length, 0);
    assert.equal(lines.length, 1, JSON.stringify(lines));
    await this.othersAreUnharmed();
    return lines[0]!;
  }
}

export function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

export function batchOf(text: string, timestamp: number = Date.now()): Buffer {
  const builder = new BatchBuilder();
  builder.add(null, Buffer.from(text), timestamp);
  return builder.build();
}

/** Produces to one partition of one topic; answers the error and the offset. */
export async function produce(
  client: WireClient,
  topic: string,
  records: Buffer,
  acks: number = -1,
): Promise<{ errorCode: number; baseOffset: number }> {
  const answer = await client.call(apis.produce, 9, {
    transactionalId: null,
    acks,
    timeoutMs: 10_000,
    topicData: [{ name: topic, topicId: '', partitionData: [{ index: 0, records }] }],
  });
  return answer.responses[0]!.partitionResponses[0]!;
}

export async function fetchAt(
  client: WireClient,
  topic: string,
  offset: number,
  bytesMax: number = 1 << 20,
): Promise<{ errorCode: number; highWatermark: number; bytes: Buffer }> {
  const request = newFetchRequest();
  const partition = newFetchRequestPartition();
  partition.fetchOffset = offset;
  partition.partitionMaxBytes = bytesMax;
  request.topics.push({ topic, topicId: '', partitions: [partition] });
  const answer = await client.call(apis.fetch, 11, request);
  const { errorCode, highWatermark, records } = answer.responses[0]!.partitions[0]!;
  return { errorCode, highWatermark, bytes: bytesOf(records) };
}

export async function makeTopic(client: WireClient, name: string): Promise<void> {
  const answer = await client.call(apis.metadata, 4, {
    topics: [{ topicId: '', name }],
    allowAutoTopicCreation: true,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  });
  assert.equal(answer.topics[0]!.errorCode, ErrorCode.NONE);
}

class Bystander {
  private readonly client: WireClient;
  private count = 0;

  private constructor(client: WireClient) {
    this.client = client;
  }

  static async connect(port: number): Promise<Bystander> {
    const client = await WireClient.connect(port);
    await makeTopic(client, 'bystander');
    return new Bystander(client);
  }

  async works(): Promise<void> {
    const text = `still here ${this.count}`;
    const { errorCode, baseOffset } = await produce(this.client, 'bystander', batchOf(text));
    assert.equal(errorCode, ErrorCode.NONE);
    assert.equal(baseOffset, this.count);
    const fetched = await fetchAt(this.client, 'bystander', this.count);
    assert.ok(fetched.bytes.includes(text));
    this.count++;
  }

  close(): void {
    this.client.close();
  }
}
